"""The letter read back as a Word file: its words unchanged, each note a comment on its own stretch."""

import io
from importlib.util import find_spec

from compassion_coach.errors import MissingExtraError
from compassion_coach.letter import Letter
from compassion_coach.reflection import Reflection
from compassion_coach.render.layout import (
    QUALITY_NAMES,
    Cutter,
    dialled,
    letter_is_shown,
    paragraphs,
    particulars,
    region_note,
    who_read,
)
from compassion_coach.text.shown import harmless

_AUTHOR, _INITIALS = "compassion-coach", "cc"


def needed() -> None:
    """Raise MissingExtraError without python-docx."""
    if find_spec("docx") is None:
        raise MissingExtraError("A Word file needs python-docx: pip install 'compassion-coach[docx]'")


def to_docx(letter: Letter, reflection: Reflection) -> bytes:
    """Return the reflection as a .docx file. Raises MissingExtraError without python-docx."""
    needed()
    from docx import Document
    from docx.text.run import Run

    document = Document()
    if reflection.support:
        document.add_paragraph(reflection.support.message)
        for line in reflection.support.helplines:
            document.add_paragraph(f"{line.service}: {dialled(line)} ({particulars(line)})", style="List Bullet")
        if region_note(reflection):
            document.add_paragraph(region_note(reflection))
    if letter_is_shown(reflection):
        runs: dict[int, list[Run]] = {}
        cutter = Cutter(reflection.marks)
        for start, end in paragraphs(letter):
            paragraph = document.add_paragraph()
            for piece in cutter.pieces(start, end):
                run = paragraph.add_run(harmless(letter.text[piece.start : piece.end], ""))
                for index in piece.marks:
                    runs.setdefault(index, []).append(run)
        for index, mark in enumerate(reflection.marks):
            text = f"{QUALITY_NAMES[mark.quality]}: {mark.note}"
            document.add_comment(runs[index], text=text, author=_AUTHOR, initials=_INITIALS)
    for remark in (reflection.overall, *reflection.questions, reflection.degraded, who_read(letter, reflection)):
        if remark:
            document.add_paragraph(remark)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
