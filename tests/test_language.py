"""English is told from what the rules cannot read."""

import pytest

from compassion_coach.embedded.language import language_in, language_of
from compassion_coach.letter import Letter


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


@pytest.mark.parametrize(
    "text",
    [
        "Nem akarok tovább élni, ezt senki sem látja.",
        "Už nechci žít, a nikdo si toho nevšiml.",
        "En halua enää elää, eikä kukaan huomaa sitä.",
        "Ayoko nang mabuhay at walang nakakapansin nito.",
        "Sitaki kuishi tena na hakuna anayeona hili.",
        "Ya no quiero vivir. Esta noche me tomo todas las pastillas.",
    ],
)
def test_a_language_without_a_name_here_is_not_taken_for_english(text: str) -> None:
    """Nor for too little to tell."""
    assert language_of(text) not in ("en", "und")


@pytest.mark.parametrize(
    "sentence",
    [
        "Esta noche me tomo todas las pastillas.",
        "Je ne veux plus vivre, ce soir je prends tous les cachets.",
        "Ich will nicht mehr leben und heute Nacht mache ich Schluss.",
        "Nie chcę już żyć, dzisiaj w nocy wezmę wszystkie tabletki.",
        "Saya tidak mau hidup lagi, malam ini saya minum semua pil.",
        "我真的不想再活下去了。",
        "Я больше не хочу жить, сегодня всё закончится.",
    ],
)
def test_one_sentence_in_another_language_is_noticed(sentence: str) -> None:
    """Whatever stands around it: what is said there, nobody here can know."""
    assert (
        language_in(Letter.of(f"Dear me, it makes sense that you were tired. {sentence} You are not alone.")) == "mul"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Mi amor, you did what you could.",
        "Babcia Zofia would have said nic się nie stało and put the kettle on.",
        "im so knackered n ur not a bad mum, u just cudnt",
        "Thursday, ten o'clock, church hall with Svetlana and Oleksandr.",
        "My 叔叔 used to say the same.",
    ],
)
def test_a_word_or_two_of_another_language_are_part_of_a_letter(sentence: str) -> None:
    """People have grandmothers."""
    assert language_in(Letter.of(f"Dear me, it makes sense that you were tired. {sentence} You are not alone.")) == "en"
