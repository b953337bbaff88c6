"""What lies in an archive, by its names: where each leads, and which folders are about nobody."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile
from pathlib import PurePosixPath

from compassion_coach.prescreen.days import is_of_time
from compassion_coach.prescreen.sources import is_passed_over

_UTF8 = 0x800
_DRIVE = re.compile("[A-Za-z]:")


def members_of(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Yield what is in an archive with its name, in the order of the names; what is hidden is left out."""
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        name = PurePosixPath(_name_of(member).replace("\\", "/"))
        if not any(is_passed_over(part) and part != ".." for part in name.parts):
            yield member, name


def parts_of(name: PurePosixPath) -> tuple[str, ...]:
    """Return the folders and the name of a member of an archive, without what leads out of it."""
    return tuple(part for part in name.parts if part not in ("..", "/", "//") and not _DRIVE.fullmatch(part))


def shared_in(files: Sequence[Sequence[str]]) -> int:
    """Return how many folders around all files of an archive are no client's: no file lies in one of them itself.

    Files are given by the parts of their names. Below those folders is one that may be a client's, if there is any.
    """
    folders = [tuple(file[:-1]) for file in files]
    around = takewhile(lambda level: len(set(level)) == 1, zip(*folders, strict=False))
    shared = min(sum(1 for _ in around), min(map(len, folders), default=0) - 1)
    named = (
        at for one in folders for at, (above, name) in enumerate(pairwise(("", *one))) if not is_of_time(name, above)
    )
    return max(0, min(shared, max(named, default=0)))


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return the name of a member: many programs write UTF-8 and do not say so."""
    if member.flag_bits & _UTF8 or member.filename.isascii():
        return member.filename
    with suppress(UnicodeError):
        return member.filename.encode("cp437").decode("utf-8")
    return member.filename
