"""Whether a remark takes the side of what is cold in a letter, by what it says of words that it quotes.

It may call them kind or true, or say that they are so, though the letter denies them. No rule for words can tell:
"‘It makes sense’ is where the kindness lives" is fine, and said of "You are useless" it is the worst that could be
said. So the embedded reader hears whether they are cold.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from compassion_coach.data import read_toml
from compassion_coach.embedded.encoder import card
from compassion_coach.embedded.opinion import Opinion, read
from compassion_coach.letter import Letter
from compassion_coach.remarks.quoted import EDGES, is_denied, quotations
from compassion_coach.text.folding import fold

_AROUND = 6  # characters in which "less" or "kind of" may stand
_LEANS = 0.5  # a share of coldness from which nobody is to agree with words
_LINES_AT_HAND = 256
_MOST_LINES = 30  # different sentences that are read for one quotation


def sided_with(text: str, bare: str, letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the quotations of a folded remark that are cold, and whose side it takes; `bare` has them hidden."""
    quoted = quotations(text)
    calls, unless, agrees = _patterns()
    said = [
        call
        for call in calls.finditer(bare)
        if not unless.search(f" {bare[max(0, call.start() - _AROUND) : call.end() + _AROUND]} ")
    ]
    sure: float = card()["enough"]["cold"]
    for call in said:
        yield from (span for span in _within(quoted, call) if _is_cold(_words(text, span), letter, sure))
    for call in agrees.finditer(bare):
        for span in _within(quoted, call):
            words = _words(text, span)
            if _is_cold(words, letter, _LEANS) or (_is_denied(words, letter) and _alone(words) >= _LEANS):
                yield span


def _within(quoted: Sequence[tuple[int, int]], call: re.Match[str]) -> Iterator[tuple[int, int]]:
    return ((a, b) for a, b in quoted if a < call.end() and call.start() < b)


def _words(text: str, quotation: tuple[int, int]) -> str:
    return text[quotation[0] + 1 : quotation[1] - 1]


def _alone(words: str) -> float:
    """Return how cold words are without what stands around them in the letter."""
    return read([[words]])[0][0].whole.cold


def _is_denied(words: str, letter: Letter) -> bool:
    """Whether quoted words stand in the letter, and everywhere after a denial in their clause."""
    places = _places(words, letter)
    return bool(places) and all(is_denied(line, start) for line, (start, _) in places.items())


def _is_cold(words: str, letter: Letter, least: float) -> bool:
    """Whether quoted words stand in a stretch of the letter that is cold by `least`, and nowhere in another.

    Words that stand in very many different sentences are nobody's kindness, and count as cold.
    """
    places = _places(words, letter)
    if len(places) > _MOST_LINES:
        return True
    heard = [
        part.cold
        for line, (start, end) in places.items()
        for part in _parts(line)
        if part.start < end and start < part.end
    ]
    return bool(heard) and min(heard) >= least


@lru_cache(maxsize=_LINES_AT_HAND)  # a remark may quote a line many times, and is judged twice
def _parts(line: str) -> tuple[Opinion, ...]:
    return tuple(read([[line]])[0][0].parts)


def _places(words: str, letter: Letter) -> dict[str, tuple[int, int]]:
    """Return the folded sentences of a letter in which quoted words stand, and where in each."""
    inside = re.compile(rf"(?<!\w){re.escape(words.strip(EDGES))}(?!\w)")
    folded = dict.fromkeys(fold(letter.quote(sentence)).text for sentence in letter.sentences)
    return {line: found.span() for line in folded if (found := inside.search(line))}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    told = read_toml("guardrails/about.toml")["called_kind"]
    agrees = "|".join(f"(?:{pattern})" for pattern in read_toml("guardrails/about.toml")["agreed_with"]["patterns"])
    kind = rf"\b(?:{'|'.join(told['kind'].split())})\b"
    calls = "|".join(f"(?:{pattern.replace('{kind}', kind)})" for pattern in told["patterns"])
    return re.compile(calls), re.compile(told["unless"]), re.compile(agrees)
