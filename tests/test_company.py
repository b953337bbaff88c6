"""What may be called kind in a letter that tells of danger: nothing that could be part of it."""

import pytest

from compassion_coach import Coach
from compassion_coach.data import read_toml
from compassion_coach.embedded.company import keeps_company
from compassion_coach.rules.written import load_rules
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Level

RULES = load_rules("guardrails/beside_danger.toml", ())


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule.match])
def test_company_is_kind_whatever_somebody_is_in(line: str) -> None:
    """Sympathy, and that somebody is there."""
    assert keeps_company(fold(line).text)


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule.pass_over])
def test_what_makes_sense_of_danger_permits_or_praises_it_is_no_company(line: str) -> None:
    """However warm its words are."""
    assert not keeps_company(fold(line).text)


@pytest.mark.parametrize("line", ["It's alright to be done.", "It's no wonder.", "I understand why you want that."])
def test_beside_danger_only_company_has_a_heart(line: str) -> None:
    """On either side of it; further away what is warm is shown as ever."""
    danger = "You wrote that they would all be better off without you."
    kind, company = "I can see how hard you tried this week.", "I'm so sorry that it has become this dark."
    letter = f"Dear Ann,\n{kind}\nThe bus was late on Tuesday.\n{line}\n{danger}\n{company}\n"
    reflection = Coach(region="UK").reflect(letter)
    assert reflection.distress.level is Level.CONCERN
    assert [mark.quote for mark in reflection.marks] == [kind, company]
    assert {mark.kind for mark in reflection.marks} == {Kind.WARM}


def test_in_danger_a_note_says_that_a_line_is_kind_and_no_more() -> None:
    """A courage that is praised, or a feeling that is given its reason, may be part of what somebody is in."""
    letter = (
        "Dear Ann,\nI can see how hard you tried this week.\nThe bus was late.\nIt rained all day.\n"
        "You wrote that they would all be better off without you.\n"
    )
    reflection = Coach(region="UK").reflect(letter)
    assert reflection.distress.level is Level.CONCERN
    assert reflection.marks
    assert {mark.note for mark in reflection.marks} <= {*read_toml("prompts/notes.toml")["in_danger"]["plain"]}


def test_a_sentence_in_which_the_reader_alone_hears_danger_is_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what is shown beside it is as careful, and whoever calls is told where it is."""
    heard = "The tide is at six."
    monkeypatch.setattr(
        "compassion_coach.embedded.opinion._dangers", lambda found: [0.95 if i == 2 else 0.0 for i in range(len(found))]
    )
    reflection = Coach(region="UK").reflect(f"Dear Ann,\nThe bus was late.\n{heard}\nIt's no wonder.\n")
    assert reflection.distress.level is Level.CONCERN
    assert [signal.quote for signal in reflection.distress.signals] == [heard]
    assert not reflection.marks
