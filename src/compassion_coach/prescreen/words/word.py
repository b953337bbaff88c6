"""The words of a Word document, as its writer sees them: which paragraphs and which runs hold them, in their order.

Read from the XML itself: what was inserted under tracked changes counts and what was deleted does not, and words in a
table, a content control or a text box are words of the letter. Names: ECMA-376, part 1.
"""

import io
from collections.abc import Iterable
from typing import Any

from compassion_coach.prescreen.words.packed import unlocked

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # a text box told a second time
_GONE = {f"{W}del", f"{W}moveFrom"}
_TEXT = f"{W}t"
_OFF = ("0", "false", "off", "none")
_ONE = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def document_of(raw: bytes) -> Any:
    """Open a .docx. Raises InputError where it is locked or made to burst, and what python-docx raises for others."""
    from docx import Document

    return Document(io.BytesIO(unlocked(raw)))


def text_of_document(document: Any) -> str:
    """Return the words of a document, a line for each paragraph."""
    return "\n".join("".join(map(text_of_run, runs_of(paragraph))) for paragraph in paragraphs_of(document))


def notes_of(document: Any) -> str:
    """Return the words of the footnotes and endnotes of a document, a line for each paragraph that has some."""
    from docx.oxml import parse_xml

    roots = [parse_xml(part.blob) for part in _parts(document, "/footnotes", "/endnotes")]
    return _lines(p for root in roots for note in root if not note.get(f"{W}type") for p in note.iter(f"{W}p"))


def words_beside(document: Any) -> str:
    """Return the words in the headers and footers of a document, a line for each paragraph that has some."""
    return _lines(p for part in _parts(document, "/header", "/footer") for p in part.element.iter(f"{W}p"))


def hidden_words(document: Any) -> str:
    """Return the words of a document that are formatted as hidden, a line for each paragraph that has some."""
    return _lines(paragraphs_of(document), hidden=True)


def _parts(document: Any, *kinds: str) -> list[Any]:
    return [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith(kinds)]


def _lines(paragraphs: Iterable[Any], *, hidden: bool = False) -> str:
    lines = ("".join(map(text_of_run, runs_of(p, hidden=hidden))).strip() for p in paragraphs)
    return "\n".join(line for line in lines if line)


def paragraphs_of(document: Any) -> list[Any]:
    """Return the paragraph elements of a document, wherever they stand, in their order."""
    return [p for p in document.element.body.iter(f"{W}p") if all(one.tag != _FALLBACK for one in p.iterancestors())]


def runs_of(paragraph: Any, *, hidden: bool = False) -> list[Any]:
    """Return the run elements of a paragraph that are read: not those that were deleted, nor those of a box in it.

    Nor are those that are formatted as hidden, or only those.
    """
    return [run for run in paragraph.iter(f"{W}r") if _is_hidden(run) == hidden and _is_read(run, paragraph)]


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val") not in _OFF


def _is_read(run: Any, paragraph: Any) -> bool:
    for above in run.iterancestors():
        if above is paragraph:
            return True
        if above.tag in _GONE or above.tag == f"{W}p":
            return False
    return False


def text_of_run(run: Any) -> str:
    """Return the words of a run."""
    return "".join(map(text_of_part, run))


def text_of_part(part: Any) -> str:
    """Return the words of what stands in a run: text, or one character for a tab, a line break or a hyphen."""
    if part.tag == _TEXT:
        return part.text or ""
    if part.tag == f"{W}br" and part.get(f"{W}type", "textWrapping") != "textWrapping":
        return ""  # a new page or column
    return _ONE.get(part.tag, "")
