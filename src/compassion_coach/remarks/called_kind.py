"""Whether a remark calls words of the letter kind, or true, that the embedded reader hears as cold.

No rule for words can tell: "‘It makes sense’ is where the kindness lives" is fine, and said of "You are useless" it is
the worst that could be said.
"""

import re
from collections.abc import Iterator
from functools import cache

from compassion_coach.data import read_toml
from compassion_coach.embedded.encoder import card
from compassion_coach.embedded.opinion import read
from compassion_coach.letter import Letter
from compassion_coach.remarks.quoted import quotations
from compassion_coach.text.folding import fold

_AROUND = 6  # characters in which "less" or "kind of" may stand
_EDGES = " .,;:!?-"  # of a quotation, which need not be the letter's
_MOST_LINES = 30  # different sentences that are read for one quotation


def called_kind(text: str, bare: str, letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the quotations of a folded remark that it calls kind and that are not; `bare` has them hidden."""
    calls, unless = _patterns()
    for call in calls.finditer(bare):
        if not unless.search(f" {bare[max(0, call.start() - _AROUND) : call.end() + _AROUND]} "):
            yield from (
                (a, b)
                for a, b in quotations(text)
                if a < call.end() and call.start() < b and _is_cold(text[a + 1 : b - 1], letter)
            )


def _is_cold(words: str, letter: Letter) -> bool:
    """Whether quoted words stand in a cold stretch of the letter, and nowhere in a warm one.

    Words that stand in very many different sentences are nobody's kindness, and count as cold.
    """
    inside = re.compile(rf"(?<!\w){re.escape(words.strip(_EDGES))}(?!\w)")
    folded = dict.fromkeys(fold(letter.quote(sentence)).text for sentence in letter.sentences)
    places = {line: found.span() for line in folded if (found := inside.search(line))}
    if len(places) > _MOST_LINES:
        return True
    heard = [
        part.cold
        for line, (start, end) in places.items()
        for part in read([[line]])[0][0].parts
        if part.start < end and start < part.end
    ]
    return bool(heard) and min(heard) >= card()["enough"]["cold"]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    told = read_toml("guardrails/about.toml")["called_kind"]
    kind = rf"\b(?:{'|'.join(told['kind'].split())})\b"
    calls = "|".join(f"(?:{pattern.replace('{kind}', kind)})" for pattern in told["patterns"])
    return re.compile(calls), re.compile(told["unless"])
