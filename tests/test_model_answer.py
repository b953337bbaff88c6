"""A model's answer is validated here, whatever its server promised."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin import answer

from compassion_coach.errors import AnswerError
from compassion_coach.letter import Letter
from compassion_coach.model.answer import answer_schema, reading_from
from compassion_coach.reading import Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.vocabulary import Level, Quality

TEXT = (
    "Dear Nell,\nOf course it’s hard, but you should rest.\nI am here. <!-- coach:off -->A secret.<!-- coach:on -->\n"
)
LETTER = Letter.of(TEXT)


def reading(text: str, letter: Letter = LETTER) -> Reading:
    reader = ReaderInfo(name="model", model="m", version="v")
    return reading_from(text, letter, reader, Usage(requests=1, prompt_tokens=1, answer_tokens=1))


def seen(sentence: int, excerpt: str | None = None, quality: str = "should") -> dict[str, object]:
    return {"sentence": sentence, "excerpt": excerpt, "quality": quality, "note": "A rule."}


def test_an_observation_is_located() -> None:
    """A sentence number means the sentence, an excerpt its exact place in it."""
    whole, part = reading(answer([seen(3, None, "kind_wish"), seen(2, "you should rest")])).observations
    assert TEXT[whole.start : whole.end] == "I am here."
    assert (whole.quality, whole.sentence) == (Quality.KIND_WISH, 2)
    assert TEXT[part.start : part.end] == "you should rest"


def test_an_excerpt_is_found_whatever_its_apostrophe() -> None:
    """Folding is the one normalisation; what is marked is the letter's own."""
    (found,) = reading(answer([seen(2, "it's hard", "acknowledging")])).observations
    assert TEXT[found.start : found.end] == "it’s hard"


@pytest.mark.parametrize(
    ("text", "excerpt", "found"),
    [
        ("I do not think you are a burden.", "you are a burden", "I do not think you are a burden."),
        ("It isn’t true that you failed them.", "you failed them", "It isn’t true that you failed them."),
        ("You did not sleep; you are tired.", "you are tired", "you are tired"),
        ("Of course you are tired.", "you are tired", "you are tired"),
    ],
)
def test_an_excerpt_does_not_leave_a_no_behind(text: str, excerpt: str, found: str) -> None:
    """What the letter denies is not shown as if it said so."""
    (observation,) = reading(answer([seen(1, excerpt)]), Letter.of(text)).observations
    assert text[observation.start : observation.end].rstrip(".") == found.rstrip(".")


@pytest.mark.parametrize(
    ("text", "excerpt", "found"),
    [
        ("That was unkind of Priya.", "kind", "unkind"),
        ("That was unkind, and he is kind.", "kind", "kind"),
        ("You feel unloved and it hurts.", "love", "unloved"),
        ("It doesn’t hurt you.", "does", "doesn’t"),
        ("You are a shoulder to many.", "should", "shoulder"),
        ("Well do\u0301ne, my dear.", "do", "do\u0301ne"),
        ("You and 👩\u200d👩\u200d👧 at home.", "and 👩", "and 👩\u200d👩\u200d👧"),
    ],
)
def test_a_mark_cuts_no_word(text: str, excerpt: str, found: str) -> None:
    """A ♥ on the half of a word, or on one of a family, is none that anybody gave."""
    (observation,) = reading(answer([seen(1, excerpt)]), Letter.of(text)).observations
    assert text[observation.start : observation.end] == found


@pytest.mark.parametrize("sign", [".", "'", "❤", "- "])
def test_signs_by_themselves_are_not_marked(sign: str) -> None:
    """Where an excerpt holds no word, nothing was said of any."""
    assert reading(answer([seen(1, sign)]), Letter.of("It's hard - so hard ❤.")).observations == ()


@pytest.mark.parametrize("wrong", [seen(2, "you must rest"), seen(0), seen(99), seen(-1), seen(4)])
def test_what_the_letter_does_not_hold_is_dropped_and_counted(wrong: dict[str, object]) -> None:
    """An excerpt that is absent, a number that is no sentence, and a private one are refused."""
    found = reading(answer([wrong]))
    assert (found.observations, found.dropped) == ((), 1)


@pytest.mark.parametrize("words", ["a </think> b", "<think>a</think>", "```json", "``` }"])
def test_what_looks_like_wrapping_inside_an_answer_is_part_of_it(words: str) -> None:
    """A letter that holds such signs, and a model that copies them, do not make the answer unreadable."""
    assert reading(answer([seen(2)], overall=words)).overall == words


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060\u202e", "\u0301"])
def test_an_excerpt_that_nobody_can_see_is_dropped(hidden: str) -> None:
    """It folds to nothing, and nothing stands everywhere."""
    found = reading(answer([seen(2, hidden)]))
    assert (found.observations, found.dropped) == ((), 1)


def test_greetings_are_left_out() -> None:
    """A mark on the salutation is neither shown nor counted as a misquotation."""
    found = reading(answer([seen(1, None, "kind_wish")]))
    assert (found.observations, found.dropped) == ((), 0)


def test_an_observation_made_twice_counts_once() -> None:
    """The same stretch and quality are one observation."""
    assert len(reading(answer([seen(2), seen(2)])).observations) == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "Here it is:\n```\n{}\n```\nI hope it helps.",
        "<think>Hmm, {{not json}}.</think>\n{}",
        "so I will answer</think>{}",
        "Sure! {} There.",
        "  {}  ",
    ],
)
def test_json_is_found_in_its_wrapping(wrapped: str) -> None:
    """Fences, thinking and chatter around an answer are put aside."""
    text = wrapped.replace("{{", "{").replace("}}", "}")
    assert reading(text.replace("{}", answer([seen(2)]))).observations


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "I am sorry you feel that way.",
        answer([seen(2)])[:-20],
        answer([seen(2, None, "brilliant")]),
        answer(extra="field"),
        answer(distress="catastrophic"),
        json.dumps({"observations": []}),
        json.dumps([1, 2, 3]),
        "[" * 5000,
        "<think>forever",
    ],
)
def test_a_broken_answer_is_refused_without_its_words(broken: str) -> None:
    """Whatever breaks the schema ends in an AnswerError that quotes nothing."""
    with pytest.raises(AnswerError) as caught:
        reading(broken)
    assert "sorry" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("told", "question"), [(None, None), (" ", None), ("null", None), ("How is it?", "How is it?")]
)
def test_no_question_is_no_question(told: str | None, question: str | None) -> None:
    """Blank, null, and null spelled out all mean that nothing is asked."""
    assert reading(answer(question=told)).question == question


def test_thinking_and_fences_without_end_take_no_time() -> None:
    """A megabyte of opened tags, fences or blanks is refused in well under a second."""
    begun = time.monotonic()
    for flood in (
        "<think>" * 140_000,
        "```" + " " * 1_000_000,
        "```json\n" * 120_000,
        "</think>" * 120_000,
        "{" * 10**6,
    ):
        with pytest.raises(AnswerError):
            reading(flood)
    assert time.monotonic() - begun < 5


def test_an_excerpt_far_longer_than_its_sentence_is_dropped() -> None:
    """A megabyte of excerpt is not looked for."""
    begun = time.monotonic()
    assert reading(answer([seen(2, "hard " * 200_000)])).dropped == 1
    assert time.monotonic() - begun < 1


def test_sixty_observations_on_an_endless_sentence_take_no_time() -> None:
    """What is denied in it is looked for once, from the last semicolon on."""
    letter = Letter.of("not " * 60_000 + "; it hurt.")
    told = answer([seen(1, f"it hurt{'.' * (n % 2)}") for n in range(30)] + [seen(1, "It hurt") for _ in range(30)])
    begun = time.monotonic()
    assert reading(told, letter).observations
    assert time.monotonic() - begun < 5


def test_a_models_opinion_of_distress_is_carried() -> None:
    """The level of an answer is handed on."""
    assert reading(answer(distress="urgent")).level is Level.URGENT


def test_the_schema_is_one_that_strict_servers_take() -> None:
    """Every field is required, nothing else is allowed, and there are no references, patterns or defaults."""

    def walk(part: object) -> None:
        if isinstance(part, dict):
            assert not part.keys() & {"$ref", "$defs", "pattern", "default"}
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert sorted(part["required"]) == sorted(part["properties"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(answer_schema())


def test_the_answers_names_are_the_vocabulary() -> None:
    """The qualities and levels that a model may answer are the vocabulary's, all of them."""
    observation = answer_schema()["properties"]["observations"]["items"]["properties"]
    assert observation["quality"]["enum"] == [quality.value for quality in Quality]
    assert answer_schema()["properties"]["distress"]["enum"] == [level.value for level in Level]


@given(st.text(max_size=400))
def test_an_answer_is_read_or_refused(text: str) -> None:
    """Any text from a server becomes a reading or an AnswerError without a word of it."""
    refused: AnswerError | None = None
    try:
        reading(text)
    except AnswerError as error:
        refused = error
    assert refused is None or (refused.__cause__ is None and (len(text) < 40 or text not in str(refused)))
