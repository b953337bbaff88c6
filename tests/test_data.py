"""Data files: what is missing is told by its name."""

import pytest

from compassion_coach.data import file, names_under, read_text, read_toml
from compassion_coach.errors import DataError


@pytest.mark.parametrize("asked", [file, read_text, read_toml, lambda name: names_under(name, ".toml")])
def test_what_is_missing_is_named(asked: object) -> None:
    """An installation that is broken says which file to look for."""
    assert callable(asked)
    with pytest.raises(DataError, match=r"nowhere/at\.all"):
        asked("nowhere/at.all")
