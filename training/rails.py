"""Make the scale `guardrails/weighing/rails.*` from labelled remarks: `make weighing`.

    cases/tuning/outputs.*.tsv, vetted notes, rules' own examples ─ features ─ a linear model ─ weights

With `--check` the remarks are parted in five, each fifth is weighed by what the other four taught, and nothing is
written. The vetted words are those that letters bring out with the weights that lie in `weights/`, so what is learned
depends a little on these (`company`). Never reads `cases/heldout`. Needs scikit-learn (the group `training`), which the
product does not.
"""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from linear import Learned, Lesson, learn, write
from numpy.typing import NDArray
from sources import TUNING, corpus_letters, letters_of

from compassion_coach import Coach
from compassion_coach.data import read_toml
from compassion_coach.labelled import rows_in
from compassion_coach.letter import Letter
from compassion_coach.prompts import fill
from compassion_coach.remarks import guard
from compassion_coach.rules.written import rules_of
from compassion_coach.text.segment import sentences

SHARES = ("pass", "block")
ENOUGH = {"block": 0.75, "together": 1.0}
VETTED = 5.0  # what a vetted remark counts beside a labelled one
SHORT = "outputs.z.tsv"  # remarks of few words, which count as much: all others have many
WRITTEN_WITH = (
    "outputs.a.tsv",
    "outputs.c.tsv",
)  # the rules were written with these: what they say of them proves nothing


def remarks() -> list[tuple[Lesson, str, bool]]:
    """Return each labelled remark as a lesson, its file, and whether a rule is sure or its form alone blocks it."""
    found = []
    for file in sorted(TUNING.glob("outputs.*.tsv")):
        letter = letter_of(file)
        for share, rail, text in rows_in(file):
            one = lesson_of(text, letter, share, rail, VETTED if file.name == SHORT else 1.0)
            if file.name in WRITTEN_WITH:
                one = replace(one, told=frozenset())
            found.append((one, file.name, guard.is_sure(text, letter)))
    return found


@cache
def company() -> list[Lesson]:
    """Return what is learned from and not measured on: vetted words as letters bring them out, and rules' examples.

    The embedded reader reads the letters. Without it the wordings make 464 of the 1,484 remarks, quotations left out:
    nearly all else are overall remarks put together as letters need them, of which there could be 32,000.
    """
    coach, found = Coach(), list[Lesson]()
    for labelled in (*letters_of(TUNING.glob("letters*.txt")), *corpus_letters()):
        letter = Letter.of(labelled.text)
        reflection = coach.reflect(labelled.text)
        said = [reflection.overall, *reflection.questions, *(mark.note for mark in reflection.marks)]
        found += [lesson_of(part, letter, "pass", counts=VETTED) for text in said if text for part in heard(text)]
    nobody = Letter.of("Dear Sam,\nit hurts.\nMe")
    parts = read_toml("prompts/overall.toml")
    slots = {"words": "it hurts", "pivot": "hurts", "place": parts["places"]["opening"]}
    wordings = [w for group in ("warmth", "change", "ending", "whole") for some in parts[group].values() for w in some]
    remarks = [fill(wording, **slots, what=what) for wording in wordings for what in parts["what"].values()]
    notes = read_toml("prompts/notes.toml").values()
    remarks += [fill(text, words="it hurts") for some in notes for text in (*some["plain"], *some["quoting"])]
    found += [lesson_of(part, nobody, "pass", counts=VETTED) for text in remarks for part in heard(text)]
    for rule in rules_of("rails"):
        found += [lesson_of(text, nobody, "block", rule.about["rail"]) for text in rule.match]
        found += [lesson_of(text, nobody, "pass") for text in rule.pass_over]
    return list({one.text: one for one in found}.values())


def heard(text: str) -> list[str]:
    """Return a remark and each of its sentences, all of which the guard hears."""
    return list(dict.fromkeys([text, *(text[start:end] for start, end in sentences(text))]))


def lesson_of(text: str, letter: Letter, share: str, rail: str = "none", counts: float = 1.0) -> Lesson:
    """Make a lesson of a text as the guard hears it."""
    named, told = guard.heard(text, letter)
    return Lesson(named, frozenset(told), share, rail, counts)


def letter_of(file: Path) -> Letter:
    """Return the letter that a file of remarks speaks of: its own, or the one of all that have none."""
    own = file.with_suffix(".letter.txt")
    return Letter.of((own if own.exists() else TUNING.parent / "outputs.letter.txt").read_text("utf-8"))


def check() -> None:
    """Print how the rules, the weighing, and both together do on remarks that taught neither."""
    from sklearn.model_selection import StratifiedKFold

    everything = [one for one in remarks() if one[1] not in WRITTEN_WITH]
    beside = [one[0] for one in remarks() if one[1] in WRITTEN_WITH] + company()
    lessons = [one[0] for one in everything]
    bad = np.array([one.share == "block" for one in lessons])
    sure = np.array([one[2] for one in everything])
    share = np.zeros(len(lessons))
    for taught, test in StratifiedKFold(5, shuffle=True, random_state=1).split(lessons, bad):
        learned: Learned = learn("rails", [lessons[i] for i in taught] + beside, SHARES)
        share[test] = learned.weigh("rails", [lessons[i] for i in test])[:, 1]
    print(f"{len(lessons)} remarks that the rules were not written with")
    report("sure rules", bad, sure)
    for enough in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        report(f"either at {enough}", bad, sure | (share >= enough))


def report(name: str, bad: NDArray[np.bool_], blocked: NDArray[np.bool_]) -> None:
    """Print one line: how many bad remarks leaked, and how many good ones were blocked."""
    leaked, needless = np.mean(~blocked[bad]), np.mean(blocked[~bad])
    print(f"  {name:14} leaked {leaked:.3f} of {bad.sum()}  blocked {needless:.3f} of {(~bad).sum()}")


def main(arguments: list[str]) -> None:
    """Check, or write the weights."""
    if "--check" in arguments:
        check()
        return
    write("rails", learn("rails", [one[0] for one in remarks()] + company(), SHARES), ENOUGH)


if __name__ == "__main__":
    main(sys.argv[1:])
