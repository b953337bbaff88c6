"""Make the scale `guardrails/weighing/distress.*` from labelled cases: `make weighing`.

    cases/tuning/distress*.tsv, rules' own examples, letters without distress, everyday sentences of public sets
        ─ features, what the rules hint ─ two linear models ─ weights

With `--check` the cases are parted in five, each fifth is weighed by what the other four taught, and nothing is
written. Never reads `cases/heldout`. Needs scikit-learn (the group `training`), which the product does not.

`--public FOLDER` names where the public sets of PUBLIC lie, each a folder with `train.jsonl`. Their sentences are
taken as calm where no rule is sure. Without them everyday talk alarms ten times as often: the cases are half danger,
and life is not. The shipped weights were learned with them.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from linear import Learned, Lesson, learn, lesson, write
from sources import TUNING, corpus_letters, letters_of

from compassion_coach.labelled import rows_in
from compassion_coach.letter import Letter
from compassion_coach.rules.weighing import scale, weigh
from compassion_coach.rules.written import rules_of
from compassion_coach.screen import level_of, screen, stretches, told
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Level

SHARES = tuple(level.value for level in Level)
GRAVE = (Level.CONCERN, Level.URGENT)
SAFE = {Level.NONE: ("none",), Level.TENDER: ("none", "tender")}  # what a stretch of a letter in no danger may be
ENOUGH = {"danger": 0.38, "together": 0.9, "urgent": 0.5, "tender": 0.6}
WRITTEN_WITH = ("distress.a.tsv", "distress.c.tsv", "distress.w.tsv")  # what the rules say of these proves nothing
PUBLIC = ("advice_needadvice", "advice_askparents", "empathetic_personas", "goemotions")  # MIT, MIT, MIT, CC BY 4.0
MOST_OF_A_SET = 7000
IDIOM = 2.0  # what a harmless case that the rules were written with counts: of those none may be forgotten
EVERYDAY, OWN = 0.5, 3.0  # what a public sentence, and a sentence of our own calm letters, counts beside a case
WHOLE = 4  # sentences from which a case is a letter, and no line


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled text: its level and kind, and whether the rules were written with it."""

    text: str
    level: str
    kind: str
    written_with: bool

    @property
    def lesson(self) -> Lesson:
        """What it teaches."""
        hints = set() if self.written_with else told(fold(self.text).text)
        return lesson(self.text, hints, self.level, self.kind, IDIOM if self.written_with and not self.grave else 1.0)

    @property
    def grave(self) -> bool:
        """Whether somebody is in danger."""
        return self.level in GRAVE

    @property
    def is_letter(self) -> bool:
        """Whether it is a whole letter."""
        return len(Letter.of(self.text).sentences) >= WHOLE


def cases(*files: str) -> list[Case]:
    """Return every labelled case that may be learned from, or those of some files."""
    found = []
    for file in sorted(file for some in files or ("distress*.tsv",) for file in TUNING.glob(some)):
        for row in rows_in(file):
            level, text, kind = [*row, "none"][:3]
            found.append(Case(text, level, kind, file.name in WRITTEN_WITH))
    return found


def examples() -> list[Lesson]:
    """Return the rules' own examples of what they match."""
    return [
        lesson(text, set(), rule.about["level"], rule.about["kind"])
        for rule in rules_of("distress")
        for text in rule.match
    ]


def company() -> list[Lesson]:
    """Return texts that are learned from and not measured on: the rules' own examples, letters without distress."""
    found = examples()
    for letter in (*letters_of(TUNING.glob("letters*.txt")), *corpus_letters()):
        shares = SAFE.get(letter.level, ())
        texts = read_as(letter.text) if shares else []
        found += [lesson(text, told(text), share, counts=OWN / len(shares)) for text in texts for share in shares]
    return found


def in_danger(letter: Letter) -> list[int]:
    """Return the sentences of a letter with danger in it that tell of it: those in which the screen hears it, with the
    weights that are there; else the one in which the most of it weighs.
    """
    found = screen(letter)
    signals = found.signals if found.level.is_grave else ()
    heard = [
        at
        for at, one in enumerate(letter.sentences)
        if any(signal.start < one.end and one.start < signal.end for signal in signals)
    ]
    each = [fold(letter.quote(sentence)).text for sentence in letter.sentences]
    return heard or [max(range(len(each)), key=lambda at: _danger(each[at]))]


def _danger(text: str) -> float:
    every = weigh(scale("distress"), text, told(text))
    return max((sum(one.shares[level] for level in GRAVE) for one in every), default=0.0)


def read_as(text: str) -> list[str]:
    """Return the stretches of a letter as the screen weighs them, folded: sentences, and neighbours together."""
    letter = Letter.of(text)
    return [fold(letter.text[start:end]).text for start, end in stretches(letter)]


def everyday(folder: Path) -> list[Lesson]:
    """Return sentences of public sets of which no rule is sure, as calm: what people mostly write."""
    found: list[Lesson] = []
    drawn = random.Random(1)
    for name in PUBLIC:
        with (folder / name / "train.jsonl").open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        drawn.shuffle(texts)
        short = [text for text in texts[:MOST_OF_A_SET] if 3 <= len(text.split()) <= 60]
        calm = (text for text in short if screen(Letter.of(text), weighing=False).level not in GRAVE)
        found += [lesson(text, told(fold(text).text), "none", counts=EVERYDAY) for text in calm]
    return found


def check(beside: Sequence[Lesson]) -> None:
    """Print how the rules, the weighing, and both together do on cases that taught neither."""
    from sklearn.model_selection import StratifiedKFold

    everything = cases()
    fresh = [case for case in everything if not case.written_with]
    lessons = [case.lesson for case in fresh]
    beside = [*beside, *(case.lesson for case in everything if case.written_with)]
    found: list[list[tuple[dict[str, float], bool]]] = [[] for _ in fresh]
    for taught, test in StratifiedKFold(5, shuffle=True, random_state=1).split(fresh, [case.level for case in fresh]):
        learned = learn("distress", [lessons[i] for i in taught] + list(beside), SHARES)
        for i in test:
            found[i] = list(weighed(learned, Letter.of(fresh[i].text)))
    sure = [screen(Letter.of(case.text), weighing=False).level for case in fresh]
    print(f"{len(fresh)} cases that the rules were not written with")
    report("sure rules", fresh, sure)
    for danger in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        enough = ENOUGH | {"danger": danger}
        by_weight = [highest(level_of(shares, enough, together) for shares, together in rows) for rows in found]
        report(f"either at {danger}", fresh, [highest(both) for both in zip(sure, by_weight, strict=True)])


def weighed(learned: Learned, letter: Letter) -> Iterable[tuple[dict[str, float], bool]]:
    """Yield the shares of each stretch that the screen weighs in a letter, and whether it is two neighbours."""
    spans = list(stretches(letter))
    texts = [fold(letter.text[start:end]).text for start, end in spans]
    rows = learned.weigh("distress", [lesson(text, told(text), "none") for text in texts]) if texts else []
    alone = {(sentence.start, sentence.end) for sentence in letter.sentences}
    for span, row in zip(spans, rows, strict=True):
        yield dict(zip(SHARES, row, strict=True)), span not in alone


def highest(levels: Iterable[Level]) -> Level:
    """Return the gravest of some levels."""
    return max(levels, key=lambda level: level.rank, default=Level.NONE)


def report(name: str, asked: Sequence[Case], got: Sequence[Level]) -> None:
    """Print one line: how many in danger were seen, how many alarms were needless, how many levels were right."""
    seen = [level in GRAVE for case, level in zip(asked, got, strict=True) if case.level in GRAVE]
    alarm = [level in GRAVE for case, level in zip(asked, got, strict=True) if case.level not in GRAVE]
    tender = [level is not Level.NONE for case, level in zip(asked, got, strict=True) if case.level == "tender"]
    right = [case.level == level for case, level in zip(asked, got, strict=True)]
    print(
        f"  {name:14} seen {np.mean(seen):.3f} of {len(seen)}  alarms {np.mean(alarm):.3f} of {len(alarm)}"
        f"  tender seen {np.mean(tender):.3f} of {len(tender)}  level right {np.mean(right):.3f}"
    )


def main(arguments: list[str]) -> None:
    """Check, or write the weights."""
    public = Path(arguments[arguments.index("--public") + 1]) if "--public" in arguments else None
    beside = company() + (everyday(public) if public else [])
    if "--check" in arguments:
        check(beside)
        return
    if public is None:
        print("Learned without everyday sentences (--public FOLDER): these weights alarm too often to be shipped.")
    write("distress", learn("distress", [*beside, *(case.lesson for case in cases())], SHARES), ENOUGH)


if __name__ == "__main__":
    main(sys.argv[1:])
