"""The route for small models: the embedded reader marks, the model finds words, the guard judges them."""

import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from standin import Reply, fails, hangs, says, standin

from compassion_coach import Coach, Letter
from compassion_coach.cli import cli
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import KeyRefusedError, ModelError, NoKeyError, NotSentError
from compassion_coach.model.reader import PutBack, sent_for
from compassion_coach.model.small import SmallModelReader, note_requests

LETTER = "Dear Nell,\nIt makes sense that it hurt so much.\nThe train was at nine.\nYou should call her today.\n"
NOTE = "“hurt so much” is allowed to make sense in this line."


def note(words: str) -> Reply:
    return says(json.dumps({"note": words}))


def read(*replies: Reply, timeout: float = 20.0) -> list[str | None]:
    with standin(*replies) as server:
        reader = SmallModelReader("m", server.base_url, "k", timeout)
        return [seen.note for seen in reader.read(Letter.of(LETTER)).observations]


def test_each_marked_line_is_asked_about_by_itself() -> None:
    """Two marks are two requests; each holds its own line and no other, and no name."""
    with standin(note(NOTE)) as server:
        reading = SmallModelReader("m", server.base_url, "k").read(Letter.of(LETTER))
    asked = [body["messages"][-1]["content"] for body in server.bodies]
    assert len(asked) == len(reading.observations) == 2
    assert ("makes sense" in asked[0], "call her" in asked[0]) == (True, False)
    assert ("makes sense" in asked[1], "call her" in asked[1]) == (False, True)
    assert not any("train" in words or "Nell" in words for words in asked)
    assert reading.usage
    assert reading.usage.requests == 2


def test_marks_are_the_embedded_readers() -> None:
    """The model changes no mark."""
    with standin(note(NOTE)) as server:
        reading = SmallModelReader("m", server.base_url, "k").read(Letter.of(LETTER))
    own = LocalReader().read(Letter.of(LETTER)).observations
    assert [(o.start, o.end, o.quality) for o in reading.observations] == [(o.start, o.end, o.quality) for o in own]


def test_a_note_that_advises_is_replaced() -> None:
    """The guard judges these words like any model's."""
    with standin(note(NOTE), note("You should call her, that is a good idea.")) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", small_model=True).reflect(LETTER)
    assert reflection.marks[0].note == NOTE
    assert "good idea" not in reflection.marks[1].note
    assert (reflection.guard[0].where, reflection.guard[0].action) == ("marks[1].note", "replaced")


@pytest.mark.parametrize("bad", [says("no JSON"), says('{"note": 3}'), says('{"note": " "}'), says(None, refusal="no")])
def test_an_answer_without_a_note_leaves_that_line_to_vetted_words(bad: Reply) -> None:
    """The other line keeps its note."""
    assert read(bad, note(NOTE)) == [None, NOTE]
    assert read(note(NOTE), bad) == [NOTE, None]


def test_without_one_answer_it_is_a_model_error() -> None:
    """No server, no key or nothing usable: the caller falls back, or raises where it was strict."""
    with pytest.raises(KeyRefusedError):
        read(fails(401))
    with pytest.raises(ModelError):
        read(says(None, refusal="no"))
    with standin(fails(401)) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", small_model=True).reflect(LETTER)
    assert reflection.reader.name == "local"
    assert reflection.degraded


def test_a_line_that_went_is_not_said_to_have_stayed() -> None:
    """The first line got an answer that cannot be used, and then the server was gone: one line was sent."""

    def once(handler: BaseHTTPRequestHandler) -> None:
        assert isinstance(handler.server, HTTPServer)
        handler.server.socket.shutdown(socket.SHUT_RDWR)
        note(" ")(handler)
        handler.close_connection = True

    with standin(once) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", small_model=True, timeout=5)
        reflection = coach.reflect(LETTER)
    assert len(server.bodies) == 1
    assert (reflection.reader.name, reflection.sent_to) == ("local", "127.0.0.1")


def test_lines_that_there_is_no_time_for_keep_vetted_notes() -> None:
    """The time limit bounds all questions together."""
    assert read(note(NOTE), hangs(3), timeout=1.0) == [NOTE, None]


def test_a_plainer_form_is_kept_to() -> None:
    """A server that takes no schema is not asked with one for every line."""
    with standin(fails(400), note(NOTE)) as server:
        SmallModelReader("m", server.base_url, "k").read(Letter.of(LETTER))
    assert ["temperature" in body for body in server.bodies] == [True, False, False]


def test_a_letter_without_marks_is_not_asked_about() -> None:
    """Nothing is sent where there is nothing to speak of."""
    with standin(note(NOTE)) as server:
        SmallModelReader("m", server.base_url, "k").read(Letter.of("Dear Nell,\nThe train was at nine.\n"))
    assert server.bodies == []


def test_the_marker_is_one_that_the_letter_does_not_hold() -> None:
    """A line cannot close its own quotation."""
    markers = iter(["hurt", "other"])
    letter = Letter.of(LETTER)
    seen = LocalReader().read(letter).observations[:1]
    (requests,) = note_requests(letter, seen, "m", lambda: next(markers))
    assert "line other>>>" in requests[0]["messages"][-1]["content"]


def test_a_dry_run_prints_every_request() -> None:
    """One a marked line, and nothing is sent."""
    done = CliRunner().invoke(cli, ["reflect", "-m", "m", "--small-model", "--dry-run"], input=LETTER)
    assert len(json.loads(done.stdout)) == 2


def test_that_nothing_goes_to_the_model_is_said_before() -> None:
    """Where no line is marked the program does not say that lines go to a server, and a dry run says why none do."""
    plain = "Dear Nell,\nThe train was at nine.\n"
    asked = ["reflect", "-m", "m", "--small-model", "--base-url", "http://localhost:9/v1"]
    done = CliRunner().invoke(cli, asked, input=plain)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Nothing would be sent." in CliRunner().invoke(cli, [*asked, "--dry-run"], input=plain).stdout
    assert Coach(model="m", small_model=True).why_not_sent(plain)
    assert Coach(model="m", small_model=True).why_not_sent(LETTER) is None


def test_details_that_stay_in_a_letter_send_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded reader reads, and no line is said to go; a dry run says why, and --strict is the error."""

    def broken(text: str, known: object) -> None:
        raise ValueError(text)

    monkeypatch.setattr("compassion_coach.model.redact.details", broken)
    letter = LETTER + "The bus was at ten.\n"
    with standin(note(NOTE)) as server:
        asked = ["reflect", "-m", "m", "--small-model", "--redact", "--base-url", server.base_url, "-f", "json"]
        ways: list[list[str]] = [[], ["--strict"], ["--dry-run"]]
        mild, strict, dry = (CliRunner().invoke(cli, [*asked, *more], input=letter) for more in ways)
    assert (server.bodies, mild.exit_code, mild.stderr) == ([], 0, "")
    told = json.loads(mild.stdout)
    assert (told["reader"]["name"], len(told["marks"])) == ("local", 2)
    assert told["degraded"].startswith("The personal details could not be taken out")
    assert dry.stdout.startswith("Nothing would be sent. The personal details could not be taken out")
    assert isinstance(strict.exception, NotSentError)


@pytest.mark.parametrize("redact", [False, True])
def test_a_letter_is_made_ready_once(redact: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is worked out when it is said that lines go, and not again when they go."""
    made: list[Letter] = []

    def counted(letter: Letter, redact: bool) -> tuple[Letter, PutBack]:
        made.append(letter)
        return sent_for(letter, redact)

    monkeypatch.setattr("compassion_coach.model.small.sent_for", counted)
    letter = LETTER + f"Whether it was taken out, {redact}, is told.\n"
    with standin(note(NOTE)) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", small_model=True, redact=redact)
        assert coach.why_not_sent(letter) is None
        assert coach.reflect(letter).reader.name == "model"
    assert len(made) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["evaluate", "-", "-m", "m"],
        ["prescreen", "FOLDER", "-m", "m"],
        ["reflect", "-m", "m", "--strict"],
        ["reflect", "-m", "m", "--strict", "--small-model"],
    ],
)
def test_without_a_key_nothing_is_said_to_go_anywhere(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no key is told so, and not first that letters are on their way."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "COMPASSION_COACH_KEY", "COMPASSION_COACH_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "FOLDER" / "a.txt").write_text(LETTER)
    done = CliRunner().invoke(cli, command, input="== a | none\nW It makes sense that it hurt.\n")
    assert isinstance(done.exception, NoKeyError)
    assert "go" not in done.stderr
    assert "send" not in done.stderr
