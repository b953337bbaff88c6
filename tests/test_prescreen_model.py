"""Pre-screening with a language model: what is sent, what is not, what it may cost, and what happens when it fails."""

import asyncio
import errno
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import mixed_letters
import pytest
from reports import Killed, audit, no_pdf, rows
from standin import Reply, answer, fails, hangs, says, standin

from compassion_coach.__main__ import run
from compassion_coach.errors import DataError, InputError, KeyRefusedError
from compassion_coach.letter import Letter
from compassion_coach.model import personal
from compassion_coach.model import redact as redact_module
from compassion_coach.prescreen import Options, forget, prescreen
from compassion_coach.prescreen.kept.audit import Sent
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.ways.ahead import to_send
from compassion_coach.prescreen.ways.model import Model, expected
from compassion_coach.prescreen.ways.with_model import _Way, in_order_with
from compassion_coach.prescreen.work import Work
from compassion_coach.reflection import Usage

OBSERVED = [{"sentence": 2, "excerpt": "of course you are tired", "quality": "understandable", "note": "It is seen."}]
MARKED = says(answer(OBSERVED))
TOO_LONG = "Reading it took too long, or ended the program that read it."


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    for at in range(6):
        (folder / f"2026-01-0{at + 1}.txt").write_text(f"Dear Ana,\nit was night {at}, and of course you are tired.\n")
    (folder / "urgent.txt").write_text(mixed_letters.URGENT)
    (folder / "french.txt").write_text(
        "Chère Anna, je suis triste que tu sois seule avec tout cela, et tu peux pleurer."
    )
    return folder


def marks(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "marks.jsonl").read_text("utf-8").splitlines()]


def sent(out: Path) -> list[object]:
    return [line["sent_to"] for line in audit(out)]


def test_calm_letters_go_and_others_stay(letters: Path, tmp_path: Path) -> None:
    """Each calm letter is one request; a letter that speaks of danger, or in French, never leaves; both are noted."""
    with standin(MARKED) as server:
        summary = prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
        assert len(server.bodies) == 6
        assert not [body for body in server.bodies if "pills" in json.dumps(body) or "triste" in json.dumps(body)]
        again = prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
        assert len(server.bodies) == 6
    assert (summary.total, summary.read, again.known) == (8, 8, 8)
    assert sorted(map(str, sent(tmp_path / "out"))) == [f"127.0.0.1:{server.port}"] * 6 + ["None"] * 2
    quoted = {mark["quality"] for mark in marks(tmp_path / "out") if "2026-01" in str(mark["where"])}
    assert quoted == {"understandable"}


def test_the_note_of_a_letter_that_stayed_here_says_so(letters: Path, tmp_path: Path) -> None:
    """Nobody is to think that the gravest letter went to the server; nobody read the French one at all."""
    (letters / "mixed.txt").write_text("Dear Ana,\nof course you are tired.\nIch habe dich so lieb, und es tut weh.\n")
    with standin(MARKED) as server:
        prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
        assert len(server.bodies) == 6
    notes = {row["id"]: row["remark"] for row in rows(tmp_path / "out")}
    stayed = {name: note.partition("It stayed on this computer")[2] for name, note in notes.items()}
    here = ", where the embedded reader read it."
    assert {name: said for name, said in stayed.items() if said} == {"urgent": here, "mixed": here, "french": "."}
    assert (tmp_path / "out" / "index.html").read_text("utf-8").count("It stayed on this computer") == 3


@pytest.mark.parametrize("alarm", ["tender", "urgent"])
def test_a_model_that_hears_more_is_believed(letters: Path, tmp_path: Path, alarm: str) -> None:
    """Of a letter that is still calm its marks stand as elsewhere; of a grave one the embedded reader's."""
    observed = [{**OBSERVED[0], "quality": "kind_wish"}]
    with standin(says(answer(observed, distress=alarm))) as server:
        summary = prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
    assert summary.standings[alarm] == 6 + (alarm == "urgent")
    assert "graver than the screen did" in (tmp_path / "out" / "letters.csv").read_text("utf-8")
    quoted = {mark["quality"] for mark in marks(tmp_path / "out") if "2026-01" in str(mark["where"])}
    assert quoted == {"kind_wish" if alarm == "tender" else "understandable"}


def test_a_letter_that_a_model_finds_grave_is_told_though_the_installation_is_broken(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody marks it then; a further run reads it again."""

    def broken(_: Letter) -> None:
        raise DataError("A file is broken.")

    with standin(says(answer(OBSERVED, distress="concern"))) as server:
        options = Options(model=Model("m", server.base_url, "k"))
        with monkeypatch.context() as patched:
            patched.setattr("compassion_coach.embedded.reader.LocalReader.read", lambda _, letter: broken(letter))
            summary = prescreen([str(letters)], tmp_path / "out", options)
        assert (summary.standings["concern"], summary.unopened, summary.failed) == (6, 0, {})
        assert marks(tmp_path / "out") == []
        assert prescreen([str(letters)], tmp_path / "out", options).read == 7
    assert marks(tmp_path / "out")


def test_a_letter_that_is_all_kept_back_asks_no_model(tmp_path: Path) -> None:
    """What `reflect` would send to nobody, pre-screening does not."""
    (tmp_path / "private.txt").write_text(
        "<!-- coach:off -->\nIt was a hard day, and I keep it here.\n<!-- coach:on -->\n"
    )
    with standin(MARKED) as server:
        summary = prescreen(
            [str(tmp_path / "private.txt")], tmp_path / "out", Options(model=Model("m", server.base_url, "k"))
        )
        assert server.bodies == []
    assert (summary.total, sent(tmp_path / "out")) == (1, [None])


def test_a_model_that_fails_is_asked_again_another_time(letters: Path, tmp_path: Path) -> None:
    """Where the model fails the embedded reader marks, the report says so, and the next run asks the model."""
    with standin(fails(500)) as server:
        summary = prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
    assert (summary.total, sum(summary.failed.values())) == (8, 6)
    told = [(line["reader"].split()[0], line["sent_to"]) for line in audit(tmp_path / "out")]
    assert [to for reader, to in told if reader.startswith("minilm")] == 8 * [None]
    assert [one for one in told if one[1]] == 6 * [("m,", f"127.0.0.1:{server.port}")]
    assert "The embedded reader read this letter." in (tmp_path / "out" / "letters.csv").read_text("utf-8")
    with standin(MARKED) as server:
        second = prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
        assert len(server.bodies) == 6
    assert (second.read, second.known, second.failed) == (6, 2, {})
    readers = [line["reader"] for line in audit(tmp_path / "out")]
    assert [reader.startswith("minilm") for reader in readers[-6:]] == 6 * [False]
    assert "The embedded reader read" not in (tmp_path / "out" / "letters.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("status", "asked", "not_sent"), [(401, 8, 4), (403, 8, 4), (404, 8, 4), (500, 24, 4), (503, 36, 0), (429, 36, 0)]
)
def test_a_server_that_fails_for_all_letters_is_asked_for_a_few(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, asked: int, not_sent: int
) -> None:
    """What a busy server refuses it may take later in the same run; all else only the next run asks about."""
    many(tmp_path / "letters")
    command = ["prescreen", "letters", "-o", "out", "-m", "m", "--key", "k", "--at-once", "1", "--base-url"]
    with standin(fails(status)) as server:
        assert run([*command, server.base_url]) == 0
        assert len(server.bodies) == asked
    told = capsys.readouterr().err
    assert "could not be asked about 12 letters: read here, and asked about by the next run" in told
    assert ("After 8 letters in a row that failed no more were sent." in told) == bool(not_sent)
    assert f"\n{12 - not_sent} letters were sent to" in told
    with standin(MARKED) as server:
        assert run([*command, server.base_url]) == 0
        assert len(server.bodies) == 12
    assert "could not be asked" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("left", "status", "closed"),
    [(False, 0, True), (True, 0, True), (True, 404, True), (True, 502, True), (True, 200, False), (True, 400, False)],
)
def test_what_keeps_any_other_letter_back_as_well(left: bool, status: int, closed: bool) -> None:
    """No connection, a connection on which no answer came, and a server's fault; but no fault of the letter's own."""
    assert _Way("content", "a" * 64, left=left, status=status).is_closed == closed


def test_letters_in_a_row_are_those_between_which_none_was_read(tmp_path: Path) -> None:
    """A server that fails for seven, answers one and fails for seven again is asked on."""
    many(tmp_path / "letters", 16)
    refused = 7 * [fails(401)]
    with standin(*refused, MARKED, *refused, MARKED) as server:
        options = Options(model=Model("m", server.base_url, "k", at_once=1))
        assert sum(prescreen(["letters"], tmp_path / "out", options).failed.values()) == 14
        assert len(server.bodies) == 16


def test_a_letter_for_which_there_was_no_connection_was_not_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit says where each letter went before its first byte goes, and of these none did; nor did they cost."""
    many(tmp_path / "letters")
    with standin(MARKED) as server:
        nobody = server.base_url
    asked = ["prescreen", "letters", "-o", "out", "-m", "m", "--key", "k", "--at-once", "1", "--base-url", nobody]
    assert run([*asked, "--max-tokens", "1"]) == 0
    told = capsys.readouterr().err
    assert "The model's server could not be reached." in told
    assert "After 8 letters in a row that failed no more were sent." in told
    assert "\nNo letter was sent to the model m at 127.0.0.1" in told
    assert sent(tmp_path / "out") == 12 * [None]
    assert run(["prescreen", "forget", "letters/0.txt", "-o", "out"]) == 0
    assert "had been sent" not in capsys.readouterr().err


def many(folder: Path, letters: int = 12) -> None:
    """Write letters of which a model may read each."""
    folder.mkdir()
    for at in range(letters):
        (folder / f"{at}.txt").write_text(f"Dear Ana,\nit was night {at}, and of course you are tired.\n")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "api.openai.com"), ("https://a.example/v1", "a.example"),
        ("http://a.example/v1", "a.example, unencrypted"),
        ("http://a.example:81/v1", "a.example:81, unencrypted"), ("http://[::1]:81/v1", "[::1]:81"),
    ],
)  # fmt: skip
def test_of_several_servers_on_one_computer_it_is_told_which(address: str | None, told: str) -> None:
    """They differ in their ports."""
    assert Model("m", address, "k").server == told


def test_no_letter_is_sent_once_the_allowance_is_spent(letters: Path, tmp_path: Path) -> None:
    """An answer takes 980 tokens here: with 2,000 three letters go, and the next run asks for the rest."""
    for name, model in {
        "tokens": Model("m", key="k", at_once=1, most_tokens=2000),
        "cost": Model("m", key="k", at_once=1, prices=(1000.0, 1000.0), most_cost=2.0),
    }.items():
        with standin(MARKED) as server:
            options = Options(model=replace(model, base_url=server.base_url))
            first = prescreen([str(letters)], tmp_path / name, options)
            assert len(server.bodies) == 3
        assert (first.total, first.standings["urgent"]) == (8, 1)  # help does not wait for money
        assert (tmp_path / name / "letters.csv").read_text("utf-8").count("was spent before it") == 3
        with standin(MARKED) as server:
            more = prescreen([str(letters)], tmp_path / name, Options(model=Model("m", server.base_url, "k")))
            assert len(server.bodies) == 3
        assert more.total == 8


@pytest.mark.parametrize("reply", [says("no JSON at all"), says(answer(OBSERVED), usage=False)])
def test_answers_that_tell_no_cost_are_reckoned(letters: Path, tmp_path: Path, reply: Reply) -> None:
    """What came of a letter may have cost as much as any: one that cannot be used, one that does not tell."""
    with standin(reply) as server:
        model = Model("m", server.base_url, "k", at_once=1, most_tokens=1000)
        summary = prescreen([str(letters)], tmp_path / "out", Options(model=model))
        assert len(server.bodies) == 1
    assert summary.total == 8


def test_a_run_that_is_given_up_does_not_wait_for_the_model(letters: Path, tmp_path: Path) -> None:
    """Whoever presses Ctrl-C is not kept until a server that hangs has used up its time."""

    def stop(_read: int, _known: int) -> None:
        raise KeyboardInterrupt

    (letters / "2026-01-01.txt").write_text(mixed_letters.URGENT)  # the first is done without the model
    with standin(hangs(8)) as server:
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")), stop)
        assert time.monotonic() - begun < 5


def test_what_was_sent_is_said_whatever_ends_the_run(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the letter goes, and whose it is with it: `forget` tells it though no letter was written down."""
    out, names = tmp_path / "out", Options(whose="ana")
    with standin(MARKED) as server:
        options = replace(names, model=Model("m", server.base_url, "k"))
        with monkeypatch.context() as patched:
            patched.setattr("compassion_coach.prescreen.report._Run.done", killed)
            with pytest.raises(Killed):
                prescreen([str(letters)], out, options)
        many = len(server.bodies)
    assert 0 < many == len(sent(out))
    assert set(sent(out)) == {f"127.0.0.1:{server.port}"}
    with pytest.raises(InputError, match="holds names from an earlier run"):
        prescreen([str(letters)], out, Options(key=b"k" * 32))
    told: list[Sent] = []
    forget("ana", out, told=told.append)
    assert [(one.letters, one.server) for one in told] == [(many, f"127.0.0.1:{server.port}")]


def killed(*_: object) -> None:
    time.sleep(0.5)  # until what is under way was sent
    raise Killed


def test_what_cannot_be_said_is_not_sent(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that is full the run ends, as it does where no model reads."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("compassion_coach.prescreen.kept.audit.appended", full)
    with standin(MARKED) as server:
        with pytest.raises(OSError, match="full"):
            prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k")))
        assert server.bodies == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let an interruption be heard, though whoever began the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_whoever_stops_the_wait_for_an_answer_keeps_those_that_came(letters: Path, tmp_path: Path) -> None:
    """They are written down, though the first letter is not; the next run asks for that alone."""
    lock, asked, stopped = threading.Lock(), [0], threading.Event()

    def first_hangs(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            asked[0] += 1
            at = asked[0]
        if at > 1:
            MARKED(handler)
            return
        while asked[0] < 6:
            time.sleep(0.05)
        time.sleep(1)  # until the other answers are taken in
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        stopped.wait(30)  # on a busy machine it takes its time
        handler.close_connection = True

    with standin(first_hangs) as server:
        model = Model("m", server.base_url, "k")
        with pytest.raises(KeyboardInterrupt):
            prescreen([str(letters)], tmp_path / "out", Options(model=model))
        stopped.set()
        assert len(server.bodies) == 6
        assert sent(tmp_path / "out").count(f"127.0.0.1:{server.port}") == 6
        again = prescreen([str(letters)], tmp_path / "out", Options(model=model))
        assert len(server.bodies) == 7
    assert (again.total, sum(again.failed.values())) == (8, 0)


def test_only_so_many_are_asked_at_once(letters: Path, tmp_path: Path) -> None:
    """Requests overlap, and never more than allowed."""
    lock, now, most = threading.Lock(), [0], [0]

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.2)
        with lock:
            now[0] -= 1
        MARKED(handler)

    with standin(slowly) as server:
        prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k", at_once=3)))
    assert most[0] == 3


def test_a_slow_answer_keeps_no_other_letter_waiting(letters: Path, tmp_path: Path) -> None:
    """While the first letter's answer takes long, the others are asked after it, two at once."""
    asked: list[float] = []

    def first_slow(handler: BaseHTTPRequestHandler) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1:
            time.sleep(1)
        MARKED(handler)

    with standin(first_slow) as server:
        prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", server.base_url, "k", at_once=2)))
    assert len(asked) == 6
    assert asked[-1] - asked[0] < 0.9


def test_personal_details_stay_here_when_asked(letters: Path, tmp_path: Path) -> None:
    """With `redact` a name, a number and an address are not in what is sent; marks stand on the letter's own words."""
    pytest.importorskip("phonenumbers")
    text = "Dear Marisol,\nMarisol, you can be reached at 0171 555 0199.\nIt was night, and of course you are tired.\n"
    (letters / "2026-02-01.txt").write_text(text)
    with standin(MARKED) as server:
        model = Model("m", server.base_url, "k", redact=True)
        prescreen([str(letters)], tmp_path / "out", Options(model=model, keep_text=True))
        sent_words = json.dumps(server.bodies)
    assert "Marisol" not in sent_words
    assert "555 0199" not in sent_words
    [quote] = [mark["quote"] for mark in marks(tmp_path / "out") if "2026-01-01" in str(mark["where"])]
    assert quote == "of course you are tired"


def test_a_letter_whose_details_cannot_be_hidden_is_not_sent(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded reader reads it, and the audit does not say that it left."""

    def cannot(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("compassion_coach.model.redact._redact", cannot)
    with standin(MARKED) as server:
        model = Model("m", server.base_url, "k", redact=True)
        summary = prescreen([str(letters)], tmp_path / "out", Options(model=model))
        assert server.bodies == []
    assert summary.total == 8
    assert set(sent(tmp_path / "out")) == {None}


def test_without_a_key_nothing_is_begun(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model on the net without a key ends the run with the reason, and not each letter."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(KeyRefusedError):
        prescreen([str(letters)], tmp_path / "out", Options(model=Model("m")))


def test_the_cost_is_said_before_anything_is_sent(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how many letters go where and what it may take; a limit without prices is refused."""
    with standin(MARKED) as server:
        asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "-m", "m", "--base-url", server.base_url]
        assert run([*asked, "--key", "k", "--prices", "1", "2"]) == 0
        told = capsys.readouterr().err
        assert f"At most 8 letters to send to the model m at 127.0.0.1:{server.port}, for those" in told
        assert f"\n6 letters were sent to the model m at 127.0.0.1:{server.port}.\n" in told
        assert "at these prices" in told
        for prices in ([], ["--prices", "0", "0"]):
            assert run([*asked, "--max-cost", "1", *prices]) == 2
            assert "--prices" in capsys.readouterr().err


def test_a_settings_file_alone_sends_nothing(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients' letters leave only where the command itself names a model."""
    with standin(MARKED) as server:
        monkeypatch.setenv("COMPASSION_COACH_MODEL", "m")
        monkeypatch.setenv("COMPASSION_COACH_BASE_URL", server.base_url)
        assert run(["prescreen", str(letters), "-o", str(tmp_path / "out"), "-j", "1"]) == 0
        assert server.bodies == []


def test_what_is_expected_grows_with_the_letters() -> None:
    """Roughly the prompt, the letters, and an answer each."""
    one, two = expected(1, 4000), expected(2, 8000)
    assert 1000 < one.prompt_tokens < 5000
    assert two == Usage(requests=2, prompt_tokens=2 * one.prompt_tokens, answer_tokens=2 * one.answer_tokens)


def test_details_are_taken_out_beside_the_requests(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes as long as many requests, and none waits for it."""
    pytest.importorskip("phonenumbers")
    redacted, waited = redact_module._redact, []

    def seen(letter: Letter) -> redact_module.Redacted:
        with suppress(RuntimeError):  # there is no loop in this thread
            asyncio.get_running_loop()
            waited.append(letter)
        return redacted(letter)

    monkeypatch.setattr(redact_module, "_redact", seen)
    with standin(MARKED) as server:
        model = Model("m", server.base_url, "k", redact=True)
        prescreen([str(letters)], tmp_path / "out", Options(model=model))
        assert len(server.bodies) == 6
    assert not waited


@pytest.mark.parametrize("package", ["depii", "phonenumbers", "spellchecker"])
def test_what_redact_needs_is_asked_for_once(
    package: str,
    letters: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is begun, and not of each letter."""
    monkeypatch.setitem(sys.modules, package, None)
    for cache in (personal._recogniser, personal._dictionary, personal._is_first_name, personal._uses):
        cache.cache_clear()
    with standin(MARKED) as server:
        asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "-m", "m", "--base-url", server.base_url]
        assert run([*asked, "--redact"]) == 2
        assert server.bodies == []
    assert capsys.readouterr().err.count("needs more packages") == 1
    assert not (tmp_path / "out").exists()


def test_a_setting_that_would_send_less_is_not_passed_over(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever lets a model see marked lines alone does not have whole letters sent."""
    (tmp_path / "compassion-coach.toml").write_text("small_model = true\n")
    with standin(MARKED) as server:
        asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "-m", "m", "--base-url", server.base_url]
        assert run(asked) == 2
        assert "small_model (from compassion-coach.toml)" in capsys.readouterr().err
        assert server.bodies == []
        monkeypatch.setenv("COMPASSION_COACH_SMALL_MODEL", "false")
        assert run(asked) == 0


def test_what_is_announced_is_what_is_not_known_yet(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run sends nothing and says so; one letter more is one letter, and why one was not read is told."""
    with standin(MARKED) as server:
        asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "-m", "m", "--base-url", server.base_url]
        assert run(asked) == 0
        capsys.readouterr()
        assert run(asked) == 0
        told = capsys.readouterr().err
        assert f"No letter is to be sent to the model m at 127.0.0.1:{server.port}." in told
        assert "sent to the model m" not in told.split("\n", 1)[1]
    (letters / "new.txt").write_text("Dear Ana,\nit was noon, and of course you are tired.\n")
    with standin(fails(500)) as server:
        asked[-1] = server.base_url
        assert run(asked) == 0
    told = capsys.readouterr().err
    assert "At most 1 letter to send to the model m" in told
    assert "\n1 letter was sent to the model m" in told
    assert "could not be asked about 1 letter: read here" in told
    assert "The model's server failed each time it was asked." in told
    with standin(MARKED) as server:
        asked[-1] = server.base_url
        assert run(asked) == 0
    told = capsys.readouterr().err
    assert "At most 1 letter to send to the model m" in told
    assert "\n1 letter was sent to the model m" in told
    assert "could not be asked" not in told


@pytest.mark.parametrize("reply", [MARKED, says("no JSON at all")])
@pytest.mark.parametrize("at_once", [1, 8])
def test_words_are_sent_once_however_many_letters_have_them(tmp_path: Path, reply: Reply, at_once: int) -> None:
    """A copy waits for what comes of the first, if only that its answer cannot be used: what is announced is sent."""
    (tmp_path / "letters").mkdir()
    for at in range(7):
        (tmp_path / "letters" / f"{at}.txt").write_text("Dear Ana,\nit was night, and of course you are tired.\n")
    (tmp_path / "letters" / "8.txt").write_text("Dear Ana,\nit was noon, and of course you are tired.\n")
    with standin(reply) as server:
        model = Model("m", server.base_url, "k", at_once=at_once)
        assert len(to_send([str(tmp_path / "letters")], tmp_path / "out", Options(model=model))) == 2
        summary = prescreen([str(tmp_path / "letters")], tmp_path / "out", Options(model=model))
        assert len(server.bodies) == 2
    assert (summary.total, summary.read, summary.copies) == (8, 2, 6)
    failed = sum(summary.failed.values())
    assert failed == (0 if reply is MARKED else 2)
    assert [to for to in sent(tmp_path / "out") if to] == [f"127.0.0.1:{server.port}"] * 2
    assert sent(tmp_path / "out").count(None) == failed  # read here as well


def test_a_file_that_ends_its_parser_keeps_no_other_from_the_model(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed with the reason, in this run and the next, and nothing of it is sent."""
    (letters / "0.pdf").write_bytes(mixed_letters.pdf_of("Dear Ana, you carried the boxes alone."))
    (letters / "word.docx").write_bytes(mixed_letters.docx_of("Dear Ana,\nit was noon, and you are tired.\n"))
    no_pdf(tmp_path / "site", "os.abort()", monkeypatch)
    told: list[tuple[str, str]] = []
    with standin(MARKED) as server:
        options = Options(model=Model("m", server.base_url, "k"))
        for read, known in ((9, 0), (0, 9)):
            summary = prescreen([str(letters)], tmp_path / "out", options, complained=lambda *what: told.append(what))
            assert (summary.read, summary.known, summary.unopened) == (read, known, 1)
        assert len(server.bodies) == 7
        assert "boxes" not in json.dumps(server.bodies)
    assert [(Path(where).name, why) for where, why in told] == 2 * [("0.pdf", TOO_LONG)]
    assert TOO_LONG in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_file_whose_parser_never_ends_keeps_no_other_from_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its time, and is listed in its turn."""
    no_pdf(tmp_path / "site", "time.sleep(60)", monkeypatch)
    pdf, text = mixed_letters.pdf_of("Dear Ana, you carried the boxes alone."), mixed_letters.CALM.encode()
    works = [Work(Source(name, name), name[1:], raw, name) for name, raw in (("a.pdf", pdf), ("b.txt", text))]
    with standin(MARKED) as server:
        done = list(in_order_with(Model("m", server.base_url, "k"), works, longest=1))
        assert len(server.bodies) == 1
    assert [work for work, _ in done] == works
    assert [result.unread for _, result in done] == [TOO_LONG, None]


@pytest.mark.parametrize(("status", "most"), [(401, 10), (404, 10), (429, 120)])
def test_a_server_that_is_down_is_not_asked_about_every_letter(tmp_path: Path, status: int, most: int) -> None:
    """After eight in a row the embedded reader reads the rest, and the next run asks; a busy one is asked on."""
    folder, out = tmp_path / "letters", tmp_path / "report"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Dear Ann,\nI am sorry that day {number} was so long.\n")
    with standin(fails(status)) as server:
        summary = prescreen([str(folder)], out, Options(model=Model("m", server.base_url, "k", at_once=2)))
    assert most / 3 <= len(server.bodies) <= most
    assert summary.total == 40
    assert sum(summary.failed.values()) == 40
    assert any("no more were sent" in why for why in summary.failed) == (status != 429)
    with standin(says(answer([]))) as server:
        summary = prescreen([str(folder)], out, Options(model=Model("m", server.base_url, "k")))
    assert len(server.bodies) == 40
    assert not summary.failed
