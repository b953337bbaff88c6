"""The words of a Word document, as its writer sees them: which paragraphs and which runs hold them, in their order.

Read from the XML itself: what was inserted under tracked changes counts and what was deleted does not, and words in a
table, a content control or a text box are words of the letter. Names: ECMA-376, parts 1 and 3.
"""

import io
from collections.abc import Collection, Iterable
from typing import Any

from compassion_coach.prescreen.words.packed import unlocked

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SEEN, _HIDDEN, _ASKED = "seen", "hidden", "asked"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_GONE = {f"{W}del", f"{W}moveFrom", f"{W}rt"}  # the last says how the word below it is pronounced
_TEXT, _VALUE = f"{W}t", f"{W}val"
_OFF = ("0", "false", "off", "none")
_ONE = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_DEFAULT = ""  # the style of a paragraph that names none
_OF_WORDS = (None, "normal")  # types of footnotes; others are lines that Word draws


def document_of(raw: bytes) -> Any:
    """Open a .docx. Raises InputError where it is locked or made to burst, and what python-docx raises for others."""
    from docx import Document

    return Document(io.BytesIO(unlocked(raw)))


def text_of_document(document: Any) -> str:
    """Return the words of a document, a line for each paragraph."""
    return "\n".join("".join(map(text_of_run, runs)) for runs in lines_of(document))


def lines_of(document: Any) -> list[list[Any]]:
    """Return the run elements of a document that are read, a list for each paragraph, wherever it stands, in order."""
    hiding = _hiding(document)
    return [_runs(paragraph, hiding, _SEEN) for paragraph in _paragraphs(document.element.body)]


def notes_of(document: Any) -> str:
    """Return the words of the footnotes and endnotes of a document, a line for each paragraph that has some."""
    return _lines(document, _in_notes(document), _SEEN)


def words_beside(document: Any) -> str:
    """Return the words in the headers and footers of a document, a line for each paragraph that has some."""
    return _lines(document, _at_edges(document), _SEEN)


def hidden_words(document: Any) -> str:
    """Return the words of a document that are formatted as hidden, a line for each paragraph that has some."""
    return _lines(document, _everywhere(document), _HIDDEN)


def words_asked_for(document: Any) -> str:
    """Return what stands in controls that nobody has filled in, a line for each paragraph that has some."""
    return _lines(document, _everywhere(document), _ASKED)


def inserted_in(document: Any) -> list[tuple[str, bytes]]:
    """Return the kind and the bytes of each file that a document shows within it, as those made of web pages do.

    What lies elsewhere is of no kind.
    """
    names = dict.fromkeys(one.get(_ID) for one in document.element.body.iter(f"{W}altChunk"))
    parts = dict.fromkeys(document.part.related_parts.get(name) for name in names)
    return [(part.content_type, part.blob) if part is not None else ("", b"") for part in parts]


def pictures_in(document: Any) -> int:
    """Return how many pictures stand in the body of a document, each of them once."""
    names = {one.get(_EMBED if one.tag == _BLIP else _ID) for one in document.element.body.iter(_BLIP, _IMAGE)}
    return len(names - {None})


def _parts(document: Any, *kinds: str) -> list[Any]:
    relations = document.part.rels.values()
    return [one.target_part for one in relations if one.reltype.endswith(kinds) and not one.is_external]


def _roots(document: Any, *kinds: str) -> list[Any]:
    from docx.opc.part import XmlPart
    from docx.oxml import parse_xml

    parts = _parts(document, *kinds)
    return [part.element if isinstance(part, XmlPart) else parse_xml(part.blob) for part in parts]


def _in_notes(document: Any) -> list[Any]:
    notes = [note for root in _roots(document, "/footnotes", "/endnotes") for note in root]
    return [p for note in notes if note.get(f"{W}type") in _OF_WORDS for p in _paragraphs(note)]


def _at_edges(document: Any) -> list[Any]:
    return [p for root in _roots(document, "/header", "/footer") for p in _paragraphs(root)]


def _everywhere(document: Any) -> list[Any]:
    return [*_paragraphs(document.element.body), *_in_notes(document), *_at_edges(document)]


def _lines(document: Any, paragraphs: Iterable[Any], kind: str) -> str:
    hiding = _hiding(document)
    lines = ("".join(map(text_of_run, _runs(p, hiding, kind))).strip() for p in paragraphs)
    return "\n".join(line for line in lines if line)


def _paragraphs(root: Any) -> list[Any]:
    return [p for p in root.iter(f"{W}p") if not any(map(_is_passed_over, p.iterancestors()))]


def _runs(paragraph: Any, hiding: Collection[str | None], kind: str) -> list[Any]:
    """Return the runs of a paragraph of one kind: none that were deleted, nor those of a box in it."""
    runs = (run for run in paragraph.iter(f"{W}r") if _is_read(run, paragraph))
    return [run for run in runs if _kind_of(run, paragraph, hiding) == kind]


def _is_read(run: Any, paragraph: Any) -> bool:
    for above in run.iterancestors():
        if above is paragraph:
            return True
        if above.tag in _GONE or above.tag == f"{W}p" or _is_passed_over(above):
            return False
    return False


def _is_passed_over(element: Any) -> bool:
    """Whether an element is one of several alternatives, and another is read."""
    around = element.getparent()
    return around is not None and around.tag == _ALTERNATIVES and element is not _read_of(around)


def _read_of(alternatives: Any) -> Any:
    """Return the first of several alternatives in which words or a drawing stand."""
    holding = (one for one in alternatives if next(one.iter(_TEXT, f"{W}drawing"), None) is not None)
    return next(holding, None)


def _kind_of(run: Any, paragraph: Any, hiding: Collection[str | None]) -> str:
    if any(_is_on(control.find(f"{W}sdtPr/{W}showingPlcHdr")) for control in run.iterancestors(f"{W}sdt")):
        return _ASKED
    vanish = run.find(f"{W}rPr/{W}vanish")
    if vanish is not None:
        return _HIDDEN if _is_on(vanish) else _SEEN
    of_paragraph, of_run = _value(paragraph, "pPr", "pStyle") or _DEFAULT, _value(run, "rPr", "rStyle")
    return _HIDDEN if (of_paragraph in hiding) != (of_run in hiding) else _SEEN  # each takes the other back


def _hiding(document: Any) -> set[str | None]:
    """Return the names of the styles that hide words, by themselves or by what they are based on."""
    every = [style for root in _roots(document, "/styles") for style in root.iter(f"{W}style")]
    styles = {style.get(f"{W}styleId"): style for style in every if style.get(f"{W}styleId")}
    hides = dict[str | None, bool]()
    for style in styles:
        above, name = dict[str | None, bool](), style
        while name in styles and name not in hides and name not in above:
            vanish = styles[name].find(f"{W}rPr/{W}vanish")
            above[name] = _is_on(vanish)
            name = _value(styles[name], "basedOn") if vanish is None else None
        hides |= dict.fromkeys(above, hides.get(name, False) or any(above.values()))
    hiding = {name for name, is_hiding in hides.items() if is_hiding}
    return hiding | {_DEFAULT for name in hiding if _is_default(styles[name])}


def _is_default(style: Any) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default", "0") not in _OFF


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(_VALUE) not in _OFF


def _value(element: Any, *way: str) -> str | None:
    found = element.find("/".join(f"{W}{name}" for name in way))
    value: str | None = None if found is None else found.get(_VALUE)
    return value


def text_of_run(run: Any) -> str:
    """Return the words of a run."""
    return "".join(map(text_of_part, run))


def text_of_part(part: Any) -> str:
    """Return the words of what stands in a run: text, or one character for a tab, a line break or a hyphen."""
    if part.tag == _TEXT:
        return part.text or ""
    if part.tag == f"{W}br" and part.get(f"{W}type", "textWrapping") != "textWrapping":
        return ""  # a new page or column
    if part.tag == _ALTERNATIVES:  # an emoji is told as a glyph of a font, or as text
        return "".join(text_of_part(one) for branch in part if not _is_passed_over(branch) for one in branch)
    return _ONE.get(part.tag, "")
