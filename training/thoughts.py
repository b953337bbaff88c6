"""Learn where thoughts end in a text without full stops: `make cuts`, from letters of the corpus with theirs taken out.

    letters ─ words in a row, no marks at all ──── features of each gap ──── logistic regression ─ guardrails/run_on.tsv
            └ sentences, some joined by commas ─ features of each pause ─ logistic regression ─ guardrails/spliced.tsv

`compassion_coach.text.thoughts` uses both. Prints how many of the places are found, and how many of those found are
places: in a fifth of the letters, by what the other four taught; and in other files, if any are named.
"""

import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sources import CORPUS, ROOT, letters_of

from compassion_coach.labelled import LabelledLetter, LabelledSentence, letters_in
from compassion_coach.text import run_on, spliced
from compassion_coach.text.folding import fold
from compassion_coach.text.run_on import BASE
from compassion_coach.text.thoughts import RUN_ON, SPLICED, plain_words, words_and_signs

FOLDS = 5
JOINED = ((1, 1, 99), (1, 1, 99), (1, 1, 99), (2, 3, 99), (3, 5, 99), (6, 40, 99), (2, 3, 9), (3, 6, 9), (2, 6, 7))
"""How many sentences are made one, from so many to so many, of those of no more than so many words."""

SIGNS = (",", ",", ",", ",", ",", ",", ";", " -", "...")  # what writers set in place of a full stop, as often
Weights = dict[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """Words with the signs between them, and which of them begin a sentence."""

    words: list[str]
    signs: list[str]
    begins: frozenset[int]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to cut: what it learns from, what tells of its gaps, how it cuts, and how strong its weights may be.

    A feature that is in fewer than `rarest` gaps is left out, and a weight of less than `least` hundredths of a logit.
    """

    file: str
    rows: Callable[[LabelledLetter, random.Random], Iterator[Row]]
    gaps: Callable[[Row], Iterable[tuple[int, tuple[str, ...]]]]
    cuts: Callable[[Row, Weights], Iterable[int]]
    strength: float
    rarest: int
    least: int


def unmarked(letter: LabelledLetter, order: random.Random) -> Iterator[Row]:
    """Yield the words of a letter as one writes them who sets no marks; every other time without apostrophes."""
    words, begins = list[str](), set[int]()
    for sentence in letter.sentences:
        begins.add(len(words))
        words += plain_words(sentence.text)
    if order.random() < 0.5:
        words = [word.replace("'", "") for word in words]
    yield Row(words, [""] * (len(words) - 1), frozenset(begins - {0, len(words)}))


def joined(letter: LabelledLetter, order: random.Random) -> Iterator[Row]:
    """Yield the sentences of a letter, by themselves and several made one."""
    for fewest, most, longest in JOINED:
        some = [sentence for sentence in letter.sentences if len(plain_words(sentence.text)) <= longest]
        at = 0
        while at < len(some):
            many = order.randint(fewest, most)
            yield _one(some[at : at + many], order)
            at += many


def _one(sentences: Sequence[LabelledSentence], order: random.Random) -> Row:
    text, begins, many = "", set[int](), 0
    for sentence in sentences:
        begins.add(many)
        many += len(plain_words(fold(sentence.text).text))
        text += sentence.text.rstrip('.!?…"” ') + order.choice(SIGNS) + " "
    _, words, signs = words_and_signs(fold(text).text)
    if order.random() < 0.3:
        words = [word.replace("'", "") for word in words]
    return Row(words, signs, frozenset(begins - {0, many}))


WAYS = (
    Way(
        RUN_ON,
        unmarked,
        lambda row: enumerate(run_on.features(row.words), 1),
        lambda row, w: run_on.cuts(row.words, w),
        strength=1.0,
        rarest=8,
        least=15,
    ),
    Way(
        SPLICED,
        joined,
        lambda row: spliced.features(row.words, row.signs),
        lambda row, w: spliced.cuts(row.words, row.signs, w),
        strength=0.3,
        rarest=12,
        least=20,
    ),
)


def learned(way: Way, taught: Iterable[Row]) -> Weights:
    """Return what each feature of a gap weighs, in hundredths of a logit."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    columns = DictVectorizer()
    gaps, begun = list[dict[str, int]](), list[bool]()
    for row in taught:
        for at, told in way.gaps(row):
            gaps.append(dict.fromkeys(told, 1))
            begun.append(at in row.begins)
    rows = columns.fit_transform(gaps)
    often = np.asarray((rows > 0).sum(axis=0)).ravel() >= way.rarest
    model = LogisticRegression(C=way.strength, max_iter=600).fit(rows[:, often], begun)
    names = columns.get_feature_names_out()[often]
    weights = {BASE: round(100 * model.intercept_[0])}
    weights |= {name: round(100 * much) for name, much in zip(names, model.coef_[0], strict=True)}
    return {name: much for name, much in weights.items() if name == BASE or abs(much) >= way.least}


def right(way: Way, weights: Weights, some: Iterable[Row]) -> str:
    """Say how many places are found in letters, and how many of those found are places."""
    found = told = both = 0
    for row in some:
        cut = set(way.cuts(row, weights))
        found, told, both = found + len(cut), told + len(row.begins), both + len(cut & row.begins)
    return f"{both / found:.3f} of {found} cuts are where a sentence begins; {both / told:.3f} of {told} are cut"


def main(others: Sequence[str]) -> None:
    known = letters_of(CORPUS.glob("?.txt"))
    fifth = len(known) // FOLDS
    for way in WAYS:
        order = random.Random(5)
        rows = [list(way.rows(letter, order)) for letter in known]
        order.shuffle(rows)
        back, taught = ([row for some in part for row in some] for part in (rows[:fifth], rows[fifth:]))
        print(f"{way.file}\na fifth held back:", right(way, learned(way, taught), back))
        weights = learned(way, [*back, *taught])
        for name in others:
            some = [row for letter in letters_in(Path(name)) for row in way.rows(letter, order)]
            print(f"{name}:", right(way, weights, some))
        (ROOT / way.file).write_text("".join(f"{name}\t{much}\n" for name, much in sorted(weights.items())), "utf-8")
        print(f"{len(weights)} features")


if __name__ == "__main__":
    main(sys.argv[1:])
