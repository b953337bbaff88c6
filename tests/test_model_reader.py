"""The model reader against a server on this machine that answers, fails and misbehaves."""

import asyncio
import logging
import pkgutil
import threading
import time
from collections.abc import Callable

import openai
import pytest
from standin import Reply, answer, cut_off, drips, fails, hangs, says, send, standin

from compassion_coach import Coach
from compassion_coach.errors import AnswerError, KeyRefusedError, ModelError, UnreachableError
from compassion_coach.letter import Letter
from compassion_coach.model.client import in_our_words
from compassion_coach.model.reader import ModelReader, messages_for, opinion_on, requests_for, system_prompt
from compassion_coach.reading import Reading

LETTER = "Dear Nell,\nIt makes sense that it hurt.\nBut you should call her.\n"
CANARY = "canary-in-the-letter"
GOOD = answer([{"sentence": 2, "excerpt": None, "quality": "understandable", "note": "The hurt is given a reason."}])


def read(*replies: Reply, timeout: float = 20.0) -> Reading:
    with standin(*replies) as server:
        reader = ModelReader("m", server.base_url, "k", timeout)
        return asyncio.run(reader.aread(Letter.of(LETTER)))


def test_one_letter_is_one_request() -> None:
    """A good answer takes one request, and its tokens are counted."""
    with standin(says(GOOD)) as server:
        reading = asyncio.run(ModelReader("m", server.base_url, "k").aread(Letter.of(LETTER)))
    assert len(server.bodies) == 1
    assert reading.usage
    assert (reading.usage.requests, reading.usage.prompt_tokens, reading.usage.answer_tokens) == (1, 900, 80)


def test_the_request_is_the_one_that_a_dry_run_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is what `requests_for` returns, and the key is in a header alone."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "marker")
    with standin(says(GOOD)) as server:
        asyncio.run(ModelReader("m", server.base_url, "k").aread(Letter.of(LETTER)))
    assert server.bodies[0] == requests_for(Letter.of(LETTER), "m")[0]


def test_the_letter_comes_last_between_markers_that_it_cannot_know() -> None:
    """The system prompt is the same for every letter; the markers are new each time."""
    first, second = (requests_for(Letter.of(LETTER), "m")[0]["messages"] for _ in range(2))
    assert first[0] == second[0] == {"role": "system", "content": system_prompt()}
    assert first[1] != second[1]
    told = messages_for(Letter.of(LETTER), "abc")[-1]["content"]
    assert told.rstrip().endswith("letter abc>>>")
    assert "2. It makes sense that it hurt.\n" in told


def test_private_passages_are_not_sent() -> None:
    """What stands between coach:off and coach:on is not in the request; numbers stay the letter's."""
    letter = Letter.of("One. <!-- coach:off -->A secret.<!-- coach:on --> Three.")
    told = messages_for(letter, "abc")[-1]["content"]
    assert "secret" not in told
    assert "3. Three." in told


def test_a_second_opinion_is_told_in_numbers_and_names_alone() -> None:
    """What the embedded reader marked stands after the letter, with no word of the letter outside the markers."""
    letter = Letter.of(
        "Dear Nell,\nIt makes sense that it hurt so much.\nThe train was at nine.\nYou should call her today.\n"
    )
    told = messages_for(letter, "abc", opinion_on(letter))[-1]["content"]
    opinion = told.split("letter abc>>>")[1]
    assert "\n2. " in opinion
    assert "(warm)" in opinion
    assert "\n4. should (advice)" in opinion
    assert not any(word in opinion for word in ("Nell", "hurt", "today"))


def test_a_second_opinion_is_given_only_when_asked_for() -> None:
    """Without it the request is as it was."""
    with standin(says(GOOD)) as server:
        for asked in (False, True):
            reader = ModelReader("m", server.base_url, "k", second_opinion=asked)
            asyncio.run(reader.aread(Letter.of(LETTER)))
    assert ["second opinion" in body["messages"][-1]["content"] for body in server.bodies] == [False, True]


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_without_schemas_is_asked_more_plainly(status: int) -> None:
    """A request that is not taken is made plainer twice, and no more."""
    with standin(fails(status), fails(status), says(GOOD)) as server:
        reading = asyncio.run(ModelReader("m", server.base_url, "k").aread(Letter.of(LETTER)))
    assert ["response_format" in body for body in server.bodies] == [True, True, False]
    assert ["temperature" in body for body in server.bodies] == [True, False, False]
    assert reading.usage
    assert reading.usage.requests == 3


def test_an_error_that_passes_is_waited_out() -> None:
    """A server error and then an answer is an answer."""
    assert read(fails(500), fails(503), says(GOOD)).observations


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (fails(401), KeyRefusedError),
        (fails(403), KeyRefusedError),
        (fails(404), UnreachableError),
        (fails(429), UnreachableError),
        (fails(500), UnreachableError),
        (fails(400), ModelError),
        (send(302, "", location="http://127.0.0.1:9/v1"), ModelError),
        (send(200, ""), AnswerError),
        (send(200, "<html>hello</html>", "text/html"), AnswerError),
        (send(200, "{}"), AnswerError),
        (send(200, "[]"), AnswerError),
        (send(200, '{"choices": []}'), AnswerError),
        (send(200, '{"choices": [{}]}'), AnswerError),
        (send(200, '{"choices": [{"message": null}]}'), AnswerError),
        (send(200, b"\xff\xfe\x00"), AnswerError),
        (send(200, b"[" * 100_000), AnswerError),
        (send(200, b" " * 10_000_000), AnswerError),
        (says(None), AnswerError),
        (says("   "), AnswerError),
        (says(GOOD, finish="length"), AnswerError),
        (says(GOOD, finish="content_filter"), AnswerError),
        (says(None, refusal="I cannot help with that."), AnswerError),
        (says("I would rather talk about the weather."), AnswerError),
        (cut_off(), ModelError),
    ],
)
def test_whatever_a_server_does_ends_in_an_error_of_ours(reply: Reply, error: type[ModelError]) -> None:
    """Each misbehaviour is named in our words, with nothing of the server's or the letter's in them."""
    with pytest.raises(error) as caught:
        read(reply)
    with pytest.raises(error) as at_once, standin(reply) as server:
        ModelReader("m", server.base_url, "k").read(Letter.of(LETTER))
    assert at_once.value.__context__ is None
    assert "hurt" not in str(caught.value)
    assert "weather" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize("reply", [hangs(5), drips(5)])
def test_the_time_limit_bounds_everything(reply: Reply) -> None:
    """Silence and a byte at a time both end at the limit."""
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="within"):
        read(reply, timeout=0.5)
    assert time.monotonic() - begun < 4


def test_nobody_there_is_told() -> None:
    """A closed port is a server that could not be reached."""
    with pytest.raises(UnreachableError):
        asyncio.run(ModelReader("m", "http://127.0.0.1:9/v1", "k", 5).aread(Letter.of(LETTER)))


def test_a_missing_key_says_how_to_give_one() -> None:
    """Without a key and without an address of one's own, the message names the variables."""
    with pytest.raises(KeyRefusedError, match="OPENAI_API_KEY"):
        asyncio.run(ModelReader("m", None, None).aread(Letter.of(LETTER)))


def every_openai_error() -> list[type[openai.OpenAIError]]:
    found: list[type[openai.OpenAIError]] = []
    waiting = [openai.OpenAIError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_openai_error(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_client_is_one_of_ours(kind: type[Exception]) -> None:
    """Each exception of the client library becomes a ModelError without its text."""
    error = kind.__new__(kind)
    error.args = (CANARY,)
    ours = in_our_words(error)
    assert isinstance(ours, ModelError)
    assert CANARY not in str(ours)


def test_a_failed_model_falls_back_and_says_why() -> None:
    """Without strict the embedded reader answers, and `degraded` is plain about it."""
    with standin(says("no json")) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k").reflect(LETTER)
    assert reflection.reader.name == "local"
    assert reflection.marks
    assert reflection.degraded
    assert "embedded reader" in reflection.degraded


def test_strict_raises_instead() -> None:
    """With strict the error reaches the caller."""
    with standin(says("no json")) as server, pytest.raises(AnswerError):
        Coach(model="m", base_url=server.base_url, key="k", strict=True).reflect(LETTER)


def test_works_inside_a_running_loop_and_without_one() -> None:
    """`reflect` and `areflect` give the same reflection."""

    async def both() -> tuple[object, object]:
        coach = Coach(model="m", base_url=server.base_url, key="k")
        return coach.reflect(LETTER), await coach.areflect(LETTER)

    with standin(says(GOOD)) as server:
        first, second = asyncio.run(both())
    assert first == second


HEAVY = (
    "screened.screen",
    "embedded.reader.LocalReader.read",
    "model.redact.redact",
    "model.reader.opinion_on",
    "model.reader.reading_from",
    "model.reader.places_to_mend",
    "model.client.client_for",
)


@pytest.mark.parametrize(
    ("small", "reply"),
    [(False, GOOD), (False, answer(distress="urgent")), (False, "no json"), (True, '{"note": "x"}'), (True, "no json")],
)
def test_an_event_loop_waits_for_nothing_heavy(small: bool, reply: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long, on the way there, on the way back and where the model fails, happens beside it."""
    done: list[tuple[str, bool]] = []

    def watched(name: str, heavy: Callable[..., object]) -> Callable[..., object]:
        def watch(*told: object, **more: object) -> object:
            done.append((name, threading.get_ident() == loops))
            return heavy(*told, **more)

        return watch

    for name in HEAVY:
        place, _, last = f"compassion_coach.{name}".rpartition(".")
        owner = pkgutil.resolve_name(place)
        monkeypatch.setattr(owner, last, watched(last, getattr(owner, last)))
    loops = threading.get_ident()
    with standin(says(reply)) as server:
        coach = Coach("m", server.base_url, "k", redact=True, small_model=small, second_opinion=not small)
        asyncio.run(coach.areflect(LETTER.replace("her", f"her {small} {len(reply)}")))
    needed = {"screen", "read", "redact", "client_for"} | (set() if small else {"opinion_on", "reading_from"})
    assert needed <= {name for name, _ in done}
    assert [name for name, on_loop in done if on_loop] == []


def test_no_client_is_made_at_concern_or_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a person is needed, nothing that could send a letter even exists."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a client was made")

    monkeypatch.setattr("openai.AsyncOpenAI.__init__", refuse)
    monkeypatch.setattr("httpx2.AsyncClient.__init__", refuse)
    for text in ("I am going to end my life tonight.", "I wish I was dead."):
        assert Coach(model="m", base_url="http://127.0.0.1:9/v1", key="k").reflect(text).reader.name == "local"


def test_a_models_words_that_tell_are_replaced() -> None:
    """Advice in every field reaches nobody; what was done is on record without the words."""
    told = answer(
        [{"sentence": 2, "excerpt": None, "quality": "understandable", "note": "You should try a bath."}],
        overall="You could be kinder. Consider a new opening.",
        question="Have you tried to breathe?",
    )
    with standin(says(told)) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k").reflect(LETTER)
    text = reflection.to_json()
    assert "bath" not in text
    assert "Consider" not in text
    assert "breathe" not in text
    assert {(entry.where, entry.action) for entry in reflection.guard} == {
        ("marks[0].note", "replaced"),
        ("overall", "replaced"),
        ("questions[0]", "replaced"),
    }
    assert reflection.marks[0].note
    assert reflection.overall


def test_a_models_alarm_raises_the_level() -> None:
    """When a model sees danger that the screen did not, people come forward and its words are put aside."""
    with standin(says(answer(distress="urgent"))) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", region="UK").reflect(LETTER)
    assert reflection.distress.level == "urgent"
    assert reflection.support
    assert (reflection.marks, reflection.overall, reflection.questions) == ((), "", ())


def test_a_models_calm_lowers_nothing() -> None:
    """A tender letter stays tender, whatever a model thinks of it."""
    with standin(says(GOOD)) as server:
        text = "Everything feels unreal, like I'm watching from outside."
        reflection = Coach(model="m", base_url=server.base_url, key="k").reflect(text)
    assert reflection.distress.level == "tender"
    assert reflection.reader.name == "model"


def test_no_log_holds_the_letter_or_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, nothing of the letter, the answer or the key is logged."""
    told = answer([{"sentence": 1, "excerpt": None, "quality": "courage", "note": f"{CANARY} in a note"}])
    with caplog.at_level(logging.DEBUG), standin(fails(500), says(told)) as server:
        Coach(model="m", base_url=server.base_url, key="sk-hush").reflect(f"It makes sense, {CANARY}.")
        Coach(model="m", base_url=server.base_url, key="sk-hush").reflect(f"It makes sense, {CANARY}.")
    assert caplog.records
    assert CANARY not in caplog.text
    assert "hush" not in caplog.text
