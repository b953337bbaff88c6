"""Work out which words each pattern of the rules cannot do without: `make needed`, after a rule has changed.

    rules ─ pattern ─ parsed ─ sets of words, one of each set is in whatever matches ─ the three sets that letters hold
                                                                                       least often ─ guardrails/needed/

How often letters hold a word is counted in the letters of the corpus, as the screen reads them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # Python's own parser of patterns
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from linear import ROOT

from compassion_coach.folding import fold
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.needed import GRAM, digest_of
from compassion_coach.patterns import FAMILIES, rules_of
from compassion_coach.screen import stretches as stretches_of

FOLDER = ROOT / "guardrails" / "needed"
MOST_WORDS = 16  # that a run of alternatives is multiplied out to
MOST_OFTEN = 0.6  # of the stretches: a set of words that is there more often says little
MOST_SETS = 2  # beside the first that are written down
EACH = 8  # one letter of so many is counted
_CODE = re.compile(r"\\x\{([0-9a-fA-F]+)\}")  # what RE2 writes for a character, and Python does not
Words = frozenset[str]


def sets_of(pattern: str) -> list[Words]:
    """Return sets of words; whatever the pattern matches holds a word of each. No set where nothing is sure."""
    tree = parser.parse(_CODE.sub(lambda code: chr(int(code[1], 16)), pattern))
    return [] if tree.state.flags & op.SRE_FLAG_IGNORECASE else list(_sets(tree))


def _sets(tree: Iterable[tuple[Any, Any]]) -> Iterator[Words]:
    run = {""}
    for kind, told in tree:
        words = _exactly(kind, told)
        if words and len(words) <= 8 * MOST_WORDS:
            if len(run) * len(words) > MOST_WORDS:
                yield from _if_sure(run)
                run = {""}
            run = {one + other for one in run for other in words}
            continue
        yield from _if_sure(run)
        run = {""}
        if kind is op.SUBPATTERN:
            yield from _sets(told[3])
        elif kind is op.BRANCH:
            ways = [list(_sets(way)) for way in told[1]]
            if all(ways):
                yield frozenset().union(*(min(way, key=_often) for way in ways))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and told[0] >= 1:
            yield from _sets(told[2])
    yield from _if_sure(run)


def _if_sure(run: set[str]) -> Iterator[Words]:
    if "" not in run:
        yield frozenset(run)


def _exactly(kind: Any, told: Any) -> set[str] | None:
    """Return all that a part of a pattern can match, where that is a few words; None where it is more."""
    if kind is op.LITERAL:
        return {chr(told)}
    if kind is op.AT:
        return {""}
    if kind is op.IN and all(inside is op.LITERAL for inside, _ in told):
        return {chr(code) for _, code in told}
    if kind is op.SUBPATTERN:
        return _all(told[3])
    if kind is op.BRANCH:
        ways = [_all(way) for way in told[1]]
        return None if None in ways else set().union(*ways)  # type: ignore[arg-type]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and told[1] == 1:
        words = _all(told[2])
        return words and ({"", *words} if told[0] == 0 else words)
    return None


def _all(tree: Iterable[tuple[Any, Any]]) -> set[str] | None:
    run = {""}
    for kind, told in tree:
        words = _exactly(kind, told)
        if not words or len(run) * len(words) > 8 * MOST_WORDS:
            return None
        run = {one + other for one in run for other in words}
    return run


@cache
def stretches() -> tuple[str, ...]:
    """Return stretches of letters, as the screen reads them."""
    found = list[str]()
    for file in sorted((ROOT / "training" / "corpus").glob("?.txt")):
        for told in list(parse_letters(file.read_text("utf-8").splitlines()))[::EACH]:
            letter = Letter.of(" ".join(sentence.text for sentence in told.sentences))
            found += [fold(letter.text[a:b]).text for a, b in stretches_of(letter)]
    return tuple(found)


@cache
def _with(word: str) -> frozenset[int]:
    return frozenset(at for at, text in enumerate(stretches()) if word in text)


@cache
def _often(words: Words) -> tuple[int, int]:
    return len(frozenset().union(*map(_with, words))), len(words)


def file_of(patterns: Sequence[str]) -> dict[str, Any]:
    """Return what is written for a family of patterns: `compassion_coach.needed` says how it is read."""
    digests, also = list[str](), list[str]()
    asked, sets = dict[str, list[int]](), dict[Words, int]()
    for pattern in dict.fromkeys(patterns):
        found = sorted(set(sets_of(pattern)), key=lambda words: (*_often(words), sorted(words)))
        if not found:
            continue
        for word in found[0]:
            asked.setdefault(word, []).append(len(digests))
        digests.append(digest_of(pattern))
        telling = [words for words in found[1:] if _often(words)[0] < MOST_OFTEN * len(stretches())]
        also.append(" ".join(str(sets.setdefault(words, len(sets))) for words in telling[:MOST_SETS]))
    first = {
        gram: "\t".join(f"{word}\t{' '.join(map(str, asked[word]))}" for word in words)
        for gram, words in _by_gram(asked).items()
    }
    others = ["\t".join(f"{gram}\t" + "\n".join(words) for gram, words in _by_gram(some).items()) for some in sets]
    return {"patterns": digests, "words": first, "sets": others, "also": also}


def _by_gram(words: Iterable[str]) -> dict[str, list[str]]:
    found = dict[str, list[str]]()
    for word in sorted(words):
        found.setdefault(_rarest(word), []).append(word)
    return found


def _rarest(word: str) -> str:
    """Return the characters that a word is looked up by: of a short word, none."""
    inside = (word[at : at + GRAM] for at in range(len(word) - GRAM + 1))
    return min(inside, key=lambda gram: (_grams()[gram], gram), default="")


@cache
def _grams() -> Counter[str]:
    return Counter(text[at : at + GRAM] for text in stretches() for at in range(len(text) - GRAM + 1))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in FAMILIES:
        patterns = [pattern for rule in rules_of(name) for pattern in (*rule.patterns, *rule.hints)]
        made = file_of(patterns)
        (FOLDER / f"{name}.json").write_text(
            json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8"
        )
        words = sum(line.count("\t") // 2 + 1 for line in made["words"].values())
        print(f"{name}: {len(made['patterns'])} of {len(set(patterns))} patterns need some of {words} words")


if __name__ == "__main__":
    main()
