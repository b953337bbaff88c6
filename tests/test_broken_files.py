"""A file of the package that was damaged on the way keeps nobody from help, and is told as what it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compassion_coach.data import read_json, read_toml, root
from compassion_coach.errors import DataError

DAMAGED = [
    "guardrails/languages.toml",
    "guardrails/helplines.toml",
    "guardrails/support/urgent.toml",
    "guardrails/folding.toml",
    "guardrails/distress/suicide_now.toml",
    "guardrails/ready/distress.json",
    "guardrails/weighing/distress.scale.json",
    "guardrails/weighing/distress.shares.tsv",
    "guardrails/beside_danger.toml",
    "weights/tokenizer.json",
    "weights/reader.json",
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own, whose files a test may damage."""
    there = tmp_path_factory.mktemp("checkout")
    shutil.copytree(root() / "guardrails", there / "guardrails")
    (there / "weights").mkdir()
    for folder in ("src", "prompts"):
        (there / folder).symlink_to(root() / folder)
    for file in (root() / "weights").iterdir():
        (there / "weights" / file.name).symlink_to(file)
    shutil.copytree(root() / "src" / "compassion_coach", there / "own" / "compassion_coach")
    for folder in ("guardrails", "weights", "prompts"):
        (there / "own" / "compassion_coach" / "_data").mkdir(exist_ok=True)
        (there / "own" / "compassion_coach" / "_data" / folder).symlink_to(there / folder)
    return there


@pytest.mark.parametrize("damage", ["cut", "a byte", "empty"])
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_keeps_nobody_from_help(checkout: Path, name: str, damage: str) -> None:
    """Somebody in danger is told where help is, whichever file it was; and nothing is called a fault of the program."""
    file = checkout / name
    raw = (root() / name).read_bytes()
    file.unlink()
    file.write_bytes({"cut": raw[: len(raw) // 2], "a byte": raw + b"\xff", "empty": b""}[damage])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "compassion_coach", "reflect", "-", "--region", "UK"],
            input=b"Dear Sam,\nI am going to kill myself tonight.\n",
            env={**os.environ, "PYTHONPATH": str(checkout / "own")},
            capture_output=True,
            check=False,
        )
    finally:
        file.write_bytes(raw)
    told = done.stdout + done.stderr
    assert b"116 123" in told or b"findahelpline.com" in told, told.decode()
    assert b"a fault in the program itself" not in told
    assert done.returncode in (0, 70)


def test_what_a_file_lacks_is_told_by_its_name() -> None:
    """A key that is gone is no error of Python's."""
    with pytest.raises(DataError, match=r"guardrails/pivots.toml lacks wings"):
        read_toml("guardrails/pivots.toml")["wings"]
    with pytest.raises(DataError, match=r"weights/reader.json lacks wings"):
        read_json("weights/reader.json")["wings"]
