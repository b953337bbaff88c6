"""What in a remark is the letter's own, and so hidden from the rails: its quoted words, and the name it greets."""

import re
from functools import lru_cache

from compassion_coach.letter import Letter, Role
from compassion_coach.text.folding import everyday_words, fold

WORD = re.compile(r"[^\W_](?:[\w'-]*[^\W_])?")
_QUOTATION = re.compile(r"\"([^\"]+)\"|(?<![a-z0-9])'((?:[^']|(?<=[a-z])'(?=[a-z]))+)'(?![a-z0-9])")
_STRAY_QUOTE = re.compile(r"\"|(?<![a-z0-9~])'|(?<=[a-rt-z0-9])'(?![a-z])")
_DENYING = re.compile(r"\b(?:not|never|no|nobody|nothing|nor|without|hardly|cannot|\w+n['’]?t)\b", re.IGNORECASE)
EDGES = " .,;:!?-"
"""What may stand at the edges of a quotation and not in the letter."""
_OWNING = re.compile(r"(?:his|her|their|your) (?:own )?")


def without_quotations(text: str, letter: Letter) -> tuple[str, list[tuple[int, int]]]:
    """Hide the letter's own quoted words behind `~`, marks and all; return also the quotations that are not its own."""
    bare, misquoted = text, []
    for a, b in quotations(text):
        if not stands_in(text[a + 1 : b - 1], letter):
            misquoted.append((a, b))
        elif WORD.search(text, a, b):
            bare = bare[:a] + "~" * (b - a) + bare[b:]  # the letter's words are the letter's: no rail reads them
    if not misquoted:  # a mark without its partner may hide where a quotation ends
        misquoted = [m.span() for m in _STRAY_QUOTE.finditer(bare)]
    return bare, misquoted


def quotations(text: str) -> list[tuple[int, int]]:
    """Return where the quotations of a folded text stand, with their marks."""
    return [found.span() for found in _QUOTATION.finditer(text)]


def without_names(bare: str, letter: Letter) -> str:
    """Put `§` for the letters of the name in the greeting, so that a rule can speak of whoever was written to."""
    greeted = [letter.quote(s) for s in letter.sentences[:1] if s.role is Role.SALUTATION]
    for word in WORD.findall(greeted[0][:200]) if greeted else ():
        name = fold(word).text
        if word[0].isupper() and name and name not in everyday_words():  # "Dear You Should Rest," names nobody
            bare = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", "§" * len(name), bare)
    return bare


def is_denied(text: str, at: int, begins: int = 0) -> bool:
    """Whether what stands `at` a place in a sentence that `begins` somewhere in a text is denied before it in its
    clause: without that it would say the opposite.
    """
    clause = max(text.rfind(sign, begins, at) for sign in ";:")
    return _DENYING.search(text, max(clause, begins), at) is not None


def stands_in(words: str, letter: Letter) -> bool:
    """Whether the letter holds these words: both folded alike, blank and punctuation at the edges left out."""
    inside = words.strip(EDGES)
    text = _folded_letter(letter.text)
    return not inside or (inside in text and re.search(rf"(?<!\w){re.escape(inside)}(?!\w)", text) is not None)


def is_said_in(word: str, letter: Letter) -> bool:
    """Whether the letter says a word, or says it of one where the word is of many, or the other way round.

    Whose it is may be told otherwise: "your boss" where the letter says "my boss".
    """
    word = word[owned.end() :] if (owned := _OWNING.match(word)) else word
    return any(stands_in(form, letter) for form in (word, word + "s", word.removesuffix("s")))


@lru_cache(maxsize=1)
def _folded_letter(text: str) -> str:
    return fold(text).text


def as_heard(named: str) -> str:
    """Return a heard text with a name and an unknown word in the place of names and quotations, for the encoder."""
    return re.sub("§+", "sam", re.sub("~+", "[UNK]", named))
