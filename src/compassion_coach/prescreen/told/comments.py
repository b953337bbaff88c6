"""A copy of a Word letter with a comment on each marked stretch. Its words are what they were, to the character."""

import io
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from compassion_coach.errors import InputError
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.words.word import (
    W,
    document_of,
    lines_of,
    text_of_document,
    text_of_part,
    text_of_run,
)
from compassion_coach.render.layout import KIND_NAMES, QUALITY_NAMES
from compassion_coach.vocabulary import DESCRIPTIONS, Quality

IN_DANGER = "This letter speaks of danger: a person reads it whole, for warm words in it can be part of that."
_AUTHOR, _INITIALS = "compassion-coach", "cc"
_TELLING = (
    "author", "last_modified_by", "title", "subject", "keywords", "comments", "category", "identifier",
    "content_status", "version",
)  # fmt: skip
_WHO = {"author", "initials", "userId"}  # attributes, of changes, comments and people, in whatever part
_OF_THE_FILE = {"Company", "Manager", "HyperlinkBase", "Template"}
_LINKS = ("/attachedTemplate", "/mailMergeSource", "/mailMergeHeaderSource")  # relationships to its author's own files
_LINKED = {f"{W}attachedTemplate", f"{W}mailMerge"}  # elements that name them
_IN_A_FOLDER = re.compile(r"(?!#|(?!file:)[a-z][a-z0-9+.-]+:)", re.IGNORECASE)  # and not on the web
_PROPERTIES = "custom-properties+xml"  # of which anybody may have made any
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def commented(raw: bytes, record: Record, *, hidden: bool = False) -> bytes:
    """Return a copy of a .docx with comments on the exact stretches that a record marks.

    With `hidden` what the file says of its author is taken out of the copy; the words stay.

    Raises InputError where the words of the copy would not be those of the letter.
    """
    from docx.text.run import Run

    document = document_of(raw)
    text = text_of_document(document)
    turned = record.turned
    caution = " " + IN_DANGER if record.grave else ""
    told = [
        *((m.start, m.end, _of_mark(m.quality, at in turned) + caution) for at, m in enumerate(record.marks)),
        *((s.start, s.end, f"The screen heard: {s.spoken}.{caution}") for s in record.signs),
    ]
    cuts = sorted({at for start, end, _ in told for at in (start, end)})
    if hidden:  # before there is a comment of ours
        _without_names(document)
    runs = _runs(document, cuts)
    for start, end, said in sorted(told):
        inside = [Run(run, document) for at, until, run in runs if start < until and at < end]
        if inside:
            document.add_comment([inside[0], inside[-1]], text=said, author=_AUTHOR, initials=_INITIALS)
    if text_of_document(document) != text:
        raise InputError("Its comments would change the words, so no copy was made.")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _without_names(document: Any) -> None:
    """Take out of every part of a document who wrote it, changed it or remarked on it; dates and words stay."""
    from docx.opc.oxml import serialize_part_xml
    from docx.opc.part import XmlPart
    from docx.oxml import parse_xml

    for name in _TELLING:
        setattr(document.core_properties, name, "")
    package = document.part.package
    _without_links(package.rels)
    for part in package.iter_parts():
        _without_links(part.rels)
        if not part.content_type.endswith("xml"):
            continue
        root = part.element if isinstance(part, XmlPart) else parse_xml(part.blob)
        for element in list(root.iter("*")):
            if element.tag in _LINKED:
                element.getparent().remove(element)
            for name in element.attrib:
                if name.rpartition("}")[2] in _WHO:
                    element.set(name, "")
            if element.tag.rpartition("}")[2] in _OF_THE_FILE or part.content_type.endswith(_PROPERTIES):
                element.text = None
        if not isinstance(part, XmlPart):
            part._blob = serialize_part_xml(root)  # there is no other way to it


def _without_links(relationships: Any) -> None:
    """Take out where its author's own files lie: who is signed in to a computer is named there."""
    for name, one in list(relationships.items()):
        if one.is_external and one.reltype.endswith(_LINKS):
            del relationships[name]
        elif one.is_external and _IN_A_FOLDER.match(one.target_ref):
            one._target = "elsewhere"


def _of_mark(quality: Quality, turned: bool) -> str:
    said = f"{KIND_NAMES[quality.kind]}, {QUALITY_NAMES[quality]}: {DESCRIPTIONS[quality]}."
    return f"{said} Warmth before it is taken back here." if turned else said


def _runs(document: Any, cuts: Sequence[int]) -> list[tuple[int, int, Any]]:
    """Part the runs of a document at some places of its text; return each with the stretch that it holds."""
    found = []
    at = 0
    for runs in lines_of(document):
        here = at
        for run in runs:
            length = len(text_of_run(run))
            inside = [cut - here for cut in cuts if here < cut < here + length]
            for part, many in _parted(run, inside):
                found.append((here, here + many, part))
                here += many
        at = here + 1
    return found


def _parted(run: Any, cuts: Sequence[int]) -> list[tuple[Any, int]]:
    """Part a run at places within it: each part looks as the run did."""
    parts = []
    rest, taken = run, 0
    for cut in cuts:
        if cut <= taken:  # within what cannot be parted, and that went to the part before
            continue
        second = deepcopy(rest)
        _keep(rest, 0, cut - taken)
        _keep(second, cut - taken, None)
        rest.addnext(second)
        parts.append((rest, len(text_of_run(rest))))
        rest, taken = second, taken + parts[-1][1]
    return [*parts, (rest, len(text_of_run(rest)))]


def _keep(run: Any, start: int, end: int | None) -> None:
    """Take out of a run what is not between two places in it. What is no text, such as a new page, has a place too."""
    at = 0
    for child in list(run):
        length = len(text_of_part(child))
        first, last = max(0, start - at), length if end is None else min(length, end - at)
        if child.tag == f"{W}t" and first < last:
            child.text = child.text[first:last]
            child.set(_SPACE, "preserve")
        elif child.tag != f"{W}rPr" and not (start <= at and (end is None or at < end)):
            run.remove(child)
        at += length
