"""What is written to learn from, and what of it is held back to choose and to calibrate by.

    training/corpus/?.txt      letters: those whose name ends in HELD_BACK are held back
    training/corpus/plain.txt  lines that anybody might write
    training/corpus/mixed.txt  sentences that hold two things, stretch by stretch: every eighth is held back
    cases/tuning               letters, cases of distress, remarks; of the latter two, and of a public set, every tenth

`second.txt` holds letters of the first again, as another reader labelled them: nobody learns from it. Needs nothing
that is heavy, so that `bench/` measures on what was held back here.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from compassion_coach.labelled import LabelledLetter, LabelledSentence, letters_in, lines_in, parse_label
from compassion_coach.vocabulary import Level

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "training" / "corpus"
TUNING = ROOT / "cases" / "tuning"
HELD_BACK = "7"  # at the end of a letter's name
HELD_BACK_ROW, ROWS = 7, 10  # so many rows down, the first being 0, of each so many
HELD_BACK_MIXED, MIXED = 0, 8
LONGEST_PUBLIC = 400  # characters

Row = TypeVar("Row")
Mixed = tuple[LabelledSentence, ...]
"""The stretches of a sentence that may hold two things."""


def parted(rows: Sequence[Row], at: int = HELD_BACK_ROW, each: int = ROWS) -> tuple[list[Row], list[Row]]:
    """Return the rows to learn from, and those held back: one of `each` so many, which is `at` its place among them."""
    return [row for i, row in enumerate(rows) if i % each != at], list(rows[at::each])


def letters_of(files: Iterable[Path]) -> list[LabelledLetter]:
    """Return the letters of some files, in the order of their names."""
    return [letter for file in sorted(files) for letter in letters_in(file)]


def written(files: str = "?.txt") -> tuple[list[LabelledLetter], list[LabelledLetter]]:
    """Return the letters of the corpus, or of some of its files: to learn from, and held back."""
    found = letters_of(CORPUS.glob(files))
    taught = [letter for letter in found if not letter.name.endswith(HELD_BACK)]
    return taught, [letter for letter in found if letter.name.endswith(HELD_BACK)]


def mixed_lines() -> tuple[list[Mixed], list[Mixed]]:
    """Return the sentences that hold two things, and their like that do not: to learn from, and held back."""
    found = []
    for line in lines_in(CORPUS / "mixed.txt"):
        cells = (part.strip().partition(" ") for part in line.split(" | "))
        found.append(tuple(LabelledSentence(text, *parse_label(label)) for label, _, text in cells))
    return parted(found, HELD_BACK_MIXED, MIXED)


def corpus_letters() -> list[LabelledLetter]:
    """Return all of the corpus that may be learned from, as letters: a mixed line is one of its own, without labels."""
    taught, plain = written()[0], letters_in(CORPUS / "plain.txt")
    return [*taught, *plain, *(_whole(line) for line in mixed_lines()[0])]


def _whole(line: Mixed) -> LabelledLetter:
    kinds = frozenset().union(*(part.kinds for part in line))
    return LabelledLetter("mixed", Level.NONE, (LabelledSentence(" ".join(part.text for part in line), kinds, None),))


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a public set that are not too long."""
    with (folder / "train.jsonl").open(encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if len(row["text"]) <= LONGEST_PUBLIC]
