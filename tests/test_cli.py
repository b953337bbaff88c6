"""The program as people use it: commands, exit codes, messages."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from standin import answer, fails, says, standin

from compassion_coach.__main__ import run
from compassion_coach.cli import cli
from compassion_coach.embedded.reader import label, labels
from compassion_coach.errors import CoachError, InputError

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "snubbed-friend.txt"
LETTER = "Dear Nell,\nIt makes sense that it hurt.\nBut you should call her.\n"


def program(*arguments: str, stdin: bytes | str = b"", **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the real program, in a process of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    return subprocess.run(
        [sys.executable, "-m", "compassion_coach", *arguments],
        input=given,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def invoke(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin, standalone_mode=False)


@pytest.fixture
def letter() -> str:
    Path("letter.txt").write_text(LETTER, "utf-8")
    return "letter.txt"


def test_reflect_prints_the_letter_read_back(letter: str) -> None:
    """The letter is there, with signs and notes; nothing is on stderr."""
    done = program("reflect", letter)
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert done.stderr == b""
    assert "♥ It makes sense that it hurt." in shown
    assert "↷→ But you should call her." in shown
    assert "\x1b" not in shown


def test_reflect_reads_standard_input() -> None:
    """Without a file, and with a dash, the letter comes in by the pipe."""
    assert program("reflect", stdin=LETTER).stdout == program("reflect", "-", stdin=LETTER).stdout != b""


def test_json_is_what_the_schema_says() -> None:
    """`reflect --format json` validates against `schema`."""
    schema = json.loads(invoke("schema").output)
    reflection = json.loads(invoke("reflect", "-f", "json", str(EXAMPLE)).output)
    jsonschema.validate(reflection, schema)
    assert reflection["schema_version"] == 1
    assert reflection["turns"]


def test_the_letter_is_never_changed(letter: str) -> None:
    """Reading leaves the file as it was, and writing onto it is refused."""
    before = Path(letter).read_bytes()
    assert run(["reflect", letter, "-o", letter]) == 2
    Path("link.txt").symlink_to(letter)
    assert run(["reflect", letter, "-o", "link.txt"]) == 2
    assert Path(letter).read_bytes() == before


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "docx"])
def test_every_format_can_be_written_to_a_file(letter: str, form: str) -> None:
    """-o writes, and stdout stays empty."""
    result = invoke("reflect", letter, "-f", form, "-o", "out")
    assert result.output == ""
    assert Path("out").stat().st_size > 200


def test_an_output_that_cannot_be_written_is_told(letter: str) -> None:
    """A missing folder is an input error, not a traceback."""
    done = program("reflect", letter, "-o", "no/such/folder.txt")
    assert done.returncode == 2
    assert b"could not be written" in done.stderr


URGENT = "It makes sense. I am going to end my life tonight.\n"
NOWHERE = [
    ("-o", "no/such/folder.txt"),
    ("-o", "."),
    ("-o", "letter.txt/x"),
    ("-o", "x" * 300),
    ("-o", "locked/x.txt"),
    ("-f", "docx"),
]


@pytest.mark.parametrize("told", NOWHERE, ids=lambda told: told[1][:20])
@pytest.mark.parametrize("text", [URGENT, LETTER])
def test_an_output_that_fails_keeps_nobody_from_help_and_sends_nothing(
    told: tuple[str, str], text: str, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers stand beside the error where they are needed; it is known before a letter goes to a model."""
    Path("locked").mkdir()
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "locked")
    monkeypatch.setitem(sys.modules, "docx", None)
    Path(letter).write_text(text, "utf-8")
    with standin(says(answer())) as server:
        ways = ["-m", "m", "--base-url", server.base_url, "--key", "k"]
        done = CliRunner().invoke(cli, ["reflect", letter, *told, "--region", "UK", *ways])
    assert isinstance(done.exception, CoachError)
    assert (server.bodies, done.stdout) == ([], "")
    assert ("116 123" in done.stderr) is (text == URGENT)


def test_a_letter_that_is_typed_is_not_asked_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """That its answer has no place is said before anybody types."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    done = CliRunner().invoke(cli, ["reflect", "-o", "no/such/folder.txt"], input=URGENT)
    assert isinstance(done.exception, InputError)
    assert done.stderr == ""


def test_a_full_disk_keeps_nobody_from_help() -> None:
    """Where the answer is lost on its way out, people are named beside the error."""
    for line in ("coach reflect --region UK > /dev/full", "coach reflect --region UK -o /dev/full"):
        done = shell(f"echo 'I am going to kill myself tonight.' | {line}")
        assert done.returncode == 2
        assert b"116 123" in done.stderr
        assert b"could not be written" in done.stderr


def test_a_dash_is_standard_output(letter: str) -> None:
    """`-o -` writes no file of that name."""
    assert program("reflect", letter, "-o", "-").stdout == program("reflect", letter).stdout
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(("advice",), 1), (("invalidation",), 0), (("warm",), 1), (("advice", "invalidation"), 1), ((), 0)],
)
def test_fail_on_is_the_only_way_to_one(letter: str, kinds: tuple[str, ...], code: int) -> None:
    """Exit 1 comes with --fail-on alone, whatever was found."""
    assert run(["reflect", letter, *(word for kind in kinds for word in ("--fail-on", kind))]) == code


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        ("é".encode("latin-1") + b" and more", "Latin-1"),
        ("Dear".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02\xff", "binary"),
        (b"a" * 262_145, "256 KiB"),
    ],
)
def test_bad_input_is_two_and_plain(raw: bytes, told: str) -> None:
    """Each bad letter is exit 2 with a message, on the file and on the pipe, and never a traceback."""
    Path("bad").write_bytes(raw)
    for done in (program("reflect", "bad"), program("reflect", stdin=raw)):
        assert done.returncode == 2
        assert told in done.stderr.decode()
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""


@pytest.mark.parametrize(
    "arguments", [["reflect", "missing"], ["reflect", "."], ["reflekt"], ["reflect", "--frmat", "x"], ["guard"]]
)
def test_usage_and_missing_files_are_two(arguments: list[str]) -> None:
    """A missing file, a folder, a wrong command and a wrong option."""
    done = program(*arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "You should. " * 20_000,
        "🌱💛🌱",
        "שלום לך, אני כאן איתך הלילה",
        "Liebe Anna, es tut mir so leid, dass du so traurig bist.",
        "You are\x07 here \x1b[31m and I am\x00 with you, whatever this long night may bring.",
        "It makes sense.\r\nI am here.",
        "no final newline",
    ],
)
def test_odd_letters_get_a_right_answer(text: str) -> None:
    """Long lines, emoji, other scripts and languages, control characters, line ends: exit 0 and a calm answer."""
    done = program("reflect", stdin=text)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert b"\x1b" not in done.stdout
    assert b"\x07" not in done.stdout


def test_another_language_names_people() -> None:
    """A letter that cannot be read well says so and shows where people are."""
    shown = invoke("reflect", "--region", "IE", stdin="Liebe Anna, es tut mir so leid, dass du so traurig bist.").output
    assert "German" in shown
    assert "116 123" in shown


def test_urgent_shows_people_first_and_only() -> None:
    """In a terminal, the words and numbers come first and the letter is not commented."""
    shown = invoke("reflect", "--region", "UK", stdin="It makes sense. I am going to end my life tonight.").output
    assert "116 123" in shown
    assert "999" in shown
    assert "♥" not in shown


def test_settings_come_from_the_environment_too(letter: str) -> None:
    """A misspelt variable is an error that names the nearest."""
    done = program("reflect", letter, COMPASSION_COACH_REGOIN="UK")
    assert done.returncode == 2
    assert b"nearest is region" in done.stderr


def test_broken_settings_stand_between_nobody_and_help() -> None:
    """Where a person is needed, a wrong setting is told and people come forward all the same."""
    Path("compassion-coach.toml").write_text('timeout = "x"', "utf-8")
    for arguments in (["reflect", "--region", "UK"], ["screen", "--region", "UK"], ["helplines", "--region", "UK"]):
        done = program(*arguments, stdin="I am going to kill myself tonight.")
        assert done.returncode == 0
        assert b"116 123" in done.stdout
        assert b"timeout" in done.stderr
    assert program("reflect", stdin="It makes sense.").returncode == 2
    wrong = program("reflect", "--region", "Narnia", stdin="I am going to kill myself tonight.")
    assert wrong.returncode == 0
    assert b"findahelpline.com" in wrong.stdout


@pytest.mark.parametrize(
    "raw",
    [
        b"Dear Zo\xeb,\nI want to kill myself tonight.\n",
        "Dear Zoë,\nI want to kill myself tonight.\n".encode("utf-16"),
        b"I want to kill myself tonight.\n" + b"It rained on the road.\n" * 12_000,
    ],
)
def test_a_letter_that_cannot_be_taken_keeps_nobody_from_help(raw: bytes) -> None:
    """In another encoding, or too long, it is refused; where it speaks of danger people are named beside that."""
    done = program("reflect", "--region", "UK", stdin=raw)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"116 123" in done.stderr
    calm = program("reflect", "--region", "UK", stdin=raw.replace(b"k", b"h"))
    assert (calm.returncode, b"116 123" in calm.stderr) == (2, False)


def test_a_dry_run_brings_people_too() -> None:
    """Where it says that people come forward, they do."""
    done = program("reflect", "--dry-run", "-m", "m", "--region", "UK", stdin="I want to kill myself tonight.")
    assert (done.returncode, b"Nothing would be sent" in done.stdout, b"116 123" in done.stderr) == (0, True, True)


def test_no_name_steers_the_terminal(letter: str) -> None:
    """A settings file may come with a folder, and so may a file with a name that clears the screen."""
    Path("e\x1b[2J.txt").write_text(" ", "utf-8")
    assert b"\x1b" not in program("reflect", "e\x1b[2J.txt").stderr
    Path("compassion-coach.toml").write_text(
        'model = "x\\u001b]0;owned\\u0007"\nbase_url = "http://127.0.0.1:9"\n', "utf-8"
    )
    told = program("reflect", letter)
    assert (b"to the model x" in told.stderr, b"\x1b" in told.stderr) == (True, False)
    Path("compassion-coach.toml").write_text('"\\u001b[31mmodel" = "x"\n', "utf-8")
    assert b"\x1b" not in program("reflect", letter).stderr


def test_after_a_model_was_asked_nobody_says_that_nothing_was_sent(letter: str) -> None:
    """A letter that reached a server is not said to have stayed."""
    with standin(says("no json")) as server:
        done = program("reflect", letter, "-m", "m", "--base-url", server.base_url)
    assert b"after it was sent to the model at 127.0.0.1" in b" ".join(done.stdout.split())
    assert b"Nothing was sent" not in done.stdout
    done = program("reflect", letter, "-m", "m", "--base-url", server.base_url)  # which is gone
    assert b"Nothing was sent or kept" in b" ".join(done.stdout.split())


@pytest.mark.parametrize("level", ["concern", "urgent"])
def test_where_the_model_hears_distress_nobody_says_that_nothing_was_sent(letter: str, level: str) -> None:
    """It heard it because the letter was sent."""
    with standin(says(answer(distress=level))) as server:
        done = program("reflect", letter, "-m", "m", "--base-url", server.base_url)
    assert b"sent to the model at 127.0.0.1" in b" ".join(done.stdout.split())
    assert b"Nothing was sent" not in done.stdout


def test_without_a_key_it_is_said_that_nothing_was_sent(letter: str) -> None:
    """Nor is it announced that the letter goes anywhere."""
    done = program("reflect", letter, "-m", "m")
    assert done.returncode == 0
    assert b"This letter goes" not in done.stderr
    assert b"Nothing was sent or kept" in b" ".join(done.stdout.split())


def test_a_small_model_that_is_asked_nothing_is_not_said_to_have_read() -> None:
    """A letter without a mark has no line to ask about."""
    with standin(says('{"note": "x"}')) as server:
        done = program(
            "reflect",
            "-",
            "-m",
            "m",
            "--small-model",
            "--base-url",
            server.base_url,
            "-f",
            "json",
            stdin="We met in May.",
        )
    told = json.loads(done.stdout)
    assert (told["marks"], told["reader"]["name"], told["sent_to"], server.bodies) == ([], "local", None, [])


def test_the_letter_behind_standard_input_is_not_replaced(letter: str) -> None:
    """`reflect - -o letter.txt < letter.txt` is refused."""
    before = Path(letter).read_bytes()
    command = f"{sys.executable} -m compassion_coach reflect - -o {letter} < {letter}"
    assert subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False).returncode == 2
    assert Path(letter).read_bytes() == before


def test_the_letter_is_not_replaced_by_what_is_read_of_its_end(letter: str) -> None:
    """Where another program has taken its first line the words are no longer its own, and it is known as the file."""
    before = Path(letter).read_bytes()
    command = f"{{ read -r first; {sys.executable} -m compassion_coach reflect - -o {letter}; }} < {letter}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert (done.returncode, Path(letter).read_bytes()) == (2, before)
    assert b"would replace the letter itself" in done.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--strict"], "No model was named (-m), so there is no use for --strict."),
        (["--strict", "--redact"], "No model was named (-m), so there is no use for --strict and --redact."),
        (["-m", "m", "--small-model", "--second-opinion"], "With --small-model the marks are the embedded reader's"),
    ],
)
def test_an_option_that_does_nothing_is_told(given: list[str], told: str, letter: str) -> None:
    """By the program, by its name."""
    assert CliRunner().invoke(cli, ["reflect", letter, *given]).stderr.startswith(f"compassion-coach: {told}")


def test_a_letter_that_comes_through_a_pipe_is_not_replaced(letter: str) -> None:
    """The output holds the very letter, whatever way it came."""
    done = program("reflect", "-o", letter, stdin=LETTER)
    assert (done.returncode, Path(letter).read_text("utf-8")) == (2, LETTER)
    assert b"would replace the letter itself" in done.stderr


@pytest.mark.parametrize("command", [["reflect"], ["screen"], ["helplines"]])
@pytest.mark.parametrize(("told", "shown"), [("\u00e9\u00e9", b"findahelpline"), (" uk", b"116 123")])
def test_a_region_that_is_none_keeps_nobody_from_help(command: list[str], told: str, shown: bytes) -> None:
    """What cannot be a country is told, and people are named all the same; blanks around one are no matter."""
    done = program(*command, "--region", told, stdin="I am going to kill myself tonight.")
    assert (done.returncode, shown in done.stdout) == (0, True)


@pytest.mark.parametrize("command", [["reflect"], ["screen"], ["helplines"]])
def test_a_broken_settings_file_takes_no_country_from_anybody(command: list[str]) -> None:
    """The variable tells it without the file."""
    Path("compassion-coach.toml").write_text("modl = 1\n", "utf-8")
    done = program(*command, stdin="I am going to kill myself tonight.", COMPASSION_COACH_REGION="UK")
    assert (done.returncode, b"116 123" in done.stdout) == (0, True)


def test_a_byte_order_mark_is_no_part_of_a_line_or_a_remark(letter: str) -> None:
    """Some editors begin a file with it."""
    remark = "\ufeffThis line may be heard as warm."
    assert json.loads(program("guard", "--letter", letter, stdin=remark).stdout)["verdict"] == "pass"
    assert json.loads(program("guard", "--letter", letter, "--lines", stdin=remark).stdout)["verdict"] == "pass"
    assert json.loads(program("label", stdin="\ufeffDear Tom,\n").stdout)["text"] == "Dear Tom,"


def test_what_cannot_be_read_is_not_called_unwritten() -> None:
    """A file that breaks off while it is read is told as such."""
    done = program("screen", "--lines", "/proc/self/mem")
    assert (done.returncode, b"could not be read" in done.stderr) == (2, True)


def test_a_full_disk_is_told() -> None:
    """An answer that cannot be written is an input error, not a fault of the program."""
    command = f"{sys.executable} -m compassion_coach reflect {EXAMPLE} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"could not be written" in done.stderr


def test_a_key_alone_sends_nothing(letter: str) -> None:
    """OPENAI_API_KEY and OPENAI_BASE_URL without a model leave the embedded reader at work."""
    with standin(says(answer())) as server:
        done = program("reflect", letter, OPENAI_API_KEY="k", OPENAI_BASE_URL=server.base_url)
    assert done.returncode == 0
    assert server.bodies == []


def test_with_a_model_it_is_said_where_the_letter_goes(letter: str) -> None:
    """One line on stderr, before the answer; the key is nowhere."""
    with standin(says(answer())) as server:
        done = program("reflect", letter, "-m", "m", "--base-url", server.base_url, "--key", "sk-hush")
    assert b"127.0.0.1" in done.stderr
    assert b"sk-hush" not in done.stderr + done.stdout
    assert server.headers[0]["authorization"] == "Bearer sk-hush"


def test_a_model_that_fails_falls_back_or_is_three(letter: str) -> None:
    """Without --strict exit 0 and a plain remark; with it exit 3 and no answer."""
    with standin(fails(401)) as server:
        mild = program("reflect", letter, "-m", "m", "--base-url", server.base_url, "--key", "k")
        strict = program("reflect", letter, "-m", "m", "--base-url", server.base_url, "--key", "k", "--strict")
    assert (mild.returncode, strict.returncode) == (0, 3)
    assert b"did not accept the key" in mild.stdout
    assert b"did not accept the key" in strict.stderr
    assert strict.stdout == b""


def test_dry_run_shows_and_sends_nothing(letter: str) -> None:
    """The request is printed whole, without the key; without a model, and in distress, it says that none is made."""
    with standin(says(answer())) as server:
        told = ["-m", "m", "--base-url", server.base_url, "--key", "sk-hush", "--dry-run"]
        shown = invoke("reflect", letter, *told).output
        alarmed = invoke("reflect", *told, stdin="I am going to end my life tonight.").output
    assert server.bodies == []
    assert json.loads(shown)["messages"][1]["content"].count("you should call her") == 1
    assert "sk-hush" not in shown
    assert alarmed.startswith("Nothing would be sent")
    assert invoke("reflect", letter, "--dry-run").output.startswith("Nothing would be sent")


def test_screen_answers_in_json() -> None:
    """Level, signals with quotes, and support or null."""
    found = json.loads(invoke("screen", "--region", "NZ", stdin="I wish I was dead.").output)
    assert found["level"] == "concern"
    assert found["signals"][0].keys() == {"kind", "start", "end", "quote"}
    assert {line["number"] for line in found["support"]["helplines"]} >= {"111", "1737"}
    assert json.loads(invoke("screen", stdin="I am fine.").output) == {"level": "none", "signals": [], "support": None}


def test_lines_in_and_lines_out() -> None:
    """--lines answers each line on its own, plain or JSON, in order."""
    lines = invoke("screen", "--lines", stdin='I wish I was dead.\n\n{"text": "I am fine."}\n').output.splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["concern", "none"]


def test_guard_judges_another_models_words(letter: str) -> None:
    """Verdict and findings, for one text and for lines."""
    one = json.loads(invoke("guard", "--letter", letter, stdin="You should rest.").output)
    assert one["verdict"] == "block"
    assert one["findings"][0].keys() == {"rail", "start", "end", "message"}
    two = invoke(
        "guard", "--letter", letter, "--lines", stdin="You should rest.\nThis line stays close to the hurt.\n"
    ).output
    assert [json.loads(line)["verdict"] for line in two.splitlines()] == ["block", "pass"]


def test_label_labels_each_line() -> None:
    """Text, kind, quality and scores, for plain lines and JSON alike."""
    lines = invoke("label", stdin='You should rest.\n{"text": "Many people lie awake like this."}\nDear Tom,\n').output
    found = [json.loads(line) for line in lines.splitlines()]
    assert [one["kind"] for one in found] == ["advice", "warm", "neutral"]
    assert [one["quality"] for one in found] == ["should", "common_humanity", None]
    assert found[0]["text"] == "You should rest."
    assert found[0]["scores"].keys() == {"warm", "advice", "invalidation", "neutral"}


def test_label_reads_a_line_that_may_be_from_anywhere_unless_a_greeting_opened_a_letter() -> None:
    """As the library does: by itself until a letter begins, then beside the lines before."""
    line = "Honestly I would leave it a week and see."
    printed = invoke("label", stdin=f"{line}\nDear Tom,\n{line}\n").output
    anywhere, _, inside = (json.loads(one)["scores"] for one in printed.splitlines())
    assert anywhere == label(line).scores
    assert inside == labels(["Dear Tom,", line], neighbours=True)[-1].scores != anywhere


@pytest.mark.parametrize("command", [["label"], ["screen", "--lines"], ["screen"]])
def test_an_empty_list_is_two(command: list[str]) -> None:
    """Nothing in is an input error, on every command that reads."""
    done = program(*command, stdin=b"\n")
    assert done.returncode == 2
    assert b"empty" in done.stderr


def test_helplines_need_nothing() -> None:
    """Text and JSON, known region and unknown."""
    assert "call 116 123" in invoke("helplines", "--region", "uk").output
    assert json.loads(invoke("helplines", "-f", "json").output)["region"] is None
    assert "findahelpline.com" in invoke("helplines", "--region", "Narnia").output  # whoever mistypes needs them too


def test_prompt_show_prints_what_a_model_is_told() -> None:
    """The system prompt and the way a letter follows it, with the version."""
    shown = invoke("prompt", "show").output
    assert "reflect.v1" in shown
    assert "compassion-focused therapy" in shown
    assert "(random marker)" in shown


@pytest.mark.parametrize(
    "command",
    [["reflect", "letter.txt"], ["evaluate", "labelled.txt"], ["prescreen", "letter.txt", "-o", "out"], ["doctor"]],
    ids=lambda command: command[0],
)
def test_a_key_that_is_kept_back_is_told_and_not_sent(command: list[str], letter: str) -> None:
    """A settings file in this folder names the server: OPENAI_API_KEY does not go there, and a line says why."""
    Path("labelled.txt").write_text("== a | none\nW It makes sense that it hurt.\n", "utf-8")
    with standin(says(answer())) as server:
        Path("compassion-coach.toml").write_text(f'base_url = "{server.base_url}"\n', "utf-8")
        done = program(*command, "-m", "m", OPENAI_API_KEY="sk-hush")
    assert done.returncode == 0
    assert (done.stdout + done.stderr).count(b"The key from OPENAI_API_KEY is not sent") == 1
    assert len(server.headers) == (0 if command == ["doctor"] else 1)
    assert "sk-hush" not in str(server.headers) + done.stdout.decode() + done.stderr.decode()


def test_doctor_tells_and_never_shows_the_key() -> None:
    """With a server that answers, one that refuses, and none."""
    with standin(says("x")) as server:
        told = ["-m", "m", "--base-url", server.base_url, "--key", "sk-hush"]
        shown = invoke("doctor", *told).output
    assert "reached" in shown
    assert "sk-hush" not in shown
    hidden = invoke("doctor", "-m", "m", "--base-url", "http://u:hush@localhost:9/v1", "--key", "k").output
    assert "server  " in hidden
    assert "hush" not in hidden
    assert "not reached" in invoke("doctor", *told).output
    assert "embedded" in invoke("doctor").output


def test_doctor_tells_what_is_wrong_with_settings_and_goes_on() -> None:
    """It is needed most where something is broken."""
    done = program("doctor", COMPASSION_COACH_REGION="XYZ")
    assert done.returncode == 0
    assert b"region is a two-letter country code, for example UK (from COMPASSION_COACH_REGION)." in done.stdout
    assert b"reader             embedded" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    """Each shell gets its script."""
    assert "_COMPASSION_COACH_COMPLETE" in invoke("completion", shell).output


def test_version_and_help() -> None:
    """Both answer; every command has its help."""
    assert program("--version").stdout.startswith(b"compassion-coach 0.")
    for command in cli.commands:
        assert f"Usage: cli {command} " in invoke(command, "--help").output


def test_interrupted_is_130(letter: str) -> None:
    """Ctrl-C while a letter is being typed ends quietly."""
    running = subprocess.Popen(
        [sys.executable, "-m", "compassion_coach", "reflect"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # it may be ignored where tests run behind
    )
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert out == b""


def test_a_closed_pipe_is_no_fault() -> None:
    """`| head` ends the program quietly."""
    command = f"{sys.executable} -m compassion_coach reflect {EXAMPLE} | head -n 1 > /dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


def test_a_fault_of_the_program_tells_its_place_and_no_words(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error prints neither a traceback nor anything of the letter."""

    def broken(*_: object) -> None:
        raise RuntimeError("It makes sense that it hurt.")

    monkeypatch.setattr("compassion_coach.coach.screened", broken)
    done = CliRunner()
    with done.isolation() as (out, err, _):
        assert run(["reflect", letter]) == 70
    shown = out.getvalue() + err.getvalue()
    assert b"RuntimeError" in shown
    assert b"hurt" not in shown


def shell(line: str, **around: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `coach` is the program."""
    program = f'coach() {{ {sys.executable} -m compassion_coach "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(["bash", "-c", program], capture_output=True, check=False, env={**os.environ, **around})


@pytest.mark.parametrize("command", ["reflect letter.txt", "helplines", "screen letter.txt"])
def test_whoever_stops_reading_causes_no_fault(letter: str, command: str) -> None:
    """Not even before the first word."""
    done = shell(f"coach {command} | true")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("coach reflect letter.txt >&-", 0),
        ("coach reflect letter.txt 2>&-", 0),
        ("coach reflect letter.txt <&-", 0),
        ("coach reflect <&-", 2),
        ("echo x | coach guard --letter - -", 2),
        ("printf '== a | none\\n hi there\\n' | coach evaluate -", 2),
        ("coach screen --region england letter.txt", 0),
        ("COMPASSION_COACH_REGION=england coach helplines", 0),
        ("HOME=~nobody-of-that-name coach reflect letter.txt", 0),
    ],
)
def test_odd_surroundings_are_no_fault_of_the_program(letter: str, line: str, code: int) -> None:
    """Closed streams, a region that is none, no home."""
    done = shell(line)
    assert done.returncode == code, done.stderr
    assert b"fault" not in done.stderr


def test_what_another_encoding_does_not_have_is_spelt(letter: str) -> None:
    """JSON stays the same JSON."""
    Path(letter).write_text("It makes sense that you were tired \U0001f600.", "utf-8")
    there = shell("coach reflect letter.txt -f json", PYTHONIOENCODING="latin-1")
    here = shell("coach reflect letter.txt -f json", PYTHONIOENCODING="utf-8")
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert shell("coach reflect letter.txt", PYTHONIOENCODING="ascii").returncode == 0


def test_words_of_a_letter_pasted_as_arguments_are_not_said_again() -> None:
    """Without quotation marks each word is an argument."""
    done = program("reflect", "zanzibarpeach", "hurt", "zanzibarplum")
    assert (done.returncode, b"zanzibarplum" in done.stderr) == (2, False)
    assert b"There are more arguments" in done.stderr


def test_a_name_that_is_too_long_is_a_name_that_cannot_be_read() -> None:
    """It is not told as an answer that could not be written."""
    done = program("reflect", "a" * 5000)
    assert done.returncode == 2
    assert b"could not be read" in done.stderr
    assert b"written" not in done.stderr


def test_a_dry_run_without_a_key_says_that_nothing_would_be_sent(letter: str) -> None:
    """It prints the request all the same: that is what there is to look at before a key is given."""
    done = program("reflect", "--dry-run", "-m", "m", letter)
    assert (done.returncode, b"there is no key" in done.stderr, b'"model": "m"' in done.stdout) == (0, True, True)


def test_where_the_answer_goes_to_a_file_people_are_named_all_the_same(tmp_path: Path) -> None:
    """The file may be opened later, or by nobody; a calm letter needs nothing said."""
    danger = program(
        "reflect", "-", "--region", "UK", "-o", str(tmp_path / "a.html"), "-f", "html", stdin="I want to kill myself."
    )
    calm = program(
        "reflect", "-", "--region", "UK", "-o", str(tmp_path / "b.html"), "-f", "html", stdin="I am sorry it hurt."
    )
    assert (danger.returncode, b"116 123" in danger.stderr, danger.stdout) == (0, True, b"")
    assert (calm.returncode, calm.stderr) == (0, b"")
