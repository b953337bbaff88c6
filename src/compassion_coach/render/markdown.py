"""The letter read back as Markdown: each sentence as a quotation, what is noticed under it."""

import re

from compassion_coach.letter import Letter
from compassion_coach.reflection import Reflection
from compassion_coach.render.layout import (
    QUALITY_NAMES,
    SIGNS,
    TURN_SIGN,
    Cutter,
    dialled,
    letter_is_shown,
    paragraphs,
    particulars,
    region_note,
    spans_in,
    turned_by,
    who_read,
)
from compassion_coach.text.shown import harmless

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LINE_START = re.compile(r"^(\d*)(?:(?<=\d)([.)])(?=\s|$)|(?<!\d)([-+])(?=[\s-]|$))")


def to_markdown(letter: Letter, reflection: Reflection) -> str:
    """Return the reflection as CommonMark. Nothing of the letter is taken as markup."""
    parts = ["# A letter, read back", ""]
    if reflection.support:
        parts += [escaped(reflection.support.message), ""]
        for line in reflection.support.helplines:
            parts.append(f"- **{escaped(line.service)}**: {dialled(line)} ({particulars(line)})")
        parts += ["", region_note(reflection), ""] if region_note(reflection) else [""]
    if letter_is_shown(reflection):
        parts += _letter(letter, reflection)
    parts += [
        part for remark in (reflection.overall, *reflection.questions) if remark for part in (escaped(remark), "")
    ]
    if reflection.degraded:
        parts += [escaped(reflection.degraded), ""]
    parts.append(f"*{escaped(who_read(letter, reflection))}*")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)) + "\n"


def escaped(text: str) -> str:
    """Return a text on one line in which Markdown finds no markup."""
    flat = " ".join(harmless(text).split())
    return _LINE_START.sub(lambda at: f"{at[1]}\\{at[2] or at[3]}", _SPECIAL.sub(r"\\\1", flat))


def _letter(letter: Letter, reflection: Reflection) -> list[str]:
    turned = turned_by(reflection)
    cutter = Cutter(reflection.marks)
    parts = []
    for start, end in paragraphs(letter):
        for span in spans_in(letter, start, end):
            for piece in cutter.pieces(*span):
                words = letter.text[piece.start : piece.end]
                if words.strip():
                    parts += [f"> {escaped(words)}", ""]
                for index in piece.closes:
                    mark = reflection.marks[index]
                    turn = f"{TURN_SIGN} " if index in turned else ""
                    parts += [f"{turn}{SIGNS[mark.kind]} *{QUALITY_NAMES[mark.quality]}*: {escaped(mark.note)}", ""]
    return [*parts, "---", ""]
