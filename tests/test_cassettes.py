"""Answers recorded from a server on loopback, replayed with no network: the wire and the fallbacks, not quality.

tests/cassettes/README.md says which model spoke, and where a stand-in did.
"""

import re
from pathlib import Path

import pytest
from vcr.cassette import Cassette

from compassion_coach import Coach, Reflection
from compassion_coach.prompts import PROMPT_VERSION

MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
REAL = "http://127.0.0.1:18081/v1"
STANDIN = "http://127.0.0.1:18082/v1"
CASSETTES = Path(__file__).parent / "cassettes" / "test_cassettes"

ALL_WARM = """Dear Ada,
Of course you cried, when she had been your friend for so long.
You got up and fed the cat all the same.
"""
MIXED = """Dear Ada,
It makes sense that you are tired.
But you should really pull yourself together.
Why don't you go for a run?
"""

COLDER = """Dear Ada,
It makes sense that you are tired.
But you should really pull yourself together.
You always make such a fuss.
"""


@pytest.fixture(autouse=True)
def same_marker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The random marker is the same each time, so that a request can be matched to its body."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "0123456789abcdef")


def reflect(text: str, base_url: str = REAL) -> Reflection:
    return Coach(model=MODEL, base_url=base_url, key="no-key", region="UK", timeout=1800).reflect(text)


@pytest.mark.vcr
def test_a_good_answer(vcr: Cassette) -> None:
    """One request; the model's observations stand on the letter's own words."""
    reflection = reflect(ALL_WARM)
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert reflection.marks
    assert all(ALL_WARM[m.start : m.end] == m.quote for m in reflection.marks)
    assert vcr.play_count == 1


@pytest.mark.vcr
def test_an_answer_that_the_guard_mends(vcr: Cassette) -> None:
    """Where the model's words tell it is asked once more, and then vetted words stand; the record says so.

    It had called "You always make such a fuss." warm: that is not shown.
    """
    reflection = reflect(COLDER)
    assert [entry.action for entry in reflection.guard if entry.where == "observations"] == ["dropped"]
    assert "You always make such a fuss." not in [mark.quote for mark in reflection.marks]
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert reflection.guard
    assert {entry.action for entry in reflection.guard} <= {"replaced", "asked_again", "dropped"}
    assert all(mark.note for mark in reflection.marks)
    assert vcr.play_count == 2


@pytest.mark.vcr
def test_an_answer_cut_short(vcr: Cassette, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that ran out of room ends with the embedded reader, and says so."""
    monkeypatch.setattr("compassion_coach.model.reader.MOST_ANSWER_TOKENS", 40)
    reflection = reflect(ALL_WARM)
    assert reflection.reader.name == "local"
    assert reflection.degraded
    assert "cut short" in reflection.degraded
    assert vcr.play_count == 1


@pytest.mark.vcr
def test_an_answer_that_breaks_the_schema(vcr: Cassette) -> None:
    """Prose in place of JSON ends with the embedded reader. (A stand-in spoke.)"""
    reflection = reflect(MIXED, STANDIN)
    assert reflection.reader.name == "local"
    assert reflection.degraded
    assert "form" in reflection.degraded
    assert vcr.play_count == 1


@pytest.mark.vcr
def test_a_server_error_and_then_an_answer(vcr: Cassette) -> None:
    """A 500 is tried again, and the answer after it is used. (A stand-in spoke.)"""
    reflection = reflect(MIXED, STANDIN)
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
    assert vcr.play_count == 2


@pytest.mark.vcr
def test_a_refusal(vcr: Cassette) -> None:
    """A model that declines ends with the embedded reader. (A stand-in spoke.)"""
    reflection = reflect(MIXED, STANDIN)
    assert reflection.reader.name == "local"
    assert reflection.degraded
    assert "declined" in reflection.degraded
    assert vcr.play_count == 1


def cassettes() -> list[Path]:
    return sorted(CASSETTES.glob("*.yaml"))


def test_every_cassette_is_used_and_none_is_missing() -> None:
    """A recording that no test plays, and a test that has none, both fail here."""
    source = Path(__file__).read_text("utf-8")
    tests = re.findall(r"@pytest\.mark\.vcr\ndef (test_\w+)", source)
    assert sorted(path.stem for path in cassettes()) == sorted(tests)


@pytest.mark.parametrize("path", cassettes(), ids=lambda path: path.stem)
def test_a_cassette_is_dated_and_holds_no_secret(path: Path) -> None:
    """Each names who spoke, the present prompt version and a date; none holds a key, or another header."""
    text = path.read_text("utf-8")
    assert re.match(rf"# spoken by: .+\n# prompt: reflect\.{PROMPT_VERSION}\n# recorded: \d{{4}}-\d\d-\d\d\n", text)
    assert not re.search(
        r"(?i)authorization|bearer|cookie|organization|sk-[a-z0-9]|api[-_]?key|no-key|x-stainless", text
    )
    assert not re.search(r"/(?:home|root|work|tmp)/", text)
    headers = re.findall(r"^      ([A-Za-z-]+):$", text, re.MULTILINE)
    assert {name.lower() for name in headers} <= {"content-type"}
