"""Where `prompts/`, `guardrails/` and `weights/` are, and how they are read.

In a wheel they lie under `compassion_coach/_data`; in a checkout they are the folders at its root.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import tomli  # compiled, and a file of rules takes a fourth of the time of the standard library's

from compassion_coach.errors import DataError


@cache
def root() -> Path:
    """Return the folder that holds the data."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def file(name: str) -> Path:
    """Return where a data file is, for libraries that want a file. Raises DataError where there is none."""
    found = root() / name
    if not found.is_file():
        raise DataError(_missing(name))
    return found


def read_once(name: str) -> str:
    """Return the text of a data file, and keep none of it. Raises DataError as `read_text` does."""
    try:
        return (root() / name).read_text("utf-8")
    except OSError:
        raise DataError(_missing(name)) from None
    except UnicodeDecodeError:
        raise broken(name) from None


@cache
def read_text(name: str) -> str:
    """Return the text of a data file, for example `read_text("prompts/notes.toml")`.

    Raises DataError when there is no such file, or none that can be read.
    """
    return read_once(name)


class Table(dict[str, Any]):
    """What a data file tells by name. A name that it lacks raises DataError: the file is no longer whole."""

    def __init__(self, name: str, told: Mapping[str, Any]) -> None:
        super().__init__(told)
        self._name = name

    def __missing__(self, key: str) -> Any:
        """Say which file it is."""
        raise DataError(f"The data file {self._name} lacks {key}; installing compassion-coach anew mends it.")


@cache
def read_toml(name: str) -> Table:
    """Return a TOML data file. Raises DataError when it is missing or not TOML."""
    try:
        return Table(name, tomli.loads(read_text(name)))
    except tomli.TOMLDecodeError as error:
        raise DataError(f"The data file {name} is not valid TOML: {error}") from None


def read_json(name: str) -> Table:
    """Return a JSON data file that is an object. Raises DataError when it is missing or is none."""
    try:
        return Table(name, json.loads(read_text(name)))
    except (ValueError, TypeError):
        raise broken(name) from None


def names_under(folder: str, suffix: str) -> list[str]:
    """Return the data files in a folder that end in `suffix`, sorted, as names for `read_text`.

    Raises DataError where there are none.
    """
    there = sorted(f"{folder}/{entry.name}" for entry in (root() / folder).glob(f"*{suffix}"))
    if not there:
        raise DataError(_missing(folder))
    return there


def broken(name: str) -> DataError:
    """Return what is raised of a data file that is there and cannot be used."""
    return DataError(f"The data file {name} is broken; installing compassion-coach anew mends it.")


def _missing(name: str) -> str:
    return f"The data file {name} is missing; installing compassion-coach anew mends it."
