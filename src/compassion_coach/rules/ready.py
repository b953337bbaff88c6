"""The rules of a family made ready: parsed, their words put in, with the words that their patterns need (`needed.py`).

`make ready` writes them to `guardrails/ready/`, one file for a family: to parse the files of rules would take longer
than to read a letter. A file of rules that has changed since is parsed all the same: what was made ready and is behind
costs time, and never a match.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import blake2b
from typing import Any

from compassion_coach.data import Table, names_under, read_json, read_once
from compassion_coach.rules.written import FAMILIES, LISTS, Rule, load_rules


def made_ready(family: str) -> Table:
    """Return what was made ready. Raises DataError where it is missing or broken."""
    return read_json(f"guardrails/ready/{family}.json")


def rules_ready(family: str, made: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules of a family in the order of its files, without their examples where they were made ready."""
    texts = made["texts"]
    for file in names_under(f"guardrails/{family}", ".toml"):
        kept = made["files"].get(file)
        if kept is None or any(digest_of(name) != digest for name, digest in kept["made_of"].items()):
            yield from load_rules(file, FAMILIES[family])
            continue
        for name, about, *lists in kept["rules"]:
            told = {key: tuple(texts[at] for at in places) for key, places in zip(LISTS, lists, strict=True)}
            yield Rule(name, match=(), pass_over=(), about=about, **told)


@cache
def digest_of(name: str) -> str:
    """Return what tells a data file as it is from any other. Raises DataError where it is missing."""
    return blake2b(read_once(name).encode(), digest_size=8).hexdigest()
