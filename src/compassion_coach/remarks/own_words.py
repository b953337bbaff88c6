"""Which of the writer's own words a remark quotes: a clause that can stand by itself, or none.

Words that break off ("I am not going | to hurry you") say what nobody wrote, and half of a line may be the half that
is not meant. So words begin and end where that is sure, by `prompts/quoted.toml`; elsewhere the remark does without.
"""

import re
from collections.abc import Sequence
from functools import cache

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.reading import Observation
from compassion_coach.vocabulary import Kind, Quality

_ENOUGH_WORDS = 3
_FEWEST_WORDS, _MOST_WORDS = 2, 8
_MOST_BEYOND = 2  # words of what made it so that need not be quoted
_WORD = re.compile(r"[^\W_][\w'’-]*")
_QUOTE_MARKS = re.compile('["“”„«»]')


def few_words(letter: Letter, seen: Observation) -> str | None:
    """Return two to eight of the writer's own words that stand for a stretch, exactly as written, or None.

    They are the clause in which the words stand that made it so; of a long one, what comes before a phrase of it.
    Where nobody knows which words those are it is the whole stretch, and none of one that tells the hurt: what that
    names may be a misdeed.
    """
    words = list(_WORD.finditer(letter.text, seen.start, seen.end))
    if seen.focus is None:
        first, last = 0, 0 if seen.quality is Quality.ACKNOWLEDGING else len(words)
    else:
        first, last = _around(letter.text, words, seen.focus, seen.quality)
    if not _FEWEST_WORDS <= last - first <= _MOST_WORDS:
        return None
    if last - first == _FEWEST_WORDS and _is(_plain(words[last - 1]), "subject"):  # ", aren't you"
        return None
    chosen = letter.text[words[first].start() : words[last - 1].end()]
    return chosen if can_be_quoted(chosen) else None


def can_be_quoted(words: str) -> bool:
    """Whether words can stand between quotation marks on one line: none of their own would clash."""
    return words.isprintable() and not _QUOTE_MARKS.search(words)


def stands_alone(words: str) -> bool:
    """Whether words of a letter can be an example by themselves."""
    first, *more = words.lower().split()
    return len(more) + 1 >= _ENOUGH_WORDS and not _is(first, "adding", "when", "before_a_subject", "asking")


def _around(text: str, words: Sequence[re.Match[str]], focus: tuple[int, int], quality: Quality) -> tuple[int, int]:
    """Return which words stand around a focus and hold nearly all of it, as their first and the one after the last."""
    said, orders = [_plain(word) for word in words], quality.kind is Kind.ADVICE
    first, last = _clause(text, words, said, next((i for i, word in enumerate(words) if word.end() > focus[0]), 0))
    offered = quality is Quality.ENCOURAGING_STEP
    if first == 0 and last < len(words) and _is(said[0], "when") and not offered:
        return 0, 0  # "when you call yourself lazy, ...": what is meant comes after
    if last - first > _MOST_WORDS:
        early = range(first + _ENOUGH_WORDS, first + _MOST_WORDS + 1)
        last = next((i for i in reversed(early) if _ends_before_phrase(said, first, i, orders=orders)), first)
    if first < last < first + min(len(words), _ENOUGH_WORDS + 1) and _is(said[first], "leading_on"):
        return 0, 0  # "in future, ..."
    beyond = sum(word.start() < focus[1] for word in words[last:])
    return (first, last) if beyond <= _MOST_BEYOND else (first, first)


def _clause(text: str, words: Sequence[re.Match[str]], said: Sequence[str], at: int) -> tuple[int, int]:
    """Return the clause that a word stands in."""
    between = {i: text[words[i - 1].end() : words[i].start()] for i in range(1, len(words))}
    parted = {i for i, signs in between.items() if signs.strip() and not _QUOTE_MARKS.search(signs)}
    first = max((i for i in range(at + 1) if i in parted or _begins(said, i)), default=0)
    opener, following = [*said[first : first + 2], "", ""][:2]
    joins = _is(opener, "adding") or (first and opener in ("so", "that") and _begins(said, first))
    if following and (joins or (opener == "so" and first in parted and not _is(following, "much"))):
        first += 1
    after = range(max(at, first) + 1, len(words))
    closing = (i for i in after if i in parted or (i >= first + _ENOUGH_WORDS and _ends_before_clause(said, first, i)))
    return first, next(closing, len(words))


def _plain(word: re.Match[str]) -> str:
    """Return a word in small letters, of "you'd" only "you"; "that's" is no "that" which joins."""
    told = word.group().lower().replace("’", "'")
    return "thats" if told == "that's" else told.split("'")[0]


def _begins(said: Sequence[str], at: int) -> bool:
    """Whether a clause begins at a word, by that word and those beside it."""
    word, before, after = ((["", *said, ""])[at + i] for i in (1, 0, 2)) if at < len(said) else ("", "", "")
    if _is(word, "adding"):
        return not _is(before, "pairing") and after != "not"
    if _is(word, "before_a_subject") or word == "that":
        return _is(after, "subject") or (word == "so" and _is(after, "owning"))
    return _is(word, "when") and word not in ("which", "who") and before not in _trailing()


def _ends_before_clause(said: Sequence[str], first: int, at: int) -> bool:
    """Whether a clause is over where a word begins the next one."""
    if said[at] == "that" or said[at - 1] in _trailing() or not _begins(said, at):
        return False
    pairs = {"and": _words("pairing"), "or": _words("pairing"), "as": frozenset(["as", "same"])}
    return pairs.get(said[at], frozenset()).isdisjoint(said[first:at])


def _ends_before_phrase(said: Sequence[str], first: int, at: int, *, orders: bool) -> bool:
    """Whether a clause could end before a phrase of it: it has a subject (or `orders`), and something is complete."""
    if not _is(said[at], "leading_on") or (not orders and _words("subject").isdisjoint(said[first : first + 3])):
        return False
    if said[at] == "to" and not _is([*said, ""][at + 1], "owning"):  # "you wanted | to be"
        return False
    with_what = "with" in said[max(first, at - 3) : at]  # "with your hand | on his ear"
    if with_what or not _words("asking").isdisjoint(said[first:at]):
        return False
    earlier, before, last = ["", "", *said[first:at]][-3:]
    if _is(last, "object"):
        return before not in _trailing()
    going_on = last.endswith("ing") and _is(said[at], "around")
    complete = going_on or _is(before, "owning", "leading_on") or _is(earlier, "owning")
    return complete and last not in _trailing()


def _is(word: str, *lists: str) -> bool:
    """Whether a word is in one of some lists."""
    return any(word in _words(name) for name in lists)


@cache
def _words(name: str) -> frozenset[str]:
    """Return the words of a list."""
    return next(frozenset(some[name].split()) for some in read_toml("prompts/quoted.toml").values() if name in some)


@cache
def _trailing() -> frozenset[str]:
    """Return the words that end no clause: of each other list those that lead on as well."""
    lists = ("open", "more", "adding", "when", "before_a_subject", "asking", "leading_on", "owning")
    return frozenset[str]().union(*map(_words, lists))
