"""Data files: what of them is read, and when."""

import pytest

from compassion_coach.data import OnDemand, file, names_under, read_text, read_toml
from compassion_coach.errors import DataError


def test_a_line_is_read_once_and_when_it_is_asked_for() -> None:
    """The file is opened with the first question, a line is understood with the first that is about it."""
    opened, understood = list[str](), list[str]()

    def lines() -> dict[str, str]:
        opened.append("file")
        return {"one": "1", "two": "2"}

    def number(line: str) -> int:
        understood.append(line)
        return int(line)

    told = OnDemand(lines, number)
    assert not opened
    assert {"one", "three"} & told.keys() == {"one"}
    assert (told["one"], told["one"], dict(told)) == (1, 1, {"one": 1, "two": 2})
    assert (opened, understood, len(told)) == (["file"], ["1", "2"], 2)
    with pytest.raises(KeyError):
        told["three"]


@pytest.mark.parametrize("asked", [file, read_text, read_toml, lambda name: names_under(name, ".toml")])
def test_what_is_missing_is_named(asked: object) -> None:
    """An installation that is broken says which file to look for."""
    assert callable(asked)
    with pytest.raises(DataError, match=r"nowhere/at\.all"):
        asked("nowhere/at.all")
