"""Both ways to install: a wheel that holds all data, and a checkout that reads its own folders."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from compassion_coach.data import root

ROOT = Path(__file__).parents[1]
FOLDERS = ("prompts", "guardrails", "weights")


def data_files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for name in FOLDERS for p in (folder / name).rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_all_data(wheel: Path) -> None:
    """Every file of prompts/, guardrails/ and weights/ is in the wheel, with the page and the type marker."""
    names = set(zipfile.ZipFile(wheel).namelist())
    prefix = "compassion_coach/_data/"
    assert {name.removeprefix(prefix) for name in names if name.startswith(prefix)} == data_files(ROOT)
    assert wheel.stat().st_size < 40 << 20
    assert {"compassion_coach/render/page.html.jinja", "compassion_coach/py.typed"} <= names
    assert not any(name.startswith(("tests", "bench", "cases", "prompts", "guardrails", "weights")) for name in names)


def test_the_installed_wheel_reflects(wheel: Path, tmp_path: Path) -> None:
    """Installed apart from the checkout, the program reads with the data of its own."""
    target = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    code = (
        "import compassion_coach, compassion_coach.data as d; from compassion_coach.__main__ import run; "
        "print(compassion_coach.__file__, d.root()); run(['reflect', 'letter.txt', '-f', 'html'])"
    )
    (tmp_path / "letter.txt").write_text("It makes sense. But you should rest.", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    where = done.stdout.splitlines()[0]
    assert where.count(str(target)) == 2
    assert "<mark" in done.stdout


def test_the_checkout_reads_its_own_folders() -> None:
    """In an editable install the data is the checkout's, so an edit is seen at once."""
    assert Path(str(root())) == ROOT
