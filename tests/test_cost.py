"""Time grows with the text and no faster, whatever it is made of."""

import time
from collections.abc import Callable

import pytest

from compassion_coach import Letter
from compassion_coach.folding import fold
from compassion_coach.guard import judge
from compassion_coach.screen import screen

LETTER = Letter.of("Dear Sam, you called it “nothing”. You should just call her. It hurt, of course. With love, me")
ADVERSARIAL = {
    "a": "a",
    "spaced letters": "k i l l ",
    "apostrophes": "'",
    "quotation marks": '"a" ',
    "nested quotation": "“'“'",
    "comments that open": "<!-- coach:off ",
    "comments that end": "<!-- coach:on ",
    "comments": "<!-- coach:off --> x <!-- coach:on --> ",
    "stretched": "nooooooo ",
    "full stops": ". ",
    "line ends": "\n",
    "not not": "not to want ",
    "better off": "they would be better ",
    "combining": "e\u0301",
    "emoji": "💛 ",
    "digits": "k1ll 5h0uld ",
    "dear": "Dear ",
    "brackets": "([{",
}


@pytest.mark.parametrize("name", ADVERSARIAL)
@pytest.mark.parametrize("work", ["fold", "letter", "screen", "judge"])
def test_time_grows_with_the_text_and_no_faster(name: str, work: str) -> None:
    """Four times the text takes at most eight times as long, whatever it is made of: nothing backtracks."""

    def seconds(size: int) -> float:
        text = (ADVERSARIAL[name] * size)[:size]
        letter = Letter.of(text) if work == "screen" else LETTER
        doing: dict[str, Callable[[], object]] = {
            "fold": lambda: fold(text),
            "letter": lambda: Letter.of(text),
            "screen": lambda: screen(letter),
            "judge": lambda: judge(text[: size // 16], LETTER),
        }
        begun = time.process_time()
        doing[work]()
        return time.process_time() - begun

    seconds(1 << 10)
    assert min(seconds(1 << 16) for _ in range(2)) < 8 * min(seconds(1 << 14) for _ in range(2)) + 0.05
