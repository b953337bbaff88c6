"""The words of an OpenDocument text, as its writer sees them. Names: OpenDocument 1.3, part 3.

What was deleted under tracked changes is kept aside in the file and is not read, nor are comments, which may be
somebody else's. A footnote or a box is read after the paragraph that it stands in.
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from compassion_coach.prescreen.words.packed import unlocked

if TYPE_CHECKING:
    from odfdo import Element

_BLOCKS = ("text:p", "text:h")
_ASIDE = ("text:tracked-changes", "office:annotation")
_NO_WORDS = (
    *_BLOCKS, *_ASIDE, "text:note-citation", "text:ruby-text", "text:script", "svg:title", "svg:desc",
    "office:binary-data",
)  # fmt: skip
"""What is read by itself, or says something of what is beside it: what a picture shows, how a word is pronounced."""
_EDGES = [f"style:{place}{pages}" for place in ("header", "footer") for pages in ("", "-first", "-left")]
_CHARACTERS = {"text:tab": "\t", "text:line-break": "\n"}
_MOST_BLANKS = 1000  # that one element stands for
_BLANK = re.compile(r"[ \t\r\n]+")


def texts_of_opendocument(raw: bytes) -> tuple[str, str, int]:
    """Return the words of an .odt, those of its headers and footers, a line for each paragraph, and how many pictures
    stand in it.

    Raises InputError where it is locked or made to burst.
    """
    from odfdo import Document

    document = Document(io.BytesIO(unlocked(raw)))
    own, pictures = _lines(document.body), len(document.body.get_elements("//draw:image"))
    try:
        edges = [edge for name in _EDGES for edge in document.styles.root.get_elements(f"//{name}")]
    except Exception:  # a file without styles, or with broken ones, is a letter all the same
        return own, "", pictures
    return own, "\n".join(filter(None, (_lines(edge).strip() for edge in edges))), pictures


def _lines(element: "Element") -> str:
    return "\n".join("".join(_words(block)) for block in _blocks(element))


def _blocks(element: "Element") -> Iterator["Element"]:
    for child in element.children:
        if child.tag in _BLOCKS:
            yield child
        if child.tag not in _ASIDE:
            yield from _blocks(child)


def _words(element: "Element") -> Iterator[str]:
    """Yield the words that stand in an element itself, and in what is no paragraph of its own."""
    yield _BLANK.sub(" ", element.text or "")
    for child in element.children:
        if child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == "text:s":
            yield " " * min(_MOST_BLANKS, int(child.get_attribute_string("text:c") or 1))
        elif child.tag not in _NO_WORDS:
            yield from _words(child)
        yield _BLANK.sub(" ", child.tail or "")
