"""What lies in shared or object storage is found as the local engine finds it. Ray itself: test_prescreen_ray.py."""

from pathlib import Path

import pytest
from reports import TELLING

from compassion_coach.errors import InputError
from compassion_coach.prescreen import prescreen
from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.ways.stored import places


def written(root: Path, *names: str) -> str:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("Dear me,\nit hurt.\n")
    return str(root)


def stored(*paths: str, whose: str = "") -> list[Source]:
    known, files = places(paths, whose)
    return [known.source(path) for path in sorted(files)]


def local(*paths: str, whose: str = "") -> list[Source]:
    return sorted((one.source for one in find(paths, Columns(), whose=whose)), key=lambda source: source.where)


def test_a_letter_has_the_place_the_client_and_the_day_that_it_has_here(tmp_path: Path) -> None:
    """Of a folder that is a date, of names that settle what stands first in others, of a client by itself."""
    root = written(tmp_path / "letters", *TELLING, "ivy/2026-03-14/letter.txt", "ivy/.hidden/a.txt", "Thumbs.db")
    assert stored(root) == local(root)
    assert {source.date for source in stored(root) if source.client == "ivy"} == {"2026-03-14"}
    one, other = (written(tmp_path / "each" / name, "2026-01-02.txt") for name in ("ana", "ben"))
    assert stored(one, other) == local(one, other)
    assert [source.client for source in stored(one, other)] == ["ana", "ben"]


def test_a_report_among_the_letters_is_none_of_them(tmp_path: Path) -> None:
    """Its pages tell letters, which would be counted twice."""
    root = written(tmp_path / "letters", "ana/2026-01-02.txt")
    prescreen([root], tmp_path / "letters" / "report")
    assert [Path(source.where).name for source in stored(root)] == ["2026-01-02.txt"]
    assert stored(root) == local(root)


def test_folders_of_one_name_in_several_are_asked_about(tmp_path: Path) -> None:
    """They may be one client's, or each another's: nothing is read before that is told."""
    paths = [written(tmp_path / client, "journal/2026-01-02.txt") for client in ("ana", "ben")]
    with pytest.raises(InputError, match="There is a folder journal in"):
        places(paths)
    assert len(stored(*paths, whose="Ana")) == 2
    assert {source.client for source in stored(str(tmp_path))} == {"ana", "ben"}
