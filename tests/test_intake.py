"""Letters and lists are taken in exactly as they are, or refused in plain words."""

import io
import sys
from pathlib import Path

import pytest

from compassion_coach.errors import InputError
from compassion_coach.intake import MOST_BYTES, read_labelled, read_letter, read_lines


def written(raw: bytes) -> str:
    Path("letter.txt").write_bytes(raw)
    return "letter.txt"


@pytest.mark.parametrize(
    "raw",
    [
        b"Dear me,\r\nrest.\r\n",
        b"no end",
        "\ufeffI see you. 💛\n".encode(),
        b"a\x00b is one stray byte in a letter that is long enough",
    ],
)
def test_nothing_is_lost_or_changed(raw: bytes) -> None:
    """Line ends, a missing last one, a byte order mark and a stray control character stay as they were."""
    assert read_letter(written(raw)).encode() == raw


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        ("\ufeff\n".encode(), "empty"),
        ("Caf\u00e9 and more".encode("latin-1"), "Latin-1"),
        ("Dear me".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "binary"),
        (bytes(range(32)) * 4, "binary"),
        (b"a" * (MOST_BYTES + 1), "256 KiB"),
    ],
)
def test_what_is_no_letter_is_refused_in_plain_words(raw: bytes, told: str) -> None:
    """Empty, blank, binary, another encoding or too long: each message says so and names the file."""
    with pytest.raises(InputError, match=told) as caught:
        read_letter(written(raw))
    assert "letter.txt" in str(caught.value)


def test_a_letter_of_exactly_the_limit_is_read() -> None:
    """256 KiB is allowed; one byte more is not."""
    assert len(read_letter(written(b"a" * MOST_BYTES))) == MOST_BYTES


@pytest.mark.parametrize(("name", "told"), [("missing.txt", "no file"), (".", "folder"), ("a\0b", "could not be read")])
def test_a_name_that_is_no_file_is_told(name: str, told: str) -> None:
    """A missing file and a folder are told apart."""
    with pytest.raises(InputError, match=told):
        read_letter(name)


def test_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"I see you.")))
    assert read_letter("-") == "I see you."


def test_a_list_is_plain_or_json() -> None:
    """Each line is a text, or a JSON object with one; blank lines are passed over."""
    source = written(b'One.\n\n{"text": "Two.", "id": 2}\r\n{not json\n')
    assert list(read_lines(source)) == ["One.", "Two.", "{not json"]


def test_json_without_text_names_its_line() -> None:
    """A JSON line without "text" is refused with its number."""
    for second in (b'{"words": "Two."}', b'{"text": "half \\ud83d"}', b'{"text": 2}'):
        with pytest.raises(InputError, match="Line 2"):
            list(read_lines(written(b"One.\n" + second + b"\n")))


def test_a_labelled_file_may_be_larger_than_a_letter() -> None:
    """Sixty-four letters' worth and no more; empty and binary are errors as for a letter."""
    line = b"W You stayed.\n"
    assert read_labelled(written(line * (MOST_BYTES // len(line) + 1))).startswith("W You")
    with pytest.raises(InputError, match="16384 KiB"):
        read_labelled(written(b"x" * (64 * MOST_BYTES + 1)))
    for content in (b"", b" \n", b"\0\0\0"):
        with pytest.raises(InputError):
            read_labelled(written(content))


def test_a_letter_given_as_a_name_is_not_said_again() -> None:
    """Whoever pastes a letter where a file belongs finds no word of it in an error."""
    pasted = "Dear Nell, I am so sorry that the party hurt as it did, zanzibarpeach."
    for name in (pasted, "zanzibarpeach" * 50, "zanzibarpeach\nhurt"):
        with pytest.raises(InputError) as refused:
            read_letter(name)
        assert "zanzibarpeach" not in str(refused.value)
