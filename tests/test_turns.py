"""The turn: warmth, a pivot word, and what takes it back."""

from compassion_coach.letter import Letter
from compassion_coach.reading import Observation
from compassion_coach.turns import find_turns
from compassion_coach.vocabulary import Quality


def turns_of(text: str, *marked: tuple[str, Quality]) -> list[tuple[int, str, int]]:
    """Mark stretches of a text by their words and return the turns found."""
    letter = Letter.of(text)
    observations = []
    for words, quality in marked:
        start = text.index(words)
        sentence = next(i for i, s in enumerate(letter.sentences) if s.start <= start < s.end)
        observations.append(Observation(sentence, start, start + len(words), quality, 0.9))
    found = find_turns(letter, observations)
    assert all(text[t.pivot.start : t.pivot.end] == t.pivot.quote for t in found)
    return [(t.warm, t.pivot.quote, t.undone_by) for t in found]


def test_a_turn_between_sentences() -> None:
    """The handout's own shape: understanding, then "However" and a reproach."""
    text = "It is very understandable. However you do exaggerate."
    marked = [
        ("It is very understandable.", Quality.UNDERSTANDABLE),
        ("However you do exaggerate.", Quality.CONDEMNING),
    ]
    assert turns_of(text, *marked) == [(0, "However", 1)]


def test_a_turn_within_a_sentence() -> None:
    """Both halves of one sentence."""
    text = "It is understandable, but you should call her."
    marked = [("It is understandable,", Quality.UNDERSTANDABLE), ("but you should call her.", Quality.SHOULD)]
    assert turns_of(text, *marked) == [(0, "but", 1)]


def test_a_pivot_between_two_stretches() -> None:
    """The pivot may belong to neither stretch."""
    text = "It makes sense, then again you hold grudges."
    marked = [("It makes sense", Quality.UNDERSTANDABLE), ("you hold grudges", Quality.CONDEMNING)]
    assert turns_of(text, *marked) == [(0, "then again", 1)]


def test_no_pivot_no_turn() -> None:
    """Advice after warmth without a pivot word is advice and no turn."""
    text = "It makes sense. You should call her."
    assert turns_of(text, ("It makes sense.", Quality.UNDERSTANDABLE), ("You should call her.", Quality.SHOULD)) == []


def test_a_pivot_into_warmth_is_no_turn() -> None:
    """ "But I am here" takes nothing back."""
    text = "It was hard. But I am here."
    assert turns_of(text, ("It was hard.", Quality.ACKNOWLEDGING), ("But I am here.", Quality.KIND_WISH)) == []


def test_still_as_a_plain_word_is_no_pivot() -> None:
    """A pivot word inside a clause is no pivot."""
    text = "It makes sense. You are still a fool."
    assert (
        turns_of(text, ("It makes sense.", Quality.UNDERSTANDABLE), ("You are still a fool.", Quality.CONDEMNING)) == []
    )


def test_warmth_far_above_is_not_taken_back() -> None:
    """What follows several unmarked sentences later undoes nothing nearby."""
    text = "It makes sense. It was March. It was cold. It was late. But you always fail."
    assert (
        turns_of(text, ("It makes sense.", Quality.UNDERSTANDABLE), ("But you always fail.", Quality.CONDEMNING)) == []
    )


def test_a_pivot_within_a_sentence_between_turns_that_sentence_alone() -> None:
    """It opens nothing that comes after it, unless it opens its own sentence."""
    marked = [("I am so sorry it hurts.", Quality.ACKNOWLEDGING), ("You always do this.", Quality.CONDEMNING)]
    assert turns_of("I am so sorry it hurts. The bus was late but warm. You always do this.", *marked) == []
    assert turns_of("I am so sorry it hurts. However, it rained. You always do this.", *marked) == [(0, "However", 1)]


def test_no_pivot_is_read_out_of_a_passage_that_is_kept_back() -> None:
    """It is neither read nor quoted, though it stands between."""
    text = (
        "I am so sorry it hurts.\n<!-- coach:off -->\nHowever, he is called Rupert.\n<!-- coach:on -->\n"
        "You always do this."
    )
    marked = [("I am so sorry it hurts.", Quality.ACKNOWLEDGING), ("You always do this.", Quality.CONDEMNING)]
    assert turns_of(text, *marked) == []
