"""The output rails: every string that a model wrote is judged before it is shown, and fails closed.

The rules are in `guardrails/rails/`. Reflecting that a letter advises is the job; advising is not. Words inside
quotation marks must be the letter's own, and only there may a "should" stand.

Most rules name what is not said: orders, modals that steer, marks, offered wording. Three things are asked of every
remark, in whatever style: it is about the letter (`about.py`), its words are English, and it is short.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from compassion_coach.data import read_toml
from compassion_coach.embedded.encoder import encoder
from compassion_coach.embedded.language import are_too_many, language_of, unknown_words
from compassion_coach.embedded.windows import Asked
from compassion_coach.letter import Letter
from compassion_coach.remarks.about import is_about_the_letter, is_astray
from compassion_coach.remarks.quoted import WORD, as_heard, is_said_in, stands_in, without_names, without_quotations
from compassion_coach.remarks.sided import sided_with
from compassion_coach.rules.patterns import Hit, bank_of
from compassion_coach.rules.weighing import kinds, scale, weigh
from compassion_coach.rules.written import load_rules
from compassion_coach.text.folding import Folded, fold
from compassion_coach.text.segment import sentences
from compassion_coach.text.shown import is_unseen, steers
from compassion_coach.text.thoughts import run_ons

_FOREIGN = re.compile(r"[\w'-]*[^\x00-\x7f][\w'-]*")
_DIGIT_INWORD = re.compile(r"(?<!\w)(?!\d+(?:st|nd|rd|th|am|pm|s)\b)\w*?(?:[^\W\d_]\d|\d[^\W\d_])\w*", re.IGNORECASE)
_LONGEST = 4000
_SHORT = 6  # words; of fewer, which are about the letter or astray, the encoder must be surer: it knows no "And warm."
NO_RAIL = "unjudged"
"""What stands for a rail where words are stopped and nobody can say which it is."""
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
        return Judgement(Verdict.UNJUDGED, (Finding(NO_RAIL, 0, 0, _UNJUDGED),))
    if any(finding.rail != NO_RAIL for finding in findings):
        return Judgement(Verdict.TRIPPED, findings)
    return Judgement(Verdict.UNJUDGED if findings else Verdict.PASSED, findings)


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
    bare, misquoted = without_quotations(folded.text, letter)
    yield from (_finding("verbatim", folded, *span) for span in misquoted)
    hits = _hits(bare, letter)
    yield from (_finding(hit.rule.about["rail"], folded, hit.start, hit.end) for hit in hits if hit.sure)
    too_long = list(_too_long(text, folded, bare, shape))
    yield from too_long
    if not too_long:  # what is refused for its length is not worth the encoder's time: it may quote a hundred lines
        yield from (_finding("invalidation", folded, *span) for span in sided_with(folded.text, bare, letter))
    yield from (_finding("language", folded, *span) for span in _not_plain(text, folded, bare, letter, shape))


def is_sure(text: str, letter: Letter) -> bool:
    """Whether a text is stopped by what is certain: a rule's pattern, its form, its quotations, and no weighing."""
    return bool(list(_certain(text, letter, Shape.ANY)))


def heard(text: str, letter: Letter) -> tuple[str, set[str]]:
    """Return a text as the weighing reads it, quotations and names hidden, and what the rules say of it."""
    bare, _ = without_quotations(fold(text).text, letter)
    return without_names(bare, letter), _told(_hits(bare, letter))


def _hits(bare: str, letter: Letter) -> list[Hit]:
    """Return what the rules say, surely or as a hint, of a folded text without its quotations."""
    return [
        hit
        for hit in bank_of("rails").hits(without_names(bare, letter))
        if hit.rule.name not in _everyday_names() or not is_said_in(bare[hit.start : hit.end], letter)
    ]


def _told(hits: Sequence[Hit]) -> set[str]:
    return {hint for hit in hits for hint in (hit.rule.name, f"!{hit.rule.about['rail']}")} or {"!nothing"}


def _weighed(text: str, letter: Letter) -> Iterator[Finding]:
    """Yield the rail of what is heard or weighs enough, whatever the phrase: at the hints, or over the whole stretch.

    The encoder alone is enough where it is sure; a weight is where both together come to one, so that the more the
    words weigh the less the encoder has to hear.
    """
    folded = fold(text)
    bare, _ = without_quotations(folded.text, letter)
    named, hits = without_names(bare, letter), _hits(bare, letter)
    each = sentences(_as_written(text, folded, bare), run_ons)
    whole_and_each = dict.fromkeys([(0, len(bare)), *each])  # kind sentences do not make up for one order
    spans = [(a, b) for a, b in whole_and_each if WORD.search(named, a, b)]
    lines = encoder().card["rails"]
    for (start, end), heard_as in zip(spans, _stopped([named[a:b] for a, b in spans]), strict=True):
        inside = [hit for hit in hits if start <= hit.start and hit.end <= end]
        weighed = list(weigh(scale("rails"), named[start:end], _told(inside)))
        heavy = [one for one in weighed if one.shares["block"] >= scale("rails").enough["block"]]
        most = max((one.shares["block"] for one in heavy), default=0.0)
        line = lines["enough_of_few" if len(WORD.findall(named, start, end)) < _SHORT else "enough"]
        if heard_as < line and not (heavy and most + heard_as >= scale("rails").enough["together"]):
            continue
        for hit in inside:
            yield _finding(hit.rule.about["rail"], folded, hit.start, hit.end)
        for one in () if inside else heavy or weighed[:1]:
            sums = kinds(scale("rails"), one)
            yield _finding(max(sums, key=lambda rail: sums[rail]), folded, start + one.start, start + one.end)
        if not inside and not weighed:
            yield Finding(NO_RAIL, *folded.original(start, end), _UNJUDGED)


def _stopped(stretches: Sequence[str]) -> list[float]:
    """Return how likely it is for each heard stretch that it may not be shown, by the encoder."""
    read = encoder().read([[Asked.whole(as_heard(stretch))] for stretch in stretches])
    return [1 / (1 + math.exp(-float(one[0]["rails"][0][0]))) for one in read]


def _not_plain(text: str, folded: Folded, bare: str, letter: Letter, shape: Shape) -> Iterator[tuple[int, int]]:
    """Yield what is not plain English prose about a letter: other scripts, signs and languages, digits inside words."""
    for foreign in _FOREIGN.finditer(bare):
        if not (WORD.search(foreign[0]) and stands_in(foreign[0], letter)):  # names from the letter may stand
            yield foreign.span()
    as_written = _as_written(text, folded, bare)
    if not text.isascii() or any(map(str.isdigit, text)):
        yield from (m.span() for m in _DIGIT_INWORD.finditer(as_written))
    own = bare.replace("~", " ")
    words = WORD.findall(own)
    if "~" in folded.text or not words or language_of(own) not in ("en", "und"):
        yield 0, len(bare)
    unknown = [word for word in unknown_words(own) if not is_said_in(word, letter)]
    parts = [bare[a:b] for a, b in sentences(as_written, run_ons) if WORD.search(bare, a, b)]
    elsewhere = [p for p in parts if not is_about_the_letter(p, asks=shape is Shape.QUESTION or p.endswith("?"))]
    astray = len(elsewhere) * 2 > len(parts) or any(map(is_astray, elsewhere))
    if are_too_many(len(unknown), len(words)) or astray:
        yield 0, len(bare)


def _as_written(text: str, folded: Folded, bare: str) -> str:
    """Return a folded text with its capitals and lines, quotations hidden: a full stop within one ends no sentence."""
    return "".join("~" if hidden == "~" else text[at] for at, hidden in zip(folded.starts, bare, strict=True))


def _unseen(text: str, letter: Letter) -> Iterator[int]:
    """Yield where characters stand that nobody sees, which folding passes over, or whose form nobody knows.

    A mark on a letter is one where there is no letter with it: marks can strike words out, and spell others above them.
    """
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        hidden = is_unseen(character) or category in ("Cf", "Cs", "Co", "Cn", "Me")
        hidden = hidden or (category == "Mn" and len(unicodedata.normalize("NFC", text[max(0, at - 1) : at + 1])) > 1)
        if hidden and (character not in letter.text or steers(character)):
            yield at


def _too_long(text: str, folded: Folded, bare: str, shape: Shape) -> Iterator[Finding]:
    limits = read_toml("guardrails/rails.toml")["limits"][shape]
    parts = [folded.text[a:b] for a, b in sentences(_as_written(text, folded, bare), lambda _: ())]
    told = [words for words in map(WORD.findall, parts) if words]
    longest = max(map(len, told), default=0)
    if len(told) > limits["sentences"] or longest > limits["words_a_sentence"]:
        yield _finding("length", folded, 0, len(folded.text))


def _finding(rail: str, folded: Folded, start: int, end: int) -> Finding:
    return Finding(rail, *folded.original(start, end), _message(rail))


@cache
def _message(rail: str) -> str:
    return str(read_toml("guardrails/rails.toml")["messages"][rail])


@cache
def _everyday_names() -> frozenset[str]:
    """Rules for words that may be said back to somebody whose letter says them."""
    return frozenset(rule.name for rule in load_rules("guardrails/rails/labels_unless_said.toml", ["rail"]))
