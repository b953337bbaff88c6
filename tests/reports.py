"""Three clients with a letter each, what a report of theirs holds, and what reads or ends one. For tests."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import mixed_letters
import pytest

ZEBRA = "Dear Ana,\nthe zebra hurt you, and of course you are tired.\n"

CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu")
browser = pytest.mark.skipif(shutil.which(CHROMIUM[0]) is None, reason="there is no Chromium here")


def no_pdf(folder: Path, ends: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every process that is begun from now on do something as soon as it opens a PDF."""
    folder.mkdir()
    at_start = f"""\
import os, sys, time
class Ends:
    def find_spec(self, name, path=None, target=None):
        if name == "pypdf":
            {ends}
sys.meta_path.insert(0, Ends())
"""
    (folder / "sitecustomize.py").write_text(at_start)
    monkeypatch.setenv("PYTHONPATH", str(folder))


TELLING = {
    "2026/ana/March 2026.txt": ("ana", "2026-03"), "ana/13-06-2026.txt": ("ana", "2026-06-13"),
    "ana/2026/3-4-2026.txt": ("ana", "2026-04-03"), "ben/3-4-2026.txt": ("ben", "2026"),
}  # fmt: skip
"""Names of files, and the client and the day that each tells among the others."""


class Killed(BaseException):
    """What nothing catches, as nothing catches `kill -9`."""


def three_clients(root: Path) -> Path:
    """Write a letter for each of three clients; Ana's has a word that is in no other file."""
    for client, text in (("ana", ZEBRA), ("ben", mixed_letters.URGENT), ("cleo", mixed_letters.CALM)):
        (root / client).mkdir(parents=True)
        (root / client / "a.txt").write_text(text)
    return root


def holding(out: Path, words: bytes) -> set[str]:
    """Return the names of the files of a report in which some words stand."""
    return {path.name for path in out.rglob("*") if path.is_file() and words in path.read_bytes()}


def rows(out: Path) -> list[dict[str, str]]:
    """Return the letters in a report's table."""
    return [row for row in table(out) if not row["unread"]]


def table(out: Path) -> list[dict[str, str]]:
    """Return all rows of a report's table, those of what could not be read as well."""
    with (out / "letters.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def clients(out: Path) -> list[str]:
    """Return whose the letters in a report's table are, in the order of the names."""
    return sorted(row["client"] for row in rows(out))


def audit(out: Path) -> list[dict[str, Any]]:
    """Return what a report's audit says of each letter."""
    return [json.loads(line) for line in (out / "audit.jsonl").read_text("utf-8").splitlines()]
