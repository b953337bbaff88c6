"""Texts whose writers set no full stops: where they are cut, and where not."""

import random
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.doctor import findings
from compassion_coach.errors import DataError
from compassion_coach.labelled import LabelledLetter, parse_letters
from compassion_coach.letter import Letter
from compassion_coach.screen import screen
from compassion_coach.settings import Settings
from compassion_coach.text import segment
from compassion_coach.text.segment import sentences
from compassion_coach.text.thoughts import FEWEST, MOST, RUN_ON, SPLICED, plain, plain_words, thoughts
from compassion_coach.vocabulary import Level

thoughts_module = sys.modules["compassion_coach.text.thoughts"]  # its name is that of the function in it
HELDOUT = Path(__file__).parents[1] / "cases" / "heldout"
UNMARKED = (
    "so the boiler broke again and i sat on the kitchen floor and cried like i was five it makes sense that i was done "
    "in after the month i have had nobody gets through that without a wobble i should have rung the landlord weeks ago "
    "honestly i am so useless with this stuff but i did boil the kettle and wash in the sink and get to work on time"
)
COMMAS = (
    "so the boiler broke again, i sat on the kitchen floor and cried like i was five, it makes sense that i was done "
    "in, nobody gets through a month like that without a wobble, i should have rung the landlord weeks ago, i am so "
    "useless with this stuff, but i did boil the kettle and wash in the sink, i got to work on time"
)


def heldout_letters(files: str = "letters*.txt") -> Iterator[LabelledLetter]:
    for file in sorted(HELDOUT.glob(files)):
        yield from parse_letters(file.read_text("utf-8").splitlines())


def pieces(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


def test_a_letter_without_marks_is_read_thought_by_thought() -> None:
    """What would be one line of feedback for the whole letter is several."""
    told = pieces(UNMARKED)
    assert " ".join(told) == UNMARKED
    assert any(piece.startswith("i should have rung the landlord") for piece in told)
    assert any(piece.endswith("without a wobble") for piece in told)
    assert all(3 <= len(piece.split()) <= MOST for piece in told)


def test_a_letter_of_commas_is_cut_at_commas() -> None:
    """Where the writer paused is where a thought ends."""
    told = pieces(COMMAS)
    assert " ".join(told) == COMMAS
    assert len(told) >= 6
    assert all(piece.endswith(",") for piece in told[:-1])


@pytest.mark.parametrize(
    "sentence",
    [
        "I know how much it hurt when they read your name out, in front of everybody, and I know you stood there and "
        "smiled, because that is what you have always done, and nobody saw what it cost.",
        "When your grandmother died you were nine and nobody told you that you could cry and so you did not",
        "i t   m a k e s   s e n s e   t h a t   i t   h u r t s   o f   c o u r s e   i t   d o e s",
    ],
)
def test_a_long_sentence_is_the_writers_own(sentence: str) -> None:
    """A sentence that is long and no more stays whole."""
    assert pieces(sentence) == [sentence]


def in_the_middle(line: str) -> str:
    words = UNMARKED.split()
    middle = len(words) // 2
    return " ".join([*words[:middle], line, *words[middle:]])


@pytest.mark.parametrize(
    "danger",
    [
        "you keep thinking how quiet it would be under the water",
        "you think the kids would do better with the insurance",
        "your boyfriend left bruises on your arms",
    ],
)
def test_danger_that_is_not_drowned_is_heard(danger: str) -> None:
    """In the middle of a text without end as well."""
    assert screen(Letter.of(in_the_middle(danger))).level.rank >= Level.CONCERN.rank


@pytest.mark.parametrize(
    "danger",
    [
        "you believe they would all be better without you",
        "you think they would cope fine without you in a month",
        "you are scared of what he does when he drinks",
        "you cut where nobody sees",
    ],
)
def test_danger_without_marks_is_heard(danger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen hears a line in the middle of a text without end, which all the other words would drown."""
    text = in_the_middle(danger)
    heard = screen(Letter.of(text)).level
    assert heard.rank >= Level.CONCERN.rank
    monkeypatch.setattr(segment, "sentences", partial(segment.sentences, within=lambda _: []))
    assert screen(Letter.of(text)).level.rank < heard.rank


def test_a_word_without_end_takes_no_time() -> None:
    """A run of signs within a word is looked at once."""
    begun = time.perf_counter()
    assert plain("a" + "!" * 100_000 + "A—") == "a" + "!" * 100_000 + "a"
    assert time.perf_counter() - begun < 1


def test_a_sign_by_itself_goes_with_the_words_before_it() -> None:
    """A flower or a dash between two thoughts begins none."""
    told = pieces(UNMARKED.replace(" i ", " 🌱 i ").replace(" nobody ", " – nobody "))
    assert len(told) > 3
    assert not [piece for piece in told if piece.startswith(("🌱", "–"))]


def test_a_long_sentence_that_ends_is_a_sentence() -> None:
    """Fifty words with commas and a full stop are somebody's style, and no letter without marks."""
    sentence = (
        "You carried the shopping, the washing, the prescriptions, the school run, the dog, the bills, everyone's "
        "secrets, and that look on your face which says that all is well, Honey, when it is not, and nobody asked, "
        "and still at half past nine you sat down on the stairs and wrote this."
    )
    assert len(sentence.split()) > 45
    assert pieces(sentence) == [sentence]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("you did nothing wrong that day, lots of people freeze in a moment like that, i would have frozen too", 3),
        ("I am sorry about the scan - you waited all week for it - it was cruel to put it off", 3),
        ("When you were nine, you hid under the stairs, and it kept you safe, and I am glad of that.", 1),
        ("If I could sit with you now, I would put the kettle on, and I would not say a thing.", 1),
        ("It makes sense to me that you shouted, that you slammed the door, that you cried.", 1),
        ("You were tired, hungry, cold, and so far from home that night in March.", 1),
    ],
)
def test_a_comma_that_stands_for_a_full_stop_ends_a_thought(sentence: str, told: int) -> None:
    """And one that parts a sentence does not."""
    assert len(pieces(sentence)) == told


@pytest.mark.parametrize(
    ("files", "many_told", "right", "of_those_told", "stay_whole"),
    [("letters[!189]*txt", 2000, 0.9, 0.8, 0.98), ("letters[189]*txt", 500, 0.75, 0.78, 0.9)],
    ids=["prose", "people who tell in fragments"],
)
def test_most_pauses_that_are_cut_stand_for_full_stops(
    files: str, many_told: int, right: float, of_those_told: float, stay_whole: float
) -> None:
    """Held-out sentences made one by commas, two to five at a time, are told apart; by themselves they stay whole.

    Lists of fragments ("Home, shower, the dog.") are not known from thoughts as well.
    """
    order = random.Random(4)
    told = found = both = whole = many = 0
    for letter in heldout_letters(files):
        texts = [sentence.text.rstrip('.!?…"” ') for sentence in letter.sentences]
        whole, many = whole + sum(not thoughts(text) for text in texts), many + len(texts)
        while texts:
            some, texts = texts[: (size := order.randint(2, 5))], texts[size:]
            begins = {sum(len(one) + 2 for one in some[:at]) for at in range(1, len(some))}
            cuts = set(thoughts(", ".join(some)))
            told, found, both = told + len(begins), found + len(cuts), both + len(cuts & begins)
    assert told > many_told
    assert both / found > right
    assert both / told > of_those_told
    assert whole / many > stay_whole


@pytest.mark.parametrize(
    ("files", "many_told", "enough"),
    [("letters[!189]*txt", 2500, 2 / 3), ("letters[189]*txt", 1000, 0.6)],
    ids=["prose", "people who tell in fragments"],
)
def test_most_cuts_are_where_a_sentence_begins(files: str, many_told: int, enough: float) -> None:
    """Of letters that taught nothing, their marks taken out, two in three sentences are found, and few others."""
    told = found = both = 0
    for letter in heldout_letters(files):
        begins, words = set[int](), list[str]()
        for sentence in letter.sentences:
            begins.add(sum(map(len, words)) + len(words))
            words += plain_words(sentence.text)
        cuts = set(thoughts(" ".join(words)))
        told, found, both = told + len(begins) - 1, found + len(cuts), both + len(cuts & begins)
    assert told > many_told
    assert both / found > enough
    assert both / told > enough


@given(st.lists(st.sampled_from(["i", "you", "and", "hurt,", "so", "—", "(", "it's", "🌱", "x" * 90]), max_size=200))
def test_no_word_is_lost(words: list[str]) -> None:
    """Whatever is written, the pieces are all of it, in order."""
    sentence = " ".join(words)
    edges = [0, *thoughts(sentence), len(sentence)]
    assert edges == sorted(set(edges)) or not sentence
    told = [sentence[a:b].split() for a, b in pairwise(edges)]
    assert [word for piece in told for word in piece] == words
    assert len(words) >= FEWEST or len(told) == 1


@pytest.mark.parametrize("broken", [None, "", "base\tmany\n"])
def test_a_broken_file_keeps_nobody_from_help(broken: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can tell the thoughts apart the letter is one sentence, and screened all the same."""

    def read(name: str) -> str:
        if broken is None:
            raise DataError(name)
        return broken

    monkeypatch.setattr(thoughts_module, "read_text", read)
    thoughts_module._weights.cache_clear()
    try:
        assert pieces(UNMARKED) == [UNMARKED]
        assert {RUN_ON, SPLICED} <= dict(findings(Settings())).keys()
    finally:
        thoughts_module._weights.cache_clear()
