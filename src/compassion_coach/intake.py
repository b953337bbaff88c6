"""Take a letter in from a file or from standard input, exactly as it was written."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from compassion_coach.errors import InputError
from compassion_coach.letter import is_text

MOST_BYTES = 256 * 1024
MOST_LABELLED = 64 * MOST_BYTES
_PLAIN_CONTROLS = frozenset("\t\n\r\f\v\x1b\x85")
_MOST_CONTROLS = 0.05
_LONGEST_NAME = 400  # characters of a path that is said again, and words of it
_MOST_WORDS_OF_A_NAME = 8
_ORDER = "\ufeff"  # the mark of byte order that some editors begin a file with


def read_letter(source: str, what: str = "letter", refused: Callable[[str], object] | None = None) -> str:
    """Return a text as it was written: a letter, or `what` else it is. `source` is a path, or "-" for standard input.

    Nothing is changed: line ends, blanks and a byte order mark stay. Raises InputError when it is missing, a folder,
    empty, blank, binary, not UTF-8 or over 256 KiB. Where it is there and is not taken, `refused` is given before what
    can be made out of it, up to 256 KiB: it may speak of danger all the same.
    """
    raw = _bytes_of(source)
    try:
        text = _decoded(_short_enough(raw, _name(source)), _name(source))
    except InputError:
        made_out = raw[:MOST_BYTES].replace(b"\0", b"").decode("utf-8", "ignore")  # nearly all is ASCII anywhere
        if refused and not _is_binary(made_out):
            refused(made_out)
        raise
    if not text.strip(f"{_ORDER} \t\r\n\f\v") or text.isspace():
        raise InputError(f"{_name(source)} is empty: there is no {what} in it yet.")
    return text


def read_labelled(source: str) -> str:
    """Return the text of a file of labelled letters, of at most 16 MiB, without a byte order mark.

    Raises InputError as `read_letter` does.
    """
    raw = _short_enough(_bytes_of(source, MOST_LABELLED), _name(source), MOST_LABELLED)
    text = _decoded(raw, _name(source)).removeprefix(_ORDER)
    if not text.strip():
        raise InputError(f"{_name(source)} is empty: there is no letter in it yet.")
    return text


def read_lines(source: str) -> Iterator[str]:
    """Yield the texts of a list, one a line: plain, or a JSON object with "text". Blank lines are passed over.

    Raises InputError when the list is missing, empty or not UTF-8, or has a line that is JSON without "text".
    """
    stream = _stdin() if source == "-" else _opened(source)
    empty = True
    with stream:
        for number, raw in enumerate(iter(lambda: _line_of(stream, source), b""), 1):
            if len(raw) > MOST_BYTES:
                raise InputError(f"Line {number} is over 256 KiB, which is more than a text may be.")
            line = _decoded(raw, f"Line {number}").rstrip("\r\n")
            line = line.removeprefix(_ORDER) if number == 1 else line
            if line.strip():
                empty = False
                yield _text_in(line, number)
    if empty:
        raise InputError(f"{_name(source)} is empty: there is no text in it yet.")


def _line_of(stream: BinaryIO, source: str) -> bytes:
    try:
        return stream.readline(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(source, error) from None


def _text_in(line: str, number: int) -> str:
    if not line.startswith("{"):
        return line
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if isinstance(told, dict) and isinstance(told.get("text"), str) and is_text(told["text"]):
        return str(told["text"])
    raise InputError(f'Line {number} is JSON, but has no "text" in it that can be read.')


def _stdin() -> BinaryIO:
    if sys.stdin.closed:
        raise InputError("Standard input can be read once: one of the two has to be a file.")
    return sys.stdin.buffer


def _opened(source: str) -> BinaryIO:
    if not source:
        raise InputError("A file without a name cannot be read.")
    path = Path(source)
    try:
        if path.is_dir():
            raise InputError(f"{_name(source)} is a folder; a single file is read at a time.")
        return path.open("rb")
    except FileNotFoundError:
        if _is_plain_name(source):
            raise InputError(f"There is no file {source}.") from None
        told = "There is no file of that name. A letter comes from a file, or as - from standard input."
        raise InputError(told) from None
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from None


def _unreadable(source: str, error: OSError | ValueError) -> InputError:
    reason = getattr(error, "strerror", None) or "the name cannot be used"
    return InputError(f"{_name(source)} could not be read: {reason}.")


def _bytes_of(source: str, most: int = MOST_BYTES) -> bytes:
    """Return what is there, of what is longer than `most` bytes no more than one byte over it."""
    stream = _stdin() if source == "-" else _opened(source)
    try:
        with stream:
            found: bytes = stream.read(most + 1)
    except OSError as error:
        raise _unreadable(source, error) from None
    return found


def _short_enough(found: bytes, name: str, most: int = MOST_BYTES) -> bytes:
    if len(found) > most:
        what = "one letter" if most == MOST_BYTES else "a file of labelled letters"
        raise InputError(f"{name} is over {most // 1024} KiB, which is more than {what} may be.")
    return found


def _decoded(raw: bytes, name: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{name} is UTF-16. Saved as UTF-8 it can be read: iconv -f UTF-16 -t UTF-8 FILE")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:  # not within `except`: the error holds the letter
        kind = "binary" if b"\0" in raw else "in another encoding than UTF-8, perhaps Latin-1"
        raise InputError(f"{name} seems to be {kind}. Saved as UTF-8 text it can be read.")
    if _is_binary(text):
        raise InputError(f"{name} seems to be binary, not a letter.")
    return text


def _is_binary(text: str) -> bool:
    controls = sum(c < " " or c == "\x7f" for c in text if c not in _PLAIN_CONTROLS)
    return controls > _MOST_CONTROLS * len(text)


def _name(source: str) -> str:
    if source == "-":
        return "Standard input"
    return source if _is_plain_name(source) else "What was given as a file"


def _is_plain_name(source: str) -> bool:
    """Whether a text given as a file's name is like one, and no letter that was pasted there: nobody repeats that."""
    return len(source) <= _LONGEST_NAME and len(source.split()) <= _MOST_WORDS_OF_A_NAME and "\n" not in source
