"""Rules as data: patterns with examples, as the files of `guardrails/` hold them.

A rule file holds `[words]`, the vocabulary that its patterns share as `{name}`, and tables of rules; `words_from` names
a file of words that it shares with others. Each rule has `patterns`, which speak for themselves, or `hints`, which only
weigh beside the other words (`weighing.py`), or both; `unless`, patterns that take a match back where they overlap it;
`unless_near`, patterns that take it back when they stand anywhere in the same stretch; and examples of what it must
`match` and must `pass` over.

Patterns are RE2: no look-around, no back-references, and in return time linear in the text whatever is in it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from compassion_coach.data import names_under, read_toml
from compassion_coach.errors import DataError

FAMILIES = {"distress": ("kind", "level"), "marks": ("kind", "quality", "confidence"), "rails": ("rail",)}
"""The folders of rules in `guardrails/`, and what a rule of each has beside the common fields."""

SPEAKING = ("patterns", "hints")
LISTS = (*SPEAKING, "unless", "unless_near")
"""The lists of patterns that a rule may have."""

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
    common = {"name", "match", "pass"}
    missing = (about | common) - entry.keys()
    if entry.keys() - common - about - {*LISTS} or missing or not {*SPEAKING} & entry.keys():
        raise DataError(
            f"{label} needs name, patterns or hints, match, pass, {', '.join(sorted(about))}, and nothing unknown."
        )
    expanded = {key: tuple(_expand(label, p, words) for p in entry.get(key, ())) for key in LISTS}
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
def rules_of(family: str) -> tuple[Rule, ...]:
    """Return the rules of a family with their examples, in the order of its files."""
    files = names_under(f"guardrails/{family}", ".toml")
    return tuple(rule for file in files for rule in load_rules(file, FAMILIES[family]))
