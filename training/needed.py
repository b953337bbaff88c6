"""Work out which words each pattern of the rules cannot do without: `make needed`, after a rule has changed.

    rules ─ pattern ─ parsed ─ sets of words, one of each set is in whatever matches ─ the three sets that letters hold
                                                                                       least often ─ guardrails/needed/

How often letters hold a word is counted in the letters of the corpus, as the screen reads them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # Python's own parser of patterns
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from compassion_coach.data import root
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.rules.needed import EDGE, digest_of, stands
from compassion_coach.rules.patterns import FAMILIES, rules_of
from compassion_coach.screen import stretches as stretches_of
from compassion_coach.text.folding import fold

FOLDER = root() / "guardrails" / "needed"
MOST_WORDS = 16  # that a run of alternatives is multiplied out to
MOST_OFTEN = 0.6  # of the stretches: a set of words that is there more often says little
MOST_SETS = 2  # beside the first that are written down
EACH = 8  # one letter of so many is counted
_CODE = re.compile(r"\\x\{([0-9a-fA-F]+)\}")  # what RE2 writes for a character, and Python does not
_IN_WORD = re.compile(r"\w", re.ASCII)
Words = frozenset[str]
Part = tuple[Any, Any]


def sets_of(pattern: str) -> list[Words]:
    """Return sets of words; whatever the pattern matches holds a word of each. No set where nothing is sure."""
    tree = parser.parse(_CODE.sub(lambda code: chr(int(code[1], 16)), pattern))
    return [] if tree.state.flags & op.SRE_FLAG_IGNORECASE else list(_sets([*tree]))


def _sets(tree: Sequence[Part]) -> Iterator[Words]:
    run = {""}
    for at, (kind, told) in enumerate(tree):
        words = _exactly(kind, told)
        if words and len(words) <= 8 * MOST_WORDS:
            if len(run) * len(words) > MOST_WORDS:
                yield from _if_sure(run)
                run = {""}
            run = {one + other for one in run for other in words}
            continue
        yield from _if_sure(run)
        run = {""}
        if kind is op.SUBPATTERN:
            yield from _sets([*told[3]])
        elif kind is op.BRANCH:
            before, after = _last(tree[:at]), [part for part in tree[at + 1 : at + 2] if _is_edge(part)]
            ways = [list(_sets([*before, *way, *after])) for way in told[1]]
            if all(ways):
                yield frozenset().union(*(min(way, key=_often) for way in ways))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            if told[0] >= 1:
                yield from _sets([*told[2]])
            run = {chr(told) if kind is op.LITERAL else "" for kind, told in _last(tree[: at + 1])} or run
    yield from _if_sure(run)


def _last(tree: Sequence[Part]) -> list[Part]:
    """Return what a match of some parts ends in, whatever it is otherwise: a character, or the edge of a word."""
    if not tree:
        return []
    if _is_edge(tree[-1]):
        return [tree[-1]]
    kind, told = tree[-1]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        repeated = _last([*told[2]])
        return repeated if told[0] >= 1 or repeated == _last(tree[:-1]) else []
    return []


def _is_edge(part: Part) -> bool:
    return part[0] is op.LITERAL or part == (op.AT, op.AT_BOUNDARY)


def _if_sure(run: set[str]) -> Iterator[Words]:
    """Yield the words that a run can be in a folded text, which has no two blanks in a row, where one of them tells."""
    words = frozenset(word for word in map(_plain, run) if "  " not in word)
    if words and "" not in words:
        yield words


def _plain(word: str) -> str:
    """Return a word with the marks of its own edges, and of no others."""
    bare = word.replace(EDGE, "")
    begins = word[:1] == EDGE and _IN_WORD.match(bare[:1])
    ends = word[-1:] == EDGE and _IN_WORD.match(bare[-1:])
    return f"{EDGE if begins else ''}{bare}{EDGE if ends else ''}"


def _exactly(kind: Any, told: Any) -> set[str] | None:
    """Return all that a part of a pattern can match, where that is a few words; None where it is more."""
    if kind is op.LITERAL:
        return {chr(told)}
    if kind is op.AT:
        return {EDGE if told is op.AT_BOUNDARY else ""}
    if kind is op.IN and all(inside is op.LITERAL for inside, _ in told):
        return {chr(code) for _, code in told}
    if kind is op.SUBPATTERN:
        return _all(told[3])
    if kind is op.BRANCH:
        ways = [_all(way) for way in told[1]]
        return None if None in ways else set().union(*ways)  # type: ignore[arg-type]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and told[1] == 1:
        words = _all(told[2])
        return words and ({"", *words} if told[0] == 0 else words)
    return None


def _all(tree: Iterable[tuple[Any, Any]]) -> set[str] | None:
    run = {""}
    for kind, told in tree:
        words = _exactly(kind, told)
        if not words or len(run) * len(words) > 8 * MOST_WORDS:
            return None
        run = {one + other for one in run for other in words}
    return run


@cache
def stretches() -> tuple[str, ...]:
    """Return stretches of letters, as the screen reads them."""
    found = list[str]()
    for file in sorted((root() / "training" / "corpus").glob("?.txt")):
        for told in list(parse_letters(file.read_text("utf-8").splitlines()))[::EACH]:
            letter = Letter.of(" ".join(sentence.text for sentence in told.sentences))
            found += [fold(letter.text[a:b]).text for a, b in stretches_of(letter)]
    return tuple(found)


@cache
def _with(word: str) -> frozenset[int]:
    return frozenset(at for at, text in enumerate(stretches()) if stands(word, text))


@cache
def _often(words: Words) -> tuple[int, int]:
    return len(frozenset().union(*map(_with, words))), len(words)


def file_of(patterns: Sequence[str]) -> dict[str, Any]:
    """Return what is written for a family of patterns: `compassion_coach.rules.needed` says how it is read."""
    digests, also = list[str](), list[list[int]]()
    asked, sets = dict[str, list[int]](), dict[Words, int]()
    for pattern in dict.fromkeys(patterns):
        found = sorted(set(sets_of(pattern)), key=lambda words: (*_often(words), sorted(words)))
        if not found:
            continue
        for word in found[0]:
            asked.setdefault(word, []).append(len(digests))
        digests.append(digest_of(pattern))
        telling = [words for words in found[1:] if _often(words)[0] < MOST_OFTEN * len(stretches())]
        also.append([sets.setdefault(words, len(sets)) for words in telling[:MOST_SETS]])
    others = dict[str, list[int]]()
    for number, words in enumerate(sets):
        for word in words:
            others.setdefault(word, []).append(number)
    lines = dict[str, dict[str, list[str]]]()
    for word in sorted({*asked, *others}):
        part, seam = _rarest(word)
        cells = (word, _cell(asked.get(word, ())), _cell(others.get(word, ())))
        lines.setdefault(part, {}).setdefault(seam, [seam]).extend(cells)
    words = {part: "\n".join(map("\t".join, by_seam.values())) for part, by_seam in lines.items()}
    return {"patterns": digests, "words": words, "also": also}


def _cell(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _rarest(word: str) -> tuple[str, str]:
    """Return the part that a word is looked up by, and its seam."""
    return min(_parts(word.strip(EDGE)), key=lambda both: (len(_with(both[0])), both))


def _parts(bare: str) -> list[tuple[str, str]]:
    """Return the parts of a word, and where the word reaches over a blank beside each, if it does."""
    cuts = [at for at in range(1, len(bare) - 1) if bare[at] == " "]
    ends = [(0, len(bare))] if not cuts else [*zip([0, *cuts], [*(cut + 1 for cut in cuts), len(bare)], strict=True)]
    seams = [bare[cut - 1 : cut + 2] for cut in cuts]
    return [(bare[a:b], seam) for (a, b), seam in zip(ends, [*seams, *seams[-1:]] or [""], strict=True)]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in FAMILIES:
        patterns = [pattern for rule in rules_of(name) for pattern in (*rule.patterns, *rule.hints)]
        made = file_of(patterns)
        (FOLDER / f"{name}.json").write_text(
            json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8"
        )
        words = sum(line.count("\t") // 3 for line in made["words"].values())
        print(f"{name}: {len(made['patterns'])} of {len(set(patterns))} patterns need some of {words} words")


if __name__ == "__main__":
    main()
