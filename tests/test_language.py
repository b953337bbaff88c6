"""English is told from what the rules cannot read."""

import pytest

from compassion_coach.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am so sorry this week was heavy.", "en"),
        ("rough day huh anyone wd be wiped out after that u did ok", "en"),
        ("Dear Sam", "en"),
        ("Liebe Anna, es tut mir so leid, dass du so traurig bist.", "de"),
        ("Chère Anna, je suis triste que tu sois si fatiguée, ce n'est pas ta faute.", "fr"),
        ("Querida Ana, siento mucho que estés tan triste, no es tu culpa.", "es"),
        ("Lieve Anna, het is niet jouw schuld dat je zo moe bent.", "nl"),
        ("我很难过,但是我会陪着你。", "und-CJK"),
        ("مرحبا كيف حالك اليوم", "und-ARABIC"),
        ("Мне очень жаль, что тебе так грустно.", "und-CYRILLIC"),
        ("🌱🌱💛", "und"),
        ("", "und"),
    ],
)
def test_names_the_language(text: str, language: str) -> None:
    """The code is the language's, `und` where there is too little to tell, with the script where it is not Latin."""
    assert language_of(text) == language
