"""Fill the texts under `prompts/`. Versioned prompts are files such as `prompts/reflect.v1.system.jinja`."""

from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from compassion_coach.data import read_text

if TYPE_CHECKING:
    from jinja2 import Environment

PROMPT_VERSION = "v1"


def fill(text: str, **slots: object) -> str:
    """Fill a short wording such as `"In “{words}” somebody cares."`. A slot without a value raises KeyError."""
    return text.format_map(slots)


@cache
def slots_in(text: str) -> tuple[str, ...]:
    """Return the names of the slots in a short wording."""
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def render(name: str, values: Mapping[str, object]) -> str:
    """Fill a prompt file, for example `render("reflect.v1.system.jinja", {...})`. A missing value raises."""
    return _environment().get_template(f"prompts/{name}").render(values)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FunctionLoader(read_text),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=False, default_for_string=False),  # plain text, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
