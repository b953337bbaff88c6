"""What `reflect` would mark in labelled letters: `python bench/marks.py FILE...`.

Prints how many of the reproaches, marks of advice or of invalidation, stand on lines that are cold, on how many warm
lines one stands, and how much of what is cold has one; and on how many cold lines a ♥ stands and no reproach. A line of
two labels counts as cold where either is, and as neither warm nor cold where that is open.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from compassion_coach.embedded.reader import LocalReader
from compassion_coach.labelled import LabelledLetter, letters_in
from compassion_coach.letter import Letter
from compassion_coach.vocabulary import Kind

COLD = {Kind.ADVICE, Kind.INVALIDATION}


@dataclass(slots=True)
class Counted:
    """Marks, how many of them are right, and lines of each sort with how many of them are marked."""

    marks: int = 0
    right: int = 0
    warm: int = 0
    warm_marked: int = 0
    cold: int = 0
    cold_marked: int = 0
    cold_praised: int = 0

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"{self.right} of {self.marks} reproaches on cold lines ({self.right / max(1, self.marks):.3f}), "
            f"{self.warm_marked} of {self.warm} warm lines have one, "
            f"{self.cold_marked} of {self.cold} cold ones ({self.cold_marked / max(1, self.cold):.3f}), "
            f"and {self.cold_praised} have a ♥ instead"
        )


def counted(letters: Iterable[LabelledLetter]) -> Counted:
    """Read letters, a sentence a line, and count."""
    found, reader = Counted(), LocalReader()
    for letter in letters:
        every = reader.read(Letter.of(letter.text)).observations
        marks = [one for one in every if one.quality.kind in COLD]
        end = 0
        for line in letter.sentences:
            start, end = end, end + len(line.text)
            here = sum(mark.start < end and start < mark.end for mark in marks)
            praised = not here and any(mark.start < end and start < mark.end for mark in every)
            end += 1
            found.marks += here
            found.right += here if line.kinds & COLD else 0
            if line.kinds == {Kind.WARM}:
                found.warm, found.warm_marked = found.warm + 1, found.warm_marked + bool(here)
            if line.kinds <= COLD:
                found.cold, found.cold_marked = found.cold + 1, found.cold_marked + bool(here)
                found.cold_praised += praised
    return found


def main(files: list[str]) -> None:
    for file in files:
        print(f"{file}: {counted(letters_in(Path(file)))}")


if __name__ == "__main__":
    main(sys.argv[1:])
