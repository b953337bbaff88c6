"""What is measured: by the rule of `evaluate`, on what was held back, and with nothing left changed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripts import scripts

from compassion_coach.embedded.encoder import Encoder
from compassion_coach.embedded.reader import Label
from compassion_coach.vocabulary import Kind


@pytest.fixture
def bench() -> Iterator[Callable[[str], Any]]:
    """What imports a module of `bench/`."""
    with scripts("bench") as module:
        yield module


def test_a_line_that_may_be_two_things_and_is_neither_counts_as_evaluate_says(
    bench: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the first in the order of Kind, which the alphabet has otherwise."""
    file = tmp_path / "letters.txt"
    file.write_text("== a | none\nWA Perhaps a walk, if you like.\nI You always fail.\nN It rained.\n", "utf-8")
    labels = bench("labels")
    monkeypatch.setattr(labels, "label", lambda _: Label(Kind.INVALIDATION, None, {Kind.INVALIDATION: 0.9}))
    labels.main([str(file)])
    assert capsys.readouterr().out.splitlines() == [
        f"{file}: 1 of 3 sentences right (0.333)",
        "  warm          precision 0.000  recall 0.000  of 1",
        "  advice        precision 0.000  recall 0.000  of 0",
        "  invalidation  precision 0.333  recall 1.000  of 1",
        "  neutral       precision 0.000  recall 0.000  of 1",
    ]


def test_reproaches_are_counted_on_the_lines_that_they_stand_on(bench: Callable[[str], Any], tmp_path: Path) -> None:
    """A line that may be warm or cold is neither a warm line nor a cold one, and a reproach on it is right."""
    file = tmp_path / "letters.txt"
    told = ("W Of course you are tired.", "I You always fail at everything.", "WA You should rest now.", "N It rained.")
    file.write_text("\n".join(["== a | none", *told]) + "\n", "utf-8")
    marks = bench("marks")
    counted = marks.counted(marks.letters_in(file))
    assert (counted.marks, counted.right) == (2, 2)
    assert (counted.warm, counted.warm_marked, counted.cold, counted.cold_marked) == (1, 0, 1, 1)
    mislabelled = tmp_path / "other.txt"
    mislabelled.write_text("== a | none\nW You always fail at everything.\nA Of course you are tired.\n", "utf-8")
    counted = marks.counted(marks.letters_in(mislabelled))
    assert (counted.marks, counted.right, counted.warm_marked, counted.cold_marked) == (1, 0, 1, 0)
    assert counted.cold_praised == 1


def test_the_card_measures_on_what_training_holds_back(bench: Callable[[str], Any]) -> None:
    """There is one place that says what is held back."""
    card = bench("card")
    assert {card.parted.__module__, card.written.__module__, card.rows_of.__module__} == {"sources"}


def test_an_encoder_that_was_watched_has_its_own_session_again(
    bench: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where what was measured fails: whatever is measured next reads as it always does."""

    class Session:
        def run(self, *asked: object) -> object:
            return asked

    reader = bench("reader")
    own, one_thread = Session(), Session()
    used: Any = Encoder(own, None, {})  # type: ignore[arg-type]
    monkeypatch.setattr(reader, "loaded", lambda **_: Encoder(one_thread, None, {}))  # type: ignore[arg-type]
    with reader.watched(used) as watch:
        assert used.session is watch
        assert used.session.run(1, 2) == (1, 2)
        assert (watch.session, watch.seconds > 0) == (one_thread, True)
    assert used.session is own
    with pytest.raises(ZeroDivisionError), reader.watched(used):
        used.session.run(1 / 0)
    assert used.session is own


def test_requests_are_counted_by_the_calls_that_were_made(
    bench: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However often a call is measured, a letter is one request."""
    run = bench("run")
    monkeypatch.setattr(run, "TIMES", 2)
    run.model()
    assert "with a model that answers at once: 1 request a letter" in capsys.readouterr().out
