"""The embedded reader on the cases that the handout is about."""

from pathlib import Path

import pytest

from compassion_coach.embedded.encoder import card
from compassion_coach.embedded.evidence import focus, hits_in
from compassion_coach.embedded.reader import LocalReader, label, labels
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.vocabulary import Kind, Quality

CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Of course you are tired, after a night like that.", Kind.WARM),
        ("It's no wonder, because you had hoped so much.", Kind.WARM),
        ("Many people lie awake like this.", Kind.WARM),
        ("You spoke up with your voice shaking.", Kind.WARM),
        ("I'm on your side.", Kind.WARM),
        ("Part of you wants to go and part of you wants to stay.", Kind.WARM),
        ("You need to get over him.", Kind.ADVICE),
        ("Why don't you just ring her?", Kind.ADVICE),
        ("It would help if you went to bed earlier.", Kind.ADVICE),
        ("Have you tried yoga?", Kind.ADVICE),
        ("call her", Kind.ADVICE),
        ("If I were you I'd move on.", Kind.ADVICE),
        ("You always fall apart.", Kind.INVALIDATION),
        ("Maybe you are over-reacting.", Kind.INVALIDATION),
        ("Other people have it far worse.", Kind.INVALIDATION),
        ("Everything happens for a reason!!!", Kind.INVALIDATION),
        ("I suppose it is understandable.", Kind.INVALIDATION),
        ("It should stop raining by four.", Kind.NEUTRAL),
        ("Dear Tom,", Kind.NEUTRAL),
    ],
)
def test_labels_plain_cases(sentence: str, kind: Kind) -> None:
    """Warm, advice, invalidation and neutral are told apart on plain sentences of each."""
    assert label(sentence).kind is kind


@pytest.mark.parametrize(
    "sentence",
    [
        "You keep telling yourself you should be coping, and that is a heavy thing to carry.",
        "Nobody can tell you what you ought to feel.",
        "The rain should stop soon.",
    ],
)
def test_a_should_that_is_not_one_is_no_advice(sentence: str) -> None:
    """A should that is expected, refused or met with kindness is not marked as one."""
    assert label(sentence).kind is not Kind.ADVICE


@pytest.mark.parametrize(
    "sentence",
    [
        "It is understandable that you are hurt.",
        "Your anger is very understandable.",
        "You are not alone with this.",
        "You have been through a lot lately.",
        "Your feelings are valid.",
        "You are stronger than you feel.",
        "None of this is your fault.",
        "Nothing about this was your fault.",
    ],
)
def test_plain_kindness_is_never_called_cold(sentence: str) -> None:
    """Lines that anybody might write are warm, alone and in the middle of a letter."""
    around = ["Dear Sam,", "It was a hard week.", sentence, "I am with you."]
    assert label(sentence).kind is Kind.WARM
    assert labels(around, neighbours=True)[2].kind is Kind.WARM


def test_the_same_words_given_grudgingly_are_cold() -> None:
    """What is said with a shrug is not kindness."""
    assert label("I suppose it is understandable.").kind is Kind.INVALIDATION


def test_scores_are_shares_that_agree_with_the_kind() -> None:
    """The scores of a label sum to 1 and the greatest is its kind's."""
    for sentence in ("You should rest.", "I'm so sorry it hurts.", "The bus is at nine.", "You always fail."):
        found = label(sentence)
        assert sum(found.scores.values()) == pytest.approx(1, abs=0.001)
        assert max(found.scores, key=lambda kind: found.scores[kind]) is found.kind


def test_a_sentence_of_two_things_is_marked_in_stretches() -> None:
    """The warm stretch and the telling one each get their own mark, and together they lose nothing."""
    text = "It is understandable that you are upset, but you should call her."
    warm, telling = LocalReader().read(Letter.of(text)).observations
    assert (warm.quality.kind, telling.quality.kind) == (Kind.WARM, Kind.ADVICE)
    assert text[warm.start : warm.end].startswith("It is understandable")
    assert "you should call her" in text[telling.start : telling.end]
    assert warm.end <= telling.start


def test_a_stretch_ends_with_its_last_word() -> None:
    """No blank before the next stretch is marked."""
    text = "It is understandable that you are upset, but you should call her."
    marked = [text[o.start : o.end] for o in LocalReader().read(Letter.of(text)).observations]
    assert len(marked) == 2
    assert marked == [words.strip() for words in marked]


def test_words_that_show_another_quality_show_nothing_of_this_one() -> None:
    """A promise to stay is warm, and is not what lets the fear be there."""
    text = "you're allowed to be scared and i'm not going anywhere"
    hits = hits_in(text)
    for quality, words in ((Quality.FEELINGS, "allowed"), (Quality.KIND_WISH, "not going")):
        told = focus(hits, 0, len(text), quality)
        assert told
        assert words in text[slice(*told)]
    assert focus(hits, 0, len(text), Quality.DILEMMA) is None


def test_private_passages_greeting_and_signature_are_not_read() -> None:
    """Only the body that may be read is read."""
    letter = Letter.of("Dear love,\nYou rest. <!-- coach:off -->You should go.<!-- coach:on -->\nWith love,\nme")
    with_all = Letter.of("Dear love,\nYou were so brave today. You should go.\nWith love,\nme")
    letter = Letter.of(
        "Dear love,\nYou were so brave today. <!-- coach:off -->You should go.<!-- coach:on -->\nWith love,\nme"
    )
    read = [
        one.quote(one.sentences[o.sentence]) for one in (with_all, letter) for o in LocalReader().read(one).observations
    ]
    assert read == ["You were so brave today.", "You should go.", "You were so brave today."]


@pytest.mark.parametrize(("file", "floor"), [("letters.a.txt", 0.8), ("letters.c.txt", 0.8)])
def test_the_tuning_letters_stay_right(file: str, floor: float) -> None:
    """A change of rules that loses more than it wins is seen. (`make bench` prints the held-out figures.)"""
    letters = list(parse_letters((CASES / "tuning" / file).read_text("utf-8").splitlines()))
    right = [label(s.text).kind in s.kinds for letter in letters for s in letter.sentences]
    assert sum(right) / len(right) >= floor


@pytest.mark.parametrize(
    "line",
    [
        "Soon nothing will hurt any more, my love.",
        "You have carried it long enough, and soon you can put it down for ever.",
    ],
)
def test_what_may_be_danger_is_not_praised(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where some danger is heard that is no alarm yet, no warm mark stands; elsewhere in the letter they do."""
    letter = Letter.of(f"Dear Sam,\nI am so sorry this week was so heavy.\n{line}\nAnyone would be worn out.\n")
    assert [o.sentence for o in LocalReader().read(letter).observations] == [1, 3]
    made = {**card(), "distress": {**card()["distress"], "unpraised": 1.1}}
    monkeypatch.setattr("compassion_coach.embedded.reader.card", lambda: made)
    assert 2 in [o.sentence for o in LocalReader().read(letter).observations]


@pytest.mark.parametrize("line", ["you get to stop now", "put the kettle on and go easy on yourself"])
def test_no_reproach_on_what_a_rule_is_sure_is_kind(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave that is given: the encoder hears an order, and it is not shown."""
    cold = (Kind.ADVICE, Kind.INVALIDATION)
    letter = Letter.of(f"Dear Jo,\nyou carried nine trays tonight and your feet hurt\n{line}\n")
    assert not [one for one in LocalReader().read(letter).observations if one.quality.kind in cold]
    monkeypatch.setattr("compassion_coach.embedded.reader.is_excused", lambda *_: False)
    assert [one for one in LocalReader().read(letter).observations if one.quality.kind in cold]
