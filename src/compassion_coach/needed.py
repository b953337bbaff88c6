"""Which words a pattern cannot do without, so that only those patterns are compiled and tried whose words are there.

`make needed` works the words out and writes them to `guardrails/needed/`, one file for a family of rules. A pattern
that its file does not know is always tried: a file that is behind costs time, and never a match.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from compassion_coach.data import read_text

GRAM = 3
"""How many characters of a word it is looked up by."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What some patterns need. Patterns are told apart by their place in the sequence that `needed` was given.

    A pattern can match where one of its words is (`short` and `by_gram` hold them, the latter under the rarest
    GRAM characters in each), and one of each set in `also`. The file counts its patterns: `places` are
    the places of each. What is in `unknown` can match anywhere.
    """

    short: Mapping[str, Sequence[int]]
    by_gram: Mapping[str, Mapping[str, Sequence[int]]]
    also: Sequence[Sequence[Sequence[str]]]
    places: Sequence[Sequence[int]]
    unknown: frozenset[int]

    def likely(self, text: str) -> list[int]:
        """Return the places of the patterns that may match in a text, in order."""
        found = set[int]()
        for word, numbers in self.short.items():
            if word in text:
                found.update(numbers)
        grams = {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}
        for gram in grams & self.by_gram.keys():
            for word, numbers in self.by_gram[gram].items():
                if word in text:
                    found.update(numbers)
        likely = [*self.unknown]
        for number in found:
            for words in self.also[number]:
                for word in words:
                    if word in text:
                        break
                else:
                    break
            else:
                likely += self.places[number]
        likely.sort()
        return likely


def everywhere(patterns: Sequence[str]) -> Needed:
    """Return that nothing is known of what patterns need."""
    return Needed({}, {}, (), (), frozenset(range(len(patterns))))


def needed(file: str, patterns: Sequence[str]) -> Needed:
    """Return what patterns need, as a file in `guardrails/needed/` tells it. Raises DataError where it is missing."""
    told = json.loads(read_text(file))
    at: dict[str, list[int]] = {digest: [] for digest in told["patterns"]}
    unknown: list[int] = []
    for place, pattern in enumerate(patterns):
        at.get(digest_of(pattern), unknown).append(place)
    return Needed(told["short"], told["by_gram"], told["also"], list(at.values()), frozenset(unknown))


def digest_of(pattern: str) -> str:
    """Return the name that a pattern has in a file of needed words: any change to the pattern is another name."""
    return blake2b(pattern.encode(), digest_size=6).hexdigest()
