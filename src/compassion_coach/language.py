"""Whether a text is in English, the language that the rules read; told by its small words and its script."""

import re
import unicodedata
from functools import cache

from compassion_coach.data import read_toml
from compassion_coach.folding import fold

_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)?")


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or "und" where a text holds too little to tell.

    Of a long text the beginning is read, a few thousand characters. Another script than Latin answers `und-Xxxx`
    with its name's first letters in upper case, for example `und-ARABIC`.
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
    if share[best] < 0.12 * len(words):
        return "und"
    return best if share[best] > 1.2 * share["en"] + (share["en"] > 0) else "en"  # one shared word tells nothing


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
