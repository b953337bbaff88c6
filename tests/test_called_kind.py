"""Words of the letter that are cold are not called kind."""

import pytest

from compassion_coach.guard import Shape, judge
from compassion_coach.letter import Letter

LETTER = Letter.of(
    "Dear Ada,\nIt makes sense that you cried when the boiler broke. I am here with you on the floor.\n"
    "You are useless, and you always leave things late.\nMe"
)


@pytest.mark.parametrize(
    "text",
    [
        '"you always leave things late" is where the kindness lives.',
        'Warmth lives in "You are useless".',
        'In "you always leave things late" a caring voice speaks.',
        '"you always leave things late" keeps the line company.',
    ],
)
def test_a_cold_line_is_not_called_kind(text: str) -> None:
    """However it is put: the quotation itself is what is wrong."""
    assert "invalidation" in {finding.rail for finding in judge(text, LETTER, Shape.NOTE).findings}


@pytest.mark.parametrize(
    "text",
    [
        'Warmth lives in "I am here with you".',
        '"It makes sense that you cried" keeps the hurt company.',
        'Less kindness is heard in "you always leave things late".',
    ],
)
def test_a_kind_line_may_be_and_a_cold_one_may_be_called_cold(text: str) -> None:
    """Only kindness that the line does not have is in question."""
    assert judge(text, LETTER, Shape.NOTE).passed
