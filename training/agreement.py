"""How the corpus is made up: `make corpus` prints its labels, its near-duplicates, and how far two readers agree.

`training/corpus/second.txt` holds letters of the corpus that a second reader labelled without seeing the first labels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sources import CORPUS, ROOT, letters_of

from compassion_coach.labelled import LabelledLetter, letters_in
from compassion_coach.text.folding import fold

ALIKE = 0.6  # of the trigrams of two sentences, shared ones to all of both
LEAST = 12  # characters of a sentence that is compared: greetings are alike, and may be
GRAM = 3


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Return Cohen's kappa of two readers: how far they agree beyond what chance would give."""
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return (agreed - chance) / (1 - chance)


def grams(text: str) -> frozenset[str]:
    """Return the character trigrams of a folded sentence."""
    folded = fold(text).text
    return frozenset(folded[at : at + GRAM] for at in range(len(folded) - GRAM + 1))


def alike(some: Iterable[str], others: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Return the pairs of near-duplicates among some sentences, or between them and others."""
    known = {text: grams(text) for text in some if len(text) >= LEAST}
    beside = {text: grams(text) for text in others if len(text) >= LEAST} if others is not None else known
    holding: dict[str, list[str]] = {}
    for text, held in beside.items():
        for gram in held:
            holding.setdefault(gram, []).append(text)
    found = []
    for text, held in known.items():
        shared = Counter(other for gram in held for other in holding.get(gram, ()))
        found += [
            (text, other)
            for other, count in shared.items()
            if (others is not None or text < other) and count >= ALIKE * (len(held) + len(beside[other]) - count)
        ]
    return found


def agreement(first: Mapping[str, LabelledLetter], second: Iterable[LabelledLetter]) -> None:
    """Print how far two readers agree on the letters that both labelled."""
    pairs = [(a, b) for letter in second for a, b in zip(first[letter.name].sentences, letter.sentences, strict=True)]
    kinds = [(a.kind.value, b.kind.value) for a, b in pairs]
    named = [(str(a.quality), str(b.quality)) for a, b in pairs]
    either = sum(bool(a.kinds & b.kinds) for a, b in pairs) / len(pairs)
    print(f"{len(pairs)} sentences labelled twice: kinds agree {sum(a == b for a, b in kinds) / len(kinds):.3f},"
          f" kappa {kappa(kinds):.3f}; where either of two letters counts, {either:.3f}")  # fmt: skip
    print(f"  qualities agree {sum(a == b for a, b in named) / len(named):.3f}, kappa {kappa(named):.3f}")
    for (a, b), count in Counter(pair for pair in kinds if pair[0] != pair[1]).most_common():
        print(f"  first {a}, second {b}: {count}")


def main() -> None:
    corpus = {letter.name: letter for letter in letters_of(CORPUS.glob("?.txt"))}
    sentences = [sentence for letter in corpus.values() for sentence in letter.sentences]
    print(f"{len(corpus)} letters, {len(sentences)} sentences")
    for label, count in Counter(f"{s.kind}:{s.quality or '-'}" for s in sentences).most_common():
        print(f"  {label:32} {count}")
    texts = list(dict.fromkeys(sentence.text for sentence in sentences))
    print(f"{len(alike(texts))} near-duplicates among {len(texts)} different sentences")
    for file in sorted((ROOT / "cases" / "heldout").glob("letters*.txt")):
        held_out = [sentence.text for letter in letters_in(file) for sentence in letter.sentences]
        print(f"{len(alike(held_out, texts))} of the {len(held_out)} sentences of {file.name} have one in the corpus")
    agreement(corpus, letters_in(CORPUS / "second.txt"))


if __name__ == "__main__":
    main()
