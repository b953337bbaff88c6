"""The rails: naming advice passes, giving it does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach import guard
from compassion_coach.guard import Shape, Verdict, judge
from compassion_coach.letter import Letter

CASES = Path(__file__).parents[1] / "cases"
LETTER = Letter.of((CASES / "outputs.letter.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "rail"),
    [
        ("You should be softer in this line.", "should"),
        ("It might help to start with how you feel.", "advice"),
        ("Try naming the feeling first.", "advice"),
        ("This line could read “I see how tired you are”.", "verbatim"),
        ("A softer version would be: I see how tired you are.", "rewrite"),
        ("This is a well written letter.", "grading"),
        ("This line is a sign of depression.", "diagnosis"),
        ("You are overreacting here.", "invalidation"),
        ("This stays between us.", "crisis"),
        ("What a beautiful, amazing letter!!!", "sugar"),
        ("The words “nobody loves me” stand here.", "verbatim"),
        ("Diese Zeile klingt sehr warm und nicht kalt.", "language"),
        ("This line stays. " * 30, "length"),
    ],
)
def test_a_rail_trips(text: str, rail: str) -> None:
    """One plain case of each rail."""
    judgement = judge(text, LETTER)
    assert judgement.verdict is Verdict.TRIPPED
    assert rail in {finding.rail for finding in judgement.findings}


@pytest.mark.parametrize(
    "text",
    [
        "The words “You should just call her” may land as an instruction.",
        'The words "You should just call her" may land as an instruction.',
        "'Maybe you are over reacting' may make the hurt smaller than it is.",
        "This line stays close to the hurt and gives a reason for it.",
        "A 'should' has crept in here.",
        "How does it feel to hear this line slowly?",
        "Here the letter turns from keeping company to telling what to do.",
    ],
)
def test_naming_advice_passes(text: str) -> None:
    """A note that speaks of what a line does is let through."""
    assert judge(text, LETTER, Shape.NOTE).findings == ()


def test_only_inside_the_letters_own_words_may_a_should_stand() -> None:
    """The same words without quotation marks, or not in the letter, trip a rail."""
    assert judge("The line “You should just call her” tells.", LETTER).passed
    assert not judge("You should just call her.", LETTER).passed
    assert not judge("The line “You should call him” tells.", LETTER).passed


@pytest.mark.parametrize(
    "disguise", ["You sh0uld rest.", "You s h o u l d rest.", "You sh\u200bould rest.", "You shоuld rest."]
)
def test_a_disguise_changes_nothing(disguise: str) -> None:
    """A disguised should is a should."""
    assert not judge(disguise, LETTER).passed


def test_what_cannot_be_judged_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside a rail is the third verdict, and it does not pass."""

    def broken(_: str) -> str:
        raise RuntimeError

    monkeypatch.setattr(guard, "fold", broken)
    judgement = judge("This line stays close.", LETTER)
    assert judgement.verdict is Verdict.UNJUDGED
    assert not judgement.passed


def test_findings_point_into_the_text() -> None:
    """Offsets are code points of the text that was judged."""
    text = "💛 You should rest."
    found = next(f for f in judge(text, LETTER).findings if f.rail == "should")
    assert "should" in text[found.start : found.end]


@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    """Whatever a model writes, there is a verdict."""
    assert judge(text, LETTER).verdict in Verdict


@pytest.mark.parametrize("file", ["outputs.a.tsv", "outputs.c.tsv"])
def test_the_tuning_cases_stay_right(file: str) -> None:
    """Of the outputs that the rails were written with, no bad one leaks and few good ones are stopped."""
    rows = [line.split("\t") for line in (CASES / "tuning" / file).read_text("utf-8").splitlines() if line]
    leaked = [text for want, _, text in rows if want == "block" and judge(text, LETTER).passed]
    stopped = [text for want, _, text in rows if want == "pass" and not judge(text, LETTER).passed]
    assert leaked == []
    assert len(stopped) <= 0.02 * len(rows)


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x00", "\x1b", "\ud800", "\ue000", "\ufeff"])
def test_what_nobody_sees_does_not_pass(hidden: str) -> None:
    """Controls, invisible marks and half characters may stand only where the letter has them itself."""
    text = f"The hurt is{hidden} met where it is."
    assert not judge(text, Letter.of("It makes sense that it hurt.")).passed
    if hidden != "\ud800":
        assert judge(text, Letter.of(f"It makes sense{hidden} that it hurt.")).passed
