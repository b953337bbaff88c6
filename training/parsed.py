"""Which words a pattern cannot do without, by how Python parses it: whatever it matches holds a word of each set.

Words have a mark at an edge where the match begins or ends a word there (`compassion_coach.rules.needed.EDGE`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # Python's own parser of patterns
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from compassion_coach.rules.needed import EDGE

MOST_WORDS = 16  # that a run of alternatives is multiplied out to
_CODE = re.compile(r"\\x\{([0-9a-fA-F]+)\}")  # what RE2 writes for a character, and Python does not
_IN_WORD = re.compile(r"\w", re.ASCII)
Words = frozenset[str]
Part = tuple[Any, Any]
Often = Callable[[Words], tuple[int, int]]
"""How often letters hold one of some words, to choose by."""


def sets_of(pattern: str, often: Often) -> list[Words]:
    """Return sets of words; whatever the pattern matches holds a word of each. No set where nothing is sure.

    Of a way among several only the set that is there least often counts.
    """
    tree = parser.parse(_CODE.sub(lambda code: chr(int(code[1], 16)), pattern))
    return [] if tree.state.flags & op.SRE_FLAG_IGNORECASE else list(_sets([*tree], often))


def _sets(tree: Sequence[Part], often: Often) -> Iterator[Words]:
    run = {""}
    for at, (kind, told) in enumerate(tree):
        words = _exactly(kind, told)
        if words and len(words) <= 8 * MOST_WORDS:
            if len(run) * len(words) > max(MOST_WORDS, len(run)):
                yield from _if_sure(run)
                run = _begun(tree[:at])
            run = {one + other for one in run for other in words}
            continue
        yield from _if_sure(run)
        run = {""}
        before, after = _last(tree[:at]), _next(tree[at + 1 :])
        if kind is op.SUBPATTERN:
            yield from _sets([*before, *told[3], *after], often)
        elif kind is op.BRANCH:
            ways = [list(_sets([*before, *way, *after], often)) for way in told[1]]
            if all(ways):
                yield frozenset().union(*(min(way, key=often) for way in ways))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            if told[0] >= 1:
                yield from _sets([*told[2]], often)
            run = _begun(tree[: at + 1])
    yield from _if_sure(run)


def _begun(tree: Sequence[Part]) -> set[str]:
    """Return what a run of words after some parts begins with."""
    return {chr(told) if kind is op.LITERAL else EDGE for kind, told in _last(tree)} or {""}


def _last(tree: Sequence[Part]) -> list[Part]:
    """Return what a match of some parts ends in, whatever it is otherwise: a character, or the edge of a word."""
    if not tree:
        return []
    if _is_edge(tree[-1]):
        return [tree[-1]]
    kind, told = tree[-1]
    found: list[Part] = []
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        repeated = _last([*told[2]])
        found = repeated if told[0] >= 1 or repeated == _last(tree[:-1]) else []
    return found or ([(op.AT, op.AT_BOUNDARY)] if _opens(tree) else [])


def _next(tree: Sequence[Part]) -> list[Part]:
    """Return what some parts begin with, whatever follows: a character, or the edge of the word before them."""
    if not tree:
        return []
    return [tree[0]] if _is_edge(tree[0]) else [(op.AT, op.AT_BOUNDARY)] if _closes(tree[0]) else []


def _opens(tree: Sequence[Part]) -> bool:
    """Whether a word after some parts begins there, since they end in the beginning or in a character of no word."""
    if not tree:
        return False
    *before, (kind, told) = tree
    if kind is op.SUBPATTERN:
        return _opens([*before, *told[3]])
    if kind is op.BRANCH:
        return all(_opens([*before, *way]) for way in told[1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _opens([*before, *told[2]]) and (told[0] >= 1 or _opens(before))
    return _is_gap(kind, told) or (kind, told) in ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BOUNDARY))


def _closes(part: Part) -> bool:
    """Whether a word before a part ends there, since the part is an end or begins with a character of no word."""
    kind, told = part
    if kind is op.SUBPATTERN:
        return bool(told[3]) and _closes(told[3][0])
    if kind is op.BRANCH:
        return all(way and _closes(way[0]) for way in told[1])
    return _is_gap(kind, told) or part == (op.AT, op.AT_END)


def _is_gap(kind: Any, told: Any) -> bool:
    """Whether a part of a pattern is one character, and of no word."""
    if kind is op.LITERAL:
        return not _IN_WORD.match(chr(told))
    return kind is op.IN and all(
        code in (op.CATEGORY_NOT_WORD, op.CATEGORY_SPACE)
        if inside is op.CATEGORY
        else inside is op.LITERAL and not _IN_WORD.match(chr(code))
        for inside, code in told
    )


def _is_edge(part: Part) -> bool:
    return part[0] is op.LITERAL or part == (op.AT, op.AT_BOUNDARY)


def _if_sure(run: set[str]) -> Iterator[Words]:
    """Yield the words that a run can be in a folded text, which has no two blanks in a row, where one of them tells."""
    words = frozenset(word for word in map(_plain, run) if "  " not in word)
    if words and "" not in words:
        yield words


def _plain(word: str) -> str:
    """Return a word with the marks of its own edges, and of no others."""
    bare = word.replace(EDGE, "")
    begins = word[:1] == EDGE and _IN_WORD.match(bare[:1])
    ends = word[-1:] == EDGE and _IN_WORD.match(bare[-1:])
    return f"{EDGE if begins else ''}{bare}{EDGE if ends else ''}"


def _exactly(kind: Any, told: Any) -> set[str] | None:
    """Return all that a part of a pattern can match, where that is a few words; None where it is more."""
    if kind is op.LITERAL:
        return {chr(told)}
    if kind is op.AT:
        return {EDGE if told is op.AT_BOUNDARY else ""}
    if kind is op.IN and all(inside is op.LITERAL or code is op.CATEGORY_DIGIT for inside, code in told):
        return {one for inside, code in told for one in ("0123456789" if inside is op.CATEGORY else chr(code))}
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
