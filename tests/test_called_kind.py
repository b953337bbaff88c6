"""Words of the letter that are cold are not called kind."""

import time

import pytest

from compassion_coach.letter import Letter
from compassion_coach.remarks.guard import Shape, judge

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


def test_words_of_many_lines_are_judged_in_no_time_and_are_nobodys_kindness() -> None:
    """A line that comes again and again is read once; words that stand in hundreds of lines are not called kind."""
    again = Letter.of("Dear Ada,\n" + "I see that it hurt today.\n" * 4000)
    everywhere = Letter.of("Dear Ada,\n" + "".join(f"I see you on day {at} of it.\n" for at in range(400)))
    begun = time.perf_counter()
    assert judge('Warmth lives in "it hurt today".', again, Shape.NOTE).passed
    found = judge('Warmth lives in "I see you".', everywhere, Shape.NOTE).findings
    assert "invalidation" in {finding.rail for finding in found}
    assert time.perf_counter() - begun < 2
