"""Files that only their owner can read, each written whole or not at all."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.places import JOURNAL

HALF = re.compile(r"\..+\.\d+")
"""What a file is called that `half` gave a name."""


def half(path: Path) -> Path:
    """Return what a file is called while this process makes it: beside its place, and never left there by a run that
    comes to its end.
    """
    return path.with_name(f".{path.name}.{os.getpid()}")


def begun(path: Path) -> BinaryIO:
    """Open a file of the owner's that is not there yet, to write bytes to. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")


@contextmanager
def written(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Give a text file to write to, which takes the place of `path` when all of it is there. Raises OSError."""
    with written_bytes(path) as raw:
        stream = io.TextIOWrapper(raw, encoding, errors="backslashreplace", newline="")
        yield stream
        stream.flush()
        stream.detach()


@contextmanager
def written_bytes(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write bytes to, as `written` does for text. A link that lies there is replaced, not followed."""
    beside = half(path)
    beside.unlink(missing_ok=True)
    stream = begun(beside)
    try:
        with stream:
            yield stream
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def folder(path: Path) -> Path:
    """Make a folder that only its owner can open, or make one that is there so. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def kept(path: Path, raw: bytes) -> None:
    """Write bytes to a file of the owner's, whole or not at all. Raises OSError."""
    with written_bytes(path) as stream:
        stream.write(raw)


def appended(path: Path, line: str) -> None:
    """Add a line to a file of the owner's. Raises OSError."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as stream:
        stream.write(line + "\n")


def check_ours(out: Path) -> None:
    """Raise InputError where a folder holds something that is not a report: nothing of anybody's is overwritten."""
    with suppress(FileNotFoundError):
        there = {path.name for path in out.iterdir()}
        if there and JOURNAL not in there:
            raise InputError(f"{out} holds other files already; a new folder is better for the report: -o FOLDER.")
