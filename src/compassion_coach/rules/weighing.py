"""Weigh a text: which words and ideas stand near each other, and which hints of the rules, learned from cases.

Where a rule looks for a phrase, a scale sums what each word, each pair of neighbours and each pair of ideas weighs.
There are two, in `guardrails/weighing/`: `distress` for letters and `rails` for what a model wrote. Of each,
`NAME.words.toml` says which words mean alike, `NAME.shares.tsv` what each feature weighs for each share and
`NAME.kinds.tsv` for each kind, under the word that it ends in, and `NAME.scale.json` what they are added to;
`training/` makes the latter three from `cases/tuning`. A linear sum and nothing more: anyone can ask of any sentence
what weighed.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property

from compassion_coach.data import broken, read_json, read_once, read_toml
from compassion_coach.remembered import Remembered

_REACH = 6  # words between two ideas that are weighed together
_MOST_WORDS = 200  # of a sentence without end, windows of so many words are weighed


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a stretch `text[start:end]` (folded; code points, half-open) shares out: probabilities that sum to one.

    `known` are the features that were found in it.
    """

    shares: Mapping[str, float]
    known: set[str]
    start: int
    end: int


Weights = Callable[[Set[str]], Sequence[Sequence[int]]]
"""Tells what those of some features weigh that weigh anything, a row each."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a scale knows: how it reads, what is enough of a share, and for each feature a weight for each share and
    each kind, in hundredths of a logit.
    """

    token: re.Pattern[str]
    ideas: "Ideas"
    shares: tuple[str, ...]
    kinds: tuple[str, ...]
    enough: Mapping[str, float]
    base: Sequence[int]
    weights: Weights
    kind_base: Sequence[int]
    kind_weights: Weights


class Learned:
    """What features weigh, as a file tells it: in blocks, each under the word or the idea that its features end in.

    Of most nobody asks: the file is opened with the first question, a block with the first text that has its word. Like
    all that is asked while letters are read, it may be asked in several threads.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._opened = set[str]()
        self._lines = dict[str, str]()
        self._rows = Remembered(lambda feature: tuple(map(int, self._lines[feature].split())))

    @cached_property
    def _blocks(self) -> Mapping[str, str]:
        text = read_once(self._name)
        if not text.endswith("\n"):
            raise ValueError
        return {end: lines for end, _, lines in (block.partition("\n") for block in text.rstrip("\n").split("\n\n"))}

    def __call__(self, known: Set[str]) -> list[Sequence[int]]:
        """Return the weights of those features that have any. Raises DataError where the file is missing or broken."""
        try:
            for end in (known & self._blocks.keys()) - self._opened:
                for line in self._blocks[end].split("\n"):
                    feature, weights = line.split("\t")
                    self._lines[feature] = weights
                self._opened.add(end)  # not before its lines are there, for another thread that asks
            return [self._rows[feature] for feature in known & self._lines.keys()]
        except ValueError:
            raise broken(self._name) from None


class Ideas:
    """Which ideas (`@wish`) a word stands for: whole words, and those that begin or end alike."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._whole: dict[str, list[str]] = {}
        self._begins: list[tuple[str, str]] = []
        self._ends: list[tuple[str, str]] = []
        for idea, alike in words.items():
            for word in alike.split():
                if word.endswith("*"):
                    self._begins.append((word[:-1], f"@{idea}"))
                elif word.startswith("*"):
                    self._ends.append((word[1:], f"@{idea}"))
                else:
                    self._whole.setdefault(word, []).append(f"@{idea}")

    def of(self, word: str) -> tuple[str, ...]:
        """Return the ideas of a folded word."""
        if word not in self._known:
            if len(self._known) >= 1 << 14:
                self._known.clear()
            found = [*self._whole.get(word, ())]
            found += (idea for begin, idea in self._begins if word.startswith(begin))
            found += (idea for end, idea in self._ends if word.endswith(end))
            self._known[word] = tuple(dict.fromkeys(found))
        return self._known[word]


def weigh(scale: Scale, text: str, told: Iterable[str] = ()) -> Iterator[Weighed]:
    """Weigh a folded text, window by window; `told` are the hints that rules gave. Linear in its length.

    Yields nothing for a window in which no feature is known.
    """
    words = list(scale.token.finditer(text))
    hints = [f"!{hint}" for hint in told]
    for at in range(0, len(words), _MOST_WORDS):
        window = words[at : at + _MOST_WORDS]
        known = {*features(list(map(_word, window)), scale.ideas), *hints}
        rows = scale.weights(known)
        if rows:
            shares = dict(zip(scale.shares, _shares(_sums(scale.base, rows)), strict=True))
            yield Weighed(shares, known, window[0].start(), window[-1].end())


def kinds(scale: Scale, weighed: Weighed) -> dict[str, float]:
    """Return how much each kind weighs in what was weighed: the largest fits best."""
    return dict(zip(scale.kinds, _sums(scale.kind_base, scale.kind_weights(weighed.known)), strict=True))


def _sums(base: Sequence[int], rows: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(base, *rows, strict=True)]


def words_of(token: re.Pattern[str], text: str) -> list[str]:
    """Return the words and signs of a folded text; "my self" is one word, and a run of one sign is one sign."""
    return list(map(_word, token.finditer(text)))


def _word(found: re.Match[str]) -> str:
    word = found.group().replace(" ", "")
    return word if word[0].isalnum() else word[0]


def features(words: Sequence[str], ideas: Ideas) -> Iterator[str]:
    """Yield what can weigh: words, neighbours, ideas (`@wish`), ideas near each other, and the ends of the text."""
    previous = "^"
    near: list[tuple[str, ...]] = []
    for word in (*words, "$"):
        meant = ideas.of(word)
        yield word
        yield f"{previous} {word}"
        for idea in meant:
            yield idea
            yield f"{previous} {idea}"
            for before in near:
                for other in before:
                    yield f"{other}>{idea}"
        if near:
            for other in near[-1]:
                yield f"{other} {word}"
        near.append(meant)
        if len(near) > _REACH:
            del near[0]
        previous = word


def end_of(feature: str) -> str:
    """Return what a feature ends in: a word, an idea or a hint, which is a feature of the same text as well."""
    if feature.startswith("!") and not feature.startswith("! "):  # which is a sign before another word
        return feature
    *_, last = feature.split(" ")
    return last.rpartition(">")[2] if last.startswith("@") else last


def _shares(sums: Sequence[float]) -> list[float]:
    top = max(sums)
    powers = [math.exp((value - top) / 100) for value in sums]
    return [power / sum(powers) for power in powers]


@cache
def scale(name: str) -> Scale:
    """Read a scale: `distress` or `rails`."""
    kept = read_json(f"guardrails/weighing/{name}.scale.json")
    return Scale(
        *reading(name),
        shares=tuple(kept["shares"]),
        kinds=tuple(kept["kinds"]),
        enough=kept["enough"],
        base=kept["base"],
        weights=Learned(f"guardrails/weighing/{name}.shares.tsv"),
        kind_base=kept["kind_base"],
        kind_weights=Learned(f"guardrails/weighing/{name}.kinds.tsv"),
    )


@cache
def reading(name: str) -> tuple[re.Pattern[str], Ideas]:
    """Read how a scale reads a text: what counts as a word, and which words mean alike."""
    table = read_toml(f"guardrails/weighing/{name}.words.toml")
    return re.compile(table["token"]), Ideas(table["words"])
