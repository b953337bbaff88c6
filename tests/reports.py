"""Three clients with a letter each, and what a report of theirs holds. For tests."""

from pathlib import Path

import mixed_letters

ZEBRA = "Dear Ana,\nthe zebra hurt you, and of course you are tired.\n"


def three_clients(root: Path) -> Path:
    """Write a letter for each of three clients; Ana's has a word that is in no other file."""
    for client, text in (("ana", ZEBRA), ("ben", mixed_letters.URGENT), ("cleo", mixed_letters.CALM)):
        (root / client).mkdir(parents=True)
        (root / client / "a.txt").write_text(text)
    return root


def holding(out: Path, words: bytes) -> set[str]:
    """Return the names of the files of a report in which some words stand."""
    return {path.name for path in out.rglob("*") if path.is_file() and words in path.read_bytes()}


def clients(out: Path) -> list[str]:
    """Return whose the letters in a report's table are, in the order of the names."""
    return sorted(line.split(",")[1] for line in (out / "letters.csv").read_text("utf-8").splitlines()[1:])
