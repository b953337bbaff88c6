"""Make `guardrails/weighing/weights.json` from the labelled cases: `make weighing`.

    cases/tuning/distress*.tsv, rules' own examples, letters without distress ─ features ─ two linear models ─ weights

With `--check` the cases are parted in five, each fifth is weighed by what the other four taught, and nothing is
written. Never reads `cases/heldout`. Needs scikit-learn (the group `training`), which the product does not.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from compassion_coach import weighing
from compassion_coach.folding import fold
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.screen import rules, screen
from compassion_coach.vocabulary import Level

ROOT = Path(__file__).parents[1]
TUNING = ROOT / "cases" / "tuning"
LEVELS = [level.value for level in Level]
TENDER = ("dissociation", "fear_of_compassion", "flashback", "grief", "overwhelm")
ENOUGH = {"danger": 0.7, "urgent": 0.5, "tender": 0.6}
LEAST = 4  # a weight below so many hundredths everywhere is left out


@dataclass(frozen=True, slots=True)
class Case:
    """A text with the level and kind that are right for it; `learned` where the rules were written with it."""

    text: str
    level: str
    kind: str
    learned: bool = False


def cases() -> list[Case]:
    """Return every labelled case that may be learned from."""
    found = []
    for file in sorted(TUNING.glob("distress*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                level, text, kind = [*line.split("\t"), "none"][:3]
                found.append(Case(text, level, kind, learned=file.name in ("distress.a.tsv", "distress.c.tsv")))
    return found


def company() -> list[Case]:
    """Return texts that are learned from and not measured on: the rules' own examples, letters without distress."""
    found = []
    for rule in rules():
        found += [Case(text, rule.about["level"], rule.about["kind"]) for text in rule.match]
    for file in sorted(TUNING.glob("letters*.txt")):
        for letter in parse_letters(file.read_text("utf-8").splitlines()):
            if letter.level is Level.NONE:
                found += [Case(sentence.text, "none", "none") for sentence in letter.sentences]
    return found


def words_of(text: str) -> dict[str, int]:
    """Return the features of a text, each once."""
    return dict.fromkeys(weighing.features(weighing.words_of(fold(text).text)), 1)


def taught(lessons: Sequence[Case]) -> tuple[DictVectorizer, LogisticRegression, LogisticRegression]:
    """Return what turns texts into columns, and a model of levels and one of kinds over them."""
    columns = DictVectorizer()
    table = columns.fit_transform([words_of(case.text) for case in lessons])
    often = np.asarray((table > 0).sum(axis=0)).ravel() >= 2
    columns.restrict(often)
    table = table[:, often]
    levels = LogisticRegression(C=1.0, max_iter=400).fit(table, [case.level for case in lessons])
    hurt = [i for i, case in enumerate(lessons) if case.kind != "none"]
    kinds = LogisticRegression(C=0.3, max_iter=400).fit(table[hurt], [lessons[i].kind for i in hurt])
    return columns, levels, kinds


def weights(lessons: Sequence[Case]) -> dict[str, Any]:
    """Return the content of weights.json."""
    columns, levels, kinds = taught(lessons)
    order = [list(levels.classes_).index(level) for level in LEVELS]
    both = np.vstack([levels.coef_[order], kinds.coef_])
    base = np.concatenate([levels.intercept_[order], kinds.intercept_])
    whole = np.rint(100 * both).astype(int)
    names = columns.get_feature_names_out()
    kept = {
        str(name): [int(v) for v in whole[:, i]]
        for i, name in enumerate(names)
        if np.abs(whole[: len(LEVELS), i]).max() >= LEAST
    }
    return {
        "levels": LEVELS, "kinds": [str(kind) for kind in kinds.classes_], "tender": list(TENDER), "enough": ENOUGH,
        "base": [int(v) for v in np.rint(100 * base)], "weights": kept,
    }  # fmt: skip


def check() -> None:
    """Print how the weighing, the rules, and both together do on cases that taught neither."""
    everything, beside = cases(), company()
    shares = np.zeros((len(everything), len(LEVELS)))
    for learn, test in StratifiedKFold(5, shuffle=True, random_state=1).split(
        everything, [c.level for c in everything]
    ):
        columns, levels, _ = taught([everything[i] for i in learn] + beside)
        order = [list(levels.classes_).index(level) for level in LEVELS]
        table = columns.transform([words_of(everything[i].text) for i in test])
        shares[test] = levels.predict_proba(table)[:, order]
    by_rules = [screen(Letter.of(case.text), weighing=False).level for case in everything]
    fresh = [i for i, case in enumerate(everything) if not case.learned]
    print(f"{len(fresh)} cases that the rules were not written with")
    report("rules", [everything[i] for i in fresh], [by_rules[i] for i in fresh])
    for danger in (0.5, 0.6, 0.7, 0.8, 0.9):
        alone = [_level(row, danger) for row in shares]
        report(f"weighing at {danger}", [everything[i] for i in fresh], [alone[i] for i in fresh])
        either = [max(alone[i], by_rules[i], key=lambda level: level.rank) for i in fresh]
        report(f"either at {danger}", [everything[i] for i in fresh], either)


def _level(row: Any, danger: float) -> Level:
    share = dict(zip(LEVELS, row, strict=True))
    if share["concern"] + share["urgent"] >= danger:
        return Level.URGENT if share["urgent"] >= max(ENOUGH["urgent"], share["concern"]) else Level.CONCERN
    return Level.TENDER if share["tender"] >= ENOUGH["tender"] else Level.NONE


def report(name: str, asked: Sequence[Case], got: Sequence[Level]) -> None:
    """Print one line: how many in danger were seen, how many alarms were needless, how many levels were right."""
    grave = (Level.CONCERN, Level.URGENT)
    seen = [level in grave for case, level in zip(asked, got, strict=True) if case.level in grave]
    alarm = [level in grave for case, level in zip(asked, got, strict=True) if case.level not in grave]
    none = [level in grave for case, level in zip(asked, got, strict=True) if case.level == "none"]
    right = [case.level == level for case, level in zip(asked, got, strict=True)]
    print(
        f"  {name:16} seen {np.mean(seen):.3f} of {len(seen)}  alarms {np.mean(alarm):.3f} of {len(alarm)}"
        f" (none: {np.mean(none):.3f})  level right {np.mean(right):.3f}"
    )


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check()
    else:
        content = json.dumps(weights(cases() + company()), separators=(",", ":"), sort_keys=True)
        (ROOT / "guardrails" / "weighing" / "weights.json").write_text(content.replace('],"', '],\n"') + "\n", "utf-8")
