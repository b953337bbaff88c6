"""Rules tried all at once over one folded stretch of text. `written.py` says what a rule is."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from compassion_coach.errors import DataError
from compassion_coach.rules.needed import Needed, everywhere, needed
from compassion_coach.rules.ready import made_ready, rules_ready
from compassion_coach.rules.written import LISTS, SPEAKING, Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched, with the span it matched in the folded text (code points, half-open).

    `sure` when one of its patterns matched, and not a hint alone.
    """

    rule: Rule
    start: int
    end: int
    sure: bool = True


@cache
def _options() -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True  # groups only group: what is marked is the whole match
    return options


@cache
def _compiled(pattern: str) -> Any:
    import re2

    return re2.compile(pattern, _options())


def _spans(pattern: str, read: str | bytes) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _compiled(pattern).finditer(read))


def _as_read(text: str) -> str | bytes:
    """Return a text as RE2 reads it fastest: bytes, where each character is one, so that the places stay the same."""
    return text.encode("ascii") if text.isascii() else text


def _covered(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that touch made one, so that each can be found by halving."""
    joined: list[tuple[int, int]] = []
    for a, b in sorted(span for span in spans if span[0] < span[1]):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of some spans, which are in order and apart, shares a character with `start` to `end`."""
    at = bisect_left(spans, end, key=itemgetter(0))  # the first that begins too late
    return at > 0 and spans[at - 1][1] > start


class Bank:
    """Many rules, tried in one pass. Made once from rules that do not change afterwards.

    Only patterns whose words are there are compiled and tried, where `needing` tells which words they need. Those of
    which it does not know are compiled at once: all, where it knows of none.
    """

    def __init__(self, rules: Iterable[Rule], needing: Callable[[Sequence[str]], Needed] = everywhere) -> None:
        import re2

        self.rules = tuple(rules)
        self._owners = [
            (at, role, pattern)
            for at, rule in enumerate(self.rules)
            for role in LISTS
            for pattern in getattr(rule, role)
        ]
        self._needed = needing([pattern for *_, pattern in self._owners])
        for at, _, pattern in map(self._owners.__getitem__, self._needed.unknown):
            try:
                _compiled(pattern)
            except re2.error:
                name = self.rules[at].name
                raise DataError(f"Rule {name} has a pattern that RE2 does not take: {pattern}") from None

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield every match of every rule in a folded stretch, in the order of the rules."""
        read = _as_read(text)
        likely = map(self._owners.__getitem__, self._needed.likely(text))
        for at, of_one in groupby(likely, key=itemgetter(0)):
            tried = [(role, pattern) for _, role, pattern in of_one]
            found = [(role, span) for role, pattern in tried if role in SPEAKING for span in _spans(pattern, read)]
            if not found or any(_compiled(p).search(read) for role, p in tried if role == "unless_near"):
                continue
            taken_back = _covered(span for role, p in tried if role == "unless" for span in _spans(p, read))
            for role, (start, end) in found:
                if not _overlaps(taken_back, start, end):
                    yield Hit(self.rules[at], start, end, sure=role == "patterns")

    def matches(self, text: str) -> bool:
        """Whether some pattern matches a folded stretch, be it taken back or not."""
        read = _as_read(text)
        likely = map(self._owners.__getitem__, self._needed.likely(text))
        return any(_compiled(pattern).search(read) for _, role, pattern in likely if role in SPEAKING)


@cache
def bank_of(family: str) -> Bank:
    """Return the rules of a family, made once."""
    made = made_ready(family)
    return Bank(rules_ready(family, made), partial(needed, made))
