"""The words of a PDF, which knows lines and pages and no sentences."""

import io
import logging
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.words.encoded import text_in, to_install

if TYPE_CHECKING:
    from pypdf import PageObject

_FULL = 0.75  # of the longest line of a page
_MOST_EDGES = 3  # lines at the top or at the foot of a page that are no words of the letter
_FEW = 2  # pages on which only lines with a number in them can be known to repeat
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(
    r"(?:page|seite|p\.) ?\d{1,4}(?: ?(?:of|von|/) ?\d{1,4})?|\d{1,4} ?(?:of|von|/) ?\d{1,4}", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?|file)://\S+ \d+/\d+")  # of a page that a browser printed; beside it stands when
_WHEN = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}, \d{1,2}:\d\d\b.*")
_LIGATURES = {point: unicodedata.normalize("NFKC", chr(point)) for point in range(0xFB00, 0xFB07)}
_LIGATURES |= {0xF001: "fi", 0xF002: "fl"}  # where fonts keep them that have no place for them
_TWICE = re.compile("(?<=fi)\uf001|(?<=fl)\uf002")
_OWN_HYPHEN = re.compile(r"\bself.$", re.IGNORECASE)  # of self-harm, wherever its line ended
_UNSEEN = 2 | 32  # flags of an annotation: hidden, and not shown on a screen (PDF 32000-1, 12.5.3)
_MOST_ABOVE = 32  # fields within each other
_UNTYPED = "What was typed into its fields or on its pages could not be read."


class Texts(NamedTuple):
    """The text of a PDF, what more stands in it and where, and what is told of what could not be read.

    In `joined` no word has the hyphen at which the end of a line parted it, which its writer may not have set.
    """

    own: str
    joined: str
    beside: dict[str, str]
    told: str | None


def texts_of_portable(raw: bytes) -> Texts:
    """Return the texts of a PDF; what was typed into a form's fields or on a page comes after what is printed.

    Raises InputError, or MissingExtraError where it is encrypted in a way that pypdf needs more for.
    """
    from pypdf.errors import DependencyError

    try:
        with _silent():
            return _texts_of(raw)
    except DependencyError:
        if b"/Encrypt" not in raw:  # of a way to pack it, which nothing here brings
            raise
    raise MissingExtraError("It is encrypted; to read it: " + to_install("pdf"))


_is_read: ContextVar[bool] = ContextVar("portable_is_read", default=False)


def _aside(_: logging.LogRecord) -> bool:
    return not _is_read.get()


@contextmanager
def _silent() -> Iterator[None]:
    """Have pypdf log nothing of what happens in this block, in this thread: what is wrong is told here, once.

    As `model/quiet.py` has it; its modules' loggers, of which each may be made late, are those of their names.
    """
    for name in [one for one in sys.modules if one.split(".")[0] == "pypdf"]:
        logging.getLogger(name).addFilter(_aside)
    token = _is_read.set(True)
    try:
        yield
    finally:
        _is_read.reset(token)


def _texts_of(raw: bytes) -> Texts:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    reader = PdfReader(io.BytesIO(raw))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("It is locked with a password.")
    try:
        pages = [page.extract_text() for page in reader.pages]
        bare = [page for page, text in zip(reader.pages, pages, strict=True) if _is_wordless(text)]
        pictures = sum(map(_is_picture, bare))
        typed, unseen, untyped = _typed(reader.pages)
    except FileNotDecryptedError:
        pages = None
    if pages is None:
        raise InputError("It is locked with a password.")
    if len(bare) == len(pages) and (pictures or not any(map(str.strip, pages))) and not (typed or unseen):
        said = "It holds pictures of pages and no text; a program that recognises text (OCR) can add it."
        raise InputError(untyped or said)
    lines, beside = between_edges([_TWICE.sub("", page).translate(_LIGATURES) for page in pages])
    are = "is a picture and was" if pictures == 1 else "are pictures and were"
    told = [f"{pictures} of its {len(pages)} pages {are} not read."] if pictures else []
    own, joined = (
        "\n\n".join(filter(None, (unwrapped("\n".join(lines), hyphens=kept), *typed))) for kept in (True, False)
    )
    more = {"page headers or footers": "\n".join(dict.fromkeys(beside)), "hidden fields or notes": "\n\n".join(unseen)}
    return Texts(own, joined, more, " ".join([*told, *filter(None, [untyped])]) or None)


def _is_wordless(text: str) -> bool:
    """Whether a page holds nothing, or no more than the number that a scanner or a program puts on it."""
    lines = map(str.strip, text.splitlines())
    return all(_PAGE.fullmatch(line) or not any(map(str.isalpha, line)) for line in lines)


def _is_picture(page: "PageObject") -> bool:
    """Whether there is a picture on a page, or what nobody can tell from one."""
    try:
        return len(page.images) > 0
    except Exception:  # what is drawn may be broken in every way there is
        return True


def _typed(pages: "Iterable[PageObject]") -> tuple[list[str], list[str], str | None]:
    """Return what was typed into fields or on pages, what of it nobody sees, and what is told where that is broken.

    A field that stands in several places is one. Comments, which are drawn as signs, are not read.
    """
    from pypdf.errors import DependencyError, FileNotDecryptedError

    found: dict[int, tuple[Any, str, bool]] = {}  # the first is kept so that no other has its number
    untyped = None
    for page in pages:
        try:
            for note in (one.get_object() for one in _value(page, "/Annots") or ()):
                kind, holder, name = _value(note, "/Subtype"), note, "/Contents"
                if kind == "/Widget" and _value(_holder(note, "/FT"), "/FT") == "/Tx":
                    holder, name = _holder(note, "/V"), "/V"
                elif kind != "/FreeText":
                    continue
                is_unseen = bool((_value(note, "/F") or 0) & _UNSEEN)
                if id(holder) not in found or not is_unseen:
                    found[id(holder)] = holder, _words_of(_value(holder, name)), is_unseen
        except (DependencyError, FileNotDecryptedError):
            raise
        except Exception:  # as with pictures; what is printed is read all the same
            untyped = _UNTYPED
    words = [(said, is_unseen) for _, said, is_unseen in found.values() if said]
    return [said for said, unseen in words if not unseen], [said for said, unseen in words if unseen], untyped


def _holder(field: Any, name: str) -> Any:
    """Return a field, or the one above it, that has a value of a name; what has none above it where none has."""
    for _ in range(_MOST_ABOVE):
        if name in field or not _value(field, "/Parent"):
            break
        field = field["/Parent"]
    return field


def _value(of: Any, name: str) -> Any:
    if name not in of:
        return None
    return of[name]  # what `get` returns may only say where the value is


def _words_of(value: Any) -> str:
    from pypdf.generic import ByteStringObject, StreamObject, TextStringObject, create_string_object

    if isinstance(value, StreamObject):
        value = create_string_object(value.get_data())
    if isinstance(value, ByteStringObject):
        value = text_in(bytes(value))[0]
    return "\n".join(value.splitlines()).strip() if isinstance(value, TextStringObject) else ""


def between_edges(pages: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines of some pages, and those at their edges that are headers or footers; page numbers are neither.

    A line is a header or a footer that stands at the same place of most pages, but for the numbers in it, and ends no
    sentence; with few pages it has a number.
    """
    inside = [page.strip().splitlines() for page in pages]
    printed = [any(map(_ADDRESS.fullmatch, (*page[:_MOST_EDGES], *page[-_MOST_EDGES:]))) for page in inside]
    beside: list[str] = []
    for place in (0, -1):
        for _ in range(_MOST_EDGES):
            alike = Counter(_NUMBER.sub("0", page[place].strip()) for page in inside if page)
            often = {line for line, many in alike.items() if many > max(1, len(pages) / 2) and _can_repeat(line, pages)}
            for number, page in enumerate(inside, 1):
                line = page[place].strip() if page else ""
                is_number = _is_number(line, number, len(pages))
                is_printed = printed[number - 1] and (_ADDRESS.fullmatch(line) or _WHEN.fullmatch(line))
                if line and (is_number or is_printed or _NUMBER.sub("0", line) in often):
                    beside += [] if is_number else [line]
                    page[:] = "\n".join(page[1:] if place == 0 else page[:-1]).strip().splitlines()
    return [line for page in inside for line in page], beside


def _can_repeat(line: str, pages: list[str]) -> bool:
    return not line.endswith((".", "!", "?", ",", "…")) and ("0" in line or len(pages) > _FEW)


def _is_number(line: str, number: int, pages: int) -> bool:
    bare = line.strip("-–— ")
    return bool(_PAGE.fullmatch(bare)) or (pages > 1 and bare == str(number))


def unwrapped(page: str, *, hyphens: bool = True) -> str:
    """Join the lines of a page where a line ended because it was full. Letters differ in width, so lines are ragged.

    A word that was parted by a soft hyphen is whole again; after a hyphen no blank is set, or it is left out.
    """
    lines = [line.strip() for line in page.splitlines()]
    full = _FULL * max(map(len, lines), default=0)
    text = ""
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        goes_on = after and (after[:1].islower() or (len(line) >= full and not line.endswith((".", "!", "?", ":"))))
        is_parted = after[:1].islower() and line[-1:] in ("-", "\u2010", "\xad") and line[-2:-1].isalpha()
        is_whole = is_parted and not hyphens and not _OWN_HYPHEN.search(line)
        text += (line[:-1] if is_whole else line) + ("" if is_parted else " " if goes_on and line else "\n")
    return text.rstrip("\n").replace("\xad", "")
