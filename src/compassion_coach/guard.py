"""The output rails: every string that a model wrote is judged before it is shown, and fails closed.

The rules are in `guardrails/rails.toml`. Reflecting that a letter advises is the job; advising is not. Words
inside quotation marks must be the letter's own, and only there may a "should" stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from compassion_coach.data import read_toml
from compassion_coach.folding import Folded, fold
from compassion_coach.language import language_of
from compassion_coach.letter import Letter
from compassion_coach.patterns import Bank, load_rules

_QUOTATION = re.compile(r"\"([^\"]+)\"|(?<![a-z0-9])'((?:[^']|(?<=[a-z])'(?=[a-z]))+)'(?![a-z0-9])")
_WORD = re.compile(r"[^\W_](?:[\w'-]*[^\W_])?")
_SENTENCE_END = re.compile(r"[.!?]+[\"')]*(?:\s|$)")
_EDGES = " .,;:!?-"


class Verdict(StrEnum):
    """The three values of a judgement. Only `passed` lets a text through."""

    PASSED = "passed"
    TRIPPED = "tripped"
    UNJUDGED = "could not be judged"


class Shape(StrEnum):
    """What a text is meant to be; each shape has its own limits of length in `rails.toml`."""

    NOTE = "note"
    OVERALL = "overall"
    QUESTION = "question"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rail that tripped on `text[start:end]` (code points, half-open), with a message in plain words."""

    rail: str
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on a text and what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the text may be shown."""
        return self.verdict is Verdict.PASSED


def judge(text: str, letter: Letter, shape: Shape = Shape.ANY) -> Judgement:
    """Judge a text that a model wrote about a letter. Never raises: an error within is `could not be judged`."""
    try:
        findings = tuple(sorted(_findings(text, letter, shape), key=lambda f: (f.start, f.end)))
    except Exception:  # whatever failed, words that nobody judged are not shown
        return Judgement(Verdict.UNJUDGED, (Finding("unjudged", 0, len(text), _message("unjudged")),))
    return Judgement(Verdict.TRIPPED if findings else Verdict.PASSED, findings)


def _findings(text: str, letter: Letter, shape: Shape) -> Iterator[Finding]:
    folded = fold(text)
    bare = folded.text
    for quotation in _QUOTATION.finditer(folded.text):
        inner = 1 if quotation[1] is not None else 2
        a, b = quotation.span(inner)
        if not _stands_in(quotation[inner], letter):
            yield _finding("verbatim", folded, *quotation.span())
        elif _WORD.search(bare, a, b):
            bare = bare[:a] + "~" * (b - a) + bare[b:]  # the letter's words are the letter's: no rail reads them
    yield from (_finding(hit.rule.about["rail"], folded, hit.start, hit.end) for hit in _bank().hits(bare))
    yield from _too_long(folded, shape)
    if not _WORD.search(bare.replace("~", "")) or language_of(bare.replace("~", " ")) not in ("en", "und"):
        yield _finding("language", folded, 0, len(folded.text))


def _stands_in(words: str, letter: Letter) -> bool:
    """Whether the letter holds these words: both folded alike, blank and punctuation at the edges left out."""
    inside = words.strip(_EDGES)
    return not inside or re.search(rf"(?<!\w){re.escape(inside)}(?!\w)", _folded_letter(letter.text)) is not None


@lru_cache(maxsize=1)
def _folded_letter(text: str) -> str:
    return fold(text).text


def _too_long(folded: Folded, shape: Shape) -> Iterator[Finding]:
    limits = read_toml("guardrails/rails.toml")["limits"][shape]
    ends = [m.end() for m in _SENTENCE_END.finditer(folded.text)] or [0]
    if ends[-1] < len(folded.text):
        ends.append(len(folded.text))
    sentences = [s for s in (folded.text[a:b] for a, b in zip([0, *ends], ends, strict=False)) if _WORD.search(s)]
    longest = max((len(_WORD.findall(s)) for s in sentences), default=0)
    if len(sentences) > limits["sentences"] or longest > limits["words_a_sentence"]:
        yield _finding("length", folded, 0, len(folded.text))


def _finding(rail: str, folded: Folded, start: int, end: int) -> Finding:
    return Finding(rail, *folded.original(start, end), _message(rail))


@cache
def _message(rail: str) -> str:
    return str(read_toml("guardrails/rails.toml")["messages"][rail])


@cache
def _bank() -> Bank:
    return Bank(load_rules("guardrails/rails.toml", ["rail"]))
