"""How letters without any marks are read: `python bench/unmarked.py`, the held-out letters with theirs taken out.

Prints where they are cut, and how many of their words are marked as their sentences were labelled.
"""

from collections.abc import Iterator
from pathlib import Path

from compassion_coach.labelled import LabelledLetter, parse_letters
from compassion_coach.letter import Letter
from compassion_coach.local_reader import LocalReader
from compassion_coach.run_on import plain_words, thoughts
from compassion_coach.vocabulary import Kind

HELDOUT = Path(__file__).parents[1] / "cases" / "heldout"
COLD = frozenset({Kind.ADVICE, Kind.INVALIDATION})


def letters() -> Iterator[LabelledLetter]:
    for file in sorted(HELDOUT.glob("letters*.txt")):
        yield from parse_letters(file.read_text("utf-8").splitlines())


def without_marks(sentence: str) -> str:
    return " ".join(plain_words(sentence))


def cut() -> None:
    told = found = both = 0
    for letter in letters():
        sentences = [without_marks(sentence.text) for sentence in letter.sentences]
        begins = {sum(len(one) + 1 for one in sentences[:at]) for at in range(1, len(sentences))}
        cuts = set(thoughts(" ".join(sentences)))
        told, found, both = told + len(begins), found + len(cuts), both + len(cuts & begins)
    print(
        f"{found} cuts: {both / found:.3f} are where a sentence begins; {both / told:.3f} of {told} such places are cut"
    )


def read() -> None:
    words = right = cold = rightly = on_warm = 0
    reader = LocalReader()
    for letter in letters():
        sentences = [without_marks(sentence.text) for sentence in letter.sentences]
        text = Letter.of(" ".join(sentences))
        marked = {at: one.quality.kind for one in reader.read(text).observations for at in range(one.start, one.end)}
        at = 0
        for sentence, labelled in zip(sentences, letter.sentences, strict=True):
            for word in sentence.split():
                kind = marked.get(at, Kind.NEUTRAL)
                words, right, at = words + 1, right + (kind in labelled.kinds), at + len(word) + 1
                if kind in COLD:
                    cold += 1
                    rightly += bool(labelled.kinds & COLD)
                    on_warm += labelled.kinds == {Kind.WARM}
    print(f"{right / words:.3f} of {words} words are marked as their sentence was labelled")
    print(f"{rightly / cold:.3f} of {cold} words that are marked as cold are; {on_warm} are warm")


def main() -> None:
    print("\n== letters without any marks")
    cut()
    read()


if __name__ == "__main__":
    main()
