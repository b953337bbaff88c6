"""What is about to be forgotten, in the journal: marked first, and removed last, so that whatever ends the program
between the two, the next run finds it and goes on.

What is forgotten is of every table and of every run, so this alone, besides the journal itself, asks its file.
"""

from collections.abc import Collection
from sqlite3 import Connection

from compassion_coach.prescreen.kept.base import ORPHANS, shrink

_LEAVING = -1  # the run of what is marked: no run of that number ever was, so no report tells of it

_LETTER = "FROM sources WHERE content IS NOT NULL AND"  # what could not be opened is none
_ELSEWHERE = """
DELETE FROM contents WHERE content IN (SELECT content FROM contents WHERE run = ?)
AND content NOT IN (SELECT content FROM sources WHERE content IS NOT NULL)
"""  # where a letter that is forgotten lay before, under whatever name


def mark_client(base: Connection, client: str) -> tuple[int, int]:
    """Mark everything about one client, of every run. Returns how many letters that is, and how much else."""
    with base:
        base.execute("BEGIN")
        [letters] = base.execute(f"SELECT count(*) {_LETTER} client = ?", (client,)).fetchone()
        places = base.execute("UPDATE sources SET run = ? WHERE client = ?", (_LEAVING, client)).rowcount
        files = base.execute("UPDATE pages SET run = ? WHERE client = ?", (_LEAVING, client)).rowcount
        before = base.execute("UPDATE contents SET run = ? WHERE client = ?", (_LEAVING, client)).rowcount
    return letters, places - letters + files + before


def mark_places(base: Connection, places: Collection[str]) -> int:
    """Mark what lies at some places with its files, and with the pages of its clients, which tell of it.

    Returns how many letters that is.
    """
    with base:
        base.execute("BEGIN")
        letters = sum(1 for place in places if base.execute(f"SELECT 1 {_LETTER} place = ?", (place,)).fetchone())
        for mark in ("UPDATE sources SET run = ? WHERE place = ?", "UPDATE contents SET run = ? WHERE place = ?"):
            base.executemany(mark, ((_LEAVING, place) for place in places))
        base.execute(
            "UPDATE pages SET run = ?1 WHERE place IN (SELECT place FROM sources WHERE run = ?1) "
            "OR place = '' AND client IN (SELECT client FROM sources WHERE run = ?1)",
            (_LEAVING,),
        )
    return letters


def marked(base: Connection) -> tuple[list[str], set[str]]:
    """Return the files that are marked, and the contents that are or were at what is: none that somebody else has."""
    files = base.execute("SELECT file FROM pages WHERE run = ?", (_LEAVING,)).fetchall()
    contents = base.execute(
        "SELECT content FROM contents WHERE run = ?1 EXCEPT SELECT content FROM sources WHERE run != ?1", (_LEAVING,)
    ).fetchall()
    return [file for (file,) in files], {content for (content,) in contents}


def is_marked(base: Connection) -> bool:
    """Whether anything is."""
    query = "SELECT run FROM sources UNION SELECT run FROM pages UNION SELECT run FROM contents"
    return (_LEAVING,) in base.execute(query)


def remove_marked(base: Connection) -> None:
    """Remove what is marked, and let nothing of it be found in the file."""
    with base:
        base.execute("BEGIN")
        base.execute("DELETE FROM pages WHERE run = ?", (_LEAVING,))
        base.execute("DELETE FROM sources WHERE run = ?", (_LEAVING,))
        base.execute(_ELSEWHERE, (_LEAVING,))
        base.execute("DELETE FROM contents WHERE run = ?", (_LEAVING,))
        base.execute(ORPHANS)
    shrink(base)


def places_in(base: Connection, path: str) -> list[str]:
    """Return the place of a path, and those of the letters in it where it is an archive, a table or a message."""
    query = (
        "SELECT place FROM (SELECT place FROM sources UNION SELECT place FROM contents) "
        "WHERE place = ?1 OR substr(place, 1, length(?1) + 1) IN (?1 || '!', ?1 || '#')"
    )
    return [place for (place,) in base.execute(query, (path,))]


def places_called(base: Connection, name: str) -> list[str]:
    """Return the places of the letters with a name."""
    return [place for (place,) in base.execute("SELECT place FROM sources WHERE id = ? ORDER BY place", (name,))]
