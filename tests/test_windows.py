"""A long text is read window by window, and no sentence without the one before it."""

from itertools import pairwise

from compassion_coach.embedded.windows import Pieces, windows


def test_each_window_but_the_first_opens_with_the_last_sentence_of_the_one_before() -> None:
    """For company: what was read already is read beside it and its answer left out, so that each is answered once."""
    text = [Pieces([1] * 40, [(0, 40)]) for _ in range(30)]
    found = list(windows(text))
    assert len(found) > 2
    assert (found[0].sentences[0], found[0].first) == (0, 0)
    for before, after in pairwise(found):
        assert after.sentences[0] == before.sentences[-1]
        assert after.first == 1
    assert [i for window in found for i in window.sentences[window.first :]] == list(range(30))
