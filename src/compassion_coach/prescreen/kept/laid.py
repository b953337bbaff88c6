"""The files of one letter in a report: its page, and the Word copy with comments, where there is one."""

from pathlib import Path

from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.owned import kept, written
from compassion_coach.prescreen.kept.places import OF_LETTERS, within


def lay(out: Path, journal: Journal, stem: str, page: str, copy: bytes) -> list[str]:
    """Write what there is of a letter and remove what there is no longer: `stem` is what its files are called.

    The journal is told before that a page which it knows is made no more: whatever ends the program, it is made anew.
    Returns what lies there now, as it is called within the report. Raises OSError.
    """
    of_page, of_copy = _paths(out, stem)
    journal.remake(within(of_page))
    if page:
        with written(of_page) as stream:
            stream.write(page)
    else:
        of_page.unlink(missing_ok=True)
    if copy:
        kept(of_copy, copy)
    else:
        of_copy.unlink(missing_ok=True)
    return [within(path) for path, is_there in ((of_page, page), (of_copy, copy)) if is_there]


def made(out: Path, journal: Journal, stem: str, stamp: str) -> list[str] | None:
    """Return the files of a letter where they were made with a stamp and all of them lie there; else None.

    A page is always one of them; a copy beside it is none where it could not be made.
    """
    paths = _paths(out, stem)
    known = [path for path in paths if journal.stamp_of(within(path)) == stamp]
    is_whole = paths[0] in known and all(path.exists() for path in known)
    return list(map(within, known)) if is_whole else None


def _paths(out: Path, stem: str) -> tuple[Path, Path]:
    return out / OF_LETTERS / f"{stem}.html", out / OF_LETTERS / f"{stem}.docx"
