"""Pre-screening through a batch API, with a server on this machine that keeps files and batches as a provider does."""

import json
import re
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import mixed_letters
import pytest
from reports import Killed, audit, no_pdf, rows
from standin import answer

from compassion_coach.__main__ import run
from compassion_coach.errors import ModelError
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.kept.places import BATCHES
from compassion_coach.prescreen.kept.waiting import batches_in
from compassion_coach.prescreen.sources import Found, Source
from compassion_coach.prescreen.ways.model import Model

OBSERVED = [{"sentence": 2, "excerpt": "of course you are tired", "quality": "understandable", "note": "It is seen."}]


class Provider:
    """What a provider holds: files of requests, and batches that are done when `done` says so."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, Any]]] = {}
        self.batches: dict[str, str] = {}
        self.marks: dict[str, dict[str, str]] = {}
        self.done, self.broken, self.status, self.forgotten = False, False, "completed", False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                self._tell(provider.posted(self.path, raw))

            def do_GET(self) -> None:
                self._tell(provider.got(self.path))

            def _tell(self, told: object) -> None:
                raw = told if isinstance(told, bytes) else json.dumps(told).encode()
                forgotten = provider.forgotten and self.command == "GET"
                self.send_response(500 if provider.broken else 404 if forgotten else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server = f"127.0.0.1:{self.http.server_address[1]}"
        self.base_url = f"http://{self.server}/v1"

    def posted(self, path: str, raw: bytes) -> object:
        if path.endswith("/files"):
            lines = [json.loads(line) for line in re.findall(rb'^\{"custom_id.*\}\r?$', raw, re.M)]
            name = f"file-{len(self.files)}"
            self.files[name] = lines
            return {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "x", "purpose": "batch"}
        name = f"batch-{len(self.batches)}"
        asked = json.loads(raw)
        self.batches[name], self.marks[name] = asked["input_file_id"], asked.get("metadata", {})
        return self.told(name)

    def told(self, name: str) -> dict[str, object]:
        status = self.status if self.done else "in_progress"
        return {
            "id": name, "object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h",
            "created_at": 1, "input_file_id": self.batches[name], "status": status,
            "output_file_id": f"out-{name}" if status == "completed" else None, "metadata": self.marks[name],
        }  # fmt: skip

    def got(self, path: str) -> object:
        found = re.fullmatch(r".*/batches/(.+)", path)
        if found:
            return self.told(found[1])
        if "/batches?" in path:
            return {"object": "list", "data": [self.told(name) for name in self.batches], "has_more": False}
        [name] = re.findall(r"out-(batch-\d+)", path)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer(OBSERVED)}}
        body = {"id": "x", "choices": [choice], "usage": {"prompt_tokens": 900, "completion_tokens": 80}}
        lines = []
        for at, request in enumerate(self.files[self.batches[name]]):
            response = {"status_code": 200 if at else 500, "body": body}  # the first of each batch fails
            lines.append(json.dumps({"custom_id": request["custom_id"], "response": response, "error": None}))
        return "\n".join(lines).encode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    for at in range(4):
        (folder / f"{at}.txt").write_text(f"Dear Ana,\nit was night {at}, and of course you are tired.\n")
    (folder / "urgent.txt").write_text(mixed_letters.URGENT)
    return folder


def requests(provider: Provider) -> list[int]:
    return [len(lines) for lines in provider.files.values()]


def test_letters_are_sent_once_and_collected_later(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """One batch of the calm letters; while it runs nothing is sent again; when it is done its answers are read."""
    out, options = tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True)
    first = prescreen([str(letters)], out, options)
    assert requests(provider) == [4]
    assert "pills" not in json.dumps(provider.files)
    assert [batch.id for batch in batches_in(out)] == ["batch-0"]
    assert (first.total, first.standings["urgent"]) == (5, 1)
    assert (out / "letters.csv").read_text("utf-8").count("is under way") == 4
    prescreen([str(letters)], out, options)
    assert requests(provider) == [4]
    provider.done = True
    prescreen([str(letters)], out, options)
    assert requests(provider) == [4, 1]  # the one that failed goes again
    assert (out / "letters.csv").read_text("utf-8").count("is under way") == 1
    marks = [json.loads(line) for line in (out / "marks.jsonl").read_text("utf-8").splitlines()]
    assert [mark["quality"] for mark in marks if mark["end"] - mark["start"] == len("of course you are tired")].count(
        "understandable"
    ) >= 3
    assert not list(out.glob(".requests*"))


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_came_to_nothing_is_sent_anew(
    provider: Provider, letters: Path, tmp_path: Path, status: str
) -> None:
    """Whatever ends a batch without answers, its letters go into the next."""
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    prescreen([str(letters)], tmp_path / "out", options)
    provider.done, provider.status = True, status
    prescreen([str(letters)], tmp_path / "out", options)
    assert requests(provider) == [4, 4]
    assert [batch.id for batch in batches_in(tmp_path / "out")] == ["batch-1"]


def test_another_model_is_asked_itself(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """What one model answered is never told as another's; both wait for their own."""
    cheap, dear = (Options(model=Model(name, provider.base_url, "k"), batch=True) for name in ("cheap", "dear"))
    prescreen([str(letters)], tmp_path / "out", cheap)
    provider.done = True
    prescreen([str(letters)], tmp_path / "out", dear)
    assert requests(provider) == [4, 4]
    assert {batch.id for batch in batches_in(tmp_path / "out")} == {"batch-0", "batch-1"}
    assert (tmp_path / "out" / "letters.csv").read_text("utf-8").count("is under way") == 4


def test_a_batch_that_the_provider_forgot_is_sent_anew(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """It would otherwise be asked for as long as the folder is there."""
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    prescreen([str(letters)], tmp_path / "out", options)
    provider.forgotten = True
    prescreen([str(letters)], tmp_path / "out", options)
    assert requests(provider) == [4, 4]
    assert [batch.id for batch in batches_in(tmp_path / "out")] == ["batch-1"]


def test_a_line_that_cannot_be_read_costs_no_other(
    provider: Provider, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a character that some take for the end of a line."""
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    prescreen([str(letters)], tmp_path / "out", options)
    provider.done = True
    got = provider.got

    def broken(path: str) -> object:
        told = got(path)
        return (
            told.replace(b'"id": "x"', b'"id": "\xe2\x80\xa8"') + b"\n{half a li" if isinstance(told, bytes) else told
        )

    monkeypatch.setattr(provider, "got", broken)
    prescreen([str(letters)], tmp_path / "out", options)
    assert (tmp_path / "out" / "letters.csv").read_text("utf-8").count("is under way") == 1  # the one that failed there


def test_a_provider_that_fails_takes_no_report_away(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """The letters were read here: who needs a person is told all the same."""
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    provider.broken = True
    with pytest.raises(ModelError):
        prescreen([str(letters)], tmp_path / "out", options)
    assert (tmp_path / "out" / "letters.csv").read_text("utf-8").count(",urgent,") == 1
    assert (tmp_path / "out" / "index.html").exists()


def test_a_letter_that_cannot_be_asked_about_is_not_said_to_wait(
    provider: Provider, letters: Path, tmp_path: Path
) -> None:
    """Where batches cannot be collected nothing new is sent: of those in a batch, and of no other, an answer comes."""
    out, options = tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True)
    prescreen([str(letters)], out, options)
    (letters / "new.txt").write_text("Dear Ana,\nit was noon, and of course you are tired.\n")
    provider.broken = True
    with pytest.raises(ModelError):
        prescreen([str(letters)], out, options)
    told = {row["id"]: row["remark"] for row in rows(out)}
    assert [name for name, remark in sorted(told.items()) if "is under way" in remark] == ["0", "1", "2", "3"]
    assert told["new"].startswith("The model's server failed each time it was asked. The embedded reader read")
    assert requests(provider) == [4]
    provider.broken = False
    prescreen([str(letters)], out, options)
    assert requests(provider) == [4, 1]


def test_a_file_of_requests_that_a_killed_run_left_is_swept(
    provider: Provider, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds letters, and only the owner could read it meanwhile."""
    out, options = tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        prescreen([str(letters)], out, options)
    [left] = out.glob(".requests*")
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert len(left.read_text("utf-8").splitlines()) == 4
    prescreen([str(letters)], out)
    assert not left.exists()


def test_personal_details_stay_here_when_asked(provider: Provider, tmp_path: Path) -> None:
    """With `redact` the requests hold placeholders; marks that come back stand on the letter's own words."""
    pytest.importorskip("phonenumbers")
    (tmp_path / "in").mkdir()
    for at in range(2):
        words = f"Dear Marisol,\nMarisol, it was night {at}, and of course you are tired.\nRing me on 0171 555 0199.\n"
        (tmp_path / "in" / f"{at}.txt").write_text(words)
    options = Options(model=Model("m", provider.base_url, "k", redact=True), batch=True, keep_text=True)
    prescreen([str(tmp_path / "in")], tmp_path / "out", options)
    assert "Marisol" not in json.dumps(provider.files)
    assert "555 0199" not in json.dumps(provider.files)
    provider.done = True
    prescreen([str(tmp_path / "in")], tmp_path / "out", options)
    lines = (tmp_path / "out" / "marks.jsonl").read_text("utf-8").splitlines()
    quotes = [json.loads(line)["quote"] for line in lines if json.loads(line)["where"].endswith("1.txt")]
    assert quotes == ["of course you are tired"]


def test_a_provider_that_fails_is_said_to(
    provider: Provider, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with a plain sentence, keeps no file of letters, and says what waits when it works."""
    asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "--engine", "openai-batch"]
    assert run(asked) == 2
    assert "needs a model" in capsys.readouterr().err
    told = ["-m", "m", "--base-url", provider.base_url, "--key", "k"]
    provider.broken = True
    assert run([*asked, *told]) == 3
    assert "failed each time" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob(".requests*"))
    assert not (tmp_path / "out" / BATCHES).exists()
    provider.broken = False
    assert run([*asked, *told]) == 0
    assert "4 letters wait for batch" in capsys.readouterr().err


def audited(out: Path) -> list[tuple[str, str | None]]:
    """Who read, or is to read, each letter, and where it was sent, as the audit tells it."""
    return [(line["reader"].split()[0].rstrip(","), line["sent_to"]) for line in audit(out)]


def test_what_may_be_spent_bounds_a_batch(
    provider: Provider, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it does elsewhere: a letter is reckoned at what is expected of it, and no further one goes."""
    asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "--engine", "openai-batch", "-m", "m"]
    assert run([*asked, "--base-url", provider.base_url, "--key", "k", "--max-tokens", "1"]) == 0
    assert requests(provider) == [1]
    assert "1 letter waits for batch" in capsys.readouterr().err
    assert (tmp_path / "out" / "letters.csv").read_text("utf-8").count("was spent before it") == 3


def test_a_file_of_requests_is_no_larger_than_a_provider_takes(
    provider: Provider, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters are counted, and bytes: what does not go into one batch goes into the next."""
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    prescreen([str(letters)], tmp_path / "whole", options)
    [lines] = provider.files.values()
    monkeypatch.setattr("compassion_coach.prescreen.ways.batched._MOST_BYTES", int(len(json.dumps(lines[0])) * 2.5))
    for _ in range(2):
        prescreen([str(letters)], tmp_path / "out", options)
    assert requests(provider) == [4, 2, 2]


def test_only_what_was_sent_is_said_to_be(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """Nothing where no server is there; what goes into a batch, once, when it goes; who read it, when it was read."""
    provider.http.server_close()
    with pytest.raises(ModelError):
        prescreen([str(letters)], tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True))
    assert [sent_to for _, sent_to in audited(tmp_path / "out")] == [None] * 5


def test_a_letter_that_waits_gets_no_line_in_each_run(provider: Provider, letters: Path, tmp_path: Path) -> None:
    """It was read here once and sent once, however often the answer is asked for."""
    out, options = tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True)
    for _ in range(3):
        prescreen([str(letters)], out, options)
    first = audited(out)
    assert [sent_to for _, sent_to in first] == [None] * 5 + [provider.server] * 4
    provider.done = True
    prescreen([str(letters)], out, options)
    collected = audited(out)[len(first) :]
    assert collected == [("m", None)] * 3 + [("m", provider.server)]  # the one that failed was sent again


@pytest.mark.parametrize("is_made", [True, False])
def test_a_batch_whose_id_never_came_is_known_again(
    provider: Provider, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_made: bool
) -> None:
    """A run that is killed while the batch is made leaves its mark; what is not there is sent anew."""
    from openai.resources.batches import AsyncBatches

    create = AsyncBatches.create

    async def killed(self: AsyncBatches, **told: Any) -> None:
        if is_made:
            await create(self, **told)
        raise Killed

    out, options = tmp_path / "out", Options(model=Model("m", provider.base_url, "k"), batch=True)
    with monkeypatch.context() as patch:
        patch.setattr(AsyncBatches, "create", killed)
        with pytest.raises(Killed):
            prescreen([str(letters)], out, options)
    prescreen([str(letters)], out, options)
    assert requests(provider) == ([4] if is_made else [4, 4])
    assert [batch.id for batch in batches_in(out)] == ["batch-0"]
    provider.done = True
    prescreen([str(letters)], out, options)
    assert (out / "letters.csv").read_text("utf-8").count("is under way") == 1  # the one that failed there


@pytest.mark.parametrize("damaged", ['[{"id": "batch-0", "rea', "[1]", '[{"id": "x", "reader": "m", "contents": 1}]'])
def test_a_damaged_file_of_batches_is_said_to_be(
    provider: Provider, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damaged: str
) -> None:
    """It is no fault of the program, and what to do is told."""
    (tmp_path / "out").mkdir()
    prescreen([str(letters)], tmp_path / "out")
    (tmp_path / "out" / BATCHES).write_text(damaged)
    asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "--engine", "openai-batch", "-m", "m"]
    assert run([*asked, "--base-url", provider.base_url, "--key", "k"]) == 2
    assert "batches.json is damaged" in capsys.readouterr().err


def test_a_letter_that_was_sent_is_forgotten_and_said_to_have_been(
    provider: Provider, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file names it any more, and where its words may still be is told, then and in the audit."""
    out = tmp_path / "out"
    (letters / "ana").mkdir()
    for name in "01":
        (letters / f"{name}.txt").rename(letters / "ana" / f"{name}.txt")
    prescreen([str(letters)], out, Options(model=Model("m", provider.base_url, "k"), batch=True))
    [before] = batches_in(out)
    gone = {Found(Source("", ""), ".txt", path.read_bytes()).content for path in (letters / "ana").iterdir()}
    assert gone < set(before.contents)
    assert run(["prescreen", "forget", "ana", "-o", str(out)]) == 0
    told = capsys.readouterr().err
    assert re.search(rf"2 letters had been sent to {re.escape(provider.server)} on \d{{4}}-\d\d-\d\d", told)
    [left] = batches_in(out)
    assert set(left.contents) == set(before.contents) - gone
    assert not [path for path in out.rglob("*") if path.is_file() for one in gone if one.encode() in path.read_bytes()]
    last = audit(out)[-1]
    assert (last["forgotten"], last["sent_to"]) == (2, provider.server)


def test_what_waits_for_an_answer_is_not_announced_again(
    provider: Provider, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It costs what it cost."""
    asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "--engine", "openai-batch", "-m", "m"]
    for told in ("5 letters to send", "No letter is to be sent"):
        assert run([*asked, "--base-url", provider.base_url, "--key", "k"]) == 0
        assert told in capsys.readouterr().err


def test_a_file_that_ends_its_parser_keeps_no_other_from_the_batch(
    provider: Provider, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed with the reason, and the rest is sent."""
    (letters / "0.pdf").write_bytes(mixed_letters.pdf_of("Dear Ana, you carried the boxes alone."))
    (letters / "word.docx").write_bytes(mixed_letters.docx_of("Dear Ana,\nit was noon, and you are tired.\n"))
    no_pdf(tmp_path / "site", "os.abort()", monkeypatch)
    options = Options(model=Model("m", provider.base_url, "k"), batch=True)
    summary = prescreen([str(letters)], tmp_path / "out", options)
    assert (summary.read, summary.unopened) == (6, 1)
    assert requests(provider) == [5]
    assert "or ended the program that read it" in (tmp_path / "out" / "index.html").read_text("utf-8")
