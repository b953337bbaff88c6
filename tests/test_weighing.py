"""The weighing: ideas that stand near each other, learned from cases, and what it may do with them."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach import weighing
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


def table(monkeypatch: pytest.MonkeyPatch, **weights: tuple[int, ...]) -> None:
    """Put a small table in place of the learned one: for none, tender, concern, urgent; then grief, suicide, abuse."""
    small = weighing._Table(
        levels=(Level.NONE, Level.TENDER, Level.CONCERN, Level.URGENT),
        kinds=("grief", "suicide", "abuse"),
        tender=frozenset({"grief"}),
        enough={"danger": 0.75, "urgent": 0.5, "tender": 0.6},
        base=(0, 0, 0, 0, 0, 0, 0),
        weights=weights,
    )
    monkeypatch.setattr(weighing, "_table", lambda: small)


def test_the_level_follows_from_the_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Danger needs three quarters; urgent needs half of all and more than concern; tender six tenths; kinds fit."""
    table(
        monkeypatch,
        plum=(0, 0, 0, 500, 900, 10, 90),
        pear=(0, 0, 500, 0, 900, 90, 10),
        fig=(0, 500, 0, 0, 10, 900, 0),
        lime=(0, 0, 110, 110, 0, 0, 0),
        quince=(0, 0, 250, 250, 0, 5, 0),
        date=(0, 40, 0, 0, 0, 0, 0),
        kiwi=(0, 0, 200, 240, 0, 5, 0),
    )
    urgent, concern, tender = weigh("plum"), weigh("pear"), weigh("fig")
    assert urgent is not None
    assert (urgent.level, urgent.kind) == (Level.URGENT, "abuse")
    assert concern is not None
    assert (concern.level, concern.kind) == (Level.CONCERN, "suicide")
    assert tender is not None
    assert (tender.level, tender.kind) == (Level.TENDER, "grief")
    even, nearly = weigh("quince"), weigh("kiwi")
    assert even is not None
    assert even.level is Level.CONCERN
    assert nearly is not None
    assert nearly.level is Level.URGENT
    assert weigh("date") is None
    assert weigh("pebble") is None
    both = weigh("lime")
    assert both is not None
    assert both.level is Level.CONCERN
    assert both.sure == pytest.approx(0.75, abs=0.01)


def test_exactly_enough_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that reaches its threshold counts."""
    table(monkeypatch, level=(0, 0, 0, 0, 0, 0, 0))
    small = weighing._table()
    monkeypatch.setattr(
        weighing, "_table", lambda: replace(small, enough={"danger": 0.5, "urgent": 0.25, "tender": 0.25})
    )
    found = weigh("level")
    assert found is not None
    assert found.level is Level.CONCERN  # at even shares the milder
    monkeypatch.setattr(
        weighing, "_table", lambda: replace(small, enough={"danger": 0.9, "urgent": 0.5, "tender": 0.25})
    )
    tender = weigh("level")
    assert tender is not None
    assert tender.level is Level.TENDER
