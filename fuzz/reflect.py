"""Fuzz what takes in strangers' text: letters, and answers of models. `make fuzz` runs it for a minute.

The first byte chooses what is tried. A fault is anything that raises beyond the errors that are meant, a quote that is
not the letter at its offsets, or a string that was shown without having passed.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["compassion_coach"]):
    from compassion_coach import Coach, Letter
    from compassion_coach.errors import AnswerError, InputError
    from compassion_coach.folding import fold
    from compassion_coach.guard import judge
    from compassion_coach.mend import mend
    from compassion_coach.model_answer import reading_from
    from compassion_coach.policy import plan_for
    from compassion_coach.reflection import ReaderInfo, Usage
    from compassion_coach.vocabulary import Level

LETTER = Letter.of((Path(__file__).parents[1] / "examples" / "snubbed-friend.txt").read_text("utf-8"))
WHO, USED = ReaderInfo(name="model", model="m", version="1"), Usage(requests=1, prompt_tokens=0, answer_tokens=0)


def fold_leads_back(text: str) -> None:
    """Every span of the folded text lies inside the original, in order."""
    folded = fold(text)
    spans = [folded.original(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= a <= b <= len(text) for a, b in spans)
    assert [a for a, _ in spans] == sorted(a for a, _ in spans)


def letter_is_read_back(text: str) -> None:
    """A letter is reflected or refused, and every quote is the letter's own."""
    try:
        reflection = Coach(region="UK").reflect(text)
    except InputError:
        return
    for span in (*reflection.marks, *(turn.pivot for turn in reflection.turns), *reflection.distress.signals):
        assert span.quote == text[span.start : span.end]


def output_is_judged(text: str) -> None:
    """The guard answers, and its findings lie inside the text."""
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in judge(text, LETTER).findings)


def answer_is_mended(text: str) -> None:
    """An answer is read or refused, and nothing unjudged of it is shown."""
    try:
        reading = reading_from(text, LETTER, WHO, USED)
    except AnswerError:
        return
    words = mend(LETTER, reading, plan_for(Level.NONE, "en"))
    own = {seen.note for seen in reading.observations} | {reading.overall, reading.question}
    assert all(shown not in own or judge(shown, LETTER).passed for shown in (*words.notes, words.overall))


TARGETS = (fold_leads_back, letter_is_read_back, output_is_judged, answer_is_mended)


def one_input(data: bytes) -> None:
    """Try one input."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:].decode("utf-8", "replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
