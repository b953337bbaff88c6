"""The words of an RTF letter as its writer sees them: without those that were struck out with changes tracked.

Those of footnotes and boxes, of headers and footers, and those that are hidden can be had by themselves.
"""

import re
from collections.abc import Iterator

from compassion_coach.errors import InputError

OWN, NOTES, BESIDE, HIDDEN = "own", "notes", "beside", "hidden"
"""Parts of a file: the letter, its footnotes and boxes, its headers and footers, and what is hidden in it."""

_STRUCK, _OTHER, _ALWAYS = "struck", "other", "always"
_TOKEN = re.compile(r"\\(?P<word>[a-z]+)(?P<number>-?\d*) ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[{}]|[^\\{}]+|\\")
_SEEN = {
    "par", "line", "tab", "u", "emdash", "endash", "bullet", "lquote", "rquote", "ldblquote", "rdblquote", "row",
    "cell", "nestcell", "page", "sect", "emspace", "enspace", "qmspace",
}  # fmt: skip
_PARTS = {
    "footnote": NOTES, "shptxt": NOTES, "fldinst": _OTHER, "fonttbl": _ALWAYS,
    **dict.fromkeys(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), BESIDE),
}  # fmt: skip
_AROUND_BOX = {"shp", "shpinst", "shpgrp"}  # whose words striprtf passes over
_MARKED = re.compile(r"\\\*\s*(?=\\(?:footnote|shpinst)\b)")


def text_of_rich(raw: bytes, wanted: str) -> str:
    """Return the text of a part of an RTF file. Raises InputError where it is none."""
    from striprtf.striprtf import rtf_to_text

    if not raw.lstrip().startswith(b"{\\rtf"):
        raise InputError("It does not begin as an RTF file does.")
    text = str(rtf_to_text("".join(_standing(raw.decode("latin-1"), wanted)), errors="replace"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # an emoji comes in two halves


def _standing(code: str, wanted: str) -> Iterator[str]:
    r"""Yield what stands in a part and is not struck out.

    `\deleted` holds to the end of its group, or to `\deleted0` or `\plain`, and so does `\v`, of what is hidden.
    """
    groups, part, struck, hidden = list[tuple[str, bool, bool]](), OWN, False, False
    for token in _TOKEN.finditer(_MARKED.sub("", code)):
        word = token["word"]
        if token[0] == "{":
            groups.append((part, struck, hidden))
        elif token[0] == "}":
            before, (part, struck, hidden) = part, groups.pop() if groups else (OWN, False, False)
            if before == wanted != part:
                yield r"\par "
        elif word == "plain":
            struck = hidden = False
        elif word == "deleted":
            struck = token["number"] != "0"
        elif word == "v":
            hidden = token["number"] != "0"
        elif word in _PARTS:
            part = _PARTS[word]
        here = part if part == _ALWAYS else _STRUCK if struck else HIDDEN if hidden and part in (OWN, NOTES) else part
        is_code = token[0] in ("{", "}", r"\*") or (word and word not in _SEEN)
        if here in (wanted, _ALWAYS) or is_code:
            is_opened = (word in _PARTS and part == wanted) or (wanted == NOTES and word in _AROUND_BOX)
            yield "" if is_opened else token[0]
