"""Where one thought ends and the next begins in a sentence whose writer set no full stop there.

    sentence ─ words and the signs after them ─┬─ a pause that stands for a full stop: spliced.py
                                               └─ more than MOST words in a row without any mark: run_on.py

What weighs how much for either was learned by `training/thoughts.py`, and is in RUN_ON and SPLICED.
"""

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from compassion_coach.data import read_text
from compassion_coach.errors import DataError
from compassion_coach.text import run_on, spliced
from compassion_coach.text.folding import fold

RUN_ON, SPLICED = "guardrails/run_on.tsv", "guardrails/spliced.tsv"
"""What each feature of a gap between two words weighs, in hundredths of a logit."""

MOST = 25
"""Words in a row without a mark: of 24,700 sentences in the letters of the corpus nine have more."""

FEWEST = 10
"""Words of a sentence that is cut at a pause."""

_WORD = re.compile(r"\S+")
_INNER = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_MARK = re.compile(r"\.{2}|[.!?…,;:()\[\]{}<>\"“”„«»|/—–*•]|(?<!\S)-+(?!\S)")


def thoughts(sentence: str) -> list[int]:
    """Return where in a sentence a thought begins (code points), beside its beginning: most often nowhere.

    It is looked for in the folded sentence, so that no disguise is cut in other places than what it hides.
    """
    folded = fold(sentence)
    if len(folded.text) > 2 * len(sentence):  # signs that stand for whole words: no letters that anybody writes
        return []
    return [folded.starts[at] for at in _cuts(folded.text, at_pauses=True)]


def run_ons(folded: str) -> list[int]:
    """Return where in a folded sentence a thought begins among words in a row without any mark, and at no pause."""
    return _cuts(folded, at_pauses=False)


def _cuts(folded: str, *, at_pauses: bool) -> list[int]:
    if folded.count(" ") < FEWEST - 1:  # most sentences: as many words have so many blanks between them
        return []
    places, words, signs = words_and_signs(folded)
    if len(words) < FEWEST:
        return []
    cuts = set[int]()
    if at_pauses and any(signs) and (weights := _weights(SPLICED)):
        cuts |= set(spliced.cuts(words, signs, weights))
    edges = [0, *(at for at, sign in enumerate(signs, 1) if sign), len(words)]
    for start, end in pairwise(edges):
        if end - start > MOST and (weights := _weights(RUN_ON)):
            cuts |= {start + at for at in run_on.cuts(words[start:end], weights)}
    return [places[at][0] for at in sorted(cuts)]


def words_and_signs(folded: str) -> tuple[list[tuple[int, int]], list[str], list[str]]:
    """Return where the words of a folded sentence are, the words as they are weighed, and the signs between them.

    A sign by itself follows the word before it. Of several signs the first counts, two dots as one; "" is none.
    """
    places, words = list[tuple[int, int]](), list[str]()
    signs, end = list[str](), 0
    for a, b in words_in(folded):
        if inner := _INNER.search(folded, a, b):
            sign = _MARK.search(folded, end, inner.start()) if words else None
            signs += [sign[0][:2] if sign else ""] if words else []
            places.append((a, b))
            words.append(_weighed(inner))
            end = inner.end()
    return places, words, signs


def words_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of what lies between blanks in a text (code points, half-open)."""
    return [word.span() for word in _WORD.finditer(text)]


def plain(word: str) -> str:
    """Return a word as it is weighed: in small letters, without signs around it."""
    inner = _INNER.search(word)
    return _weighed(inner) if inner else ""


def _weighed(inner: re.Match[str]) -> str:
    return inner[0].lower().replace("’", "'")


def plain_words(text: str) -> list[str]:
    """Return the words of a text as they are weighed; signs that stand alone are none."""
    return [word for word in map(plain, text.split()) if word]


def broken() -> list[str]:
    """Return which files of weights are missing or not whole: without them what has no full stop is one sentence."""
    return [name for name in (RUN_ON, SPLICED) if not _weights(name)]


@cache
def _weights(name: str) -> Mapping[str, int]:
    """Return what is known, or nothing where the file is broken: a letter that nobody can cut is still screened."""
    try:
        cells = read_text(name).replace("\n", "\t").split("\t")
        weights = dict(zip(cells[::2], map(int, cells[1::2]), strict=False))
    except (DataError, ValueError):
        return {}
    return weights if run_on.BASE in weights else {}
