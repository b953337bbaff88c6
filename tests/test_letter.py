"""A letter's sentences, whatever it looks like."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.errors import InputError
from compassion_coach.letter import Letter


def quotes(text: str) -> list[str]:
    letter = Letter.of(text)
    return [letter.quote(sentence) for sentence in letter.sentences]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Patel was kind. I cried.", ["Dr. Patel was kind.", "I cried."]),
        ("It hurt... and then it passed. You stayed.", ["It hurt... and then it passed.", "You stayed."]),
        ("You tried… It was enough.", ["You tried…", "It was enough."]),
        ("Why? Because you loved her.", ["Why?", "Because you loved her."]),
        (
            "You are tired!! I know?! I do. He said “go!!” and I went.",
            ["You are tired!!", "I know?!", "I do.", "He said “go!!” and I went."],
        ),
        ("She said “You should go.” I stayed.", ["She said “You should go.”", "I stayed."]),
        ("(You were only nine.) It was not your fault.", ["(You were only nine.)", "It was not your fault."]),
        ("That was hard. 😢 You stayed.", ["That was hard. 😢", "You stayed."]),
        ("You rested 🌱 It helped 💛", ["You rested 🌱", "It helped 💛"]),
        ("It was 3 p.m. on Monday. You slept.", ["It was 3 p.m. on Monday.", "You slept."]),
        ("rough day huh\nanyone would be tired\nu did ok", ["rough day huh", "anyone would be tired", "u did ok"]),
        ("I sat with you\nuntil the rain stopped", ["I sat with you", "until the rain stopped"]),
        ("- you stayed\n- you rang her. She came.\n1. rest", ["you stayed", "you rang her.", "She came.", "rest"]),
        ("one\r\ntwo\r\nthree", ["one", "two", "three"]),
        ("🌱 💛", ["🌱 💛"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_finds_sentences(text: str, sentences: list[str]) -> None:
    """Abbreviations, ellipses, lists, poems, text messages and emoji each give the sentences a reader would see."""
    assert quotes(text) == sentences


def test_a_wrapped_paragraph_is_joined() -> None:
    """A line that was broken because the next word no longer fitted does not end a sentence."""
    text = (
        "I am so sorry that this month has been such a slog, and I know you were up with\n"
        "the baby every night. Nobody saw it. You kept going through all of those long\n"
        "hours, and I saw it.\n"
    )
    found = quotes(text)
    assert len(found) == 3
    assert found[0].endswith("with\nthe baby every night.")


def test_lines_that_end_where_their_writer_ends_them_are_sentences() -> None:
    """As in a text message: one of them is short and has no sign at its end, so no margin broke the others."""
    lines = [
        "gran said the old name at supper again and you went so quiet",
        "that feeling of floating away, i know where its coming from",
        "you said the right one once with your spoon shaking",
        "nobody else at that table did a braver thing today",
        "it was one word she said",
        "others at group know how the stomach drops then",
        "please dont hate yourself for saying it only once",
        "you are real",
    ]
    assert quotes("\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Dear X, I am sad.\nWith love,\nMe", "salutation body signature signature"),
        ("hi me,\nrough day\nxx", "salutation body signature"),
        ("Sam,\nyou did it.\n- your kinder self", "salutation body signature"),
        ("You matter.\nI am here.", "body body"),
        ("Dear me, what a week it was.", "salutation body"),
        ("Little one,\nyou did it.", "salutation body"),
        ("\ufeffdear sam,\nyou did it.", "salutation body"),
        ("You coward,\nyou never do anything right.", "body body"),
        ("Stupid girl,\nit makes sense that you are tired.", "body body"),
        ("<!-- coach:off -->\nA secret.\n<!-- coach:on -->\nDear Sam,\nyou did it.", "body salutation body"),
        ("You did it.\nWith love,\nSam\n<!-- coach:off -->\nA secret. Another.", "body signature signature body body"),
    ],
)
def test_knows_salutation_and_signature(text: str, roles: str) -> None:
    """Greeting and signature are told from the body."""
    assert " ".join(s.role for s in Letter.of(text).sentences) == roles


def test_a_passage_kept_back_is_private() -> None:
    """Between coach:off and coach:on sentences are known and private; the comments are no sentences."""
    letter = Letter.of("I see you. <!-- coach:off -->My secret. Another.<!-- coach:on --> You rest.")
    assert [(letter.quote(s), s.private) for s in letter.sentences] == [
        ("I see you.", False),
        ("My secret.", True),
        ("Another.", True),
        ("You rest.", False),
    ]


@pytest.mark.parametrize(
    "off",
    [
        "<!-- coach:off - private -->",
        "<!-- Coach: OFF -->",
        "<!-- coach:of -->",
        "<!--coach off>",
        "<!-- coach:0ff -->",
        "<!— coach:off —>",  # as a phone writes two hyphens
        "<!-- coach\u200b:\u200boff -->",
        "<!-- coach-off -->",
        "<!-- coach:off\n",
        "<!-- coach:off\n-->",
    ],
)
def test_a_passage_is_kept_back_however_it_is_written(off: str) -> None:
    """A slip in the comment sends nobody's secret away."""
    assert [s.private for s in Letter.of(f"A line. {off} A secret. <!-- coach:on --> More.").sentences] == [
        False,
        True,
        False,
    ]


def test_words_inside_the_comment_are_kept_back_too() -> None:
    """What somebody writes into the comment itself is no label: it is private, and it is screened."""
    letter = Letter.of("A line. <!-- coach:off he hits me when he drinks --> More. <!-- coach:on --> Rest.")
    assert [s.private for s in letter.sentences] == [False, True, True, False]
    assert "he hits me when he drinks" in letter.quote(letter.sentences[1])


@pytest.mark.parametrize("text", ["<!-- coach: office hours --> A line.", "The coach is off today. A line."])
def test_other_words_keep_nothing_back(text: str) -> None:
    """A comment about something else, and a coach who is off, leave the letter open."""
    assert not any(s.private for s in Letter.of(text).sentences)


def test_a_unit_longer_than_any_window_is_cut_between_sentences_only() -> None:
    """However long a line is, its sentences are the same, and a sentence without end is one."""
    assert quotes("I am tired. " * 2000) == ["I am tired."] * 2000
    assert quotes("word " * 4000) == [("word " * 4000).strip()]


def test_a_passage_that_is_never_opened_again_stays_private() -> None:
    """Without coach:on everything to the end is kept back; a passage within a passage ends itself and not the outer."""
    off, on = "<!-- coach:off -->", "<!-- coach:on -->"
    nested = Letter.of(f"A line. {off} One. {off} Two. {on} Three. {on} Rest.")
    assert [s.private for s in nested.sentences] == [False, True, True, True, False]
    assert [s.private for s in Letter.of("A line. <!--coach:off--> All. The. Rest.").sentences] == [
        False,
        True,
        True,
        True,
    ]


def test_offsets_count_utf16_too() -> None:
    """An emoji is one code point and two UTF-16 units."""
    letter = Letter.of("😢 ok")
    assert (letter.utf16(0), letter.utf16(1), letter.utf16(4)) == (0, 2, 5)


def test_the_hash_is_of_the_text_as_it_is() -> None:
    """The hash is SHA-256 of the text in UTF-8, line ends and all."""
    text = "é\r\n"
    assert Letter.of(text).sha256 == hashlib.sha256(text.encode()).hexdigest()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_sentences_cover_every_word_once(text: str) -> None:
    """Sentences do not overlap, and no word is lost between them."""
    letter = Letter.of(text)
    at = 0
    for sentence in letter.sentences:
        assert at <= sentence.start < sentence.end
        assert not any(c.isalpha() for c in text[at : sentence.start])
        at = sentence.end
    assert not any(c.isalpha() for c in text[at:])


def test_half_a_character_is_no_text() -> None:
    """A string that no file can hold is refused in plain words."""
    with pytest.raises(InputError, match="half a character"):
        Letter.of("You \ud83d rest.")


def test_a_very_long_line_is_a_sentence() -> None:
    """A single line of 200,000 characters is taken in."""
    assert len(Letter.of("a" * 200_000).sentences) == 1
    assert len(Letter.of("You are here. " * 15_000).sentences) == 15_000
