"""The weighing: ideas that stand near each other, learned from cases, and what it may do with them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.data import read_toml
from compassion_coach.folding import fold
from compassion_coach.letter import Letter
from compassion_coach.screen import screen
from compassion_coach.vocabulary import Level
from compassion_coach.weighing import features, weigh


def weighed(text: str) -> Level:
    found = weigh(fold(text).text)
    return found.level if found else Level.NONE


@pytest.mark.parametrize(
    "text",
    [
        "Nobody at that house would have to tiptoe round me any more if I went quietly.",
        "She reads my messages and I have to ask before I buy so much as milk, or there's trouble.",
    ],
)
def test_what_no_phrase_gives_away_is_heard(text: str) -> None:
    """Sentences that hint are weighed as danger."""
    assert weighed(text) in (Level.CONCERN, Level.URGENT)


@pytest.mark.parametrize(
    "text",
    [
        "I am making soup for the neighbours tonight.",
        "The bus was late and the meeting was dull.",
        "I would like you to know that I am on your side.",
        "You rang the office even though your hands were shaking.",
        "",
        "...",
    ],
)
def test_a_calm_sentence_weighs_nothing(text: str) -> None:
    """Ordinary lines and kind lines raise no level, and neither does a text without words."""
    assert weighed(text) is Level.NONE


def test_the_weighing_only_ever_adds_to_the_rules() -> None:
    """Where a rule speaks, its level stays, whatever weighs."""
    for text in ("I am going to kill myself tonight.", "I wish I was dead.", "Everything feels unreal."):
        letter = Letter.of(text)
        assert screen(letter).level.rank >= screen(letter, weighing=False).level.rank


def test_features_are_words_neighbours_and_ideas() -> None:
    """A pair of ideas is found within six words and not beyond."""
    near = set(features(["i", "want", "to", "never", "wake", "up"]))
    assert {"wake", "never wake", "@wake", "@wish>@wake", "@not>@wake"} <= near
    far = set(features(["wish", *["and"] * 7, "wake"]))
    assert "@wish>@wake" not in far
    assert "@wish>@wake" in set(features(["wish", *["and"] * 5, "wake"]))


def test_every_word_of_an_idea_is_as_folded() -> None:
    """A word that folding would change could never be met."""
    for idea, words in read_toml("guardrails/weighing/words.toml")["words"].items():
        for word in words.split():
            plain = word.rstrip("*")
            assert fold(plain).text == plain or any(map(str.isdigit, plain)), (idea, word)


@given(st.text(max_size=400))
def test_any_text_can_be_weighed(text: str) -> None:
    """Nothing raises, and a span found lies inside the text."""
    plain = fold(text).text
    found = weigh(plain)
    if found:
        assert 0 <= found.start < found.end <= len(plain)
        assert 0 < found.sure <= 1


def test_a_sentence_without_end_costs_no_more_a_word() -> None:
    """Four times the words take about four times as long: a bound of eight leaves room for a busy machine."""

    def seconds(words: int) -> float:
        text = "never wake again " * words
        begun = time.process_time()
        weigh(text)
        return time.process_time() - begun

    seconds(100)
    assert min(seconds(8000) for _ in range(3)) < 8 * min(seconds(2000) for _ in range(3)) + 0.01
