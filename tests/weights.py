"""Weights that a test makes up, told as a scale asks for them."""

from collections.abc import Mapping, Sequence, Set

from compassion_coach.rules.weighing import Weights


def weights_of(rows: Mapping[str, Sequence[int]]) -> Weights:
    def told(known: Set[str]) -> Sequence[Sequence[int]]:
        return [rows[feature] for feature in known & rows.keys()]

    return told
