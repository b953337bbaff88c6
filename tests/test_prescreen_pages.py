"""The pages of a report as a therapist meets them: sorted, printed, on a phone, and read aloud."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from compassion_coach.prescreen import prescreen

browser = pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium here")

CALM, TAKEN_BACK = (
    "Dear Ana,\nit was a long day.\n",
    "Dear Ana,\nOf course that hurt, but you should be over it by now.\n",
)
URGENT = "Dear Ben,\nI want to kill myself tonight and I have the pills.\n"


def report_of(tmp_path: Path, letters: dict[str, str]) -> Path:
    """The report on some letters: what is in them by where they lie."""
    for name, text in letters.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, "utf-8")
    prescreen([str(tmp_path / "in")], tmp_path / "out")
    return tmp_path / "out"


def index_of(tmp_path: Path, letters: dict[str, str]) -> str:
    """The table of all letters, and what stands around it."""
    return (report_of(tmp_path, letters) / "index.html").read_text("utf-8")


def seen(tmp_path: Path, page: str, script: str) -> str:
    """What a page is after a script in a browser."""
    (tmp_path / "page.html").write_text(page.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    file = f"file://{tmp_path / 'page.html'}"
    return subprocess.run([*command, file], capture_output=True, text=True, check=True, timeout=60).stdout


@browser
def test_letters_that_are_alike_in_a_column_stay_with_the_gravest_first(tmp_path: Path) -> None:
    """Whichever way a column is sorted, and what it was sorted by is told to whoever does not see the arrow."""
    page = index_of(
        tmp_path,
        {
            "a/2026-01-01.txt": CALM, "a/2026-01-02.txt": URGENT, "a/2026-01-03.txt": URGENT,
            "a/2026-01-04.txt": TAKEN_BACK, "a/2026-01-05.txt": CALM,
        },
    )  # fmt: skip
    alike = ["2026-01-03", "2026-01-02", "2026-01-05", "2026-01-01"]
    for clicks, days, told in ((1, ["2026-01-04", *alike], "descending"), (2, [*alike, "2026-01-04"], "ascending")):
        shown = seen(tmp_path, page, "[...document.querySelectorAll('th button')].at(-1).click();" * clicks)
        body = shown.split("<tbody>")[1].split("</tbody>")[0]
        assert re.findall(r'data-sort="(2026-[^"]+)"', body) == days
        assert f"Sorted by Turns, {told}" in shown
