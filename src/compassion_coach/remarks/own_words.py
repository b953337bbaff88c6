"""Which of the writer's own words a remark quotes: a clause that can stand by itself, or none.

Words that break off ("I am not going | to hurry you") say what nobody wrote, and half of a line may be the half that
is not meant. So words begin and end where that is sure, and elsewhere the remark does without.
"""

import re
from collections.abc import Sequence

from compassion_coach.letter import Letter
from compassion_coach.reading import Observation
from compassion_coach.vocabulary import Kind, Quality

ENOUGH_WORDS = 3
_FEWEST_WORDS, _MOST_WORDS = 2, 8
_MOST_BEYOND = 2  # words of what made it so that need not be quoted
_WORD = re.compile(r"[^\W_][\w'’-]*")
_QUOTE_MARKS = re.compile('["“”„«»]')
_ADDING = frozenset(["and", "but", "or", "because", "cos", "bc"])  # a clause begins at them, whatever follows
_WHEN = frozenset(["if", "when", "while", "though", "although", "until", "where", "which", "who"])
_BEFORE_A_SUBJECT = frozenset(["so", "as", "since", "after", "before", "once"])  # else "so tired", "looks after"
_MUCH = frozenset(["much", "many", "few", "little", "long", "often", "very"])
_ASKING = frozenset(["than", "that", "what", "whatever", "whenever", "wherever", "whoever", "why", "how"])
_SUBJECTS = frozenset(
    ["i", "you", "he", "she", "it", "we", "they", "u", "ye", "thou", "tha", "there", "nobody", "everybody", "nothing"],
).union(["everything", "someone", "im", "ive", "youre", "youve", "hes", "shes", "theyre", "thats", "this", "these"])
_OWNING = frozenset(
    ["a", "an", "the", "my", "your", "his", "her", "its", "their", "our", "thy", "ur", "yer"],
).union(["this", "these", "those", "some", "any", "no", "every", "each"])
_OBJECTS = frozenset(
    ["me", "you", "him", "them", "us", "it", "thee", "myself", "yourself", "himself", "herself", "ourselves"]
)
_LEADING_ON = frozenset(
    ["to", "with", "for", "from", "at", "in", "on", "about", "by", "into", "through", "without", "like", "over"]
)  # a phrase can begin at them
_AROUND = frozenset(["in", "by", "through", "without"])  # of what goes on: "hiding | in the dark", and no "looking at"
_PAIRING = frozenset(
    ["between", "both", "either", "neither", "whether", "hundred", "thousand", "twenty", "thirty", "forty"]
)
_OPEN = frozenset(
    ["know", "knows", "knew", "wonder", "wonders", "see", "sees", "saw", "say", "says", "said", "tell", "tells"],
).union(
    ["told", "ask", "asks", "asked", "sure", "unsure", "remember", "understand", "show", "shows", "decide", "forget"],
    ["matter", "matters", "care", "cares", "look", "looks", "looked", "feel", "feels", "felt", "feeling", "whether"],
    ["even", "only", "just", "especially", "except", "exactly"],
)  # "you know | who it was": they ask for what follows
_TRAILING = _OPEN.union(
    _ADDING,
    _WHEN,
    _BEFORE_A_SUBJECT,
    _ASKING,
    _LEADING_ON,
    _OWNING,
    ["of", "up", "out", "off", "not", "very", "i", "he", "she", "we", "they", "u", "get", "got", "take"],
    ["is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does", "did"],
    ["will", "would", "could", "should", "must", "can", "may", "might"],
)


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
    if last - first == _FEWEST_WORDS and _plain(words[last - 1]) in _SUBJECTS:  # ", aren't you"
        return None
    chosen = letter.text[words[first].start() : words[last - 1].end()]
    return chosen if chosen.isprintable() and not _QUOTE_MARKS.search(chosen) else None


def stands_alone(words: str) -> bool:
    """Whether words of a letter can be an example by themselves."""
    first, *more = words.lower().split()
    return len(more) + 1 >= ENOUGH_WORDS and first not in _ADDING | _WHEN | _BEFORE_A_SUBJECT | _ASKING


def _around(text: str, words: Sequence[re.Match[str]], focus: tuple[int, int], quality: Quality) -> tuple[int, int]:
    """Return which words stand around a focus and hold nearly all of it, as their first and the one after the last."""
    said, orders = [_plain(word) for word in words], quality.kind is Kind.ADVICE
    first, last = _clause(text, words, said, next((i for i, word in enumerate(words) if word.end() > focus[0]), 0))
    if first == 0 and last < len(words) and said[:1] and said[0] in _WHEN and quality is not Quality.ENCOURAGING_STEP:
        return 0, 0  # "when you call yourself lazy, ...": what is meant comes after
    if last - first > _MOST_WORDS:
        early = range(first + ENOUGH_WORDS, first + _MOST_WORDS + 1)
        last = next((i for i in reversed(early) if _ends_before_phrase(said, first, i, orders=orders)), first)
    if (
        last - first < len(words)
        and last - first <= ENOUGH_WORDS
        and said[first : first + 1]
        and said[first] in _LEADING_ON
    ):
        return 0, 0  # "in future, ..."
    beyond = sum(word.start() < focus[1] for word in words[last:])
    return (first, last) if beyond <= _MOST_BEYOND else (first, first)


def _clause(text: str, words: Sequence[re.Match[str]], said: Sequence[str], at: int) -> tuple[int, int]:
    """Return the clause that a word stands in."""
    between = {i: text[words[i - 1].end() : words[i].start()] for i in range(1, len(words))}
    parted = {i for i, signs in between.items() if signs.strip() and not _QUOTE_MARKS.search(signs)}
    first = max((i for i in range(at + 1) if i in parted or _begins(said, i)), default=0)
    opener = (said[first : first + 1] or [""])[0]
    only_joins = opener in _ADDING or (first and opener in ("so", "that") and _begins(said, first))
    if len(words) > first + 1 and (only_joins or (opener == "so" and first in parted and said[first + 1] not in _MUCH)):
        first += 1
    after = range(max(at, first) + 1, len(words))
    closing = (i for i in after if i in parted or (i >= first + ENOUGH_WORDS and _ends_before_clause(said, first, i)))
    return first, next(closing, len(words))


def _plain(word: re.Match[str]) -> str:
    """Return a word in small letters, of "you'd" only "you"; "that's" is no "that" which joins."""
    told = word.group().lower().replace("’", "'")
    return "thats" if told == "that's" else told.split("'")[0]


def _begins(said: Sequence[str], at: int) -> bool:
    """Whether a clause begins at a word, by that word and those beside it."""
    word, before, after = ((["", *said, ""])[at + i] for i in (1, 0, 2)) if at < len(said) else ("", "", "")
    if word in _ADDING:
        return before not in _PAIRING and after != "not"
    if word in _BEFORE_A_SUBJECT or word == "that":
        return after in _SUBJECTS or (word == "so" and after in _OWNING)
    return word in _WHEN - {"which", "who"} and before not in _TRAILING


def _ends_before_clause(said: Sequence[str], first: int, at: int) -> bool:
    """Whether a clause is over where a word begins the next one."""
    if said[at] == "that" or said[at - 1] in _TRAILING or not _begins(said, at):
        return False
    inside = {"and": _PAIRING, "or": _PAIRING, "as": frozenset(["as", "same"])}.get(said[at], frozenset[str]())
    return not inside.intersection(said[first:at])


def _ends_before_phrase(said: Sequence[str], first: int, at: int, *, orders: bool) -> bool:
    """Whether a clause could end before a phrase of it: it has a subject (or `orders`), and something is complete."""
    if said[at] not in _LEADING_ON or not (orders or _SUBJECTS.intersection(said[first : first + 3])):
        return False
    if said[at] == "to" and said[at + 1] not in _OWNING:  # "you wanted | to be"
        return False
    if "with" in said[max(first, at - 3) : at] or _ASKING.intersection(said[first:at]):  # "with your hand | on his ear"
        return False
    earlier, before, last = ["", "", *said[first:at]][-3:]
    if last in _OBJECTS:
        return before not in _TRAILING
    going_on = last.endswith("ing") and said[at] in _AROUND
    complete = going_on or before in _OWNING | _LEADING_ON or earlier in _OWNING
    return complete and last not in _TRAILING
