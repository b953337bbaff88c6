"""Whether a text is in English, the language that the rules read; told by its script, its small words and its others.

Small words name a language. That a text is none of English shows, whatever it is, in that hardly a word of it is one
that the encoder was given whole.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter, Role
from compassion_coach.text.folding import everyday_words, fold

MANY = "mul"
"""The code for a letter in more than one language, of which one is English."""

_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)?")
_ANY_WORDS = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)*")
_CLITIC = re.compile(r"(?:'s|n't|'ll|'d|'ve|'re|'m)$")
_STEM = 3  # letters that a word has at least without its ending
_TELLING = 5  # words of a sentence that tell whether it is English
_ENGLISH, _SURELY = 0.5, 0.7  # of the words are known, where nothing else or small words speak for another language
_LETTERS = 6  # of another script, in a sentence that is more than a name
_AT_HAND = 4096  # words of which it is remembered: most come again


def language_in(letter: Letter) -> str:
    """Return the language of a letter as `language_of` does, but MANY where a sentence of an English one is not."""
    language = language_of(letter.text)
    if language in ("en", "und") and any(
        is_strange(words, fold(words).text)
        for words in (letter.quote(sentence) for sentence in letter.sentences if sentence.role is Role.BODY)
    ):
        return MANY
    return language


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or "und" where a text holds too little to tell.

    Of a long text the beginning is read, a few thousand characters. Another script than Latin answers `und-` with its
    name's first word in upper case, for example `und-ARABIC`, and a language without a name here `und-LATIN`.
    """
    text = text[:4000]
    script = _foreign_script(text)
    if script:
        return f"und-{script}"
    plain = text if text.isascii() and text == text.lower() else fold(text).text  # what a rule reads is folded already
    words = [word.replace("'", "") for word in _WORDS.findall(plain)]
    share = dict.fromkeys(_small_words(), 0)
    for word in words:
        for code in _languages_with().get(word, ()):
            share[code] += 1
    best = max(share, key=lambda code: (share[code], code == "en"))
    if len(words) < 4:
        return "en" if share["en"] else "und"
    if share[best] >= 0.12 * len(words) and share[best] > 1.2 * share["en"] + (share["en"] > 0):
        return best  # one shared word tells nothing
    if _english(plain) < _ENGLISH:
        return "und-LATIN"
    return "en" if share["en"] >= 0.12 * len(words) else "und"


def is_strange(sentence: str, folded: str) -> bool:
    """Whether a sentence, as written and folded, is not in English. Of a few words nobody can tell."""
    if _foreign_script(sentence):
        return sum(map(str.isalpha, sentence)) >= _LETTERS
    english = _english(folded)
    return english < _ENGLISH or (english < _SURELY and language_of(folded) not in ("en", "und"))


def _english(folded: str) -> float:
    """Return the share of the words of a folded text that are whole word pieces of the encoder's; of a few words, 1."""
    words = _ANY_WORDS.findall(folded)
    return sum(map(_is_piece, words)) / len(words) if len(words) >= _TELLING else 1.0


@lru_cache(maxsize=_AT_HAND)
def _is_piece(word: str) -> bool:
    from compassion_coach.embedded.encoder import encoder

    return word in encoder().words


def unknown_words(folded: str) -> list[str]:
    """Return the words of a folded text that are not known to be English: ciphers, other languages, rare words."""
    return [word for word in map(_bare, _ENGLISH_WORDS.findall(folded)) if not _is_english(word)]


def are_too_many(unknown: int, words: int) -> bool:
    """Whether so many unknown words among so many are too many to know what is said."""
    return unknown * int(read_toml("guardrails/english.toml")["to_one_unknown"]) > words


def _bare(word: str) -> str:
    return _CLITIC.sub("", word).replace("'", "")


@lru_cache(maxsize=_AT_HAND)
def _is_english(word: str, endings: int = 2) -> bool:
    """Whether a word is whole in the encoder's pieces or in a list, or is one with up to so many endings."""
    known = _is_piece(word) or word in _english_words()
    if known or len(word) < _STEM:
        return known
    return endings > 0 and any(_is_english(stem, endings - 1) for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    told = read_toml("guardrails/english.toml")
    for ending in told["endings"].split():
        stem = word.removesuffix(ending)
        if len(stem) == len(word) or len(stem) < _STEM:
            continue
        yield from (f"{stem}y",) if ending.startswith("i") and ending[1] in "el" else (stem, f"{stem}e")
        if stem[-1] == stem[-2]:
            yield stem[:-1]  # wagging
        if stem.endswith("i"):
            yield f"{stem[:-1]}y"  # loneliness
    yield from (
        word.removeprefix(beginning)
        for beginning in told["beginnings"].split()
        if word.startswith(beginning) and len(word) - len(beginning) >= _STEM
    )


@cache
def _english_words() -> frozenset[str]:
    return everyday_words().union(read_toml("guardrails/english.toml")["words"].split())


def _foreign_script(text: str) -> str | None:
    """Name the script of most letters where it is not Latin."""
    if text.isascii():
        return None
    letters = [c for c in text if c.isalpha()]
    foreign = [
        c
        for c in letters
        if not unicodedata.name(c, "LATIN").startswith(("LATIN", "FULLWIDTH", "MODIFIER", "MATHEMATICAL"))
    ]
    if len(foreign) * 2 <= len(letters):
        return None
    return unicodedata.name(foreign[0]).split()[0]


@cache
def _small_words() -> dict[str, frozenset[str]]:
    return {
        code: frozenset(words.split()) for code, words in read_toml("guardrails/languages.toml")["small_words"].items()
    }


@cache
def _languages_with() -> dict[str, list[str]]:
    """For each small word, the languages that have it."""
    languages: dict[str, list[str]] = {}
    for code, words in _small_words().items():
        for word in words:
            languages.setdefault(word, []).append(code)
    return languages
