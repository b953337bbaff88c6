"""Write the seeds for fuzzing into a folder: example letters, letters that try to steer, and answers about them."""

import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def letters() -> list[str]:
    """Return the letters to begin with."""
    attacks = tomllib.loads((ROOT / "tests" / "injection" / "letters.toml").read_text("utf-8"))["letter"]
    examples = [path.read_text("utf-8") for path in sorted((ROOT / "examples").iterdir())]
    return [*examples, *(attack["letter"] for attack in attacks)]


def answer(quality: str, excerpt: str | None) -> str:
    """Return a well-formed answer of a model."""
    seen = {"sentence": 2, "excerpt": excerpt, "quality": quality, "note": "This line stays close to “it hurt”."}
    told = {"observations": [seen], "overall": "The warmth lives in the opening.", "question": None, "distress": "none"}
    return json.dumps(told)


def main(folder: str) -> None:
    """Write one file for each letter."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    kinds = [("understandable", None), ("should", "it hurt"), ("cold", "IT  HURT"), ("advice", "’")]
    for number, letter in enumerate(letters()):
        raw = letter.encode() + b"\xff" + answer(*kinds[number % len(kinds)]).encode()
        (out / f"{number:03}").write_bytes(raw)


if __name__ == "__main__":
    main(sys.argv[1])
