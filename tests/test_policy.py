"""What each level of distress allows."""

import pytest

from compassion_coach.letter import Letter
from compassion_coach.policy import STAYS_HERE, plan_for, plan_of, why_kept_here
from compassion_coach.vocabulary import Level


@pytest.mark.parametrize(
    ("level", "ask_model", "show_marks", "only_warm"),
    [
        (Level.NONE, True, True, False),
        (Level.TENDER, True, True, False),
        (Level.CONCERN, False, True, True),
        (Level.URGENT, False, False, False),
    ],
)
def test_each_level_has_its_effects(level: Level, ask_model: bool, show_marks: bool, only_warm: bool) -> None:
    """What is sent and what is shown follow from the level alone."""
    plan = plan_for(level, "en")
    assert (plan.ask_model, plan.show_marks, plan.only_warm, plan.unread) == (ask_model, show_marks, only_warm, None)


@pytest.mark.parametrize(("language", "name"), [("de", "German"), ("und-CJK", "other than English")])
def test_another_language_is_neither_sent_nor_marked(language: str, name: str) -> None:
    """What the screen cannot read stays on this computer."""
    plan = plan_for(Level.NONE, language)
    assert (plan.ask_model, plan.show_marks) == (False, False)
    assert plan.unread
    assert name in plan.unread


def test_too_little_to_tell_is_read() -> None:
    """A few words that could be any language are read as English."""
    assert plan_for(Level.NONE, "und").show_marks


def test_of_a_letter_in_two_languages_the_english_is_marked_here() -> None:
    """Nothing of it is sent, and it is told that some was not read."""
    plan = plan_for(Level.NONE, "mul")
    assert (plan.ask_model, plan.show_marks, plan.readable) == (False, True, True)
    assert plan.unread


@pytest.mark.parametrize(
    ("text", "level", "why"),
    [
        ("It makes sense that it hurt.", Level.NONE, None),
        ("It makes sense that it hurt.", Level.CONCERN, STAYS_HERE),
        ("<!-- coach:off -->It makes sense.<!-- coach:on -->", Level.NONE, "It has no words to send."),
        ("\u2665 ...", Level.NONE, "It has no words to send."),
    ],
)
def test_why_a_letter_is_sent_to_nobody(text: str, level: Level, why: str | None) -> None:
    """Distress, and nothing that may be sent; one place says so for every route."""
    letter = Letter.of(text)
    assert why_kept_here(letter, plan_of(letter, level)) == why


def test_one_german_sentence_keeps_an_english_letter_here() -> None:
    """The screen may have missed what it says."""
    letter = Letter.of(
        "Dear Tom,\nIt makes sense that it hurt so much.\nDu musst dich jetzt wirklich ausruhen, mein Lieber."
    )
    assert "not to be in English" in str(why_kept_here(letter, plan_of(letter, Level.NONE)))
