"""Learn where thoughts end in a text without marks: `make cuts`, from letters of the corpus with theirs taken out.

    letters ─ words in a row, and where a sentence began ─ features of each gap ─ logistic regression
                                                            └ `compassion_coach.run_on` ─ guardrails/run_on.tsv

Prints how many of the places are found, and how many of those found are places: in a fifth of the letters, by what the
other four taught; and in other files, if any are named.
"""

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from linear import ROOT
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from compassion_coach.labelled import parse_letters
from compassion_coach.run_on import BASE, WEIGHTS, cuts, features, plain_words

FOLDS = 5
RAREST = 8  # gaps that a feature has to be in
LEAST = 15  # hundredths of a logit below which a weight is left out
STRENGTH = 1.0  # of the weights: the inverse of what they cost
Letter = tuple[list[str], frozenset[int]]


def letters(files: Iterable[Path], order: random.Random) -> Iterator[Letter]:
    """Yield the words of letters as one writes them who sets no marks, and where each sentence but the first began.

    Every other letter has no apostrophes either.
    """
    for file in files:
        for told in parse_letters(file.read_text("utf-8").splitlines()):
            words, begins = list[str](), set[int]()
            for sentence in told.sentences:
                begins.add(len(words))
                words += plain_words(sentence.text)
            if order.random() < 0.5:
                words = [word.replace("'", "") for word in words]
            yield words, frozenset(begins - {0, len(words)})


def learned(taught: Sequence[Letter]) -> dict[str, int]:
    """Return what each feature of a gap weighs, in hundredths of a logit."""
    columns = DictVectorizer()
    gaps = [dict.fromkeys(told, 1) for words, _ in taught for told in features(words)]
    begun = [at in begins for words, begins in taught for at in range(1, len(words))]
    rows = columns.fit_transform(gaps)
    often = np.asarray((rows > 0).sum(axis=0)).ravel() >= RAREST
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(rows[:, often], begun)
    names = columns.get_feature_names_out()[often]
    weights = {BASE: round(100 * model.intercept_[0])}
    weights |= {name: round(100 * much) for name, much in zip(names, model.coef_[0], strict=True)}
    return {name: much for name, much in weights.items() if name == BASE or abs(much) >= LEAST}


def right(weights: dict[str, int], some: Iterable[Letter]) -> str:
    """Say how many places are found in letters, and how many of those found are places."""
    found = told = both = 0
    for words, begins in some:
        cut = set(cuts(words, weights))
        found, told, both = found + len(cut), told + len(begins), both + len(cut & begins)
    return f"{both / found:.3f} of {found} cuts are where a sentence begins; {both / told:.3f} of {told} are cut"


def main(others: Sequence[str]) -> None:
    order = random.Random(5)
    known = list(letters(sorted((ROOT / "training" / "corpus").glob("?.txt")), order))
    order.shuffle(known)
    fifth = len(known) // FOLDS
    print("a fifth held back:", right(learned(known[fifth:]), known[:fifth]))
    weights = learned(known)
    for name in others:
        print(f"{name}:", right(weights, letters([Path(name)], order)))
    (ROOT / WEIGHTS).write_text("".join(f"{name}\t{much}\n" for name, much in sorted(weights.items())), "utf-8")
    print(f"{len(weights)} features")


if __name__ == "__main__":
    main(sys.argv[1:])
