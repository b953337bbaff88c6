"""Vetted words: gentle, specific, never twice, and never caught by our own rails."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.prompts import fill
from compassion_coach.reading import Observation
from compassion_coach.reflection import Span, Turn
from compassion_coach.remarks import own_words, voice
from compassion_coach.remarks.guard import Shape, judge
from compassion_coach.vocabulary import Kind, Quality

LETTER = Letter.of("Dear Nell,\nthe kettle sang while you waited there\nyou should call her today")
WORDS = "the kettle sang"


def every_note() -> list[str]:
    kept = read_toml("prompts/notes.toml")
    return [fill(text, words=WORDS) for some in kept.values() for text in (*some["plain"], *some["quoting"])]


def test_every_quality_has_many_wordings() -> None:
    """Ten plain wordings and four that quote, for each quality, ten plain ones in danger, and none anywhere twice."""
    kept = read_toml("prompts/notes.toml")
    assert sorted(kept) == sorted([*Quality, "in_danger"])
    assert len(kept["in_danger"]["plain"]) >= 10
    assert all(len(kept[q]["plain"]) >= 10 and len(kept[q]["quoting"]) >= 4 for q in Quality)
    assert len(set(every_note())) == len(every_note())


@pytest.mark.parametrize("note", every_note())
def test_a_vetted_note_passes_the_rails(note: str) -> None:
    """What we say ourselves keeps to what a model is held to, in at most 24 words."""
    assert judge(note, LETTER, Shape.NOTE).findings == ()
    assert len(note.split()) <= 24


def remarks() -> list[str]:
    parts = read_toml("prompts/overall.toml")
    slots = {"words": WORDS, "pivot": "the kettle", "place": parts["places"]["opening"]}
    texts = [w for group in ("warmth", "change", "ending", "whole") for ws in parts[group].values() for w in ws]
    return [fill(text, **slots, what=what) for text in texts for what in parts["what"].values()]


@pytest.mark.parametrize("remark", sorted(set(remarks())))
def test_a_vetted_remark_passes_the_rails(remark: str) -> None:
    """The overall remark does as well."""
    assert judge(remark, LETTER, Shape.OVERALL).findings == ()


@pytest.mark.parametrize("question", [q for kept in read_toml("prompts/questions.toml").values() for q in kept])
def test_a_vetted_question_passes_the_rails(question: str) -> None:
    """And so does each question, which ends as one."""
    asked = fill(question, words=WORDS, pivot="the kettle")
    assert judge(asked, LETTER, Shape.QUESTION).findings == ()
    assert asked.endswith("?")


@pytest.mark.parametrize("quality", list(Quality))
def test_ten_marks_of_one_quality_hear_ten_sentences(quality: Quality) -> None:
    """A letter does not hear the same sentence twice."""
    letter = Letter.of("\n".join(f"line number {n} of the letter stands here" for n in range(10)))
    seen = tuple(Observation(i, s.start, s.end, quality, 0.9) for i, s in enumerate(letter.sentences))
    assert len(set(voice.notes(voice.Scene(letter, seen)))) == 10


def test_the_same_letter_hears_the_same_words() -> None:
    """Words are chosen by the letter, not by chance."""
    seen = (Observation(1, 11, 30, Quality.COURAGE, 0.9),)
    assert voice.notes(voice.Scene(LETTER, seen)) == voice.notes(voice.Scene(LETTER, seen))


@pytest.mark.parametrize(
    ("text", "focus", "words"),
    [
        ("You kept going, even then.", "kept", "You kept going"),
        ("have a bath and get over it now", "have a bath", "have a bath"),
        ("What you carry is not little.", "you carry", "What you carry is not little"),
        ("It was hard and you were quiet.", "hard", "It was hard"),
        ("It was hard and you were quiet.", "quiet", "you were quiet"),
        ("After the rain always comes the sun.", "the sun", "After the rain always comes the sun"),
        ("My wish is that the nurse is a gentle one and gets it first go.", "wish", None),
        ("You sent the salary list to the whole company instead of to HR.", "You", "You sent the salary list"),
        ("God does not blame you, and neither do I.", "neither", "neither do I"),
        ("Double shifts all week long would surely put anyone down tonight.", "Double", None),
        ("It learned to talk like that in a house where nobody was allowed to waver.", "It", "It learned to talk"),
        ("Rest.", "Rest", None),
        ('You "just" kept going', "You", None),
        ("I mean that you were afraid of becoming like her", "you were", "you were afraid of becoming like her"),
        ("That you came home made me glad", "That you", "That you came home made me glad"),
        ("i am not going to hurry you", "not going", "i am not going to hurry you"),
        ("and i am not going to hurry you to choose between us", "not going", None),
        ("You are so worn that your bones creak", "worn", "You are so worn that your bones creak"),
        ("A son looks after his own", "A son", "A son looks after his own"),
        ("The hurt shows that you were there for them all of that year", "hurt", None),
        ("You walked one hundred and eighty miles for him that summer", "You walked", None),
        ("You stayed in the hall with your hand on his sleeve all night", "You stayed", "You stayed in the hall"),
        ("The man in the next bed at the clinic had wet eyes", "The man", None),
        ("When you call yourself rubbish, you are scared", "call yourself", None),
        ("We could ring her, if you like, or leave it", "if you", "if you like"),
        ("That's rough, and nobody's fault", "That's", "That's rough"),
        ("You were late every day, weren't you", "weren't", None),
        ("They charged for it at home, so naturally you count", "naturally", "naturally you count"),
        ("In future, set up a standing order", "In future", None),
        ("It was a lot, so many of us cry", "many", "so many of us cry"),
        (
            "part of you wants to stay and part of you wants to go",
            "part of you wants to stay and part of you wants",
            None,
        ),
    ],
)
def test_a_few_words_are_the_writers_own(text: str, focus: str, words: str | None) -> None:
    """A clause as it was written, not too long to be one; none where quotation marks would clash."""
    at = text.index(focus)
    seen = Observation(0, 0, len(text), Quality.COURAGE, 0.9, focus=(at, at + len(focus)))
    assert own_words.few_words(Letter.of(text), seen) == words


_SMALL = (
    "you",
    "i",
    "she",
    "to",
    "that",
    "and",
    "so",
    "as",
    "when",
    "with",
    "your",
    "in",
    "it",
    "not",
    "know",
    "home",
    ",",
)


@given(st.lists(st.sampled_from(_SMALL), min_size=1, max_size=14), st.data())
def test_whatever_a_line_is_its_own_words_are_quoted_or_none(words: list[str], data: st.DataObject) -> None:
    """Also where it ends in the middle of something, and wherever the words are that made it so."""
    text = " ".join(words)
    a = data.draw(st.integers(0, len(text) - 1))
    b = data.draw(st.integers(a + 1, len(text)))
    for quality in (Quality.COURAGE, Quality.SHOULD, Quality.ENCOURAGING_STEP):
        quoted = own_words.few_words(Letter.of(text), Observation(0, 0, len(text), quality, 0.9, focus=(a, b)))
        assert quoted is None or quoted in text


def test_a_misdeed_is_not_quoted_as_what_was_noticed_kindly() -> None:
    """Where no rule knows what made a line so it is quoted as a whole, and not at all where it tells the hurt."""
    letter = Letter.of("You shouted at the boys today.\nI am on your side, all the way and all the long night through.")
    told, wish = letter.sentences
    hurt = Observation(0, told.start, told.end, Quality.ACKNOWLEDGING, 0.9)
    assert own_words.few_words(letter, hurt) is None
    assert own_words.few_words(letter, replace(hurt, quality=Quality.COURAGE)) == "You shouted at the boys today"
    assert own_words.few_words(letter, Observation(1, wish.start, wish.end, Quality.KIND_WISH, 0.9)) is None


def test_overall_follows_the_letter() -> None:
    """First where the warmth is, then where the letter turns."""
    text = "It makes sense that it hurt so much. However you always do this."
    letter = Letter.of(text)
    seen = (
        Observation(0, 0, 36, Quality.UNDERSTANDABLE, 0.9),
        Observation(1, 37, len(text), Quality.CONDEMNING, 0.9),
    )
    turn = Turn(warm=0, pivot=Span(start=37, end=44, quote="However"), undone_by=1)
    remark = voice.overall(voice.Scene(letter, seen, (turn,)))
    assert "“However”" in remark
    assert "blame" in remark


def test_words_that_are_quoted_stand_where_they_are_said_to() -> None:
    """The surest words of a letter may stand at its end; they are no example of its opening lines."""
    for night in range(12):
        text = f"It was night {night}. I see how tired you are. You should ring. At least it is dry. I wish you rest."
        letter = Letter.of(text)
        qualities = [
            Quality.ACKNOWLEDGING,
            Quality.ACKNOWLEDGING,
            Quality.SHOULD,
            Quality.DISMISSING,
            Quality.KIND_WISH,
        ]
        seen = tuple(
            Observation(at, s.start, s.end, quality, 0.9 + at / 100)
            for at, (s, quality) in enumerate(zip(letter.sentences, qualities, strict=True))
        )
        told = voice.overall(voice.Scene(letter, seen, ())).split(".")[0]
        assert "I wish you rest" not in told
        assert "opening" in told or "beginning" in told or "first" in told


def test_half_of_a_reason_is_no_example_of_warmth() -> None:
    """What somebody was afraid of is no kindness, though the line that tells it is kind."""
    for night in range(12):
        letter = Letter.of(
            f"It was night {night}. You hid it because she would book a flight, and you were ill then too."
        )
        reason = letter.sentences[1]
        at = letter.text.index("she would")
        seen = Observation(1, reason.start, reason.end, Quality.UNDERSTANDABLE, 0.9, focus=(at, at + 9))
        cold = Observation(0, 0, 5, Quality.COLD, 0.9)
        assert "book a flight" not in voice.overall(voice.Scene(letter, (cold, seen), ()))
        assert own_words.few_words(letter, seen) == "she would book a flight"


def test_a_letter_that_is_all_warmth_is_simply_heard() -> None:
    """Nothing is invented where nothing creeps in."""
    letter = Letter.of("It makes sense that it hurt so much.")
    seen = (Observation(0, 0, 36, Quality.UNDERSTANDABLE, 0.9),)
    remark = voice.overall(voice.Scene(letter, seen, ()))
    creep = read_toml("prompts/overall.toml")["what"].values()
    assert not any(what in remark for what in creep)


def test_without_warmth_the_greeting_counts() -> None:
    """The shortest sign of care is told."""
    letter = Letter.of("Dear Nell,\nYou always do this.")
    seen = (Observation(1, 11, 30, Quality.CONDEMNING, 0.9),)
    assert "“Dear Nell”" in voice.overall(voice.Scene(letter, seen, ()))


def test_an_empty_letter_has_no_question() -> None:
    """Nothing marked, nothing asked."""
    assert voice.question(voice.Scene(Letter.of("The bus is at nine."), (), ())) is None


def test_every_kind_is_spoken_of() -> None:
    """Each creeping quality has its words in the overall remark."""
    assert {q.value for q in Quality if q.kind is not Kind.WARM} <= read_toml("prompts/overall.toml")["what"].keys()


def seen_in(text: str, **kinds: Quality) -> voice.Scene:
    """A letter of short sentences, some of them marked, named s0, s1 and so on."""
    letter = Letter.of(text)
    spans = {f"s{at}": (at, s.start, s.end) for at, s in enumerate(letter.sentences)}
    return voice.Scene(letter, tuple(Observation(*spans[name], quality, 0.9) for name, quality in kinds.items()), ())


def test_what_stands_on_both_sides_of_the_warmth_is_told_in_its_order() -> None:
    """Coldness, warmth, coldness: the second is named, and no warmth is said to come back where it came first."""
    again = read_toml("prompts/overall.toml")["ending"]["warm_again"]
    for night in range(12):
        text = (
            f"It was night {night}. You always fail. I am sorry it hurts. It rained. You exaggerate. I wish you rest."
        )
        remark = voice.overall(
            seen_in(text, s1=Quality.CONDEMNING, s2=Quality.ACKNOWLEDGING, s4=Quality.DISMISSING, s5=Quality.KIND_WISH)
        )
        blame, small = remark.index("blame comes in"), remark.index("the hurt seems to be made smaller")
        assert blame < small
        before = voice.overall(seen_in(text, s1=Quality.CONDEMNING, s2=Quality.ACKNOWLEDGING, s5=Quality.KIND_WISH))
        assert not any(words in before for words in again)


def test_a_voice_that_was_never_warm_does_not_change() -> None:
    """Where nothing warm was heard there is nothing that it could change from."""
    for night in range(12):
        remark = voice.overall(seen_in(f"It was night {night}. You always fail.", s1=Quality.CONDEMNING))
        assert "changes" not in remark
        assert "shifts" not in remark
