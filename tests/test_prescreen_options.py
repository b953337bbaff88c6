"""What a program that calls `prescreen` may ask for: what would do something else in silence is refused."""

import math
from typing import Any

import pytest

from compassion_coach.cli.told import tell
from compassion_coach.errors import SettingError
from compassion_coach.prescreen import Options, Summary
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.reflection import Usage


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"docx": True, "pages": False}, "Word copies lie beside the letters' pages"),
        ({"batch": True}, "A batch needs a model"),
    ],
)
def test_options_that_go_together_are_asked_for_together(told: dict[str, Any], why: str) -> None:
    """Copies without pages would be linked nowhere, and a batch without a model would be read here."""
    with pytest.raises(SettingError, match=why):
        Options(**told)


@pytest.mark.parametrize("prices", [(0.0, 0.0), (math.nan, 1.0), (1.0, math.nan), (-1.0, 2.0)])
@pytest.mark.parametrize("most", [0.01, math.nan])
def test_an_allowance_that_could_never_be_spent_is_refused(most: float, prices: tuple[float, float]) -> None:
    """Without prices everything costs nothing, and every letter would be sent."""
    with pytest.raises(SettingError, match="most_cost"):
        Model("m", most_cost=most, prices=prices)


def test_an_allowance_is_spent_by_what_letters_cost() -> None:
    """Prices are those of a million tokens; one of them may be nothing."""
    model = Model("m", most_cost=0.01, prices=(0.0, 10.0))
    assert not model.spent(Usage(requests=1, prompt_tokens=10**6, answer_tokens=999))
    assert model.spent(Usage(requests=1, prompt_tokens=0, answer_tokens=1000))
    with pytest.raises(SettingError, match="most_cost"):
        Model("m", most_cost=math.nan, prices=(1.0, 1.0))


def test_letters_that_are_asked_about_again_are_those_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """They are counted once, by the reason."""
    tell(Summary({"none": 5}, read=5, failed={"one": 2, "another": 1}))
    assert "could not be asked about 3 letters: read here, and asked about by the next run" in capsys.readouterr().err
    tell(Summary({"none": 5}, read=5))
    assert "could not be asked" not in capsys.readouterr().err
