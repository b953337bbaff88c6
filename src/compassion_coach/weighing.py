"""Weigh a sentence for danger that no phrase gives away: which ideas stand near each other, learned from cases.

`guardrails/weighing/words.toml` says which words mean alike to somebody who listens for danger; `weights.json` holds
what each word, each pair of neighbours and each pair of ideas weighs for a level and a kind. `training/weighing.py`
makes it from `cases/tuning`. A linear sum and nothing more: a clinician can ask of any sentence what weighed.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from compassion_coach.data import read_text, read_toml
from compassion_coach.vocabulary import Level

_TOKEN = re.compile(r"(?:my|your|ur|me) self\b|[a-z0-9]+(?:'[a-z]+)*")
_REACH = 6  # words between two ideas that are weighed together
_MOST_WORDS = 200  # of a sentence without end, windows of so many words are weighed


@dataclass(frozen=True, slots=True)
class Weighed:
    """The level that weighs most in `text[start:end]` (folded; code points, half-open), its kind, and how sure."""

    level: Level
    kind: str
    sure: float
    start: int
    end: int


def weigh(text: str) -> Weighed | None:
    """Return what weighs in a folded sentence, or None where no level but `none` does. Linear in its length."""
    words = list(_TOKEN.finditer(text))
    best: Weighed | None = None
    for at in range(0, len(words), _MOST_WORDS):
        window = words[at : at + _MOST_WORDS]
        weighed = _weigh(list(map(_word, window)))
        if weighed and (best is None or (weighed[0].rank, weighed[2]) > (best.level.rank, best.sure)):
            best = Weighed(*weighed, window[0].start(), window[-1].end())
    return best


def words_of(text: str) -> list[str]:
    """Return the words of a folded text; "my self" is one."""
    return list(map(_word, _TOKEN.finditer(text)))


def _word(found: re.Match[str]) -> str:
    return found.group().replace(" ", "")


def features(words: list[str]) -> Iterator[str]:
    """Yield what can weigh in a sentence: its words, neighbours, ideas (`@wish`), and ideas near each other."""
    previous = ""
    near: list[tuple[str, ...]] = []
    for word in words:
        ideas = _ideas_of(word)
        yield word
        yield f"{previous} {word}"
        for idea in ideas:
            yield idea
            yield f"{previous} {idea}"
            for before in near:
                for other in before:
                    yield f"{other}>{idea}"
        if near:
            for other in near[-1]:
                yield f"{other} {word}"
        near.append(ideas)
        if len(near) > _REACH:
            del near[0]
        previous = word


def _weigh(words: list[str]) -> tuple[Level, str, float] | None:
    table = _table()
    found = [weights for feature in set(features(words)) if (weights := table.weights.get(feature))]
    sums = (
        [base + sum(column) for base, column in zip(table.base, zip(*found, strict=True), strict=True)] if found else []
    )
    if not sums:
        return None
    shares = _shares(sums[: len(table.levels)])
    danger = shares[Level.CONCERN] + shares[Level.URGENT]
    if danger >= table.enough["danger"]:
        level = max((Level.CONCERN, Level.URGENT), key=lambda one: shares[one])
        if level is Level.URGENT and shares[level] < table.enough["urgent"]:
            level = Level.CONCERN
    elif shares[Level.TENDER] >= table.enough["tender"]:
        level, danger = Level.TENDER, shares[Level.TENDER]
    else:
        return None
    kinds = dict(zip(table.kinds, sums[len(table.levels) :], strict=True))
    fitting = [kind for kind in kinds if (kind in table.tender) == (level is Level.TENDER)]
    return level, max(fitting, key=lambda kind: kinds[kind]), danger


def _shares(sums: list[float]) -> Mapping[Level, float]:
    top = max(sums)
    powers = [math.exp((value - top) / 100) for value in sums]
    return {level: power / sum(powers) for level, power in zip(_table().levels, powers, strict=True)}


@dataclass(frozen=True, slots=True)
class _Table:
    """Weights in hundredths: for each feature one for each level, then one for each kind."""

    levels: tuple[Level, ...]
    kinds: tuple[str, ...]
    tender: frozenset[str]
    enough: Mapping[str, float]
    base: tuple[int, ...]
    weights: Mapping[str, tuple[int, ...]]


@cache
def _table() -> _Table:
    kept = json.loads(read_text("guardrails/weighing/weights.json"))
    weights = {feature: tuple(values) for feature, values in kept["weights"].items()}
    levels = tuple(map(Level, kept["levels"]))
    return _Table(levels, tuple(kept["kinds"]), frozenset(kept["tender"]), kept["enough"], tuple(kept["base"]), weights)


@cache
def _ideas() -> tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """The ideas of whole words, and those of words that begin alike."""
    whole: dict[str, list[str]] = {}
    begins: list[tuple[str, str]] = []
    for idea, words in read_toml("guardrails/weighing/words.toml")["words"].items():
        for word in words.split():
            if word.endswith("*"):
                begins.append((word[:-1], f"@{idea}"))
            else:
                whole.setdefault(word, []).append(f"@{idea}")
    return {word: tuple(ideas) for word, ideas in whole.items()}, tuple(begins)


@lru_cache(maxsize=8192)
def _ideas_of(word: str) -> tuple[str, ...]:
    whole, begins = _ideas()
    more = (idea for begin, idea in begins if word.startswith(begin))
    return tuple(dict.fromkeys([*whole.get(word, ()), *more]))
