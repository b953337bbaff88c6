"""Of words of the letter that are cold no remark takes the side."""

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


DENIED = Letter.of(
    "Dear Nell,\nIt is not true that nobody loves you. Nobody said that you are selfish.\n"
    "It was only a dinner. You do take everything personally. Of course it stung.\nMe"
)


@pytest.mark.parametrize(
    "text",
    [
        'The line says "nobody loves you", and the letter believes it.',
        'This line says "you are selfish", and means it.',
        'The line says "You do take everything personally", and it is so.',
        '"It was only a dinner" is said, and nothing more is to be said.',
        'In this line "you do take everything personally" is simply true.',
    ],
)
def test_no_remark_agrees_with_what_is_cold_or_denied(text: str) -> None:
    """What the letter denies is not told as if it said so, and what it says coldly is not confirmed."""
    assert "invalidation" in {finding.rail for finding in judge(text, DENIED, Shape.NOTE).findings}


@pytest.mark.parametrize(
    "text",
    [
        'The line answers "nobody loves you".',
        '"You are selfish" is denied in this line.',
        '"Of course it stung" lets the hurt be, and it is so.',
        '"You do take everything personally" may land hard.',
    ],
)
def test_what_is_cold_or_denied_may_be_told(text: str) -> None:
    """To say that the letter answers an old voice is what a reader does."""
    assert judge(text, DENIED, Shape.NOTE).passed


def test_words_of_many_lines_are_judged_in_no_time_and_are_nobodys_kindness() -> None:
    """A line that comes again and again is read once; words that stand in hundreds of lines are not called kind."""
    again = Letter.of("Dear Ada,\n" + "I see that it hurt today.\n" * 4000)
    everywhere = Letter.of("Dear Ada,\n" + "".join(f"I see you on day {at} of it.\n" for at in range(400)))
    begun = time.perf_counter()
    assert judge('Warmth lives in "it hurt today".', again, Shape.NOTE).passed
    found = judge('Warmth lives in "I see you".', everywhere, Shape.NOTE).findings
    assert "invalidation" in {finding.rail for finding in found}
    assert time.perf_counter() - begun < 2
