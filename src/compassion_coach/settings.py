"""Settings: the option, then `COMPASSION_COACH_*`, then `./compassion-coach.toml`, then the user's `config.toml`.

`OPENAI_API_KEY` and `OPENAI_BASE_URL` are read where the names of our own are not set. A key alone sends nothing:
a letter goes to a model only when a model is named. A folder may have been unpacked from anywhere, so a server that its
file names is sent a key of that file, or one that was given to this program, and none that was meant for another.
"""

import difflib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli

from compassion_coach.address import check_address
from compassion_coach.errors import SettingError

_PREFIX = "COMPASSION_COACH_"
_ELSEWHERE = {"key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}
_HERE = "compassion-coach.toml"
_FOR_ANY_SERVER = ("option", _PREFIX + "KEY", _HERE)


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. `sources` says where each value came from; a key that is kept back has a source and no value."""

    model: str | None = None
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    region: str | None = None
    timeout: float = 60.0
    strict: bool = False
    redact: bool = False
    small_model: bool = False
    second_opinion: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_ask(self) -> bool:
        """Whether a model can be asked: one is named, and a server, or a key for the usual one."""
        return self.model is not None and bool(self.key or self.base_url)

    @property
    def kept_back(self) -> str | None:
        """Say in plain words why a key that is set is not sent, and how to give one; None where none is kept back."""
        if self.key or "key" not in self.sources:
            return None
        return (
            f"The key from {self.sources['key']} is not sent: {_HERE} in this folder named the server. "
            f"--key, {_PREFIX}KEY, or key in that file gives it one."
        )


NAMES = tuple(f.name for f in fields(Settings) if f.name != "sources")


def load(options: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that hold, the nearest source first. An option that is None was not given.

    A key that was not meant for a server of this folder's file is kept back, as if none were set.
    Raises SettingError when a setting does not exist, naming the nearest one, or has a value of the wrong kind.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    given = {name: value for name, value in options.items() if value is not None}
    everything = [("option", given), *_from_environment(environment), *_from_files(environment)]
    strange = next((source for source, told in everything if "base_url" in told), None) == _HERE
    for source, told in everything:
        for name, value in told.items():
            if name not in NAMES:
                raise SettingError(_unknown(name, source))
            if name == "key" and strange and source not in _FOR_ANY_SERVER:
                sources.setdefault(name, source)
            elif name not in values:
                values[name], sources[name] = _as_kind(name, value, source), source
    return Settings(**values, sources=sources)


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, dict[str, object]]]:
    ours = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and value
    }
    told: list[tuple[str, dict[str, object]]] = [(_PREFIX + name.upper(), {name: ours[name]}) for name in ours]
    return told + [(other, {name: environment[other]}) for name, other in _ELSEWHERE.items() if environment.get(other)]


def config_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the user's own settings, which need not be there; of a user without a home, it is not."""
    told = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME', '~')}/.config"
    with suppress(RuntimeError):  # nobody knows the home of this user
        return Path(told).expanduser() / "compassion-coach"
    return Path(told) / "compassion-coach"


def _from_files(environment: Mapping[str, str]) -> list[tuple[str, dict[str, object]]]:
    found = []
    for path in (Path(_HERE), config_folder(environment) / "config.toml"):
        try:
            told = tomli.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a byte order mark
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            told = None
        if told is None:  # not within `except`: the error could hold the line with the key
            raise SettingError(f"The settings file {path} cannot be read as TOML.")
        found.append((str(path), told))
    return found


def _unknown(name: str, source: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.4)
    hint = f" The nearest is {near[0]}." if near else f" There are: {', '.join(NAMES)}."
    return f"There is no setting {name} (from {source}).{hint}"


def _as_kind(name: str, value: object, source: str) -> object:
    """Return a value in the type of its setting."""
    if name in ("strict", "redact", "small_model", "second_opinion"):
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            return str(value).lower() in ("1", "true", "yes", "on")
        raise SettingError(f"{name} is true or false (from {source}).")
    if name == "timeout":
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = 0.0
        check_timeout(seconds, source)
        return seconds
    text = checked_text(name, value, source)
    if name == "base_url":
        check_address(text, source)
    if name == "region":
        from compassion_coach.support import code_of

        if code_of(text) is None:
            raise SettingError(f"region is a two-letter country code, for example UK (from {source}).")
    return text


def checked_text(name: str, value: object, source: str) -> str:
    """Return a text without blanks around it. Raises SettingError for what is no text, or an empty one."""
    if not (isinstance(value, str) and value.strip()):
        raise SettingError(f"{name} is a text that is not empty (from {source}).")
    return value.strip()


def check_timeout(seconds: object, source: str) -> None:
    """Raise SettingError for a time limit that is none, or too long."""
    if not isinstance(seconds, int | float) or not 0 < seconds <= 3600:
        raise SettingError(f"timeout is a number of seconds between 0 and 3600 (from {source}).")
