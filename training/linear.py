"""Learn a scale: from lessons to what each feature weighs. Used by `distress.py` and `rails.py` beside this file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sources import ROOT

from compassion_coach.rules import weighing
from compassion_coach.text.folding import fold

if TYPE_CHECKING:
    from sklearn.feature_extraction import DictVectorizer

LEAST = 8  # a weight below so many hundredths in every share is left out


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text as the program reads it, what the rules say of it, and what it is."""

    text: str
    told: frozenset[str]
    share: str
    kind: str = "none"
    counts: float = 1.0


@dataclass(frozen=True)
class Learned:
    """What was learned: the columns of the features, and the weights and bases of shares and kinds."""

    columns: "DictVectorizer"
    shares: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: Any  # a row for each share, then for each kind; a column for each feature
    base: Any

    def weigh(self, name: str, lessons: Sequence[Lesson]) -> Any:
        """Return the shares of texts, a row for each."""
        sums = self.columns.transform([features(name, one) for one in lessons]) @ self.weights[: len(self.shares)].T
        sums = sums + self.base[: len(self.shares)]
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def lesson(text: str, told: set[str], share: str, kind: str = "none", counts: float = 1.0) -> Lesson:
    """Fold a text and make a lesson of it."""
    return Lesson(fold(text).text, frozenset(told), share, kind, counts)


def features(name: str, one: Lesson) -> dict[str, int]:
    """Return the features of a text, each once, as the program finds them."""
    token, ideas = weighing.reading(name)
    found = dict.fromkeys(weighing.features(weighing.words_of(token, one.text), ideas), 1)
    return found | dict.fromkeys((f"!{hint}" for hint in one.told), 1)


def learn(name: str, lessons: Sequence[Lesson], shares: Sequence[str]) -> Learned:
    """Learn shares from all lessons, and kinds from those that have one; features met once are left out."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    columns = DictVectorizer()
    table = columns.fit_transform([features(name, one) for one in lessons])
    often = np.asarray((table > 0).sum(axis=0)).ravel() >= 2
    columns.restrict(often)
    table = table[:, often]
    model = LogisticRegression(C=1.0, max_iter=400)
    model.fit(table, [one.share for one in lessons], sample_weight=[one.counts for one in lessons])
    some = [i for i, one in enumerate(lessons) if one.kind != "none"]
    kinds = LogisticRegression(C=0.3, max_iter=400).fit(table[some], [lessons[i].kind for i in some])
    rows, base = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # one row tells both
        rows, base = np.vstack([-rows / 2, rows / 2]), np.concatenate([-base / 2, base / 2])
    order = [list(model.classes_).index(share) for share in shares]
    weights, bases = np.vstack([rows[order], kinds.coef_]), np.concatenate([base[order], kinds.intercept_])
    return Learned(columns, tuple(shares), tuple(map(str, kinds.classes_)), weights, bases)


def write(name: str, learned: Learned, enough: dict[str, float]) -> None:
    """Write the three files of a scale to `guardrails/weighing/`: `NAME.scale.json`, `.shares.tsv` and `.kinds.tsv`."""
    whole, base = np.rint(100 * learned.weights).astype(int), np.rint(100 * learned.base).astype(int)
    many = len(learned.shares)
    size = np.abs(whole[:many]).max(axis=0)
    named = sorted((str(feature), i) for i, feature in enumerate(learned.columns.get_feature_names_out()))
    kept = [(feature, whole[:, i].tolist()) for feature, i in named if size[i] >= LEAST]
    folder = ROOT / "guardrails" / "weighing"
    head = {
        "shares": learned.shares, "kinds": learned.kinds, "enough": enough,
        "base": base[:many].tolist(), "kind_base": base[many:].tolist(),
    }  # fmt: skip
    (folder / f"{name}.scale.json").write_text(json.dumps(head, indent=1, sort_keys=True) + "\n", "utf-8")
    for part, place in {"shares": slice(many), "kinds": slice(many, None)}.items():
        rows = [(feature, " ".join(map(str, row[place]))) for feature, row in kept]
        (folder / f"{name}.{part}.tsv").write_text(blocks(rows), "utf-8")


def blocks(rows: Iterable[tuple[str, str]]) -> str:
    """Return features and what they weigh as the program reads them: under what each ends in."""
    under = dict[str, list[str]]()
    for feature, weighs in rows:
        under.setdefault(weighing.end_of(feature), []).append(f"{feature}\t{weighs}")
    return "\n\n".join("\n".join([end, *lines]) for end, lines in sorted(under.items())) + "\n"
