"""What `compassion-coach doctor` finds out. It never shows a key, and asks a server nothing but whether it is there."""

import platform
import re
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from compassion_coach._version import __version__
from compassion_coach.errors import NoKeyError
from compassion_coach.settings import Settings
from compassion_coach.support import resolve_region
from compassion_coach.text import thoughts

_NEEDED = (
    "click",
    "google-re2",
    "jinja2",
    "numpy",
    "onnxruntime",
    "openai",
    "pydantic",
    "sentencex",
    "tokenizers",
    "tomli",
    "wcwidth",
)
_OPTIONAL = {
    "python-docx": ("-f docx and Word letters in prescreen", "docx"),
    "odfdo": (".odt in prescreen", "odt"),
    "striprtf": (".rtf in prescreen", "rtf"),
    "html-text": (".html in prescreen", "html"),
    "pypdf": (".pdf in prescreen", "pdf"),
    "charset-normalizer": ("letters in older encodings in prescreen", "encodings"),
    "pyarrow": (".parquet in prescreen", "parquet"),
    "ray": ("prescreen --engine ray", "ray"),
    "depii": ("--redact", "redact"),
    "phonenumberslite": ("--redact", "redact"),
    "pyspellchecker": ("--redact", "redact"),
}
_PATIENCE = 5.0
_SECRET = re.compile(r"//[^/?#]*@")  # a name and a password within an address


def findings(settings: Settings, wrong: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield a name and what was found, for people to read. `wrong` tells what is wrong with settings."""
    yield "compassion-coach", f"{__version__} on Python {platform.python_version()}"
    for name in _NEEDED:
        yield name, _installed(name) or "missing: pip install compassion-coach mends it"
    for name, (use, extra) in _OPTIONAL.items():
        yield name, _installed(name) or f"not installed, needed for {use} only: pip install 'compassion-coach[{extra}]'"
    for name in thoughts.broken():
        yield name, "broken, so a letter without full stops is one sentence: a new installation mends it"
    region, guess = resolve_region(settings.region)
    yield "region", f"{region or 'unknown'}{' (a guess from the locale)' if guess else ''}"
    yield "settings", wrong or ", ".join(f"{name} from {source}" for name, source in settings.sources.items()) or "none"
    if settings.model is None:
        yield "reader", "embedded: works with no key and no network, sends nothing"
        return
    yield "reader", f"the model {settings.model}; the embedded reader where it cannot answer"
    yield "key", f"given, from {settings.sources['key']}" if settings.key else settings.kept_back or "none"
    address = _SECRET.sub("//", settings.base_url or "https://api.openai.com/v1")
    yield "server", f"{address}: {_reached(settings)}"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _reached(settings: Settings) -> str:
    """Say whether a server answers, and whether it takes the key and has the model."""
    import asyncio

    import openai

    from compassion_coach.model.reader import now

    statuses: list[int] = []
    try:
        known = now(asyncio.wait_for(_models(settings, statuses.append), _PATIENCE))
    except NoKeyError as error:
        return f"not asked. {error}"
    except (openai.AuthenticationError, openai.PermissionDeniedError):
        return "reached; it does not accept the key"
    except openai.APIStatusError as error:
        return f"reached; it answers {error.status_code}"
    except Exception:
        return "reached; its answer could not be read" if statuses else "not reached"
    return "reached" + ("" if settings.model in known else "; it does not list this model")


async def _models(settings: Settings, heard: Callable[[int], None]) -> list[str]:
    from compassion_coach.model.client import client_for
    from compassion_coach.model.quiet import quiet

    client = client_for(
        settings.base_url, settings.key, _PATIENCE, streams=False, heard=lambda _headers, status: heard(status)
    )
    async with client:
        with quiet():
            return [model.id async for model in client.with_options(max_retries=0).models.list()]
