"""Where a comma stands for a full stop: "it hurt, I sat on the stairs, you were right to ring".

Each pause inside a sentence is weighed: how often a sentence begins at such a sign, between such words, so far into so
long a sentence. One that weighs more than nothing is where a thought ends; most commas weigh less.
"""

from collections.abc import Iterator, Mapping, Sequence

from compassion_coach.text.run_on import BASE

_PAUSES = frozenset((*",;:…()[]—–-", "..", "--"))
_FAR = 15  # words up to which it is counted how far it is to the next pause


def cuts(words: Sequence[str], signs: Sequence[str], weights: Mapping[str, int]) -> list[int]:
    """Return the words that begin a thought after a pause. `signs` are the signs between the words, "" for none."""
    return [at for at, told in features(words, signs) if weights[BASE] + sum(weights.get(one, 0) for one in told) > 0]


def features(words: Sequence[str], signs: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the words that come after a pause, but for a word by itself, and what tells whether they begin a sentence.

    That is the sign, the words around it, how the clause before it begins, how long both clauses are, and how long
    the sentence is and of how many clauses.
    """
    pauses = [at for at, sign in enumerate(signs, 1) if sign in _PAUSES]
    around = [*words, "$", "$", "$"]
    edges = [0, *pauses, len(words)]
    size = f"words {min(len(words) // 6, 9)}", f"pauses {min(len(pauses), 8)}"
    for begun, at, end in zip(edges, pauses, edges[2:], strict=False):
        if end - at == 1:  # "all is well, honey, when it is not"
            continue
        before, (a, b, c) = words[at - 1], around[at : at + 3]
        earlier = words[at - 2] if at - 2 >= begun else "^"
        yield at, (
            f"sign {signs[at - 1]}", f"{before}|", f"{earlier} {before}|", f"|{a}", f"|{a} {b}", f"|{a} {b} {c}",
            f"|* {b}", f"{before}|{a}", f"^{words[begun]}", f"^{words[begun]} {around[begun + 1]}",
            f"^{words[begun]}|{a}", f"^{words[begun]}|{a} {b}",
            f"before {min(at - begun, _FAR)}", f"after {min(end - at, _FAR)}", *size,
        )  # fmt: skip
