"""What was worked out for a word is at hand, and not without end."""

from compassion_coach import remembered
from compassion_coach.remembered import Remembered


def test_a_word_is_worked_out_once() -> None:
    """And asked for like any other."""
    asked = list[str]()

    def work(word: str) -> int:
        asked.append(word)
        return len(word)

    known = Remembered(work)
    assert [known["rain"], known["rain"], known["sea"]] == [4, 4, 3]
    assert asked == ["rain", "sea"]


def test_what_is_no_word_is_not_kept() -> None:
    """A letter without a blank would fill the memory."""
    known = Remembered(len)
    assert known["a" * 65] == 65
    assert not known


def test_too_many_words_are_forgotten_all_at_once() -> None:
    """So that a million letters take no more memory than ten thousand."""
    known = Remembered(len)
    for at in range(3 * remembered._MOST):
        assert known[f"w{at}"] == len(f"w{at}")
    assert len(known) <= remembered._MOST
