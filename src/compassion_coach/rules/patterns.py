"""Rules as data: patterns with examples, tried all at once over one folded stretch of text.

A rule file holds `[words]`, the vocabulary that its patterns share as `{name}`, and tables of rules; `words_from` names
a file of words that it shares with others. Each rule has `patterns`, which speak for themselves, or `hints`, which only
weigh beside the other words (`weighing.py`), or both; `unless`, patterns that take a match back where they overlap it;
`unless_near`, patterns that take it back when they stand anywhere in the same stretch; and examples of what it must
`match` and must `pass` over.

Patterns are RE2: no look-around, no back-references, and in return time linear in the text whatever is in it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from compassion_coach.data import names_under, read_toml
from compassion_coach.errors import DataError
from compassion_coach.rules.needed import everywhere, needed

FAMILIES = {"distress": ("kind", "level"), "marks": ("kind", "quality", "confidence"), "rails": ("rail",)}
"""The folders of rules in `guardrails/`, and what a rule of each has beside the common fields."""

_DEEPEST = 8  # words may be made of words that are made of words
_WORD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `about` holds what its family needs beside the patterns: kind, quality, level, rail, confidence."""

    name: str
    patterns: tuple[str, ...]
    match: tuple[str, ...]
    pass_over: tuple[str, ...]
    unless: tuple[str, ...] = ()
    unless_near: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched, with the span it matched in the folded text (code points, half-open).

    `sure` when one of its patterns matched, and not a hint alone.
    """

    rule: Rule
    start: int
    end: int
    sure: bool = True


def load_rules(name: str, about: Sequence[str]) -> tuple[Rule, ...]:
    """Read the rules of a TOML file, in its order; `about` names the fields each must have beside the common ones.

    Raises DataError naming file and rule when a field is missing or unknown, or a `{word}` is not defined, or twice.
    """
    table = read_toml(name)
    own, shared = table.get("words", {}), read_toml(table["words_from"])["words"] if "words_from" in table else {}
    if twice := own.keys() & shared.keys():
        raise DataError(f"{name} defines words anew that it shares with other files: {', '.join(sorted(twice))}.")
    words = own | shared
    return tuple(_rule(name, entry, words, set(about)) for entry in table.get("rule", []))


def _rule(file: str, entry: dict[str, Any], words: dict[str, str], about: set[str]) -> Rule:
    label = f"{file}: rule {entry.get('name', '(no name)')}"
    lists = {"patterns", "hints", "unless", "unless_near", "match", "pass"}
    missing = (about | {"name", "match", "pass"}) - entry.keys()
    if entry.keys() - lists - about - {"name"} or missing or not {"patterns", "hints"} & entry.keys():
        raise DataError(
            f"{label} needs name, patterns or hints, match, pass, {', '.join(sorted(about))}, and nothing unknown."
        )
    expanded = {key: tuple(_expand(label, p, words) for p in entry.get(key, ())) for key in lists - {"match", "pass"}}
    return Rule(
        name=entry["name"],
        match=tuple(entry["match"]),
        pass_over=tuple(entry["pass"]),
        about={key: entry[key] for key in about},
        **expanded,
    )


def _expand(label: str, pattern: str, words: dict[str, str]) -> str:
    def word(found: re.Match[str]) -> str:
        try:
            return f"(?:{words[found[1]]})"
        except KeyError:
            raise DataError(f"{label} uses {{{found[1]}}}, which [words] does not define.") from None

    for _ in range(_DEEPEST):
        pattern, many = _WORD.subn(word, pattern)
        if not many:
            return pattern
    raise DataError(f"{label} uses words that are made of each other in a circle.")


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

    Only patterns whose words are there are compiled and tried, where `file` tells which words they need (`needed.py`).
    What is not in that file, or all where there is none, is compiled at once.
    """

    def __init__(self, rules: Iterable[Rule], file: str | None = None) -> None:
        import re2

        self.rules = tuple(rules)
        self._owners = [
            (rule, role, pattern)
            for rule in self.rules  # what takes a match back is tried where there is one: most never are
            for role in ("patterns", "hints")
            for pattern in getattr(rule, role)
        ]
        patterns = [pattern for *_, pattern in self._owners]
        self._needed = needed(file, patterns) if file else everywhere(patterns)
        for rule, _, pattern in map(self._owners.__getitem__, self._needed.unknown):
            try:
                _compiled(pattern)
            except re2.error:
                raise DataError(f"Rule {rule.name} has a pattern that RE2 does not take: {pattern}") from None

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield every match of every rule in a folded stretch, in the order of the rules."""
        found: dict[str, tuple[Rule, list[tuple[bool, tuple[int, int]]]]] = {}
        read = _as_read(text)
        for at in self._needed.likely(text):
            rule, role, pattern = self._owners[at]
            for match in _compiled(pattern).finditer(read):
                found.setdefault(rule.name, (rule, []))[1].append((role == "patterns", match.span()))
        for rule, matches in found.values():
            if any(_compiled(pattern).search(read) for pattern in rule.unless_near):
                continue
            taken_back = _covered(m.span() for p in rule.unless for m in _compiled(p).finditer(read))
            for sure, (start, end) in matches:
                if not _overlaps(taken_back, start, end):
                    yield Hit(rule, start, end, sure)

    def matches(self, text: str) -> bool:
        """Whether some pattern matches a folded stretch, be it taken back or not."""
        read = _as_read(text)
        return any(_compiled(self._owners[at][2]).search(read) for at in self._needed.likely(text))


@cache
def bank_of(family: str) -> Bank:
    """Return the rules of a family, made once."""
    return Bank(rules_of(family), f"guardrails/needed/{family}.json")


@cache
def rules_of(family: str) -> tuple[Rule, ...]:
    """Return the rules of a family with their examples, in the order of its files."""
    files = names_under(f"guardrails/{family}", ".toml")
    return tuple(rule for file in files for rule in load_rules(file, FAMILIES[family]))
