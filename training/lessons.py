"""What the embedded reader learns from, as labelled pieces (`network.py` makes windows of them).

    training/corpus, cases/tuning/letters   letters: runs of neighbouring sentences, each with its quality or kind
    training/corpus/mixed.txt               sentences that hold two things, stretch by stretch
    a folder of public sets                 advice or not, support or not: a head of their own, and a lighter lesson
                                            for the kinds, since the labels do not mean quite the same
    cases/tuning/outputs                    remarks that models write: may they be shown?
    cases/tuning/distress                   levels of distress

Never reads `cases/heldout`. `sources.py` says what of all this is held back to choose and to calibrate by.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TypeVar

import distress
import rails
from linear import Lesson
from pieces import QUALITIES, Piece, Run, Target
from sources import CORPUS, TUNING, Mixed, letters_of, mixed_lines, parted, rows_of, written

from compassion_coach.labelled import LabelledLetter, LabelledSentence
from compassion_coach.letter import Letter
from compassion_coach.remarks.quoted import as_heard
from compassion_coach.screen import told
from compassion_coach.text.clauses import clauses
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Level, Quality

ALONE = 0.4  # of the runs of sentences are of one
MOST_NEIGHBOURS = 12
BARE = 0.1  # of the runs lose their punctuation, as text messages do
PUBLIC_COUNTS, PUBLIC_FACTS = 0.3, 1.0
ORDINARY = ("distress.a[h-l].tsv", "distress.[yz]?.tsv")  # the newest cases, which the last rounds see twice
NEWEST = "letters.[u-z]*.txt"  # the newest letters, which the last rounds see twice
MASKED = "1.txt"  # of the corpus, letters whose coldness sounds like reason: the last rounds see them three times
NEWEST_REMARKS = "outputs.z[g-m].tsv"  # the newest remarks, of which the last rounds see all, three times
AT_EASE = 0.5  # of the sentences of safe letters say that nobody is in danger
INSIDE = 0.5  # of the cases stand inside a letter
OF_SAFE, BESIDE_CALM = 0.15, 0.4  # of the stretches of calm letters, of the cases of danger: heard by themselves
ASKED = 0.5  # of the stretches of letters without danger that may be asked about are seen in a round
LEVELS = tuple(Level)
_NO_MARKS = str.maketrans("", "", ".,!?'’\"")

Part = TypeVar("Part")


def letters() -> tuple[list[LabelledLetter], list[LabelledLetter]]:
    """Return the letters to learn from, and those held back."""
    taught, held_back = written()
    return taught + letters_of(TUNING.glob("letters*.txt")), held_back


def newest() -> list[LabelledLetter]:
    """Return the letters that were written last, and twice those of MASKED."""
    return letters_of(TUNING.glob(NEWEST)) + 2 * written(MASKED)[0]


def runs(taught: Sequence[LabelledLetter], order: random.Random) -> Iterator[Run]:
    """Part each letter into runs of sentences at random, another way each time."""
    for letter in taught:
        for some in cut(letter.sentences, order):
            bare = order.random() < BARE
            yield pieces(some, bare=bare), []


def cut(letter: Sequence[Part], order: random.Random) -> Iterator[Sequence[Part]]:
    """Cut the sentences of a letter into runs at random."""
    at = 0
    while at < len(letter):
        many = 1 if order.random() < ALONE else order.randint(2, MOST_NEIGHBOURS)
        yield letter[at : at + many]
        at += many


def letter_runs(taught: Sequence[LabelledLetter], order: random.Random) -> Iterator[Run]:
    """Yield the runs of letters; where nobody is in danger some of their sentences say so."""
    for level in distress.SAFE:
        yield from at_ease(runs([letter for letter in taught if letter.level is level], order), level, order)
    yield from runs([letter for letter in taught if letter.level not in distress.SAFE], order)


def pieces(sentences: Sequence[LabelledSentence], *, bare: bool = False) -> list[Piece]:
    """Return sentences as pieces with their targets, folded as the reader folds them."""
    texts = [sentence.text.translate(_NO_MARKS) if bare else sentence.text for sentence in sentences]
    return [
        Piece(fold(text).text, (Target("quality", allowed(sentence.kinds, sentence.quality)),))
        for text, sentence in zip(texts, sentences, strict=True)
    ]


def allowed(kinds: frozenset[Kind], quality: Quality | None) -> frozenset[int]:
    """Return the classes that are right: the quality where one is named and the kind is sure, else all of the kinds."""
    if quality and len(kinds) == 1:
        return frozenset({QUALITIES.index(quality)})
    return frozenset(i for i, q in enumerate(QUALITIES) if (q.kind if q else Kind.NEUTRAL) in kinds)


def plain(letters: Sequence[LabelledLetter], order: random.Random) -> Iterator[Run]:
    """Yield lines that anybody might write, each by itself and somewhere in a letter, twice."""
    for line in 2 * [line for some in letters_of([CORPUS / "plain.txt"]) for line in some.sentences]:
        yield pieces([line]), []
        inside = order.choice(letters).sentences
        at = order.randint(1, len(inside) - 1)
        yield pieces([*inside[max(0, at - 2) : at], line, *inside[at : at + 1]]), []


def mixed() -> tuple[list[Run], list[Run]]:
    """Return the sentences that hold two things, and their like that do not: to learn from, and held back."""
    taught, held_back = mixed_lines()
    return [_stretches(line) for line in taught], [_stretches(line) for line in held_back]


def _stretches(line: Mixed) -> Run:
    parts = [replace(one, goes_on=at > 0) for at, one in enumerate(pieces(line))]
    kinds = frozenset[Kind]().union(*(part.kinds for part in line))
    whole = Target("quality", allowed(kinds - {Kind.NEUTRAL} or kinds, None), counts=0.5)
    return parts, [whole] if len(parts) > 1 else []


def public(folder: Path, order: random.Random, most: int) -> Iterator[Run]:
    """Yield sentences of public sets: NeedAdvice (MIT) and OffMyChest (CC BY 4.0)."""
    advice, warm = allowed(frozenset({Kind.ADVICE}), None), allowed(frozenset({Kind.WARM}), None)
    rows = rows_of(folder / "advice_needadvice")
    for row in order.sample(rows, min(most, len(rows))):
        yield _public(row["text"], advice, row["label"] == 1, {0: float(row["label"] == 1)})
    rows, _ = parted(rows_of(folder / "offmychest"))  # whose test set is not at hand
    kind, other = [r for r in rows if r["Emo_support"]], [r for r in rows if not r["Emo_support"]]
    for row in (*order.sample(kind, min(len(kind), most // 9)), *order.sample(other, min(len(other), most // 7))):
        facts = {1: float(row["Emo_support"]), 2: float(row["Info_support"])}
        yield _public(row["text"], warm, bool(row["Emo_support"]), facts)


def advice(folder: Path) -> Iterator[Run]:
    """Yield the sentences of a set that asks whether something is advice, for the head that is asked that, alone."""
    for row in rows_of(folder):
        target = Target("public", facts={0: float(row["label"] == 1)}, counts=PUBLIC_FACTS)
        yield [Piece(fold(row["text"]).text, (target,))], []


def _public(text: str, classes: frozenset[int], yes: bool, facts: dict[int, float]) -> Run:
    right = classes if yes else frozenset(range(len(QUALITIES))) - classes
    targets = Target("quality", right, counts=PUBLIC_COUNTS), Target("public", facts=facts, counts=PUBLIC_FACTS)
    return [Piece(fold(text).text, targets)], []


@cache
def remarks() -> tuple[Lesson, ...]:
    """Return labelled remarks as the guard hears them; every tenth is held back (`parted`)."""
    return tuple(one for one, _, _ in rails.remarks())


def newest_remarks() -> Iterator[Run]:
    """Yield the remarks that were written last, three times, with whether they may be shown."""
    held_back = {one.text for one in parted(remarks())[1]}  # by their place among all
    for one, file, _ in rails.remarks():
        if fnmatch(file, NEWEST_REMARKS) and one.text not in held_back:
            yield from 3 * [_remark(one)]


@cache
def cases() -> tuple[Lesson, ...]:
    """Return labelled cases of distress as the screen reads them; every tenth is held back (`parted`)."""
    return tuple(case.lesson for case in distress.cases())


def at_ease(some: Iterable[Run], level: Level, order: random.Random) -> Iterator[Run]:
    """Yield runs of letters of a level in which nobody is in danger, some of their sentences saying so."""
    safe = _of_level(*distress.SAFE[level])
    for run, whole in some:
        told = [replace(one, targets=(*one.targets, safe)) if order.random() < AT_EASE else one for one in run]
        yield told, whole


def beside(order: random.Random) -> Iterator[Run]:
    """Yield remarks with whether they may be shown, and cases with their level, half of them inside a calm letter."""
    for one in (*parted(remarks())[0], *rails.company()):
        yield _remark(one)
    yield from _in_letters([*parted(cases())[0], *distress.examples()], order)


def _remark(one: Lesson) -> Run:
    target = Target("rails", facts={0: float(one.share == "block")}, counts=one.counts)
    return [Piece(as_heard(one.text), (target,))], []


def ordinary(order: random.Random) -> Iterator[Run]:
    """Yield the ordinary lines that sound like danger, and their twins that are, half of them inside a calm letter."""
    yield from _in_letters([one.lesson for one in distress.cases(*ORDINARY) if one.text not in _held_back()], order)


def whole_letters(order: random.Random) -> Iterator[Run]:
    """Yield the letters among the cases in runs of sentences. Where nobody is in danger each says so; else those do
    that tell of it.
    """
    for case in _whole_letters():
        letter = Letter.of(case.text)
        levels = (case.level,) if case.grave else distress.SAFE[Level(case.level)]
        telling = distress.in_danger(letter) if case.grave else range(len(letter.sentences))
        every = [
            Piece(fold(letter.quote(sentence)).text, (_of_level(*levels),) if at in telling else ())
            for at, sentence in enumerate(letter.sentences)
        ]
        yield from (([*some], []) for some in cut(every, order) if any(piece.targets for piece in some))


@cache
def _whole_letters() -> tuple[distress.Case, ...]:
    return tuple(case for case in distress.cases() if case.is_letter and case.text not in _held_back())


@cache
def _held_back() -> frozenset[str]:
    """Return the cases that are held back, which they are by their place among all."""
    return frozenset(case.text for case in parted(distress.cases())[1])


def asked(order: random.Random) -> Iterator[Run]:
    """Yield what the screen may ask about where nobody is in danger: sentences, neighbours as one, clauses.

    Each by itself: those of tender letters, those in which a rule hears a hint, and some others. And cases of danger
    as one with a calm sentence.
    """
    for text, level, hinting in _safe_stretches():
        may_be = hinting or level is Level.TENDER or order.random() < OF_SAFE
        if may_be and order.random() < ASKED:
            yield [Piece(text, (_of_level(*distress.SAFE[level]),))], []
    lines = [fold(sentence.text).text for letter in _calm_letters() for sentence in letter.sentences]
    for one in parted(cases())[0]:
        if one.share in distress.GRAVE and order.random() < BESIDE_CALM:
            both = [one.text, order.choice(lines)]
            order.shuffle(both)
            yield [Piece(" ".join(both), (_of_level(one.share),))], []


@cache
def _safe_stretches() -> tuple[tuple[str, Level, bool], ...]:
    """Return the stretches of letters without danger, with their level and whether a rule hears a hint in each."""
    found = dict[str, Level]()
    every = [(letter.text, letter.level) for letter in letters()[0]]
    every += [(case.text, Level(case.level)) for case in _whole_letters()]
    for whole, level in every:
        if level in distress.SAFE:
            for text in distress.read_as(whole):
                found |= dict.fromkeys((text, *(text[start:end] for start, end in clauses(text))), level)
    return tuple((text, level, bool(told(text))) for text, level in sorted(found.items()))


def _calm_letters() -> list[LabelledLetter]:
    return [letter for letter in letters()[0] if letter.level is Level.NONE]


def _of_level(*levels: str) -> Target:
    """Return what a text of a level of distress teaches, or of one of several."""
    return Target("distress", frozenset(LEVELS.index(Level(level)) for level in levels))


def _in_letters(some: Sequence[Lesson], order: random.Random) -> Iterator[Run]:
    calm = [letter.sentences for letter in _calm_letters()]
    for one in some:
        case = Piece(one.text, (_of_level(one.share),))
        inside = [Piece(fold(sentence.text).text) for sentence in order.choice(calm)] if order.random() < INSIDE else []
        yield among([case], inside, order), []


def among(case: Sequence[Part], letter: Sequence[Part], order: random.Random) -> list[Part]:
    """Put a case between sentences of a letter."""
    at = order.randint(0, len(letter))
    return [*letter[max(0, at - order.randint(0, 4)) : at], *case, *letter[at : at + order.randint(0, 3)]]
