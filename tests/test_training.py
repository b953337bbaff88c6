"""What is learned from: where it is parted, and how it is calibrated. Nothing here needs torch or scikit-learn."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from scripts import scripts


@pytest.fixture
def training() -> Iterator[Callable[[str], Any]]:
    """What imports a module of `training/`."""
    with scripts("training") as module:
        yield module


def test_every_tenth_row_is_held_back(training: Callable[[str], Any]) -> None:
    """The eighth of each ten, wherever rows are parted; nothing is lost and nothing is in both."""
    taught, held_back = training("sources").parted(range(25))
    assert held_back == [7, 17]
    assert sorted([*taught, *held_back]) == list(range(25))
    assert not {*taught} & {*held_back}


def test_no_letter_that_is_held_back_is_taught(training: Callable[[str], Any]) -> None:
    """Of the corpus as it is."""
    taught, held_back = training("lessons").letters()
    assert {letter.name[-1] for letter in held_back} == {"7"}
    assert not [letter for letter in taught if letter in held_back]
