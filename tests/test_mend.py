"""A model's words are judged, and vetted words stand where they may not be shown."""

from dataclasses import replace

from compassion_coach.letter import Letter
from compassion_coach.policy import plan_for
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.remarks.mend import mend
from compassion_coach.vocabulary import Level, Quality

LETTER = Letter.of("It makes sense that it hurt. But you should call her.")
WARM = Observation(0, 0, 28, Quality.UNDERSTANDABLE, 0.8, note="The hurt is given a reason.")
TOLD = Observation(1, 29, 53, Quality.SHOULD, 0.8, note="You should leave this out.")


def reading(*observations: Observation, **words: str) -> Reading:
    info = ReaderInfo(name="model", model="m", version="v")
    return Reading(info, observations, overall=words.get("overall"), question=words.get("question"), dropped=1)


def test_good_words_stay_and_others_are_replaced() -> None:
    """The record says which rail, where and what was done."""
    words = mend(LETTER, reading(TOLD, WARM), plan_for(Level.NONE, "en"))
    assert [o.quality for o in words.observations] == [Quality.UNDERSTANDABLE, Quality.SHOULD]
    assert words.notes[0] == "The hurt is given a reason."
    assert "leave this out" not in words.notes[1]
    assert words.notes[1]
    assert ("verbatim", "observations", "dropped") in {(g.rail, g.where, g.action) for g in words.guard}
    assert ("should", "marks[1].note", "replaced") in {(g.rail, g.where, g.action) for g in words.guard}


def test_a_note_is_shown_once() -> None:
    """A model that says the same of every line is heard once; vetted words stand at the others."""
    note = "The hurt is given a reason."
    same = [replace(WARM, note=said) for said in (note, "the hurt is given a  reason", note)]
    words = mend(LETTER, reading(*same), plan_for(Level.NONE, "en"))
    assert words.notes[0] == note
    assert len(set(words.notes)) == 3
    assert [(g.where, g.action) for g in words.guard if g.rail == "repeated"] == [
        ("marks[1].note", "replaced"), ("marks[2].note", "replaced"),
    ]  # fmt: skip
    assert not any("given a" in note for note in words.notes[1:])


def test_overall_and_question_are_judged_as_well() -> None:
    """A remark and a question that tell are replaced; ones that do not are kept."""
    bad = mend(
        LETTER, reading(WARM, overall="You need to rest.", question="Have you tried yoga?"), plan_for(Level.NONE, "en")
    )
    assert "rest" not in bad.overall
    assert all("yoga" not in question for question in bad.questions)
    good = mend(LETTER, reading(WARM, overall="The warmth lives in the opening line."), plan_for(Level.NONE, "en"))
    assert good.overall == "The warmth lives in the opening line."


def test_at_concern_only_warmth_is_shown() -> None:
    """Neither turns nor questions nor what is cold."""
    words = mend(LETTER, reading(WARM, TOLD), plan_for(Level.CONCERN, "en"))
    assert [o.quality for o in words.observations] == [Quality.UNDERSTANDABLE]
    assert (words.turns, words.questions) == ((), ())


def test_at_concern_a_line_that_only_leans_to_warmth_is_not_called_kind() -> None:
    """To somebody in distress nothing is called kind on weak evidence."""
    leaning = replace(WARM, confidence=0.65, note=None)
    words = mend(LETTER, reading(leaning), plan_for(Level.CONCERN, "en"))
    assert words.observations == ()
    assert "marked" not in words.overall
    assert mend(LETTER, reading(leaning), plan_for(Level.NONE, "en")).observations == (leaning,)


def test_at_urgent_nothing_is_said() -> None:
    """No word of the writing, and none about it."""
    words = mend(LETTER, reading(WARM, TOLD), plan_for(Level.URGENT, "en"))
    assert (words.observations, words.overall, words.questions) == ((), "", ())
