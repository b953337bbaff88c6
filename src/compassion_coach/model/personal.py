"""What in a text could tell who somebody is: names, and numbers and addresses of every kind.

The recogniser `depii` finds identity numbers (checked by their check digits), e-mails, postal addresses and dates of
birth; `phonenumbers` finds phone numbers; long runs of digits are taken whatever they are. Names are found here, by
where they stand and by what is no English word in the dictionary of `pyspellchecker`. All of it works on this machine.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from compassion_coach.data import read_toml
from compassion_coach.errors import MissingExtraError
from compassion_coach.letter import Letter, Role

if TYPE_CHECKING:
    from depii import Redactor
    from spellchecker import SpellChecker

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDING = re.compile(r"(?:['’](?:s|re|ve|ll|d|m)|n['’]t)$", re.IGNORECASE)
_OPENS_SENTENCE = re.compile(r"(?:^|\n|[.!?…:;“\"‘(*>—–]|(?<!\w)['-])[\s\"“‘'(*_>-]*$")
_DIGITS = re.compile(
    r"(?<!\w)\+?\(?\d(?:[ .()/‐-―-]{0,2}\d){6,}(?!\w)"
    r"|(?<![\w-])\d\d-\d\d-\d\d(?![\w-])"  # a sort code
    r"|(?<!\w)[A-Z]{1,2}[ -]?(?:\d[ -]?){6,}[A-Z]?(?!\w)"  # a passport or insurance number, mistyped ones as well
)
_EVERYDAY = 20_000  # uses in the dictionary's subtitles; "hope" has 600,000, "Okafor" none
_SELDOM = 10_000  # below it a word in small letters may be somebody's name: "sam" has 5,000, "grace" 24,000


@dataclass(frozen=True, slots=True)
class Detail:
    """A personal detail: `text[start:end]` (code points, half-open), and its kind, for example "NAME"."""

    start: int
    end: int
    kind: str


def details(text: str, known: Iterable[str] = ()) -> list[Detail]:
    """Return the personal details of a text in order, none overlapping. `known` are names that are certain.

    Raises MissingExtraError where what finds them is not installed.
    """
    kinds = read_toml("guardrails/redact.toml")["kinds"]
    found = [Detail(s.start, s.end, kinds.get(s.entity, "NUMBER")) for s in _recogniser().scan(text)]
    others = [d for d in found if d.kind != "NAME"] + list(_phones(text))
    others += [Detail(*run.span(), "NUMBER") for run in _DIGITS.finditer(text)]
    said = [(d.start, d.end) for d in found if d.kind == "NAME"]
    return _without_overlaps([*others, *_names(text, said, {name.casefold() for name in known})])


def names_at_the_edges(letter: Letter) -> set[str]:
    """Return the names in the greeting and in the signature of a letter: "Dear Nell", "hey sam", "With love, Jo"."""
    words: set[str] = set()
    for sentence in letter.sentences:
        if sentence.role is not Role.BODY:
            words.update(_bare(word[0]) for word in _WORD.finditer(letter.quote(sentence)))
    return {word for word in words if len(word) > 1 and _could_name(word)}


def _could_name(word: str) -> bool:
    """Whether a word beside a greeting names somebody: "Grace" and "sam" do, "kinder" and "tomorrow" do not."""
    low = word.casefold()
    if _names_nobody(low) or low in _list("no_name_at_the_edges"):
        return False
    return not word.islower() or min(map(_uses, low.split("-"))) < _SELDOM or _is_first_name(low)


def _names(text: str, said: list[tuple[int, int]], known: set[str]) -> Iterator[Detail]:
    """Yield each word that is or belongs to a name; wherever it stands again, also in small letters, once more."""
    words = [(w.start(), w.start() + len(_bare(w[0]))) for w in _WORD.finditer(text)]
    names = set(known)
    before, after_name, ended = "", False, 0
    for start, end in words:
        word = text[start:end]
        if text[ended:start].strip(" .") or start - ended > 2:  # not side by side
            before, after_name = "", False
        after_name = after_name and text[ended:start] == " " and word[0].isupper()
        by_recogniser = any(a <= start < b for a, b in said)
        after_name = not _names_nobody(word.casefold()) and (
            word.casefold() in names or after_name or _is_name(text, start, word, before, by_recogniser)
        )
        if after_name:
            names.add(word.casefold())
        before, ended = word.casefold(), end
    for start, end in words:
        word = text[start:end]
        if word.casefold() in names and (not word.islower() or _uses(word.casefold()) < _SELDOM):
            yield Detail(start, end, "NAME")


def _is_name(text: str, start: int, word: str, before: str, by_recogniser: bool) -> bool:
    """Whether a word that stands here is a name, by its capitals, the word before it, and the dictionary."""
    low = word.casefold()
    uses = min(map(_uses, low.split("-")))
    if word.islower():
        return (before in _list("before_a_name") and not uses) or (uses < _SELDOM and _is_first_name(low))
    if not word[0].isupper():
        return False
    if word.isupper() and len(word) > 1:
        return not uses and len(word) > 5
    if before in _list("before_a_name") or any(map(str.isupper, word[1:])):
        return True
    if by_recogniser:
        return uses < _EVERYDAY or _is_first_name(low)
    if _OPENS_SENTENCE.search(text, max(0, start - 12), start):
        return not uses
    return uses < _EVERYDAY or low in _list("also_words") or _is_first_name(low)


def _phones(text: str) -> Iterator[Detail]:
    try:
        from phonenumbers import Leniency, PhoneNumberMatcher
    except ImportError:
        raise _missing() from None
    for region in read_toml("guardrails/redact.toml")["phones"]["regions"]:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            yield Detail(match.start, match.end, "PHONE")


def _without_overlaps(found: Iterable[Detail]) -> list[Detail]:
    """Join what overlaps into one detail, under the kind of its longest part, so that no edge of it is left over."""
    joined: list[Detail] = []
    longest = 0
    for detail in sorted(found, key=lambda d: (d.start, -d.end)):
        if joined and detail.start < joined[-1].end:
            last, size = joined[-1], detail.end - detail.start
            kind = detail.kind if size > longest else last.kind
            longest = max(longest, size)
            joined[-1] = Detail(last.start, max(last.end, detail.end), kind)
        else:
            joined.append(detail)
            longest = detail.end - detail.start
    return joined


def _bare(word: str) -> str:
    return _ENDING.sub("", word)


@lru_cache(maxsize=4096)
def _is_first_name(low: str) -> bool:
    return any(s.entity == "PERSON" and s.end == len(low) for s in _recogniser().scan(low.title()))


@lru_cache(maxsize=4096)
def _uses(low: str) -> int:
    """How often a word is used in the dictionary's sources; 0 where it is no word."""
    return int(_dictionary().word_frequency[low.replace("’", "'")])


def _names_nobody(low: str) -> bool:
    return low in _list("never_a_name") or low.removesuffix("s") in _list("never_a_name")


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(read_toml("guardrails/redact.toml")["words"][name].split())


@cache
def _recogniser() -> "Redactor":
    try:
        from depii import Redactor
    except ImportError:
        raise _missing() from None
    return Redactor(quasi_threshold=None)


@cache
def _dictionary() -> "SpellChecker":
    try:
        from spellchecker import SpellChecker
    except ImportError:
        raise _missing() from None
    return SpellChecker()


def _missing() -> MissingExtraError:
    return MissingExtraError("--redact needs more packages: pip install 'compassion-coach[redact]'. Nothing was sent.")
