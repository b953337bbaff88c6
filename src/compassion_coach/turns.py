"""Find the turns of a letter: warmth taken back by what follows it.

The handout's own example of a letter that felt condemning is such a turn: it is in the change, more than in any
single word, that understanding becomes its opposite.
"""

import re
from collections.abc import Sequence
from functools import cache

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.reading import Observation
from compassion_coach.reflection import Span, Turn
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind

_WORD = re.compile(r"\w")
_FURTHEST_BACK = 2  # sentences between the warm mark and the one that undoes it


def find_turns(letter: Letter, observations: Sequence[Observation]) -> tuple[Turn, ...]:
    """Return the turns among observations that stand in the order of the letter.

    A turn joins the nearest warm observation, a pivot word that comes after it, and the advice or invalidation
    that the pivot word opens. Indexes are into `observations`, and so into the marks.
    """
    turns = []
    for index, undoing in enumerate(observations):
        before = observations[index - 1] if index else None
        if undoing.quality.kind is Kind.WARM or before is None or before.quality.kind is not Kind.WARM:
            continue
        if undoing.sentence - before.sentence > _FURTHEST_BACK:
            continue
        pivot = _pivot_between(letter, before, undoing)
        if pivot:
            turns.append(Turn(warm=index - 1, pivot=pivot, undone_by=index))
    return tuple(turns)


def _pivot_between(letter: Letter, warm: Observation, undoing: Observation) -> Span | None:
    """Find the pivot that opens the undoing stretch, or the sentence between it and the warm one.

    Within that sentence, which is neither, a pivot turns that sentence alone.
    """
    own = start = max(letter.sentences[undoing.sentence].start, warm.end)
    if undoing.sentence - warm.sentence > 1 and not letter.sentences[undoing.sentence - 1].private:
        start = letter.sentences[undoing.sentence - 1].start
    folded = fold(letter.text[start : undoing.end])
    for found in _pivots().finditer(folded.text):
        a, b = (start + offset for offset in folded.original(*found.span(1)))
        opens = a >= own or not _WORD.search(letter.text, start, a)
        if opens and a < (undoing.start + undoing.end) // 2:  # a "though" at the very end turns nothing
            return Span(start=a, end=b, quote=letter.text[a:b])
    return None


@cache
def _pivots() -> re.Pattern[str]:
    words = sorted(read_toml("guardrails/pivots.toml")["words"], key=len, reverse=True)
    return re.compile(rf"(?:^|[,;:.!?(-]|\s(?=but\b|however\b))[\s\"']*({'|'.join(map(re.escape, words))})\b")
