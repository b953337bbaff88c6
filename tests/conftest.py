"""A home of its own for every test: no settings, keys or locale of the machine reach it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compassion_coach.data import read_toml

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run each test in an empty folder with an empty home, no keys, and a locale that tells no country."""
    for name in list(os.environ):
        if name.startswith(("COMPASSION_COACH_", "OPENAI_", "LC_", "LANG", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    read_toml.cache_clear()
    reader = sys.modules.get("compassion_coach.model.reader")
    if reader:  # a letter of the next test is made ready anew
        reader._redacted.cache_clear()


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, object]:
    """Match the body too, and keep no header but the content type."""
    return {
        "match_on": ["method", "scheme", "host", "port", "path", "body"],
        "before_record_request": _only_content_type,
        "before_record_response": _only_content_type_back,
        "decode_compressed_response": True,
        "allow_playback_repeats": False,
    }


def _only_content_type(request):  # type: ignore[no-untyped-def]
    request.headers = {k: v for k, v in request.headers.items() if k.lower() == "content-type"}
    return request


def _only_content_type_back(response):  # type: ignore[no-untyped-def]
    headers = response["headers"]
    response["headers"] = {k: v for k, v in headers.items() if k.lower() == "content-type"}
    return response
