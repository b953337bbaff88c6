"""How letters without full stops are read: `python bench/unmarked.py`, the held-out letters with theirs taken out.

First without any marks, then with commas in place of two full stops in three. Prints where they are cut, and how many
of their words are marked as their sentences were labelled; for comparison also of the letters as they were written.
"""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from compassion_coach.embedded.reader import LocalReader
from compassion_coach.labelled import LabelledLetter, letters_in
from compassion_coach.letter import Letter
from compassion_coach.text.thoughts import plain_words
from compassion_coach.vocabulary import Kind

HELDOUT = Path(__file__).parents[1] / "cases" / "heldout"
COLD = frozenset({Kind.ADVICE, Kind.INVALIDATION})


def letters() -> Iterator[LabelledLetter]:
    for file in sorted(HELDOUT.glob("letters*.txt")):
        yield from letters_in(file)


def without_marks(sentence: str) -> str:
    return " ".join(plain_words(sentence))


def as_written(letter: LabelledLetter) -> list[str]:
    return [sentence.text for sentence in letter.sentences]


def unmarked(letter: LabelledLetter) -> list[str]:
    return [without_marks(sentence.text) for sentence in letter.sentences]


def with_commas(letter: LabelledLetter) -> list[str]:
    order = random.Random(letter.name)
    texts = [sentence.text for sentence in letter.sentences]
    return [one if order.random() < 1 / 3 else f"{one.rstrip(ENDS)}," for one in texts[:-1]] + texts[-1:]


FORMS = {"as written": as_written, "without any marks": unmarked, "commas for two full stops in three": with_commas}
ENDS = '.!?…"” '


def read(form: Callable[[LabelledLetter], list[str]]) -> None:
    told = found = both = words = right = cold = rightly = on_warm = 0
    reader = LocalReader()
    for letter in letters():
        sentences = form(letter)
        begins = {sum(len(one) + 1 for one in sentences[:at]) for at in range(1, len(sentences))}
        text = Letter.of(" ".join(sentences))
        cuts = {sentence.start for sentence in text.sentences[1:]}
        told, found, both = told + len(begins), found + len(cuts), both + len(cuts & begins)
        marked = {at: one.quality.kind for one in reader.read(text).observations for at in range(one.start, one.end)}
        at = 0
        for sentence, labelled in zip(sentences, letter.sentences, strict=True):
            for word in re.finditer(r"\S+", sentence):
                kind = marked.get(at + word.start(), Kind.NEUTRAL)
                words, right = words + 1, right + (kind in labelled.kinds)
                if kind in COLD:
                    cold += 1
                    rightly += bool(labelled.kinds & COLD)
                    on_warm += labelled.kinds == {Kind.WARM}
            at += len(sentence) + 1
    print(f"  {found} cuts: {both / found:.3f} are where a sentence begins; {both / told:.3f} of {told} such are cut")
    print(f"  {right / words:.3f} of {words} words are marked as their sentence was labelled")
    print(f"  {rightly / cold:.3f} of {cold} words that are marked as cold are; {on_warm} are warm")


def main() -> None:
    print("\n== letters without full stops")
    for name, form in FORMS.items():
        print(name)
        read(form)


if __name__ == "__main__":
    main()
