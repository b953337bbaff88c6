"""Whatever a model's server does, a person gets a valid reflection, soon, and nothing that a rail would stop."""

import asyncio
import time
import tracemalloc

import jsonschema
import pytest
from hostile import ADVICE, BAD_WORDS, FINE, GERMAN, NO_ANSWER, NOTHING_TO_MARK, ODD_BUT_GOOD, REWRITTEN
from standin import Reply, says, send, standin

from compassion_coach import Coach, Reflection
from compassion_coach.letter import Letter
from compassion_coach.reflection import as_json, json_schema
from compassion_coach.remarks.guard import Shape, judge

LETTER = "Dear Nell,\nIt makes sense that it hurt.\nBut you should call her.\n"
LIMIT = 2.0
SLACK = 1.5
MOST_MEMORY = 40 << 20
SCHEMA = json_schema()


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Load the rules and the client before anything is timed."""
    with standin(says(FINE)) as server:
        Coach(model="m", base_url=server.base_url, key="k").reflect(LETTER)
    Coach().reflect(LETTER)


def reflect(replies: list[Reply]) -> Reflection:
    """Read a letter with a server that replies so; check the shape and the time."""
    with standin(*replies) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", region="UK", timeout=LIMIT)
        begun = time.monotonic()
        reflection = coach.reflect(LETTER)
        assert time.monotonic() - begun < LIMIT + SLACK
    jsonschema.validate(as_json(reflection), SCHEMA)
    assert Reflection.from_json(reflection.to_json()) == reflection
    assert all(LETTER[m.start : m.end] == m.quote for m in reflection.marks)
    assert reflection.overall
    return reflection


@pytest.mark.parametrize("case", NO_ANSWER)
def test_without_a_usable_answer_the_embedded_reader_answers(case: str) -> None:
    """It marks the letter, in time, and says in plain words why it was asked."""
    reflection = reflect(NO_ANSWER[case])
    assert reflection.reader.name == "local"
    assert reflection.degraded
    assert reflection.degraded.endswith("The embedded reader read this letter.")
    assert reflection.marks == Coach().reflect(LETTER).marks


@pytest.mark.parametrize("case", ODD_BUT_GOOD)
def test_an_answer_in_odd_wrapping_is_used(case: str) -> None:
    """What is odd about it costs nothing."""
    reflection = reflect(ODD_BUT_GOOD[case])
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert [mark.note for mark in reflection.marks] == ["The hurt is given a reason."]


@pytest.mark.parametrize("case", BAD_WORDS)
def test_words_that_may_not_be_shown_are_not(case: str) -> None:
    """Vetted words stand in every field; each passes the rails, and none is the model's."""
    reflection = reflect(BAD_WORDS[case])
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert len(reflection.marks) == 2
    assert {"marks[0].note", "marks[1].note", "overall"} <= {entry.where for entry in reflection.guard}
    assert {entry.action for entry in reflection.guard} == {"replaced"}
    letter = Letter.of(LETTER)
    assert all(judge(mark.note, letter, Shape.NOTE).passed for mark in reflection.marks)
    assert judge(reflection.overall, letter, Shape.OVERALL).passed
    shown = reflection.to_json()
    assert not any(words in shown for words in (ADVICE, REWRITTEN, GERMAN, "ud800", "script", "u001b", "\u202e"))


@pytest.mark.parametrize("case", NOTHING_TO_MARK)
def test_what_the_letter_does_not_hold_is_dropped(case: str) -> None:
    """No mark, and the record says that something was dropped."""
    reflection = reflect(NOTHING_TO_MARK[case])
    assert reflection.marks == ()
    assert {entry.action for entry in reflection.guard} == {"dropped"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """The letter goes to the server that was named and to no other."""
    with standin(says(FINE)) as other:
        reflection = reflect([send(status, "", location=f"{other.base_url}/chat/completions")])
        assert (other.bodies, other.headers) == ([], [])
    assert reflection.reader.name == "local"


@pytest.mark.parametrize(
    "case",
    ["an endless answer", "an error that never ends", "a server error that never ends", "ten megabytes", "a bomb",
     "a bomb in an error", "a header that never ends", "a depth beyond reading"],
)  # fmt: skip
def test_memory_is_bounded(case: str) -> None:
    """However much a server sends, only so much of it is held (the server's own copy of it included)."""
    with standin(*NO_ANSWER[case]) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", timeout=LIMIT)
        tracemalloc.start()
        try:
            coach.reflect(LETTER)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize(("seconds", "requests"), [("3600", 1), ("60", 1), ("2", 1)])
def test_nobody_waits_longer_than_there_is_time(seconds: str, requests: int) -> None:
    """A server that asks to wait beyond the limit is not waited for at all."""
    with standin(send(429, "{}", retry_after=seconds)) as server:
        begun = time.monotonic()
        reflection = Coach(model="m", base_url=server.base_url, key="k", timeout=LIMIT).reflect(LETTER)
    assert time.monotonic() - begun < LIMIT / 2
    assert len(server.bodies) == requests
    assert reflection.degraded
    assert "busy" in reflection.degraded


@pytest.mark.parametrize("case", ["429 for an hour", "a cut stream", "a web page", "truncated JSON", "silence"])
def test_the_awaited_path_ends_the_same_way(case: str) -> None:
    """`areflect` degrades as `reflect` does."""
    with standin(*NO_ANSWER[case]) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", region="UK", timeout=LIMIT)
        awaited = asyncio.run(coach.areflect(LETTER))
    assert awaited == reflect(NO_ANSWER[case])


def test_every_case_is_of_one_list() -> None:
    """No name stands twice, so that each case runs."""
    names = [*NO_ANSWER, *ODD_BUT_GOOD, *BAD_WORDS, *NOTHING_TO_MARK]
    assert len(set(names)) == len(names) > 60
