"""The text in bytes that may not be UTF-8. A wrong guess makes `donít` of `don't`, and the screen hears nothing.

What is mostly ASCII is told apart here: it is cp1252, as Windows writes, unless that puts a capital or a sign where
none can stand and mac-roman does not (`donÕt`). Nothing else is as sure about a few curly quotes in a short letter.
"""

import codecs
import re
import string
import unicodedata

from compassion_coach.errors import InputError, MissingExtraError

_ELSEWHERE = ("cp1252", "mac_roman", "cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr")
"""What a text is guessed to be that is mostly not ASCII."""

_MARKED = "utf-16"  # by the first two bytes
_UNMARKED = ("utf-16-le", "utf-16-be")
BROKEN = "UTF-8, broken in places"
"""What a text is told to be in that is UTF-8 but for some bytes, which are read as cp1252."""

_BINARY = "It seems to be binary, not a letter."
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")
_HIGH = bytes(range(0x80, 0x100))
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")  # categories of Unicode
_ALPHABETS = bytes([*range(0x30), *range(0xD8, 0xE0), 0xFE])  # blocks of Unicode: all but Chinese and its neighbours
_RARE, _RARER, _ENOUGH = 20, 10, 1 << 16  # one of so many is; so many bytes tell
_SOME_UTF8 = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xaf]")  # an accent or a curly quote, and in cp1252 no text
_STRAY = re.compile("[\x80-\x84\x86-\x9f\udc80-\udcff]")  # U+0085 may well be the end of a line
_CAPITALS, _WORD = "À-ÖØ-ÞŒŠŽŸ", r"[^\W\d_]"
_IMPOSSIBLE = re.compile(
    rf"(?<=[a-z])[{_CAPITALS}]|(?<=[A-Z])(?:[{_CAPITALS}](?=[a-z])|Õ(?=[A-Z]))"  # donÕt, cafŽ, IÕm, DONÕT
    rf"|(?<!{_WORD})[{_CAPITALS}ëíìîïñó](?!{_WORD})"  # by itself, or where a quote would close: so tired.Ó
    rf"|(?<!{_WORD})[ÒÔ](?={_WORD})"  # ÒHello
    r"|(?<=[A-Za-z])(?:[‡‰ƒ€](?=[a-z])|ˆ)|(?<=[a-z])•(?=[a-z])|¥(?! ?\d)"
    r"|(?i:nít|\b(?:i|you|we|they|he|she|it|that)í(?:m|ve|ll|re|d|s))\b"  # donít
    r"|\ufffd"
)


def text_in(raw: bytes) -> tuple[str, str | None]:
    """Return the text in some bytes, and its encoding where that had to be guessed.

    Where UTF-8 is broken in places, these are read as cp1252. Raises InputError, or MissingExtraError.
    """
    encoding = encoding_of(raw)
    if encoding is not None:
        lenient = "replace" if encoding in ("cp1252", *_UNMARKED) else "strict"  # five of its bytes stand for nothing
        odd = len(raw) % 2 if encoding == _MARKED else 0  # programs that know no UTF-16 add the end of a line to it
        text = raw[: len(raw) - odd].decode(encoding, lenient)
        return text.rstrip("\0"), guessed(encoding)
    raw = raw.rstrip(b"\0")  # a file that was stretched
    if b"\0" in raw:
        raise InputError(_BINARY)
    text = raw.decode("utf-8-sig", "surrogateescape")
    return mended(text), None if _is_utf8(raw) else BROKEN


def guessed(encoding: str) -> str | None:
    """Return what an encoding is called in a report, where it had to be guessed: one that marks itself had not."""
    return None if encoding == _MARKED else encoding.replace("_", "-").replace("utf", "UTF")


def guess_told(encoding: str) -> str:
    """Say that an encoding was guessed, by what it is called in a report."""
    return f"Its encoding was guessed: {encoding}."


def to_install(extra: str) -> str:
    """Say how the extra of a format is installed, and which one brings those of all."""
    return f"pip install 'compassion-coach[{extra}]', or all that letters need: 'compassion-coach[prescreen]'"


def text_told(raw: bytes, encoding: str) -> tuple[str, str | None]:
    """Return the same for bytes whose encoding is told, unless that is not known or cannot be true."""
    if _unmarked(raw):
        return text_in(raw)
    if not raw.isascii() and _is_utf8(raw):  # no other text is so by chance
        encoding = "utf-8-sig"
    try:
        return mended(raw.decode(encoding)), None
    except (UnicodeError, LookupError):
        return text_in(raw)


def mended(text: str) -> str:
    """Read as cp1252 what stands in a text as bytes: what claims to be Latin-1 often is, and so are pieces in UTF-8."""
    return _STRAY.sub(lambda one: bytes([ord(one[0]) & 0xFF]).decode("cp1252", "replace"), text)


def encoding_of(raw: bytes, *, whole: bool = True) -> str | None:
    """Return which encoding a text seems to be in; None for UTF-8, if need be broken in places.

    What is not the `whole` of a text may end within a character. Raises InputError where it is no text, or
    MissingExtraError.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _MARKED
    unmarked = _unmarked(raw)
    if unmarked:
        return unmarked
    if _is_utf8(raw, whole=whole):
        return None
    mostly_ascii = _many(raw, string.ascii_letters.encode()) >= _many(raw, _HIGH)
    if mostly_ascii and not _CONTROLS.search(raw):
        return None if _SOME_UTF8.search(raw) else min("cp1252", "mac_roman", key=lambda one: _impossible(raw, one))
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        raise MissingExtraError(f"It is not UTF-8; to guess its encoding: {to_install('encodings')}") from None
    guess = from_bytes(raw, cp_isolation=list(_ELSEWHERE)).best() if b"\0" not in raw else None
    if guess is None:
        raise InputError(_BINARY)
    return str(guess.encoding)


def _unmarked(raw: bytes) -> str | None:
    """Return which UTF-16 without its mark a text is in: every other byte of a blank and of an English letter is 0."""
    some = raw[: min(len(raw), _ENOUGH) // 2 * 2]
    some = some[: (len(some.rstrip(b"\0")) + 1) // 2 * 2]  # what follows the end of a text is nothing
    big, little = some[::2].count(0), some[1::2].count(0)
    if max(big, little) * _RARE <= len(some) // 2 or min(big, little) * _RARER > max(big, little):
        return None
    encoding = _UNMARKED[big > little]
    if some[big <= little :: 2].translate(None, _ALPHABETS):
        return None
    text = some.decode(encoding, "replace").rstrip("\0")
    is_text = all(one.isspace() or unicodedata.category(one) not in _NO_TEXT for one in text)
    return encoding if text and is_text else None


def _is_utf8(raw: bytes, *, whole: bool = True) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw, whole)
    except UnicodeDecodeError:
        return False
    return True


def _impossible(raw: bytes, encoding: str) -> int:
    return sum(1 for _ in _IMPOSSIBLE.finditer(raw.decode(encoding, "replace")))


def _many(raw: bytes, of: bytes) -> int:
    return len(raw) - len(raw.translate(None, of))
