"""A letter with placeholders where it is personal, and the way back: what `--redact` sends instead of the letter.

The letter itself stays as it is. A reader answers about the redacted one, and `Redacted.put_back` turns its answer
into one about the original: offsets are the original's, and a placeholder in a note is the writer's own word again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from compassion_coach.errors import CoachError, ModelError
from compassion_coach.folding import Folded
from compassion_coach.letter import Letter, Sentence
from compassion_coach.personal import Detail, details, names_at_the_edges
from compassion_coach.reading import Observation, Reading

_PLACEHOLDER = re.compile(r"\[([A-Z]+)[ _-]?(\d+)\]|\b([A-Z]+)_(\d+)\b", re.IGNORECASE)
_MOST_ROUNDS = 20


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
        """Put the writer's words for placeholders: as the sentence that is spoken of has them, else as they first stand."""
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
    the details is not installed, and ModelError where they could not all be taken out: then nothing may be sent.
    """
    try:
        return _redact(letter)
    except CoachError:
        raise
    except Exception:  # whatever failed, its text might hold the letter's
        raise ModelError(_FAILED) from None


_FAILED = "The personal details could not be taken out of the letter, so it was not sent."


def _redact(letter: Letter) -> Redacted:
    known = names_at_the_edges(letter)
    plain = _as_sent(letter)
    redacted = _with_placeholders(letter, plain, [])
    taken: list[Detail] = []
    for _ in range(_MOST_ROUNDS):
        new = [
            Detail(*redacted.way.original(a, b), detail.kind)
            for detail in details(redacted.letter.text, known)
            for a, b in _outside_placeholders(redacted, detail)
        ]
        if not new:
            return redacted
        taken = sorted([*taken, *new], key=lambda d: d.start)
        redacted = _with_placeholders(letter, plain, taken)
    raise ModelError(_FAILED)


def _as_sent(letter: Letter) -> list[list[tuple[int, int]]]:
    """Return for each sentence the spans of its words, between which one blank is sent; none for a private one."""
    return [
        [] if s.private else [m.span() for m in re.finditer(r"\S+", letter.text[: s.end]) if False] or _words_of(letter, s)
        for s in letter.sentences
    ]
