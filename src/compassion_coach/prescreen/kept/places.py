"""How a report's folder is laid out: what its files and folders are called, and how their names are made.

journal.sqlite                              what was read: by this file the folder is known
audit.jsonl  batches.json                   what was sent where, and which answers are awaited
index.html  letters/  clients/              pages for people
letters.csv  marks.jsonl  letters.parquet   tables for programs
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath

JOURNAL = "journal.sqlite"
AUDIT = "audit.jsonl"
BATCHES = "batches.json"
REQUESTS = "requests.jsonl"
"""What is uploaded: it is half made as long as it lies there, and removed when it was sent."""

INDEX = "index.html"
OF_LETTERS = "letters"
OF_CLIENTS = "clients"
TABLE = "letters.csv"
MARKS = "marks.jsonl"
PARQUET = "letters.parquet"

_LONG = 20  # hex digits of a name
PAGE = re.compile(rf"[0-9a-f]{{{_LONG}}}\.(?:html|docx)")
"""What a page of ours is called, or a copy beside it."""


def name_of(*told: str) -> str:
    """Return a name that is made of what is told, the same each time, and tells nothing of it: 20 hex digits."""
    return sha256("\0".join(told).encode(errors="surrogatepass")).hexdigest()[:_LONG]


def within(path: Path) -> str:
    """Return what a page in one of the folders is called within the report: `letters/5f1c….html`."""
    return f"{path.parent.name}/{path.name}"


def page_of(files: Iterable[str]) -> str:
    """Return what the page among the files of a letter is called: the one that ends in .html; or nothing."""
    return next((PurePosixPath(file).name for file in files if file.endswith(".html")), "")
