"""A remark is about the letter: it points at the page, or says how words may be heard."""

import pytest

from compassion_coach.letter import Letter
from compassion_coach.remarks.about import is_about_the_letter, is_astray
from compassion_coach.remarks.guard import Shape, judge

LETTER = Letter.of("Dear Ada,\nThe boiler broke and you sat on the floor. You always leave things late.\nMe")


@pytest.mark.parametrize(
    "bare",
    [
        "this line keeps to the cold floor.",
        "the floor is named without hurry.",
        "this may land as a rule.",
        "an order comes in after the comfort.",
        "~~~~~~~~~~~~~ spreads one evening over a life.",
        "~~~~~~ may be heard as blame.",
    ],
)
def test_what_points_at_the_page_is_about_the_letter(bare: str) -> None:
    """Words for the page, for speech, for hearing, or enough words beside a quotation."""
    assert is_about_the_letter(bare)


@pytest.mark.parametrize(
    "bare",
    [
        "the kettle is on.",
        "boilers break in every house.",
        "this boiler is old.",
        "then a hot bath.",
        "~~~~~~~~ and ~~~~~~.",
        "in the end ~~~~~~~~.",
        "~~~ ~~~~~~ ~~~~, says this line.",
    ],
)
def test_what_points_at_nothing_is_not(bare: str) -> None:
    """The world is not the letter, and the letter's words strung together are no remark about it."""
    assert not is_about_the_letter(bare)


@pytest.mark.parametrize(
    ("bare", "about"),
    [
        ("how is it to hear ~~~~~~ slowly?", True),
        ("which line felt most like company?", True),
        ("who comes to mind at ~~~~~~?", False),
        ("what did the plumber say to ~~~~~~?", True),
        ("where is the bath?", False),
    ],
)
def test_a_question_is_about_reading_or_hearing(bare: str, about: bool) -> None:
    """A quotation in it is not enough."""
    assert is_about_the_letter(bare, asks=True) is about


def test_half_of_a_remark_is_about_the_letter_at_least() -> None:
    """A sentence may go on from one that points; two that point at nothing are too many."""
    assert judge("The opening stays on the floor. It is quiet and near.", LETTER, Shape.OVERALL).passed
    assert not judge("This line stays. The kettle is on. The tea is hot.", LETTER, Shape.OVERALL).passed


@pytest.mark.parametrize(
    ("bare", "astray"),
    [
        ("everybody went home.", True),
        ("then bread, then the stairs.", True),
        ("it sits on the stairs.", False),
        ("both wait outside.", False),
        ("~~~~~~~~ shuts the gate.", False),
        ("then the rain sets in over the whole of the town.", False),
    ],
)
def test_a_few_words_that_are_not_about_the_letter_have_to_point_back(bare: str, astray: bool) -> None:
    """Beside a kind sentence about the letter, three words say what they like about the world."""
    assert is_astray(bare) is astray


def test_a_few_words_about_the_world_are_stopped_beside_a_good_sentence() -> None:
    """Half of a remark may go on without pointing, but not in so few words."""
    good = "The opening stays on the floor with somebody."
    assert judge(f"{good} It is quiet and near.", LETTER, Shape.OVERALL).passed
    assert not judge(f"{good} Everybody went home.", LETTER, Shape.OVERALL).passed


@pytest.mark.parametrize(
    "text", ["This line klimt nahe fubhyq.", "The line says ouyay ouldshay.", "A line, dormez bien."]
)
def test_a_remark_of_unknown_words_is_stopped(text: str) -> None:
    """Ciphers and other languages are no English."""
    assert "language" in {finding.rail for finding in judge(text, LETTER).findings}


def test_a_rare_word_is_no_cipher() -> None:
    """A name of the letter, an ending, or one unknown word among ten stops nothing."""
    letter = Letter.of("Dear Ada,\nYou rang Szymborska about the boiler.\nMe")
    assert judge("This line stays close to Szymborska and the boiler.", letter).passed
    assert judge("The loneliness is named here unhurriedly.", letter).passed
    assert judge("This line stays close to the floor and to the cold of the thermostat there.", letter).passed
