"""Where the sentences of a letter begin and end, whatever it looks like: prose, list, poem or text message.

The library sentencex finds sentences inside a line. This module decides what a line is (a wrapped paragraph is
joined, a line of a poem is not) and mends what letters have and newspapers do not: bullets, emoji, ellipses. Where no
full stop is set `thoughts.py` tells where a thought ends.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import sentencex

from compassion_coach.text.folding import everyday_words
from compassion_coach.text.thoughts import thoughts

UNSEEN = "\u200b-\u200f\u2060\ufeff"  # marks of order and direction, which may stand before the first word
_BULLET = re.compile(r"\s*(?:[-*+•·–—>]\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+)*")
_PICTURE = "\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2764"
_JOINERS = "\ufe0f\u200d"  # alone, without a picture before them, these may hide between any two letters
_EMOJI = _PICTURE + _JOINERS
_BREAK_AFTER = re.compile(
    rf"(?:…|(?<!\.)\.{{3,}}+)[\"'”’)]*+\s+(?=[A-Z“\"])"  # It hurt… You stayed.
    rf"|[.!?][)\]]\s+(?=[A-Z“\"])"  # (You were nine.) It was not your fault.
    r"|[.!?][!?]++[\"'”’)]*+\s+(?=[A-Z“\"])"  # You are tired!! I know.
    rf"|[{_PICTURE}][{_JOINERS}]*\s+(?=[A-Z“\"])"  # You rested 🌱 It helped 💛
)
_NOT_A_WORD_YET = re.compile(rf"[\s{_EMOJI}.,!?…)\]\"'”’*_~-]+")
_SALUTATION = re.compile(
    r"(?:(?:my|oh)\s+)?(?:dear(?:est)?|darling|hi|hey|hello|hiya|good (?:morning|evening)|to|beloved|sweet)\b"
    r"(?:\s+[^\s,.!?:;]+){0,5}\s*[,:!.–—-]*|(?P<name>(?:[a-z][\w'’-]*\s?){1,2}),",
    re.IGNORECASE,
)
_ENDEARMENTS = frozenset({"my", "love", "little", "one", "old", "friend", "sweet"})  # words that greet as names do
_OPENING = re.compile(
    rf"[\s{UNSEEN}]*(?:(?:my|oh)\s+)?(?:dear(?:est)?|darling|hi|hey|hello|hiya)\b"
    r"(?:\s+(?!(?:i|you|this|it)\b)[^\s,.!?:;]+){0,5}\s*[,:!–—]+",
    re.IGNORECASE,
)
_EDGES = re.compile(rf"^[\s{UNSEEN}]+|\s+$")
_LONGEST_GREETING = 80
_WINDOW = 4096
_CLOSING = re.compile(
    r"(?:[-–—~]\s*)?"
    r"(?:(?:with|all|lots of|much|sending|so much|always|your|yours|my|forever|in|best|big|from|until|own|warm|"
    r"kind(?:er)?|gentler?|wiser?|compassionate|caring|loving|older|future)\s+)*"
    r"(?:love|yours|warmly|warmth|regards|wishes|hugs?|kindness|sincerely|truly|always|tenderly|gently|xo+(?:xo)*|x{1,5}|"
    r"me|self|friend|side|tomorrow|peace)\b(?!\s+(?:yourself|is|was|has|makes|the|what|to|and)\b)[^.?!]{0,40}[.,!]?",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[-–—~]\s*)?(?:[^\s.?!]+\s?){1,4}[.,!]?")
_WORDS = re.compile(r"\w")
_EMOJI_AT = re.compile(rf"[{_EMOJI}]")


def sentences(text: str, within: Callable[[str], Sequence[int]] = thoughts) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a text (code points, half-open), in order, without blank edges.

    `within` tells where one that its writer did not end is to be cut besides.
    """
    found: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(_units(text)):
        unit = text[start:end].replace("\r", " ").replace("\n", " ")
        opening = _OPENING.match(unit) if index == 0 else None
        head = opening.end() if opening else 0
        if head:
            found.append(_trimmed(text, start, start + head))
        for a, b in _pieces(unit[head:]):
            piece = unit[head + a : head + b].rstrip()  # as it will be folded again
            edges = pairwise([0, *within(piece), len(piece)])
            found += (_trimmed(text, start + head + a + c, start + head + a + d) for c, d in edges)
    return [span for span in found if span[0] < span[1]]


def is_salutation(sentence: str) -> bool:
    """Whether the first sentence of a letter is its salutation: "Dear X,", "hi me", "Sam,".

    A name alone has no everyday word in it but an endearment: "You coward," greets nobody.
    """
    found = _SALUTATION.fullmatch(_EDGES.sub("", sentence)) if _short(sentence) else None
    words = {*(found["name"] or "").lower().split()} - _ENDEARMENTS if found else set()
    return found is not None and not (words and words & everyday_words())


def signature(sentences: Sequence[str]) -> list[int]:
    """Return the indexes of the sentences that sign the letter: "With love,", "me", "- Your kinder self"."""
    last = len(sentences) - 1
    for at in range(max(1, last - 2), last + 1):
        closing, *names = (sentence.strip() for sentence in sentences[at:])
        if not all(map(_short, (closing, *names))):
            continue
        if _CLOSING.fullmatch(closing) and len(closing.split()) <= 6 and all(map(_NAME.fullmatch, names)):
            return list(range(at, last + 1))
    return []


def _short(sentence: str) -> bool:
    return len(sentence) <= _LONGEST_GREETING


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans in which sentences are looked for: single lines, or the joined lines of wrapped prose."""
    block: list[tuple[int, int]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        start, end = at, at + len(line)
        at = end
        if line.strip():
            block.append((start, end))
        if not line.strip() or end == len(text):
            yield from _joined(text, block)
            block = []


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join the lines of a block where a line was broken because the next word no longer fitted.

    One that was broken sooner ended there by its writer's will; without any sign at its end, so did the others.
    """
    bodies = [text[a:b].rstrip() for a, b in lines]
    width = max((len(body) for body in bodies), default=0)
    nexts = [(_BULLET.sub("", body, count=1).split() or [""])[0] for body in bodies[1:]]
    full = [len(body) + 1 + len(word) > width - 8 for body, word in zip(bodies, nexts, strict=False)]
    willed = any(not fits and body[-1:].isalnum() for body, fits in zip(bodies, full, strict=False))
    wrapped = width >= 50 and bool(full) and sum(full) >= 0.8 * len(full) and not willed
    start = None
    for index, (a, b) in enumerate(lines):
        bullet = _BULLET.match(text, a, b)
        first = bullet.end() if bullet else a
        start = first if start is None else start
        goes_on = (
            wrapped
            and index + 1 < len(lines)
            and not _BULLET.fullmatch(text[lines[index + 1][0] : lines[index + 1][0] + 3])
            and (len(lines) > 2 or nexts[index][:1].islower())
            and full[index]
        )
        if not goes_on:
            yield start, b
            start = None


def _pieces(unit: str) -> Iterator[tuple[int, int]]:
    """Split one unit into sentences and mend the cuts: a mark or emoji stays with the sentence before it."""
    cuts = {0, len(unit)}
    cuts.update(_boundaries(unit))
    cuts.update(found.end() for found in _BREAK_AFTER.finditer(unit))
    edges = []
    for cut in sorted(cuts):
        stray = _NOT_A_WORD_YET.match(unit, cut) if 0 < cut < len(unit) and _EMOJI_AT.match(unit, cut) else None
        edges.append(stray.end() if stray else cut)
    start = 0
    word = _next_word(unit, 0)
    for edge in sorted(set(edges) | {len(unit)}):
        if edge > start and (word < edge or edge == len(unit)):
            word = _next_word(unit, edge)
            end = edge if word < len(unit) else len(unit)
            yield start, end
            start = end


def _next_word(unit: str, at: int) -> int:
    found = _WORDS.search(unit, at)
    return found.start() if found else len(unit)


def _boundaries(unit: str) -> Iterator[int]:
    """Yield where sentencex begins sentences. Its time grows with the square of the text: long units go in windows."""
    at = 0
    while at < len(unit):
        window = unit[at : at + _WINDOW]
        found = [b["start_index"] for b in sentencex.get_sentence_boundaries("en", window)]
        yield from (at + start for start in found if start)
        if at + len(window) == len(unit):
            return
        # On from the last sentence, which the window may have cut; a very long one is cut nowhere.
        at += found[-1] if found and found[-1] > _WINDOW // 2 else _WINDOW


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
