"""The weighing: words and ideas that stand near each other, learned from cases, and what it may do with them."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.data import read_once, read_toml
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.rules import weighing
from compassion_coach.rules.weighing import (
    Ideas,
    Learned,
    Scale,
    end_of,
    features,
    kinds,
    reading,
    scale,
    weigh,
    words_of,
)
from compassion_coach.screen import level_of, screen
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Level
from weights import weights_of

NAMES = ("distress", "rails")


def weighed(text: str) -> Level:
    found = [level_of(one.shares, scale("distress").enough) for one in weigh(scale("distress"), fold(text).text)]
    return max(found, key=lambda level: level.rank, default=Level.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "It would be lighter for all of them if I were not there to carry.",
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
    """A pair of ideas is found within six words and not beyond; where a text begins and ends is a sign of its own."""
    ideas = Ideas({"wish": "want wish", "not": "never", "wake": "wak*", "ing": "*ing"})
    near = list(features(["i", "want", "to", "never", "wake", "up"], ideas))
    assert {
        "wake",
        "never wake",
        "@wake",
        "@wish>@wake",
        "@not>@wake",
        "^ i",
        "up $",
        "never @wake",
        "@not wake",
    } <= set(near)
    far = set(features(["wish", *["and"] * 7, "wake"], ideas))
    assert "@wish>@wake" not in far
    assert "@wish>@wake" in set(features(["wish", *["and"] * 5, "wake"], ideas))
    assert set(features([], ideas)) == {"$", "^ $"}


def test_a_word_may_stand_for_several_ideas() -> None:
    """Whole words, words that begin alike and words that end alike are found, and none twice."""
    ideas = Ideas({"a": "wake wak*", "b": "*ing wake", "c": "sleep"})
    assert ideas.of("wake") == ("@a", "@b")
    assert ideas.of("waking") == ("@a", "@b")
    assert ideas.of("sleeping") == ("@b",)
    assert ideas.of("sleep") == ("@c",)
    assert ideas.of("up") == ()


def test_a_long_lived_process_keeps_no_more_than_so_many_words() -> None:
    """What is known of words is forgotten before it fills the memory."""
    ideas = Ideas({"a": "w1"})
    for number in range(20_000):
        ideas.of(f"w{number}")
    assert ideas.of("w1") == ("@a",)
    assert len(ideas._known) <= 1 << 14


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_an_idea_is_as_folded(name: str) -> None:
    """A word that folding would change could never be met."""
    for idea, words in read_toml(f"guardrails/weighing/{name}.words.toml")["words"].items():
        for word in words.split():
            plain = word.strip("*")
            assert fold(plain).text == plain or any(map(str.isdigit, plain)), (idea, word)


def test_what_a_word_is_differs_by_scale() -> None:
    """Letters: words alone, "my self" as one. Remarks: quotations, names and signs as well, a run as one sign."""
    assert words_of(reading("distress")[0], "i hurt my self, again") == ["i", "hurt", "myself", "again"]
    assert words_of(reading("rails")[0], "~~~~ lands, §§§.") == ["~", "lands", ",", "§", "."]


@pytest.mark.parametrize("name", NAMES)
@given(st.text(max_size=400))
def test_any_text_can_be_weighed(name: str, text: str) -> None:
    """Nothing raises, a span found lies inside the text, and shares sum to one."""
    plain = fold(text).text
    for found in weigh(scale(name), plain, {"!nothing"}):
        assert 0 <= found.start < found.end <= len(plain)
        assert sum(found.shares.values()) == pytest.approx(1)
        assert set(found.shares) == set(scale(name).shares)
        assert set(kinds(scale(name), found)) == set(scale(name).kinds)


def test_a_sentence_without_end_costs_no_more_a_word() -> None:
    """Four times the words take about four times as long: a bound of eight leaves room for a busy machine."""

    def seconds(words: int) -> float:
        text = "never wake again " * words
        begun = time.process_time()
        list(weigh(scale("distress"), text))
        return time.process_time() - begun

    seconds(100)
    assert min(seconds(8000) for _ in range(3)) < 8 * min(seconds(2000) for _ in range(3)) + 0.01


@pytest.mark.parametrize("name", NAMES)
@given(st.text(max_size=200))
def test_what_a_feature_ends_in_is_a_feature_as_well(name: str, text: str) -> None:
    """So the weights of a text lie under what it has itself."""
    token, ideas = reading(name)
    found = {*features(words_of(token, fold(text).text), ideas), "!a hint", "@wish>@wake", "@wake"}
    assert {end_of(feature) for feature in found} <= found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", ["shares", "kinds"])
def test_weights_lie_under_what_their_features_end_in(name: str, part: str) -> None:
    """A block that lay elsewhere would never be found."""
    blocks = read_once(f"guardrails/weighing/{name}.{part}.tsv").rstrip("\n").split("\n\n")
    told = [block.split("\n") for block in blocks]
    assert [end for end, *_ in told] == sorted({end for end, *_ in told})
    assert [line for end, *lines in told for line in lines if end_of(line.split("\t")[0]) != end] == []


def test_weights_are_read_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is opened with the first question, and each row is what the file says, whoever asked before."""
    opened = list[str]()

    def read(name: str) -> str:
        opened.append(name)
        return "b\na b\t1 2\nb\t-3 4\n\nc\nb c\t5 6\n"

    monkeypatch.setattr(weighing, "read_once", read)
    learned = Learned("some.tsv")
    assert not opened
    assert {*map(tuple, learned({"a b", "b", "d"}))} == {(-3, 4), (1, 2)}
    assert learned({"b c", "c", "b c d"}) == [(5, 6)]
    assert learned({"a b"}) == [(1, 2)]
    assert opened == ["some.tsv"]


@pytest.mark.parametrize("text", ["", "b", "b\nb\t1", "b\nb\tx\n", "b\nb\n", "b\n"])
def test_weights_that_are_cut_short_are_no_weights(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a file would hear half of what there is."""
    monkeypatch.setattr(weighing, "read_once", lambda _: text)
    with pytest.raises(DataError, match=r"some\.tsv"):
        Learned("some.tsv")({"b"})


def small(**weights: tuple[int, ...]) -> Scale:
    """Return a scale of two shares and two kinds that knows a few words."""
    return Scale(
        token=re.compile(r"\w+"),
        ideas=Ideas({}),
        shares=("pass", "block"),
        kinds=("advice", "sugar"),
        enough={"block": 0.5},
        base=(0, -100),
        weights=weights_of({feature: row[:2] for feature, row in weights.items()}),
        kind_base=(1, 0),
        kind_weights=weights_of({feature: row[2:] for feature, row in weights.items()}),
    )


def test_what_is_known_is_summed_on_top_of_the_base() -> None:
    """Weights are hundredths of a logit: two features of one hundred each outweigh a base of minus one hundred."""
    knows = small(plum=(0, 100, 5, 9), pear=(0, 100, 0, 0))
    [found] = weigh(knows, "a plum and a pear")
    assert found.shares["block"] == pytest.approx(1 / (1 + 2.718281828**-1))
    assert kinds(knows, found) == {"advice": 6, "sugar": 9}
    assert (found.start, found.end) == (0, 17)


def test_a_feature_counts_once() -> None:
    """Saying it twice weighs no more."""
    knows = small(plum=(0, 100, 0, 0))
    assert next(weigh(knows, "plum plum")).shares == next(weigh(knows, "a plum")).shares


def test_what_rules_hint_weighs() -> None:
    """A hint is a feature with `!` before it, so that no word of a text can pass for one."""
    knows = small(**{"!kind": (0, 300, 0, 0), "plum": (0, 0, 0, 0)})
    assert next(weigh(knows, "plum")).shares["block"] < 0.5
    assert next(weigh(knows, "plum", {"kind"})).shares["block"] > 0.5
    assert next(weigh(knows, "plum !kind")).shares["block"] < 0.5


def test_nothing_known_weighs_nothing() -> None:
    """A text without a known feature has no shares."""
    assert list(weigh(small(plum=(0, 1, 0, 0)), "pebble")) == []
    assert list(weigh(small(), "")) == []


def test_windows_of_two_hundred_words() -> None:
    """A text without end is weighed window by window, none left out and none twice."""
    text = " ".join(["plum"] * 450)
    found = list(weigh(small(plum=(0, 1, 0, 0)), text))
    assert [one.start for one in found] == [0, 1000, 2000]
    assert found[-1].end == len(text)
    assert all(a.end < b.start for a, b in pairwise(found))


ENOUGH = {"danger": 0.75, "urgent": 0.5, "tender": 0.6}


@pytest.mark.parametrize(
    ("none", "tender", "concern", "urgent", "expected"),
    [
        (0.0, 0.0, 0.4, 0.6, Level.URGENT),
        (0.0, 0.0, 0.6, 0.4, Level.CONCERN),
        (0.0, 0.0, 0.5, 0.5, Level.CONCERN),  # at even shares the milder
        (0.25, 0.0, 0.25, 0.5, Level.URGENT),  # exactly enough is enough
        (0.25, 0.0, 0.75, 0.0, Level.CONCERN),
        (0.3, 0.0, 0.4, 0.3, Level.NONE),
        (0.2, 0.0, 0.38, 0.42, Level.CONCERN),  # urgent needs half of all
        (0.4, 0.6, 0.0, 0.0, Level.TENDER),
        (0.5, 0.5, 0.0, 0.0, Level.NONE),
        (0.0, 0.6, 0.2, 0.2, Level.TENDER),
    ],
)
def test_the_level_follows_from_the_shares(
    none: float, tender: float, concern: float, urgent: float, expected: Level
) -> None:
    """Danger needs three quarters; urgent needs half of all and more than concern; tender six tenths."""
    shares = {"none": none, "tender": tender, "concern": concern, "urgent": urgent}
    assert level_of(shares, ENOUGH) is expected


def test_two_neighbours_together_need_more() -> None:
    """What is enough for a sentence is not enough for two of them read as one."""
    shares = {"none": 0.2, "tender": 0.0, "concern": 0.7, "urgent": 0.1}
    enough = ENOUGH | {"together": 0.85}
    assert level_of(shares, enough) is Level.CONCERN
    assert level_of(shares, enough, together=True) is Level.NONE
    assert level_of(shares | {"none": 0.1, "concern": 0.8}, enough, together=True) is Level.CONCERN
