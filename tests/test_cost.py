"""What a letter costs grows with its length, whatever it is made of."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from compassion_coach.letter import Letter
from compassion_coach.remarks.guard import Shape, judge
from compassion_coach.screen import screen
from compassion_coach.text.folding import fold

KIB = 1024
SIZES = (8 * KIB, 32 * KIB, 128 * KIB)
NOT_LINEAR = 9.0  # four times the text may take this many times as long; a square takes sixteen times
TOO_SHORT = 0.02  # seconds that are lost in the noise of a machine

STRETCHES = {
    "one letter": "a",
    "blanks": " ",
    "line ends": "\n",
    "words to a line": "it\nhurts\n",
    "spaced letters": "a ",
    "spaced words": "i w a n t t o r e s t  ",
    "short spaced runs": "r e s t s o, ",
    "dotted letters": "a.",
    "apostrophes": "'",
    "words in apostrophes": "a' 'b ",
    "nested quotes": '"\'a" ',
    "curly quotes": "“‘a”’ ",
    "opened quotes": "“It hurt. ",
    "opened comments": "<!--",
    "passages kept back": "<!-- coach:off -->a<!-- coach:on -->",
    "comments without an end": "<!-- coach:off ",
    "dashes after an opening": "<!-- coach" + "-" * 50,
    "blanks in a comment": "<!--        ",
    "closed brackets": ").",
    "dots": ".",
    "ellipses": "... A",
    "commas": "it hurts, ",
    "emoji": "🌱 A",
    "hidden characters": "\u200b",
    "accents": "e\u0301\u0301",
    "ligatures": "\ufdfa",
    "danger": "i want to die ",
    "denied danger": "i do not want to die ",
    "orders": "you should ",
    "short sentences": "I am tired. ",
    "no sentence ends": "however you should, but ",
    "digits in words": "a0",
}
TOLD = "The line “a' 'b” stays; 'it' waits."
COSTS: dict[str, tuple[Callable[[str], object], Callable[[object], object]]] = {
    "fold": (str, lambda text: fold(str(text))),
    "Letter.of": (str, lambda text: Letter.of(str(text))),
    "screen": (Letter.of, lambda letter: screen(letter)),  # type: ignore[arg-type]
    "judge": (Letter.of, lambda letter: judge(TOLD, letter)),  # type: ignore[arg-type]
}


def _seconds(call: Callable[[object], object], given: object) -> float:
    """Return processor time, so that what else the machine does is not counted; the best of two."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        call(given)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("stretch", STRETCHES)
def test_time_grows_with_the_length_and_no_faster(stretch: str, cost: str) -> None:
    """From 8 to 32 to 128 KiB, each step takes about four times as long, and never the square of that."""
    make, call = COSTS[cost]
    piece = STRETCHES[stretch]
    call(make("a b"))
    for _ in range(3):  # a busy machine may look like a square once, and not three times
        took = [_seconds(call, make((piece * (size // len(piece) + 1))[:size])) for size in SIZES]
        if all(longer < NOT_LINEAR * max(shorter, TOO_SHORT) for shorter, longer in pairwise(took)):
            return
    pytest.fail(f"{[round(t * 1000) for t in took]} ms")


@pytest.mark.parametrize("stretch", STRETCHES)
def test_the_longest_text_that_is_judged_takes_little(stretch: str) -> None:
    """A note of 4,000 characters, about a letter of 128 KiB made of the same, is judged within two seconds."""
    piece = STRETCHES[stretch]
    letter = Letter.of((piece * (SIZES[-1] // len(piece) + 1))[: SIZES[-1]])
    assert _seconds(lambda text: judge(str(text), letter), (piece * 4000)[:4000]) < 2


@pytest.mark.parametrize("quoted", ['"you" is kind. ', '"cold of you" is true, ', "“number” is right; "])
def test_a_remark_that_quotes_again_and_again_takes_little(quoted: str) -> None:
    """Each quotation is compared with the lines that it stands in, and each line is read once."""
    lines = "\n".join(f"You are number {number} and it is cold of you." for number in "abcdefghijklmnopqrstuvwxyz")
    letter = Letter.of(f"Dear Nell,\n{lines}\n")
    judge("The line stays.", letter)
    assert _seconds(lambda text: judge(str(text), letter, Shape.NOTE), (quoted * 400)[:3900]) < 2
    short = "The line is heard; " + quoted * 3
    assert _seconds(lambda text: [judge(str(text), letter, Shape.NOTE) for _ in range(20)], short) < 2
