"""What is shown steers nothing; what nobody sees is known wherever it stands."""

import pytest

from compassion_coach.letter import Letter
from compassion_coach.model.reader import plain_words
from compassion_coach.remarks.guard import judge
from compassion_coach.text.shown import harmless, is_unseen, seen

UNSEEN = [
    *"\xad\u034f\u061c\u115f\u1160\u180b\u180e\u200b\u200c\u200d\u200e\u2060\u2066\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0",
    *"\U000e0001\U000e0061\U000e0100",
]


@pytest.mark.parametrize("hidden", UNSEEN, ids=lambda hidden: f"{ord(hidden):x}")
def test_what_nobody_sees_is_neither_sent_nor_let_through(hidden: str) -> None:
    """One table: what is left out of what a model reads trips the rails in what a model wrote."""
    assert is_unseen(hidden)
    assert plain_words(f"It{hidden} hu{hidden}rt.{hidden}") == "It hurt."
    judged = judge(f"The hurt is{hidden} met where it is.", Letter.of("It makes sense that it hurt."))
    assert ("language", 11) in {(finding.rail, finding.start) for finding in judged.findings}


@pytest.mark.parametrize(
    "emoji",
    [
        "\u2764\ufe0f",  # a red heart
        "\U0001f469\u200d\U0001f467",  # a mother and a daughter
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # a flag of the rainbow
        "\U0001f9d1\U0001f3fd\u200d\U0001f680",  # somebody in space, of a colour of skin
        "3\ufe0f\u20e3",  # a key
    ],
)
def test_an_emoji_stays_whole(emoji: str) -> None:
    """What joins its parts and gives its colours stays beside it, once, and nowhere else."""
    assert seen(f"I see you {emoji}.") == f"I see you {emoji}."
    spelling = "".join(f"{mark}\ufe0f\ufe0f\u200d\u200d" for mark in "word")
    assert seen(f"{emoji}\u200b\ufe0f\u200d {spelling}") == f"{emoji} word"


def test_line_ends_and_tabs_are_seen() -> None:
    """Other controls become a blank, so that no two words grow together."""
    assert not any(map(is_unseen, "\t\n\r a\u00a0\u00e9"))
    assert plain_words("It\x00hurt\r\nso\x85much.") == "It hurt so much."


def test_no_mark_of_direction_is_shown() -> None:
    """Neither those that turn what follows nor the Arabic one."""
    assert harmless("a\u061cb\u202ec\u2066d", "") == "abcd"
