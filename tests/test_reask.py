"""A model whose words trip rails is asked once more, and is told the rails and never its own words."""

import asyncio
import json
import time
from typing import Any

import pytest
from standin import Reply, Standin, answer, fails, hangs, says, standin

from compassion_coach import Coach, Reflection
from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.model.reader import ModelReader, requests_for
from compassion_coach.model.reask import Place, ask_again, places_to_mend, with_second_words
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.remarks import guard
from compassion_coach.vocabulary import Level, Quality

LETTER = "Dear Nell,\nIt makes sense that it hurt.\nBut you should call her.\n"
GOOD_NOTE = "The hurt is given a reason."
QUIET_NOTE = "The hurt is met where it is."
BAD_NOTE = "You should try a bath."


def seen(note: str, sentence: int = 2, quality: str = "understandable", **more: object) -> dict[str, object]:
    return {"sentence": sentence, "excerpt": None, "quality": quality, "note": note, **more}


BAD = answer([seen(BAD_NOTE)])
GOOD = answer([seen(GOOD_NOTE)])


def reflect(*replies: Reply, text: str = LETTER, timeout: float = 20.0) -> tuple[Reflection, Standin]:
    with standin(*replies) as server:
        return Coach(model="m", base_url=server.base_url, key="k", region="UK", timeout=timeout).reflect(text), server


def done(reflection: Reflection) -> set[tuple[str, str]]:
    return {(entry.where, entry.action) for entry in reflection.guard}


def test_second_words_that_pass_stand() -> None:
    """The letter is asked about twice, the second note is shown, and the record says so."""
    reflection, server = reflect(says(BAD), says(GOOD))
    assert [mark.note for mark in reflection.marks] == [GOOD_NOTE]
    assert done(reflection) == {("marks[0].note", "asked_again")}
    assert len(server.bodies) == 2
    assert reflection.degraded is None


def test_words_that_could_not_be_judged_are_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stretch of a number alone, which the letter says, has no rail to tell: vetted words stand in its place."""
    monkeypatch.setattr(guard, "_stopped", lambda stretches: [float(one.strip() == "82") for one in stretches])
    monkeypatch.setattr(guard, "is_astray", lambda _: False)
    bad = answer([seen(GOOD_NOTE)], overall="Warmth can be heard in these words.\n82")
    reflection, server = reflect(says(bad), text="Dear Nell,\nIt makes sense that you are tired at 82.\n")
    assert len(server.bodies) == 1
    assert ("overall", "replaced") in done(reflection)


def test_second_words_that_trip_are_replaced_and_no_third_are_asked_for() -> None:
    """Vetted words stand after two failures."""
    reflection, server = reflect(says(BAD), says(answer([seen("You need to rest.")])))
    assert done(reflection) == {("marks[0].note", "replaced")}
    assert reflection.marks[0].note
    assert "bath" not in reflection.to_json()
    assert "rest" not in reflection.marks[0].note
    assert len(server.bodies) == 2


def test_words_that_pass_are_asked_for_once() -> None:
    """Where nothing trips there is one request."""
    reflection, server = reflect(says(GOOD))
    assert (len(server.bodies), reflection.guard) == (1, ())


def test_what_was_dropped_is_not_asked_for_again() -> None:
    """An observation that the letter does not hold leaves no words to mend."""
    reflection, server = reflect(says(answer([seen(GOOD_NOTE), seen(BAD_NOTE, sentence=99)])))
    assert len(server.bodies) == 1
    assert done(reflection) == {("observations", "dropped")}


def test_words_that_passed_stay_whatever_the_second_answer_says() -> None:
    """Only the places that tripped take second words; marks are those of the first answer."""
    first = answer([seen(GOOD_NOTE), seen(BAD_NOTE, 3, "should")])
    second = answer(
        [seen(QUIET_NOTE), seen("This line may land as a rule.", 3, "should"), seen("A rule.", 3, "advice")],
        overall="The voice changes near the end.",
    )
    reflection, _ = reflect(says(first), says(second))
    assert [mark.note for mark in reflection.marks] == [GOOD_NOTE, "This line may land as a rule."]
    assert reflection.overall == "The warmth lives in the opening lines."
    assert done(reflection) == {("marks[1].note", "asked_again")}


def test_the_second_request_is_the_first_and_a_list() -> None:
    """Same system prompt, same numbered letter, then places and rails; none of the failed words, and nothing more."""
    first = answer([seen(BAD_NOTE, excerpt="it hurt")], overall="You could be kinder.", question="Have you tried yoga?")
    _, server = reflect(says(first), says(GOOD))
    before, after = (body.pop("messages") for body in server.bodies)
    assert server.bodies[0] == server.bodies[1]
    assert [message["role"] for message in after] == ["system", "user"]
    assert after[0] == before[0]
    assert after[1]["content"].startswith(before[1]["content"] + "\n\n")
    told = after[1]["content"].removeprefix(before[1]["content"])
    assert "- note about sentence 2 (understandable): " in told
    assert "- overall: " in told
    assert "- question: " in told
    for words in ("bath", "kinder", "yoga", "it hurt", "call her"):
        assert words not in told
    named = {line.split(":")[0].removeprefix("- ") for line in told.split("They matter")[0].splitlines()}
    assert named & read_toml("guardrails/rails.toml")["messages"].keys() == {
        rail for line in told.splitlines() if line.startswith(("- note", "- overall", "- question"))
        for rail in line.split(": ")[1].split(", ")
    }  # fmt: skip


def test_every_rail_has_a_meaning_for_the_model() -> None:
    """The rails that can trip and the rails that are explained are the same, in one line each."""
    meanings = read_toml("prompts/reflect.v1.rails.toml")
    assert meanings.keys() == read_toml("guardrails/rails.toml")["messages"].keys()
    assert all(meaning and "\n" not in meaning for meaning in meanings.values())


def test_the_list_stays_short_however_much_tripped() -> None:
    """Sixty-two places with every rail, which no answer can exceed, add less than 10 KB."""
    rails = tuple(read_toml("guardrails/rails.toml")["messages"])
    first = requests_for(Letter.of(LETTER), "m")
    places = [Place(f"note about sentence {n} (should)", rails) for n in range(62)]
    again = ask_again(first, places)
    assert len(json.dumps(again[0])) < len(json.dumps(first[0])) + 10_000
    assert len(first[0]["messages"]) == len(again[0]["messages"])


@pytest.mark.parametrize(
    "second", [fails(401), fails(500), hangs(9), says("no json"), says(None, refusal="No."), says("")]
)
def test_a_second_answer_that_fails_leaves_vetted_words(second: Reply) -> None:
    """The reflection stays the model's, is not called degraded, and keeps to the time limit."""
    begun = time.monotonic()
    reflection, _ = reflect(says(BAD), second, timeout=3.0)
    assert time.monotonic() - begun < 4.5
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert done(reflection) == {("marks[0].note", "replaced")}
    assert reflection.marks[0].note


def test_nobody_waits_for_a_second_answer_that_would_come_too_late() -> None:
    """A first answer that took over half of the time is the only one."""

    def slowly(handler: Any) -> None:
        time.sleep(1.2)
        says(BAD)(handler)

    reflection, server = reflect(slowly, timeout=2.0)
    assert len(server.bodies) == 1
    assert done(reflection) == {("marks[0].note", "replaced")}


def test_the_form_that_a_server_took_is_the_form_it_is_asked_again_in() -> None:
    """A server that knows no schemas is not offered one a second time."""
    _, server = reflect(fails(400), fails(400), says(BAD), says(GOOD))
    assert ["response_format" in body for body in server.bodies] == [True, True, False, False]


@pytest.mark.parametrize(("second", "tokens"), [(says(GOOD), 1800), (says("no json"), 1800), (fails(401), 900)])
def test_usage_counts_both(second: Reply, tokens: int) -> None:
    """Two requests, and the tokens of every answer that came."""
    with standin(says(BAD), second) as server:
        reading = asyncio.run(ModelReader("m", server.base_url, "k").aread(Letter.of(LETTER)))
    assert reading.usage
    assert (reading.usage.requests, reading.usage.prompt_tokens) == (2, tokens)


def test_both_paths_ask_again() -> None:
    """`areflect` gives what `reflect` gives."""
    with standin(says(BAD), says(GOOD)) as server:
        awaited = asyncio.run(Coach(model="m", base_url=server.base_url, key="k", region="UK").areflect(LETTER))
    assert awaited == reflect(says(BAD), says(GOOD))[0]


def test_a_second_alarm_raises_the_level() -> None:
    """Danger that a model sees only on a second look still brings people forward."""
    reflection, _ = reflect(says(BAD), says(answer([seen(GOOD_NOTE)], distress="urgent")))
    assert reflection.distress.level is Level.URGENT
    assert (reflection.marks, reflection.overall) == ((), "")
    assert reflection.support


def test_second_calm_lowers_nothing() -> None:
    """A first answer that heard something tender is not taken back."""
    reflection, _ = reflect(says(answer([seen(BAD_NOTE)], distress="tender")), says(GOOD))
    assert reflection.distress.level is Level.TENDER
    assert reflection.marks[0].note == GOOD_NOTE


@pytest.mark.parametrize("level", ["concern", "urgent"])
def test_a_letter_in_distress_is_not_sent_a_second_time(level: str) -> None:
    """Where the first answer raised an alarm, its words are put aside and the letter stays here."""
    _, server = reflect(says(answer([seen(BAD_NOTE)], distress=level)))
    assert len(server.bodies) == 1


@pytest.mark.parametrize("copied", ["length, language", "grading", "- verbatim: length", "..."])
def test_rails_copied_out_of_the_list_are_no_words(copied: str) -> None:
    """What small models do with a list is not shown as their note."""
    reflection, _ = reflect(says(BAD), says(answer([seen(copied)])))
    assert done(reflection) == {("marks[0].note", "replaced")}
    assert reflection.marks[0].note != copied


@pytest.mark.parametrize(("level", "requests"), [(Level.NONE, 2), (Level.TENDER, 1)])
def test_a_question_that_nobody_will_see_is_not_mended(level: Level, requests: int) -> None:
    """To somebody tender no question is put, so none is asked for again."""
    with standin(says(answer([seen(GOOD_NOTE)], question="Have you tried yoga?")), says(GOOD)) as server:
        asyncio.run(ModelReader("m", server.base_url, "k", level=level).aread(Letter.of(LETTER)))
    assert len(server.bodies) == requests


def test_what_could_not_be_judged_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard that fails would fail on other words too."""
    monkeypatch.setattr("compassion_coach.remarks.guard._findings", lambda *_: 1 / 0)
    reflection, server = reflect(says(GOOD))
    assert len(server.bodies) == 1
    assert done(reflection) == {("marks[0].note", "replaced"), ("overall", "replaced")}


def test_second_words_go_to_the_stretch_that_they_are_about() -> None:
    """The same stretch first, else the same quality in the same sentence; another quality's note is not borrowed."""
    info = ReaderInfo(name="model", model="m", version="v")
    part, whole = Observation(1, 11, 20, Quality.COLD, 0.8), Observation(1, 11, 39, Quality.COLD, 0.8)
    other = Observation(2, 40, 60, Quality.ADVICE, 0.8)

    def noted(one: Observation, note: str) -> Observation:
        return Observation(one.sentence, one.start, one.end, one.quality, 0.8, note=note)

    first = Reading(info, (part, whole, other))
    second = Reading(info, (noted(whole, "w"), noted(part, "p"), Observation(2, 40, 60, Quality.SHOULD, 0.8, note="x")))
    assert [o.again for o in with_second_words(first, second).observations] == ["p", "w", None]
    loose = Reading(info, (noted(whole, "w"),))
    assert [o.again for o in with_second_words(Reading(info, (part,)), loose).observations] == ["w"]


def test_places_name_rails_once_each() -> None:
    """A place that tripped one rail twice names it once."""
    info = ReaderInfo(name="model", model="m", version="v")
    told = Observation(1, 11, 39, Quality.COLD, 0.8, note="You should rest and you should sleep.")
    (place,) = places_to_mend(Letter.of(LETTER), Reading(info, (told,)), Level.NONE)
    assert place.where == "note about sentence 2 (cold)"
    assert place.rails.count("should") == 1
    assert len(set(place.rails)) == len(place.rails)
