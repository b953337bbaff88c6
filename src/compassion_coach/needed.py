"""Which words a pattern cannot do without, so that only those patterns are compiled and tried whose words are there.

`make needed` works the words out and writes them to `guardrails/needed/`, one file for a family of rules. A pattern
that its file does not know is always tried: a file that is behind costs time, and never a match.
"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import blake2b

from compassion_coach.data import OnDemand, read_text

GRAM = 3
"""How many characters of a word it is looked up by."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What some patterns need. Patterns are told apart by their place in the sequence that `needed` was given.

    A pattern can match where one of its words is (`words` holds them under the rarest GRAM characters in each, shorter
    words under none) and, of each of the `sets` that `also` names, one more. The file counts its patterns: `places` are
    the places of each. What is in `unknown` can match anywhere.
    """

    words: Mapping[str, Sequence[tuple[str, Sequence[int]]]]
    sets: Mapping[int, Mapping[str, Sequence[str]]]
    also: Mapping[int, Sequence[int]]
    places: Sequence[Sequence[int]]
    unknown: frozenset[int]

    def likely(self, text: str) -> list[int]:
        """Return the places of the patterns that may match in a text, in order."""
        grams = {"", *[text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]}
        found = set[int]()
        for gram in grams & self.words.keys():
            for word, numbers in self.words[gram]:
                if word in text:
                    found.update(numbers)
        held: dict[int, bool] = {}  # patterns share their sets
        likely = [*self.unknown]
        for number in found:
            for one in self.also[number]:
                if one not in held:
                    held[one] = _holds(text, grams, self.sets[one])
                if not held[one]:
                    break
            else:
                likely += self.places[number]
        likely.sort()
        return likely


def _holds(text: str, grams: Set[str], words: Mapping[str, Sequence[str]]) -> bool:
    """Whether a text, of which these are the grams, holds one of some words."""
    for gram in grams & words.keys():
        for word in words[gram]:
            if word in text:
                return True
    return False


def everywhere(patterns: Sequence[str]) -> Needed:
    """Return that nothing is known of what patterns need."""
    return _needed({}, [], [], (), frozenset(range(len(patterns))))


def needed(file: str, patterns: Sequence[str]) -> Needed:
    """Return what patterns need, as a file in `guardrails/needed/` tells it. Raises DataError where it is missing."""
    told = json.loads(read_text(file))
    at: dict[str, list[int]] = {digest: [] for digest in told["patterns"]}
    unknown: list[int] = []
    for place, pattern in enumerate(patterns):
        at.get(digest_of(pattern), unknown).append(place)
    return _needed(told["words"], told["sets"], told["also"], list(at.values()), frozenset(unknown))


def _needed(
    words: Mapping[str, str],
    sets: Sequence[str],
    also: Sequence[str],
    places: Sequence[Sequence[int]],
    unknown: frozenset[int],
) -> Needed:
    return Needed(
        OnDemand(lambda: words, lambda line: [(word, _numbers(cell)) for word, cell in _pairs(line)]),
        OnDemand(lambda: dict(enumerate(sets)), lambda line: {gram: cell.split("\n") for gram, cell in _pairs(line)}),
        OnDemand(lambda: dict(enumerate(also)), _numbers),
        places,
        unknown,
    )


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    cells = line.split("\t")
    return zip(cells[::2], cells[1::2], strict=True)


def _numbers(cell: str) -> list[int]:
    return list(map(int, cell.split()))


def digest_of(pattern: str) -> str:
    """Return the name that a pattern has in a file of needed words: any change to the pattern is another name."""
    return blake2b(pattern.encode(), digest_size=6).hexdigest()
