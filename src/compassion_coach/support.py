"""People to turn to, and the fixed words that bring them forward. Needs no network, key or model.

The region is told, else guessed from the locale and labelled as a guess, else unknown; an unknown region is never
taken for any country.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from compassion_coach.data import read_toml
from compassion_coach.errors import DataError, SettingError
from compassion_coach.reflection import Distress, Helpline, Support
from compassion_coach.vocabulary import Level

ANYWHERE = (
    "Where there is danger, the local emergency number is there at any hour, and findahelpline.com names lines that "
    "listen, country by country."
)
"""What can be said without any file: here, since a file might be what failed."""


def support_for(distress: Distress, region: str | None = None) -> Support | None:
    """Return the words and people for a level of distress, or None at level `none`.

    `region` is a two-letter code; without one it is guessed from the locale. Where the files that hold words and people
    are broken, what is known here without them is said. Raises SettingError when the region is not a code.
    """
    if distress.level is Level.NONE:
        return None
    try:
        return _support_for(distress, region)
    except DataError:
        return Support(
            message=f"Something in this letter sounds very painful to carry alone. {ANYWHERE}",
            helplines=(),
            region=None,
            region_is_guess=False,
        )


def _support_for(distress: Distress, region: str | None) -> Support:
    messages = read_toml(f"guardrails/support/{distress.level}.toml")["messages"]
    kinds = [signal.kind for signal in distress.signals]
    message = next((messages[kind] for kind in ("medical", *kinds) if kind in kinds and kind in messages), None)
    lines = () if distress.level is Level.TENDER else None
    return _support(message or next(iter(messages.values())), region, lines)


def support_unread(region: str | None = None, *, readable: bool = False) -> Support:
    """Return the words and people for a letter that could not be read well, or of which only some is `readable`."""
    messages = read_toml("guardrails/support/unread.toml")["messages"]
    return _support(messages["some" if readable else "any"], region)


def people(region: str | None = None) -> Support:
    """Return the helplines of a region with a line that says which region it is and how that is known."""
    known, guess = resolve_region(region)
    name = _regions()["names"].get(_entry_for(known) or "", known)
    if known is None:
        message = (
            "The country is not known, so no country's numbers are shown. --region tells it, for example --region UK."
        )
    elif _entry_for(known) is None:
        message = f"No line for {name} is in this list yet. These help to find one anywhere."
    else:
        message = f"People to turn to in: {name}" + (
            " (a guess from this computer's language settings)." if guess else "."
        )
    return _support(message, region)


def resolve_region(region: str | None, environment: Mapping[str, str] = os.environ) -> tuple[str | None, bool]:
    """Return the region code and whether it is a guess: `("UK", False)`, `("IE", True)` or `(None, False)`."""
    if region is not None:
        code = code_of(region)
        if code is None:
            raise SettingError("A region is a two-letter country code, for example --region UK.")
        return _regions()["same"].get(code, code), False
    told = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    found = re.match(r"[a-z]{2,3}_([A-Z]{2})(?:[.@]|$)", told)
    return (_regions()["same"].get(found[1], found[1]), True) if found else (None, False)


def code_of(region: str) -> str | None:
    """Return a region as the two capital letters that it may be called by, or None where it is no such code."""
    code = region.strip().upper()
    return code if re.fullmatch(r"[A-Z]{2}", code) else None


def _support(message: str, region: str | None, lines: tuple[Helpline, ...] | None = None) -> Support:
    known, guess = resolve_region(region)
    shown = _helplines(_entry_for(known)) if lines is None else lines
    return Support(message=" ".join(message.split()), helplines=shown, region=known, region_is_guess=guess)


def _entry_for(region: str | None) -> str | None:
    """Return the code under which a region's lines stand in the registry, or None when it has none."""
    regions = _regions()
    if region in regions["names"]:
        return region
    return next((wide for wide, members in regions["members"].items() if region in members), None)


@cache
def _helplines(entry: str | None) -> tuple[Helpline, ...]:
    """Return the lines of a region, the emergency number first; of no region, the ways that work anywhere."""
    registry = read_toml("guardrails/helplines.toml")
    try:
        lines = [_helpline(line) for line in registry["line"] if line["region"] == entry]
        anywhere = [_helpline(line) for line in registry["anywhere"]]
    except (KeyError, TypeError):
        raise DataError("guardrails/helplines.toml has an entry with a field missing or unknown.") from None
    lines.sort(key=lambda line: not line.emergency)
    directory = [line for line in anywhere if not line.emergency]
    return tuple(lines + directory) if lines else tuple(anywhere)


def _helpline(told: dict[str, Any]) -> Helpline:
    return Helpline(**{**told, "languages": tuple(told["languages"])})


@cache
def _regions() -> dict[str, Any]:
    regions: dict[str, Any] = read_toml("guardrails/helplines.toml")["regions"]
    return regions
