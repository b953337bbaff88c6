"""`audit.jsonl`: a line for each letter that was read, when and by whom, and where it was sent; once for each time.

A line is in the journal before it is in the file, so that a run that is killed between them neither loses it nor
writes it twice. What goes to a server is said past the journal, before it goes: by `said_before`, or `said_once`.
"""

import json
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from compassion_coach.errors import NotSentError
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.owned import appended, written
from compassion_coach.prescreen.kept.places import AUDIT

_TAIL = 4096  # bytes, in which the last line is
_ONE_AT_A_TIME = Lock()  # letters are sent in one thread, and written down in another


@dataclass(frozen=True, slots=True)
class Sent:
    """How many letters that are forgotten had been sent to a server, and the first and the last day of it."""

    letters: int
    server: str
    first: str
    last: str


def now() -> str:
    """Return the time as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def line_of(content: str, sha256: str, reader: str, sent_to: str | None) -> str:
    """Return what is said of a letter that was read, or sent, now."""
    return json.dumps({"at": now(), "letter": content, "sha256": sha256, "reader": reader, "sent_to": sent_to})


def say(out: Path, journal: Journal) -> None:
    """Write the lines that the journal has and the audit lacks; half a line of a run that was killed goes. Raises
    OSError.
    """
    with _ONE_AT_A_TIME:
        last, end = _mended(out / AUDIT)
        for line, begins in journal.unsaid():
            if end <= begins or line != last:  # an equal line before that is another letter's
                appended(out / AUDIT, line)
        journal.said()


def said_before(out: Path, reader: str, sent_to: str) -> Callable[[str, str], None]:
    """Return what writes the line of a letter, by its content and its hash, right before its first byte is sent.

    As with `said_once`, nothing is sent that is not said, whatever ends the run. What is returned may be called in
    any thread, and raises NotSentError where the line cannot be written.
    """

    def say_of(content: str, sha256: str) -> None:
        try:
            with _ONE_AT_A_TIME:
                appended(out / AUDIT, line_of(content, sha256, reader, sent_to))
        except OSError:
            raise NotSentError("It was not sent, for that could not be written down.") from None

    return say_of


def said_once(out: Path, lines: Iterable[str]) -> Callable[[], None]:
    """Return what writes some lines when it is first called, all at once: right before the first byte of what they tell
    of goes to a server.

    So nothing is sent that is not said. A run that is killed right then may have said what it did not send, and of a
    line that it half wrote `say` leaves nothing: its letter was not sent. What is returned raises OSError.
    """
    left = list(lines)

    def add() -> None:
        if left:
            appended(out / AUDIT, "\n".join(left))
            left.clear()

    return add


def without(out: Path, contents: Collection[str]) -> list[Sent]:
    """Take the letters of some contents out of the audit. Returns where they had been sent, which it says from then on
    without naming them. Raises OSError.
    """
    if not contents or not (out / AUDIT).exists():
        return []
    letters: dict[str, set[str]] = {}
    days: dict[str, list[str]] = {}
    with written(out / AUDIT) as stream, (out / AUDIT).open(encoding="utf-8") as lines:
        for line in lines:
            told = _told(line)
            letter, server = str(told.get("letter")), str(told.get("sent_to") or "")
            if letter not in contents:
                stream.write(line)
            elif server:
                letters.setdefault(server, set()).add(letter)
                days.setdefault(server, []).append(str(told.get("at"))[:10])
        gone = [Sent(len(some), server, min(days[server]), max(days[server])) for server, some in letters.items()]
        for one in gone:
            forgotten = {"forgotten": one.letters, "sent_to": one.server, "first": one.first, "last": one.last}
            stream.write(json.dumps({"at": now(), **forgotten}) + "\n")
    return gone


def _told(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:  # half a line of a run that was killed
        return {}
    return told if isinstance(told, dict) else {}


def end_of(out: Path) -> int:
    """Return where the next line of the audit will begin, in bytes."""
    return (out / AUDIT).stat().st_size if (out / AUDIT).exists() else 0


def _mended(path: Path) -> tuple[str, int]:
    """Return the last line of a file and where it ends, after half a line at its end was cut off."""
    try:
        with path.open("r+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            start = stream.seek(max(0, end - _TAIL))
            tail = stream.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if whole != tail:
                stream.truncate(start + len(whole))
    except FileNotFoundError:
        return "", 0
    return whole.decode().rstrip("\n").rpartition("\n")[2], start + len(whole)
