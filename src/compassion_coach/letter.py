"""A letter and its sentences, as offsets into the writer's own text, which is never changed."""

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from compassion_coach.errors import InputError
from compassion_coach.text import segment

_BETWEEN = rf"[\s:;.={segment.UNSEEN}：_-]*+"
_OPEN = rf"<!(?:--++|[–—]-*+){_BETWEEN}coach{_BETWEEN}"
_CLOSE = r"(?P<label>[^>\n]*+)(?P<closed>>|\s*+(?:--++|[–—]-*+)>)?"  # what is not closed ends with its line
_MARKER = re.compile(rf"{_OPEN}(?:(?P<off>[o0]f+)|on)\b{_CLOSE}", re.IGNORECASE)
_LABEL = 3  # words that a comment may hold as its label; more are the writer's own, kept back with the passage
_WORD = re.compile(r"[^\W_]")
_SCRAP = 2  # words of a sentence that says hardly anything by itself
_WIDE = re.compile(r"[\U00010000-\U0010ffff]")


class Role(StrEnum):
    """What a sentence is in the letter."""

    SALUTATION = "salutation"
    BODY = "body"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a letter: `letter.text[start:end]`, in code points, half-open.

    `private` sentences stand between `<!-- coach:off -->` and `<!-- coach:on -->`: they are screened for
    distress on this machine, and neither read nor sent.
    """

    start: int
    end: int
    role: Role = Role.BODY
    private: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was written. Make one with `Letter.of(text)`."""

    text: str
    sentences: tuple[Sentence, ...]

    @classmethod
    def of(cls, text: str) -> "Letter":
        """Find the sentences of a text; a text without words has none.

        Any text is a letter. Raises InputError for a string that is no text: one with half a character in it.
        """
        if not isinstance(text, str):
            raise InputError(f"A letter is a string, and not of the type {type(text).__name__}.")
        if not is_text(text):
            raise InputError("This is not a text: it holds half a character (a lone surrogate).")
        sentences: list[Sentence] = []
        at = 0
        deep = 0  # passages that are kept back within each other
        for marker in _MARKER.finditer(text):
            if not (deep or marker["off"] or marker["closed"]):
                continue
            sentences += _sentences(text, at, marker.start(), private=deep > 0)
            if (deep or marker["off"]) and len(marker["label"].split()) > _LABEL:
                sentences += _sentences(text, *marker.span("label"), private=True)
            deep = deep + 1 if marker["off"] else max(0, deep - 1)
            at = marker.end()
        sentences += _sentences(text, at, len(text), private=deep > 0)
        return cls(text, _with_roles(text, sentences))

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8, in hexadecimal: proof that the letter stayed as it was."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def is_scrap(self, sentence: Sentence) -> bool:
        """Whether a sentence has hardly any words, such as one of many set to a line each."""
        return len(self.quote(sentence).split(None, _SCRAP)) <= _SCRAP

    def has_words(self, sentence: Sentence | None = None) -> bool:
        """Whether a sentence, or any sentence of the letter, has a letter or digit in it, and not emoji alone."""
        chosen = self.sentences if sentence is None else (sentence,)
        return any(_WORD.search(self.text, s.start, s.end) for s in chosen)

    def quote(self, sentence: Sentence) -> str:
        """Return the exact words of a sentence."""
        return self.text[sentence.start : sentence.end]

    def utf16(self, offset: int) -> int:
        """Return the offset in UTF-16 units, which browsers and editors count in, of an offset in code points."""
        return offset + bisect_left(_wide(self.text), offset)


@lru_cache(maxsize=1)
def _wide(text: str) -> tuple[int, ...]:
    """Return where characters stand that take two units in UTF-16, such as most emoji."""
    return tuple(wide.start() for wide in _WIDE.finditer(text))


def is_text(text: str) -> bool:
    """Whether a string can be written down as UTF-8, as every text can."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _sentences(text: str, start: int, end: int, private: bool = False) -> list[Sentence]:
    return [Sentence(start + a, start + b, private=private) for a, b in segment.sentences(text[start:end])]


def _with_roles(text: str, sentences: list[Sentence]) -> tuple[Sentence, ...]:
    """Tell salutation and signature from the body. A passage that is kept back is neither, wherever it stands."""
    roles = [Role.BODY] * len(sentences)
    open_ones = [at for at, sentence in enumerate(sentences) if not sentence.private]
    quotes = [text[sentences[at].start : sentences[at].end] for at in open_ones]
    if quotes and segment.is_salutation(quotes[0]):
        roles[open_ones[0]] = Role.SALUTATION
    for index in segment.signature(quotes):
        roles[open_ones[index]] = Role.SIGNATURE
    return tuple(Sentence(s.start, s.end, role, s.private) for s, role in zip(sentences, roles, strict=True))
