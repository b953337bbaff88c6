"""Whether a remark is about the letter at all: it points at words on the page, or says how they may be heard.

What names a thing of the world, orders in however few words, and speaks in cipher has that in common: it points at
nothing. `guardrails/about.toml` holds the words.
"""

import re
from functools import cache

from compassion_coach.data import read_toml

_OWN = re.compile(r"[^\W_]+")


def is_about_the_letter(bare: str, *, asks: bool = False) -> bool:
    """Whether a folded text, the letter's own words hidden behind `~`, speaks of the letter; `asks` of a question."""
    least = read_toml("guardrails/about.toml")["least"]
    own, quotations = len(_OWN.findall(bare)), len(re.findall("~+", bare))
    if own < least["for_each_quotation"] * quotations:
        return False
    if asks:
        return _asked().search(bare) is not None
    return _points().search(bare) is not None or (quotations > 0 and own >= least["beside_quotations"])


def is_astray(bare: str) -> bool:
    """Whether a folded sentence that is not about the letter has few words, and does not point back at one that is."""
    few = read_toml("guardrails/about.toml")["few"]
    return len(_OWN.findall(bare)) <= few["most"] and _points_back().search(bare) is None


@cache
def _points_back() -> re.Pattern[str]:
    words = read_toml("guardrails/about.toml")["few"]["pointing_back"]
    return re.compile("|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in words))


@cache
def _points() -> re.Pattern[str]:
    told = read_toml("guardrails/about.toml")["about"]
    words = [word for group in ("page", "speech", "heard", "done") for word in told[group].split()]
    pointing = rf"(?:this|that|these|those) (?:{'|'.join(told['pointing'].split())})"
    return re.compile(rf"\b(?:{'|'.join([*words, *told['phrases'], pointing])})\b")


@cache
def _asked() -> re.Pattern[str]:
    told = read_toml("guardrails/about.toml")["asked"]
    return re.compile(rf"\b(?:{'|'.join([*told['words'].split(), *told['phrases']])})\b")
