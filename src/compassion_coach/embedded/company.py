"""Which lines may be called kind where danger is near: those that are, whatever somebody is in."""

from functools import cache

from compassion_coach.rules.patterns import Bank, load_rules


def keeps_company(folded: str) -> bool:
    """Whether a folded line says no more than sympathy, company or that nobody is to blame.

    `guardrails/beside_danger.toml` says how such lines are worded. Raises DataError where that file is broken.
    """
    return any(_bank().hits(folded))


@cache
def _bank() -> Bank:
    return Bank(load_rules("guardrails/beside_danger.toml", ()))
