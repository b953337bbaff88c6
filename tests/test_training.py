"""What is learned from: where it is parted, and how it is calibrated. Nothing here needs torch or scikit-learn."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scripts import scripts

from compassion_coach.letter import Letter
from compassion_coach.vocabulary import Kind

CORPUS = {
    "a.txt": "== a1 | none\nN Dear Ines,\nW The rain was loud.\n== a7 | none\nW You rang her all the same.\n",
    "second.txt": "== a1 | none\nN Dear Ines,\nN The rain was loud.\n",
    "plain.txt": "== plain7 | none\nW It is all right to cry.\n",
    "mixed.txt": "# both\nW No wonder, | A so ring her.\nW You cried, | I:cold and it was late.\nN It rained at ten.\n",
}


@pytest.fixture
def training() -> Iterator[Callable[[str], Any]]:
    """What imports a module of `training/`."""
    with scripts("training") as module:
        yield module


@pytest.fixture
def corpus(tmp_path: Path, training: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small corpus in the place of the real one."""
    for name, text in CORPUS.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(training("sources"), "CORPUS", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("corpus")
def test_all_of_the_corpus_is_taught_once_and_as_it_would_be_written(training: Callable[[str], Any]) -> None:
    """No letter twice, none that is held back, and of a mixed line no labels."""
    told = [letter.text for letter in training("sources").corpus_letters()]
    assert told == [
        "Dear Ines,\nThe rain was loud.", "It is all right to cry.", "You cried, and it was late.", "It rained at ten.",
    ]  # fmt: skip


def test_the_screen_learns_from_no_letter_that_is_held_back(
    corpus: Path, training: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor from a second labelling, nor from labels."""
    distress = training("distress")
    monkeypatch.setattr(distress, "TUNING", corpus / "none")
    monkeypatch.setattr(distress, "examples", list)
    told = [one.text for one in distress.company()]
    assert "you cried, and it was late." in told
    assert told.count("the rain was loud.") == 1
    assert not [text for text in told if "all the same" in text or "|" in text or "w:" in text]


def test_the_rails_hear_vetted_words_about_no_letter_that_is_held_back(
    corpus: Path, training: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read to bring them out is what may be learned from, without labels."""
    read: list[str] = []

    def reflect(text: str) -> SimpleNamespace:
        read.append(text)
        return SimpleNamespace(overall="", questions=(), marks=())

    rails = training("rails")
    monkeypatch.setattr(rails, "TUNING", corpus / "none")
    monkeypatch.setattr(rails, "Coach", lambda: SimpleNamespace(reflect=reflect))
    monkeypatch.setattr(rails, "rules_of", lambda _: ())
    rails.company()
    assert read == [letter.text for letter in training("sources").corpus_letters()]


def test_every_tenth_row_is_held_back(training: Callable[[str], Any]) -> None:
    """The eighth of each ten, wherever rows are parted; nothing is lost and nothing is in both."""
    taught, held_back = training("sources").parted(range(25))
    assert held_back == [7, 17]
    assert sorted([*taught, *held_back]) == list(range(25))
    assert not {*taught} & {*held_back}


def test_no_letter_that_is_held_back_is_taught(training: Callable[[str], Any]) -> None:
    """Of the corpus as it is."""
    sources, lessons = training("sources"), training("lessons")
    taught, held_back = lessons.letters()
    assert {letter.name[-1] for letter in held_back} == {"7"}
    assert not [letter for letter in sources.corpus_letters() if letter in held_back]
    assert not [letter for letter in taught if letter in held_back]


@pytest.mark.parametrize(
    ("right", "line", "told"),
    [
        ([True] * 9 + [False], 0.98, "no share is enough for warm: at 0.98 9 of 10 marks are right"),
        ([], 0.98, "no share is enough for warm: at 0.98 0 of 0 marks are right"),
        ([True] * 10, 0.65, ""),
    ],
)
def test_a_line_at_which_too_few_marks_are_right_is_told(
    right: list[bool],
    line: float,
    told: str,
    training: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where no share is enough, whoever calibrates is told; where one is, nothing is said."""
    calibration = training("calibration")
    cold = [SimpleNamespace(kind=Kind.ADVICE, confidence=0.99, cold=0.99)]
    warm = [SimpleNamespace(kind=Kind.WARM, confidence=0.99, cold=0.0)] * len(right)
    monkeypatch.setattr(calibration, "opinions", lambda *_: [*warm, *cold])
    kinds = [*(Kind.WARM if ok else Kind.NEUTRAL for ok in right), Kind.ADVICE]
    found = [calibration.Sum((), {}, frozenset([kind])) for kind in kinds]
    assert calibration.enough({}, found) == {"warm": line, "cold": 0.98}
    assert capsys.readouterr().out.strip() == told


def test_a_window_opens_and_parts_as_its_network_knows_it(training: Callable[[str], Any]) -> None:
    """A larger network has other special tokens than the small one, and both are asked in one process."""
    pieces = training("pieces")
    tokens = SimpleNamespace(encode=lambda text, add_special_tokens: SimpleNamespace(ids=[*map(ord, text)]))
    some = [pieces.Piece("a"), pieces.Piece("b", goes_on=True), pieces.Piece("")]
    assert pieces.window(tokens, some).ids == (101, 97, 98, 102, 102, 102)
    other = pieces.SpecialTokens(opening=0, separator=2)
    assert pieces.window(tokens, some, special=other).ids == (0, 97, 98, 2, 2, 2)


@pytest.mark.parametrize("danger", ["Tonight I will kill myself.", "The boats were all in."])
def test_what_tells_of_danger_in_a_letter_is_what_the_screen_hears(
    danger: str, training: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it is the sentence in which the most danger weighs, and no other."""
    distress = training("distress")
    if "boats" in danger:
        monkeypatch.setattr(distress, "_danger", lambda text: float("boats" in text))
    letter = Letter.of(f"You made the tea. The rain was loud. You rang Ada at nine. {danger} The cat came in.")
    assert [letter.quote(letter.sentences[at]) for at in distress.in_danger(letter)] == [danger]
