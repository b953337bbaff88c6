"""The whole path: a letter in, a reflection out."""

import asyncio
import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compassion_coach import Coach, Reflection
from compassion_coach.embedded.encoder import loaded
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import DataError, SettingError
from compassion_coach.letter import Letter
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.reflection import as_json, json_schema
from compassion_coach.rules.written import rules_of
from compassion_coach.screen import takes_back
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Level

SNUBBED = """Dear Nell,

I'm so sorry that the photographs hurt like they did. It has been a horrible few days, and being upset makes sense.
However, you do take everything personally, and this is one more time. Maybe you are over-reacting.

With love,
me
"""


def reflect(text: str) -> Reflection:
    return Coach(region="UK").reflect(text)


def test_the_snubbed_friend() -> None:
    """The handout's situation: two warm marks, the turn at "However", and the invalidations after it."""
    reflection = reflect(SNUBBED)
    assert [mark.kind for mark in reflection.marks] == [Kind.WARM, Kind.WARM, Kind.INVALIDATION, Kind.INVALIDATION]
    (turn,) = reflection.turns
    assert (turn.warm, turn.pivot.quote, turn.undone_by) == (1, "However", 2)
    assert "However" in reflection.overall


def test_quotes_are_the_letter_at_their_offsets() -> None:
    """In code points, and in UTF-16 units."""
    text = "😢 " + SNUBBED
    units = text.encode("utf-16-le")
    marks = reflect(text).marks
    assert len(marks) == 4
    for mark in marks:
        assert text[mark.start : mark.end] == mark.quote
        assert units[2 * mark.start_utf16 : 2 * mark.end_utf16].decode("utf-16-le") == mark.quote


def test_the_letter_is_proved_unchanged() -> None:
    """The hash is the letter's."""
    assert reflect(SNUBBED).letter_sha256 == hashlib.sha256(SNUBBED.encode()).hexdigest()


def test_no_two_notes_of_a_letter_are_alike() -> None:
    """A letter does not hear the same sentence twice."""
    notes = [mark.note for mark in reflect(SNUBBED * 3).marks]
    assert len(notes) >= 10
    assert len(set(notes)) == len(notes)


def test_urgent_brings_people_and_nothing_else() -> None:
    """No remark on the writing, no marks, no question."""
    reflection = reflect(SNUBBED + "\nI am going to end my life tonight.\n")
    assert reflection.distress.level is Level.URGENT
    assert (reflection.marks, reflection.turns, reflection.overall, reflection.questions) == ((), (), "", ())
    assert reflection.support
    assert reflection.support.helplines[0].number == "999"


def test_concern_shows_only_what_is_warm() -> None:
    """People come first; advice and invalidation are left unsaid."""
    reflection = reflect(SNUBBED + "\nI wish I was dead.\n")
    assert reflection.distress.level is Level.CONCERN
    assert reflection.support
    assert reflection.support.helplines
    assert {mark.kind for mark in reflection.marks} == {Kind.WARM}
    assert (reflection.turns, reflection.questions) == ((), ())
    assert reflection.overall


def test_tender_slows_down_and_then_reflects() -> None:
    """A note to slow down, then the reflection, and no question on top."""
    reflection = reflect(SNUBBED + "\nI went numb and everything felt unreal.\n")
    assert reflection.distress.level is Level.TENDER
    assert reflection.support
    assert reflection.support.message
    assert reflection.turns
    assert reflection.questions == ()


def test_another_language_is_said_to_be_unread() -> None:
    """Nothing is marked, it is said why, and people are named."""
    reflection = reflect("Liebe Anna, es tut mir so leid, dass du so traurig bist. Du musst dich ausruhen.")
    assert (reflection.language, reflection.marks) == ("de", ())
    assert reflection.degraded
    assert "German" in reflection.degraded
    assert reflection.support
    assert reflection.support.helplines


@pytest.mark.parametrize("text", ["🌱💛", "\u200f\u200f", "\x00\x01", "...", "مرحبا كيف حالك اليوم"])
def test_letters_without_words_that_can_be_read(text: str) -> None:
    """Emoji, marks, control characters and another script end in a calm answer."""
    reflection = reflect(text)
    assert reflection.marks == ()
    assert reflection.overall or reflection.degraded


def test_a_bad_region_is_refused_even_when_none_is_needed() -> None:
    """A region that is no code is an error at once, before there is a letter, and not on the day it is needed."""
    with pytest.raises(SettingError):
        Coach(region="England")


def test_a_private_passage_is_neither_marked_nor_quoted() -> None:
    """What is kept back stays out of the reflection."""
    text = "It makes sense. <!-- coach:off -->You should hide.<!-- coach:on --> I am here."
    assert "hide" not in reflect(text).to_json()


SCHEMA = json_schema()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*SNUBBED.split("\n"), "I wish I was dead.", "you should", "💛", "\r\n", "a\x00b", "“"]))
)
def test_every_reflection_keeps_the_contract(parts: list[str]) -> None:
    """Whatever a letter is made of: a valid reflection, true quotes, indexes that exist."""
    text = " ".join(parts)
    reflection = reflect(text)
    jsonschema.validate(as_json(reflection), SCHEMA)
    assert all(text[m.start : m.end] == m.quote for m in reflection.marks)
    assert all(text[s.start : s.end] == s.quote for s in reflection.distress.signals)
    assert all(t.warm < t.undone_by < len(reflection.marks) for t in reflection.turns)
    assert [m.start for m in reflection.marks] == sorted(m.start for m in reflection.marks)


def test_a_reflection_survives_its_own_json() -> None:
    """What is written can be read back, and nothing more is let in."""
    reflection = reflect(SNUBBED)
    assert Reflection.from_json(reflection.to_json()) == reflection
    with pytest.raises(ValueError, match="Unexpected"):
        Reflection.from_json(json.dumps({**as_json(reflection), "grade": "A"}))


def test_a_reflection_is_frozen() -> None:
    """No field can be set afterwards."""
    reflection = reflect(SNUBBED)
    with pytest.raises(AttributeError, match="assign"):
        setattr(reflection, "overall", "else")  # noqa: B010


@pytest.mark.parametrize("danger", ["I want to unalive myself.", "I hope I don't wake up tomorrow."])
def test_what_tells_of_danger_is_not_praised(danger: str) -> None:
    """Where only what is warm is shown, a wish to be dead is no kind wish, and what makes sense of it no kindness."""
    letter = (
        f"Dear Sam,\nI am so sorry this week was so heavy.\n{danger}\nIt makes sense to feel that way.\n"
        "Anyone would be worn out after that.\n"
    )
    reflection = Coach(region="UK").reflect(letter)
    assert reflection.distress.level is Level.CONCERN
    assert [mark.quote for mark in reflection.marks] == [
        "I am so sorry this week was so heavy.", "Anyone would be worn out after that.",
    ]  # fmt: skip


def test_the_encoder_hears_danger_where_no_word_weighs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is all but sure people come forward; but not for what a rule knows to be harmless."""
    monkeypatch.setattr("compassion_coach.embedded.opinion._dangers", lambda found: [0.95] * len(found))
    reflection = Coach(region="UK").reflect("Dear Ann,\nThe tide is at six.\n")
    assert (reflection.distress.level, reflection.marks) == (Level.CONCERN, ())
    assert reflection.support
    read = read_one(Work(Source("x", "x"), ".txt", b"Dear Ann,\nThe tide is at six.\n", "c"))
    assert read.record
    assert read.record.level is Level.CONCERN
    harmless = next(t for rule in rules_of("distress") if rule.unless for t in rule.pass_over if is_one(t))
    assert LocalReader().read(Letter.of(harmless)).level is Level.NONE
    monkeypatch.setattr("compassion_coach.embedded.opinion._dangers", lambda found: [0.85] * len(found))
    assert reflect("Dear Ann,\nThe tide is at six.\n").distress.level is Level.NONE


def is_one(text: str) -> bool:
    return len(Letter.of(text).sentences) == 1 and takes_back(fold(text).text)


def test_a_broken_file_is_told_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a network, or half a list of word pieces, is no fault of the letter's."""
    half = tmp_path / "half.onnx"
    half.write_bytes(b"\x08\x07")
    monkeypatch.setattr("compassion_coach.embedded.encoder.file", lambda _: half)
    with pytest.raises(DataError, match="broken"):
        loaded()


@pytest.mark.parametrize("text", ["I am going to kill myself tonight.", "I wish I was dead."])
def test_a_broken_installation_keeps_nobody_from_help(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the weights nothing can be read; people come forward all the same, and a calm letter is told why."""

    def broken() -> None:
        raise DataError("The data file weights/reader.onnx is missing.")

    for module in ("encoder", "opinion"):
        monkeypatch.setattr(f"compassion_coach.embedded.{module}.encoder", broken)
    letter = f"Dear me, it makes sense that you were tired. {text}"
    for reflection in (Coach(region="UK").reflect(letter), asyncio.run(Coach(region="UK").areflect(letter))):
        assert reflection.support
        assert any(line.number == "116 123" for line in reflection.support.helplines)
        assert reflection.marks == ()
    with pytest.raises(DataError):
        Coach().reflect("Dear me, it makes sense that you were tired.")
