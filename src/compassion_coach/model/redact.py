"""A letter with placeholders where it is personal, and the way back: what `--redact` sends instead of the letter.

The letter itself stays as it is. A reader answers about the redacted one, and `Redacted.put_back` turns its answer
into one about the original: offsets are the original's, and a placeholder in a note is the writer's own word again.
"""

import re
from dataclasses import dataclass, replace

from compassion_coach.errors import CoachError, NotSentError
from compassion_coach.letter import Letter, Sentence
from compassion_coach.model.personal import Detail, details, names_at_the_edges
from compassion_coach.reading import Observation, Reading
from compassion_coach.text.folding import Folded

_PLACEHOLDER = re.compile(r"\[([A-Z]+)[ _-]?(\d{1,9})\]|\b([A-Z]+)_(\d{1,9})\b", re.IGNORECASE)
_HELD = re.compile(r"([A-Z]+)[ _-]?0*(\d+)", re.IGNORECASE)
_RUN = re.compile(r"\s+|\S+")
_PART = re.compile(r"[^\s](?:[^\n]*[^\s])?")
_WORD = re.compile(r"\w")
_MOST_ROUNDS = 20
_FAILED = "The personal details could not be taken out of the letter, so it was not sent."


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted letter. `letter` has the sentences of `original`, one for one; `letter.text` is what may be sent.

    `way` leads from offsets in `letter.text` to offsets in `original.text`, in code points; a placeholder, and any
    part of it, leads to the whole stretch that it stands for. `words` holds for each placeholder every stretch of the
    original that it stands for, in order.
    """

    original: Letter
    letter: Letter
    way: Folded
    words: dict[str, tuple[tuple[int, int], ...]]

    def put_back(self, reading: Reading) -> Reading:
        """Return a reading of the redacted letter as one of the original, its words not yet judged.

        A text with a placeholder that stands for nothing becomes None, and vetted words take its place.
        """
        return replace(
            reading,
            observations=tuple(map(self._observation, reading.observations)),
            overall=self._own_words(reading.overall),
            question=self._own_words(reading.question),
        )

    def _observation(self, seen: Observation) -> Observation:
        start, end = self.way.original(seen.start, seen.end)
        focus = self.way.original(*seen.focus) if seen.focus else None
        note = self._own_words(seen.note, self.original.sentences[seen.sentence])
        return replace(seen, start=start, end=end, focus=focus, note=note)

    def _own_words(self, told: str | None, near: Sentence | None = None) -> str | None:
        """Put the writer's words for placeholders, as they stand in the sentence spoken of, else in the letter."""
        if told is None:
            return None
        unknown = []

        def word(found: re.Match[str]) -> str:
            name = f"[{found[1] or found[3]}_{int(found[2] or found[4])}]".upper()
            stretches = self.words.get(name)
            if not stretches:
                unknown.append(found[0])
                return found[0]
            here = [s for s in stretches if near and near.start <= s[0] < near.end]
            start, end = (here or stretches)[0]
            return " ".join(self.original.text[start:end].split())

        own = _PLACEHOLDER.sub(word, told)
        return own if all(mark in self.original.text for mark in unknown) else None


def redact(letter: Letter) -> Redacted:
    """Return a letter with placeholders where it is personal; what is kept back stays out altogether.

    Looks again at what would be sent until nothing more is found in it. Raises MissingExtraError where what finds
    the details is not installed, and NotSentError where they could not all be taken out: then nothing may be sent.
    """
    try:
        return _redact(letter)
    except CoachError:
        raise
    except Exception:  # whatever failed, its text might hold the letter's
        raise NotSentError(_FAILED) from None


def _redact(letter: Letter) -> Redacted:
    known = names_at_the_edges(letter)
    redacted = _with_placeholders(letter, [])
    taken: list[Detail] = []
    for _ in range(_MOST_ROUNDS):
        new = [
            Detail(*redacted.way.original(start, end), detail.kind)
            for detail in details(redacted.letter.text, known)
            for start, end in left_over(redacted, detail)
        ]
        if not new:
            return redacted
        taken = sorted([*taken, *new], key=lambda d: d.start)
        redacted = _with_placeholders(letter, taken)
    raise NotSentError(_FAILED)


def left_over(redacted: Redacted, detail: Detail) -> list[tuple[int, int]]:
    """Return the spans of a detail of the redacted text that are no placeholder, each within one sentence."""
    text = redacted.letter.text
    inside, at = [], detail.start
    for mark in _PLACEHOLDER.finditer(text):
        if mark[0] in redacted.words and at < mark.end() and mark.start() < detail.end:
            inside.append((at, mark.start()))
            at = mark.end()
    inside.append((at, detail.end))
    parts = (part for start, end in inside if start < end for part in _PART.finditer(text, start, end))
    return [part.span() for part in parts if _WORD.search(part[0])]


def _with_placeholders(letter: Letter, taken: list[Detail]) -> Redacted:
    """Return the letter as it would be sent: one sentence a line, single blanks, placeholders for what is taken."""
    names = _Names(letter.text)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[Sentence] = []

    def put(shown: str, start: int, end: int) -> None:
        out.append(shown)
        starts.extend([start] * len(shown))
        ends.extend([end] * len(shown))

    waiting = iter(taken)
    detail = next(waiting, None)
    for sentence in letter.sentences:
        begins, at = len(starts), sentence.start
        while not sentence.private and at < sentence.end:
            if detail and detail.start < at:
                detail = next(waiting, None)
            elif detail and detail.start == at:
                put(names.of(detail), detail.start, detail.end)
                at = detail.end
            else:
                upto = min(detail.start, sentence.end) if detail else sentence.end
                for run in _RUN.finditer(letter.text, at, upto):
                    if run[0].isspace():
                        put(" ", *run.span())
                    else:
                        for index in range(*run.span()):
                            put(letter.text[index], index, index + 1)
                at = upto
        sentences.append(Sentence(begins, len(starts), sentence.role, sentence.private))
        put("\n", sentence.end, sentence.end)
    text = "".join(out)
    words = {name: tuple(stretches) for name, stretches in names.stretches.items()}
    return Redacted(letter, Letter(text, tuple(sentences)), Folded(text, starts, ends), words)


class _Names:
    """Gives each detail its placeholder: the same words get the same one, and none is in the letter already."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._held = {f"{kind}_{number}".upper() for kind, number in _HELD.findall(text)}
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self.stretches: dict[str, list[tuple[int, int]]] = {}

    def of(self, detail: Detail) -> str:
        """Return the placeholder for a detail of the original."""
        key = detail.kind, " ".join(self._text[detail.start : detail.end].casefold().split())
        if key not in self._given:
            self._given[key] = self._next(detail.kind)
        name = self._given[key]
        self.stretches.setdefault(name, []).append((detail.start, detail.end))
        return name

    def _next(self, kind: str) -> str:
        while True:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            if f"{kind}_{self._counts[kind]}" not in self._held:
                return f"[{kind}_{self._counts[kind]}]"
