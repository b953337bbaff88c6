"""The words of an RTF letter as its writer sees them: without those that were struck out with changes tracked."""

import re
from collections.abc import Iterator

from compassion_coach.errors import InputError

_TOKEN = re.compile(r"\\(?P<word>[a-z]+)(?P<number>-?\d*) ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[{}]|[^\\{}]+|\\")
_SEEN = {"par", "line", "tab", "u", "emdash", "endash", "bullet", "lquote", "rquote", "ldblquote", "rdblquote"}


def text_of_rich(raw: bytes) -> str:
    """Return the text of an RTF file. Raises InputError where it is none."""
    from striprtf.striprtf import rtf_to_text

    if not raw.lstrip().startswith(b"{\\rtf"):
        raise InputError("It does not begin as an RTF file does.")
    text = str(rtf_to_text("".join(_standing(raw.decode("latin-1"))), errors="replace"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # an emoji comes in two halves


def _standing(code: str) -> Iterator[str]:
    r"""Yield what is not struck out: `\deleted` holds to the end of its group, or to `\deleted0` or `\plain`."""
    groups, out = list[bool](), False
    for token in _TOKEN.finditer(code):
        word = token["word"]
        if token[0] == "{":
            groups.append(out)
        elif token[0] == "}":
            out = groups.pop() if groups else False
        elif word in ("deleted", "plain"):
            out = word == "deleted" and token["number"] != "0"
        if not out or token[0] in "{}" or (word and word not in _SEEN):
            yield token[0]
