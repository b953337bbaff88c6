"""Fold a text to the plain form that every rule is written in, and find the way back to the original.

Folding undoes what a phone keyboard, a hurried hand or somebody hiding a word does to it: capitals,
curly quotes, accents, full-width and look-alike letters, zero-width characters, doubled spaces,
s p a c e d letters, letters stretched ouuut, digits standing for letters (`sh0uld`), and signs that hide one (`d*e`).
Rules see the folded text only; people are shown the original only.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from compassion_coach.data import read_toml

_SPACED_LETTERS = re.compile(
    r"(?<![^\W_])[a-z]([ .\-_*·]{1,3})[a-z](?:\1[a-z])+(?![^\W_])"
    r"(?: +[a-z](?:\1[a-z])*(?![^\W_]))*"  # t h e   n e x t   o n e, with wider gaps between words
)
_STRETCHED = re.compile(r"([a-z])\1\1+")
_BLANKS = re.compile(r"\s\s+")
_DIGIT_FOR_LETTER = re.compile(r"(?<=[a-z])[013457@$]{1,3}(?=[a-z])|(?<![\w$@])[135$@](?=[a-z]{4})")
_HIDES = r"*!|#_\-•¡€$@"  # a letter, as may a 3 at the end of a word
_MASK = re.compile(rf"[{_HIDES}3]")
_MASKED = re.compile(rf"(?<![^\W_])[a-z]+(?:(?:[{_HIDES}]+[a-z]+)+|3)(?![^\W_])")
_FEWEST, _MOSTLY = 5, 4  # letters that may be more than one word; one in so many may stand outside known words
_SHORT, _LONGEST = 3, 16  # letters of a word that has endings, and of any word
_DIGITS = str.maketrans("013457@$", "oieastas")
_MARKS = frozenset(["Mn", "Me", "Cf"])
_FILLERS = "\u115f\u1160"  # letters of no width, as the full-width ones become

_REMEMBERED = 2048  # characters of a text that is at hand at most
_AT_HAND = 128  # texts: the sentences of a letter are asked for by one reader after another


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
    return _remembered(text) if len(text) <= _REMEMBERED else _folded(text)


def _folded(text: str) -> Folded:
    plain = text.translate(_one_to_one())
    if plain.isascii():
        folded = Folded(_without_controls(plain.lower()), range(len(text)), range(1, len(text) + 1))
    else:
        folded = _fold_each(plain)
    folded = _squeeze(folded, _SPACED_LETTERS, _joined)
    folded = _squeeze(folded, _BLANKS, lambda run: [run.start()])
    folded = _squeeze(folded, _STRETCHED, lambda run: [run.start(), run.start() + 1])
    spelt = _DIGIT_FOR_LETTER.sub(_letter_for_digit, folded.text)
    if _MASK.search(spelt):  # most texts have none, and each is folded before anything is read
        spelt = _MASKED.sub(_unmasked, spelt)
    return Folded(spelt, folded.starts, folded.ends)


_remembered = lru_cache(maxsize=_AT_HAND)(_folded)


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
        kept = [
            c for c in folded.translate(_one_to_one()) if c not in _FILLERS and unicodedata.category(c) not in _MARKS
        ]
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
    out: list[str] = []
    ends = list(folded.ends)
    done = 0
    for match in run.finditer(folded.text):
        kept.extend(range(done, match.start()))
        out.append(folded.text[done : match.start()])
        chosen = list(keep(match))
        kept.extend(chosen)
        out.extend(c if (c := folded.text[i]).isalpha() else " " for i in chosen)
        ends[kept[-1]] = ends[match.end() - 1]
        done = match.end()
    kept.extend(range(done, len(folded.text)))
    out.append(folded.text[done:])
    return Folded("".join(out), [folded.starts[i] for i in kept], [ends[i] for i in kept])


def _joined(run: re.Match[str]) -> Iterator[int]:
    """Keep the letters, and one sign (made a blank) where a gap is wide or a word that is known ends."""
    places = [run.start() + i for i, c in enumerate(run.group()) if c.isalpha()]
    gap = places[1] - places[0]
    words = [[places[0]]]
    for before, place in pairwise(places):
        if place - before > gap or (run.string[before + 1 : place].isspace() and not run[1].isspace()):
            words.append([])
        words[-1].append(place)
    for number, word in enumerate(words):
        ends = {0} if number else set()
        ends.update(_word_starts("".join(run.string[i] for i in word)))
        for at, place in enumerate(word):
            if at in ends:
                yield place - 1
            yield place


def _word_starts(letters: str) -> list[int]:
    """Return where, in letters without gaps, the second known word and those after it begin.

    Of all ways to cut, the one that leaves the fewest letters outside known words, and then the one with the fewest
    words. Letters that are mostly no known words are one word.
    """
    if len(letters) < _FEWEST:
        return []
    known = everyday_words()
    best = [(0, 0, 0)]  # of the letters up to here: how many stand outside words, how many pieces, the last one's start
    for end in range(1, len(letters) + 1):
        ways = [(best[-1][0] + 1, best[-1][1] + 1, end - 1)]
        begins = (begin for begin in range(max(0, end - _LONGEST), end) if letters[begin:end] in known)
        ways.extend((best[begin][0], best[begin][1] + 1, begin) for begin in begins)
        best.append(min(ways))
    if best[-1][0] * _MOSTLY > len(letters):
        return []
    starts: list[int] = []
    at, known_after = len(letters), True
    while at:
        begin = best[at][2]
        is_known = best[at][0] == best[begin][0]
        if (is_known or known_after) and at < len(letters):  # letters outside words stay together
            starts.append(at)
        at, known_after = begin, is_known
    return starts


@cache
def everyday_words() -> frozenset[str]:
    """Return the words of `guardrails/spaced.toml` with their common endings."""
    words = set(read_toml("guardrails/spaced.toml")["words"].split())
    stems = [word for word in words if len(word) > _SHORT]
    words.update(f"{stem}{ending}" for stem in stems for ending in ("s", "d", "ed", "ing"))
    words.update(f"{stem[:-1]}ing" for stem in stems if stem.endswith("e"))
    return frozenset(words)


def _unmasked(word: re.Match[str]) -> str:
    """Return the one word of `guardrails/masked.toml` that fits, each sign for a letter; else the word as it stands."""
    masked = word.group()
    fitting = [
        known
        for known in _masked_words().get((masked[0], len(masked)), ())
        if all(sign == letter or not sign.isalpha() for sign, letter in zip(masked, known, strict=True))
    ]
    return fitting[0] if len(fitting) == 1 else masked


@cache
def _masked_words() -> dict[tuple[str, int], list[str]]:
    """The words that people hide behind signs, by their first letter and their length."""
    words: dict[tuple[str, int], list[str]] = {}
    for word in read_toml("guardrails/masked.toml")["words"].split():
        words.setdefault((word[0], len(word)), []).append(word)
    return words


def _letter_for_digit(digit: re.Match[str]) -> str:
    return digit.group().translate(_DIGITS)
