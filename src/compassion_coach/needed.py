"""Which words a pattern cannot do without, so that only those patterns are compiled and tried whose words are there.

`make needed` works the words out and writes them to `guardrails/needed/`, one file for a family of rules. A pattern
that its file does not know is always tried: a file that is behind costs time, and never a match.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from compassion_coach.data import read_text

GRAM = 4
"""How many characters of a word it is looked up by."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What some patterns need. Patterns are told apart by their place in the sequence that `needed` was given.

    A pattern can match where one of its words is (`short` and `by_gram` hold them, the latter under the rarest
    GRAM characters in each), and one of those in `also`; what is in `unknown` can match anywhere.
    """

    short: Mapping[str, Sequence[int]]
    by_gram: Mapping[str, Mapping[str, Sequence[int]]]
    also: Mapping[int, Sequence[str]]
    unknown: frozenset[int]

    def likely(self, text: str) -> list[int]:
        """Return the places of the patterns that may match in a text, in order."""
        found = set[int]()
        for word, places in self.short.items():
            if word in text:
                found.update(places)
        grams = {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}
        for gram in grams & self.by_gram.keys():
            for word, places in self.by_gram[gram].items():
                if word in text:
                    found.update(places)
        also = self.also
        sure = [at for at in found if at not in also or any(word in text for word in also[at])]
        return sorted(self.unknown.union(sure))


def needed(file: str, patterns: Sequence[str]) -> Needed:
    """Return what patterns need, as a file in `guardrails/needed/` tells it. Raises DataError where it is missing."""
    told = json.loads(read_text(file))
    numbers = {digest: number for number, digest in enumerate(told["patterns"])}
    at: dict[int, list[int]] = {}
    unknown = set[int]()
    for place, pattern in enumerate(patterns):
        number = numbers.get(digest_of(pattern))
        if number is None:
            unknown.add(place)
        else:
            at.setdefault(number, []).append(place)

    def places(numbers: Iterable[int]) -> list[int]:
        return [place for number in numbers for place in at.get(number, ())]

    by_gram = {gram: {word: places(them) for word, them in words.items()} for gram, words in told["by_gram"].items()}
    short = {word: places(them) for word, them in told["short"].items()}
    also = {place: words for number, words in told["also"].items() for place in places([int(number)])}
    return Needed(short, by_gram, also, frozenset(unknown))


def digest_of(pattern: str) -> str:
    """Return the name that a pattern has in a file of needed words: any change to the pattern is another name."""
    return blake2b(pattern.encode(), digest_size=6).hexdigest()
