"""The output rails: every string that a model wrote is judged before it is shown, and fails closed.

The rules are in `guardrails/rails/`. Reflecting that a letter advises is the job; advising is not. Words inside
quotation marks must be the letter's own, and only there may a "should" stand.

Most rules name what is not said: orders, modals that steer, marks, offered wording. A remark in whatever style
passes, a few words without a verb as well, so that a note need not be in a form that somebody foresaw.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from compassion_coach.data import names_under, read_toml
from compassion_coach.folding import Folded, everyday_words, fold
from compassion_coach.language import language_of
from compassion_coach.letter import Letter, Role
from compassion_coach.patterns import Bank, Hit, load_rules
from compassion_coach.weighing import kinds, scale, weigh

_QUOTATION = re.compile(r"\"([^\"]+)\"|(?<![a-z0-9])'((?:[^']|(?<=[a-z])'(?=[a-z]))+)'(?![a-z0-9])")
_STRAY_QUOTE = re.compile(r"\"|(?<![a-z0-9~])'|(?<=[a-rt-z0-9])'(?![a-z])")
_WORD = re.compile(r"[^\W_](?:[\w'-]*[^\W_])?")
_SENTENCE_END = re.compile(r"[.!?]+[\"')]*(?:\s|$)")
_EDGES = " .,;:!?-"
_FOREIGN = re.compile(r"[\w'-]*[^\x00-\x7f][\w'-]*")
_DIGIT_IN_WORD = re.compile(r"(?<!\w)(?!\d+(?:st|nd|rd|th|am|pm|s)\b)\w*?(?:[^\W\d_]\d|\d[^\W\d_])\w*", re.IGNORECASE)
_LONGEST = 4000
_UNJUDGED = "This could not be judged, so it is not shown."  # here and not in a file, which might be what failed


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
        findings = tuple(sorted(set(_findings(text, letter, shape)), key=lambda f: (f.start, f.end, f.rail)))
    except Exception:  # whatever failed, words that nobody judged are not shown
        return Judgement(Verdict.UNJUDGED, (Finding("unjudged", 0, 0, _UNJUDGED),))
    return Judgement(Verdict.TRIPPED if findings else Verdict.PASSED, findings)


def _findings(text: str, letter: Letter, shape: Shape) -> Iterator[Finding]:
    certain = list(_certain(text, letter, shape))
    yield from certain
    if not certain:
        yield from _weighed(text, letter)


def _certain(text: str, letter: Letter, shape: Shape) -> Iterator[Finding]:
    if len(text) > _LONGEST:  # far beyond every limit: refused unread, so that no text takes long to judge
        yield Finding("length", 0, len(text), _message("length"))
        return
    yield from (Finding("language", at, at + 1, _message("language")) for at in _unseen(text, letter))
    folded = fold(text)
    bare, misquoted = _without_quotations(folded.text, letter)
    yield from (_finding("verbatim", folded, *span) for span in misquoted)
    hits = _hits(bare, letter)
    yield from (_finding(hit.rule.about["rail"], folded, hit.start, hit.end) for hit in hits if hit.sure)
    yield from _too_long(folded, bare, shape)
    yield from (_finding("language", folded, *span) for span in _not_plain(text, folded, bare, letter))


def is_sure(text: str, letter: Letter) -> bool:
    """Whether a text is stopped by what is certain: a rule's pattern, its form, its quotations, and no weighing."""
    return bool(list(_certain(text, letter, Shape.ANY)))


def heard(text: str, letter: Letter) -> tuple[str, set[str]]:
    """Return a text as the weighing reads it, quotations and names hidden, and what the rules say of it."""
    bare, _ = _without_quotations(fold(text).text, letter)
    return _without_names(bare, letter), _told(_hits(bare, letter))


def _hits(bare: str, letter: Letter) -> list[Hit]:
    """Return what the rules say, surely or as a hint, of a folded text without its quotations."""
    return [
        hit
        for hit in _bank().hits(_without_names(bare, letter))
        if hit.rule.name not in _everyday_names() or not _stands_in(bare[hit.start : hit.end], letter)
    ]


def _told(hits: Sequence[Hit]) -> set[str]:
    return {hint for hit in hits for hint in (hit.rule.name, f"!{hit.rule.about['rail']}")} or {"!nothing"}


def _weighed(text: str, letter: Letter) -> Iterator[Finding]:
    """Yield the rail that weighs enough, whatever the phrase: at the hints that it rests on, or over the whole text."""
    folded = fold(text)
    bare, _ = _without_quotations(folded.text, letter)
    named, hits = _without_names(bare, letter), _hits(bare, letter)
    for start, end in dict.fromkeys([(0, len(bare)), *_sentences(bare)]):  # kind sentences do not make up for one order
        inside = [hit for hit in hits if start <= hit.start and hit.end <= end]
        for weighed in weigh(scale("rails"), named[start:end], _told(inside)):
            if weighed.shares["block"] >= scale("rails").enough["block"]:
                for hit in inside:
                    yield _finding(hit.rule.about["rail"], folded, hit.start, hit.end)
                if not inside:
                    sums = kinds(scale("rails"), weighed)
                    rail = max(sums, key=lambda rail: sums[rail])
                    yield _finding(rail, folded, start + weighed.start, start + weighed.end)


def _without_quotations(text: str, letter: Letter) -> tuple[str, list[tuple[int, int]]]:
    """Hide the letter's own quoted words behind `~`, marks and all; return also the quotations that are not its own."""
    bare, misquoted = text, []
    for quotation in _QUOTATION.finditer(text):
        a, b = quotation.span()
        if not _stands_in(text[a + 1 : b - 1], letter):
            misquoted.append((a, b))
        elif _WORD.search(text, a, b):
            bare = bare[:a] + "~" * (b - a) + bare[b:]  # the letter's words are the letter's: no rail reads them
    if not misquoted:  # a mark without its partner may hide where a quotation ends
        misquoted = [m.span() for m in _STRAY_QUOTE.finditer(bare)]
    return bare, misquoted


def _without_names(bare: str, letter: Letter) -> str:
    """Put `§` for the letters of the name in the greeting, so that a rule can speak of whoever was written to."""
    greeted = [letter.quote(s) for s in letter.sentences[:1] if s.role is Role.SALUTATION]
    for word in _WORD.findall(greeted[0][:200]) if greeted else ():
        name = fold(word).text
        if word[0].isupper() and name and name not in everyday_words():  # "Dear You Should Rest," names nobody
            bare = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", "§" * len(name), bare)
    return bare


def _not_plain(text: str, folded: Folded, bare: str, letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield what is not plain English prose: other scripts and signs, digits inside words, other languages."""
    for foreign in _FOREIGN.finditer(bare):
        if not (_WORD.search(foreign[0]) and _stands_in(foreign[0], letter)):  # names from the letter may stand
            yield foreign.span()
    if not text.isascii() or any(map(str.isdigit, text)):
        seen = "".join("~" if hidden == "~" else text[at] for at, hidden in zip(folded.starts, bare, strict=True))
        yield from (m.span() for m in _DIGIT_IN_WORD.finditer(seen))
    own = bare.replace("~", " ")
    if "~" in folded.text or not _WORD.search(own) or language_of(own) not in ("en", "und"):
        yield 0, len(bare)


def _unseen(text: str, letter: Letter) -> Iterator[int]:
    """Yield where characters stand that nobody sees, which folding passes over: controls, marks, half characters."""
    for at, character in enumerate(text):
        if unicodedata.category(character)[0] == "C" and character not in "\t\n\r" and character not in letter.text:
            yield at


def _stands_in(words: str, letter: Letter) -> bool:
    """Whether the letter holds these words: both folded alike, blank and punctuation at the edges left out."""
    inside = words.strip(_EDGES)
    text = _folded_letter(letter.text)
    return not inside or (inside in text and re.search(rf"(?<!\w){re.escape(inside)}(?!\w)", text) is not None)


@lru_cache(maxsize=1)
def _folded_letter(text: str) -> str:
    return fold(text).text


def _too_long(folded: Folded, bare: str, shape: Shape) -> Iterator[Finding]:
    limits = read_toml("guardrails/rails.toml")["limits"][shape]
    sentences = [folded.text[a:b] for a, b in _sentences(bare) if _WORD.search(folded.text, a, b)]
    longest = max((len(_WORD.findall(s)) for s in sentences), default=0)
    if len(sentences) > limits["sentences"] or longest > limits["words_a_sentence"]:
        yield _finding("length", folded, 0, len(folded.text))


def _sentences(bare: str) -> Iterator[tuple[int, int]]:
    ends = [found.end() for found in _SENTENCE_END.finditer(bare)]  # a full stop within a quotation ends nothing
    return pairwise([0, *ends, len(bare)])


def _finding(rail: str, folded: Folded, start: int, end: int) -> Finding:
    return Finding(rail, *folded.original(start, end), _message(rail))


@cache
def _message(rail: str) -> str:
    return str(read_toml("guardrails/rails.toml")["messages"][rail])


@cache
def _everyday_names() -> frozenset[str]:
    """Rules for words that may be said back to somebody whose letter says them."""
    return frozenset(rule.name for rule in load_rules("guardrails/rails/labels_unless_said.toml", ["rail"]))


@cache
def _bank() -> Bank:
    files = names_under("guardrails/rails", ".toml")
    return Bank(rule for file in files for rule in load_rules(file, ["rail"]))
