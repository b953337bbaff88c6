"""Fold a text to the plain form that every rule is written in, and find the way back to the original.

Folding undoes what a phone keyboard, a hurried hand or somebody hiding a word does to it: capitals,
curly quotes, accents, full-width and look-alike letters, zero-width characters, doubled spaces,
s p a c e d letters, letters stretched ouuut, and digits standing for letters (`sh0uld`).
Rules see the folded text only; people are shown the original only.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from compassion_coach.data import read_toml

_SPACED_WORD = r"[a-z](?:{mark}[a-z])+(?![^\W_])"
_SPACED_LETTERS = re.compile(
    r"(?<![^\W_])[a-z](?:([ .\-_*·])[a-z])(?:\1[a-z])+(?![^\W_])"
    + rf"(?:  +{_SPACED_WORD.format(mark=' ')})*"  # t h e   n e x t   o n e, with wider gaps between words
)
_I_AND_A_WORD = re.compile(r"i (?:w|h|c|k|a m\b|j|d o|f e|l|r)")
_STRETCHED = re.compile(r"([a-z])\1\1+")
_BLANKS = re.compile(r"\s\s+")
_DIGIT_FOR_LETTER = re.compile(r"(?<=[a-z])[013457@$]{1,3}(?=[a-z])|(?<![\w$@])[135$@](?=[a-z]{4})")
_DIGITS = str.maketrans("013457@$", "oieastas")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back. `starts[i]` and `ends[i]` bound, in the original, what became `text[i]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original (code points, half-open) behind a span of the folded text."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Return the folded form of a text. Linear in its length; never raises."""
    plain = text.translate(_one_to_one())
    if plain.isascii():
        folded = Folded(_without_controls(plain.lower()), range(len(text)), range(1, len(text) + 1))
    else:
        folded = _fold_each(plain)
    folded = _squeeze(folded, _SPACED_LETTERS, _joined)
    folded = _squeeze(folded, _BLANKS, lambda run: [run.start()])
    folded = _squeeze(folded, _STRETCHED, lambda run: [run.start(), run.start() + 1])
    return Folded(_DIGIT_FOR_LETTER.sub(_letter_for_digit, folded.text), folded.starts, folded.ends)


@cache
def _one_to_one() -> dict[int, str]:
    """The table of `guardrails/folding.toml`: one character in, one out."""
    table = read_toml("guardrails/folding.toml")
    return {ord(seen): plain for group in table.values() for plain, many in group.items() for seen in many}


def _without_controls(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text) if not text.isprintable() else text


def _fold_each(text: str) -> Folded:
    """Fold what is not plain ASCII, one code point at a time."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(text):
        folded = char.lower() if char.isascii() else unicodedata.normalize("NFKD", char).casefold()
        kept = [c for c in folded.translate(_one_to_one()) if unicodedata.category(c) not in ("Mn", "Me", "Cf")]
        if not kept and ends:
            ends[-1] = at + 1  # a mark belongs to the letter before it, so that no quote ends inside a letter
        for c in kept:
            out.append(c if c.isprintable() else " ")
            starts.append(at)
            ends.append(at + 1)
    return Folded("".join(out), starts, ends)


def _squeeze(folded: Folded, run: re.Pattern[str], keep: Callable[[re.Match[str]], Iterable[int]]) -> Folded:
    """Return the text with each match of `run` reduced to the positions that `keep` names."""
    if run.search(folded.text) is None:
        return folded
    kept: list[int] = []
    ends = list(folded.ends)
    done = 0
    for match in run.finditer(folded.text):
        kept.extend(range(done, match.start()))
        kept.extend(keep(match))
        ends[kept[-1]] = ends[match.end() - 1]
        done = match.end()
    kept.extend(range(done, len(folded.text)))
    return Folded("".join(folded.text[i] for i in kept), [folded.starts[i] for i in kept], [ends[i] for i in kept])


def _joined(run: re.Match[str]) -> Iterable[int]:
    """Keep the letters, and one blank where the gap is wider than between letters."""
    text = run.group()
    own = 1 if _I_AND_A_WORD.match(text) else 0  # i w a n t: the first letter is a word of its own
    return [
        run.start() + i
        for i, c in enumerate(text)
        if c.isalpha() or (c == " " and (i == own or text[i - 1 : i] == " "))
    ]


def _letter_for_digit(digit: re.Match[str]) -> str:
    return digit.group().translate(_DIGITS)
