"""Measuring a reader on labelled letters."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from standin import answer, fails, says, standin

from compassion_coach import Coach
from compassion_coach.cli import cli
from compassion_coach.errors import AnswerError, InputError, KeyRefusedError, SettingError, UnreachableError
from compassion_coach.evaluate import Evaluation, Judged, evaluate, judged
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.vocabulary import Kind, Quality

FILE = """== a1 | none
N Dear Tom,
W:courage You rang her with your hands shaking.
A You should call again.
WI You tried, I suppose.
== a2 | none
I You always fail.
"""
INFO = ReaderInfo(name="local", model="m", version="1")
LETTERS = list(parse_letters(FILE.splitlines()))


@dataclass
class Says:
    """A reader that marks whole sentences as it was told to, or fails."""

    told: dict[str, tuple[Quality, float]]
    error: Exception | None = None
    info: ReaderInfo = INFO

    def read(self, letter: Letter) -> Reading:
        if self.error:
            raise self.error
        found = [(i, s, self.told.get(letter.quote(s))) for i, s in enumerate(letter.sentences)]
        marks = [Observation(i, s.start, s.end, told[0], told[1]) for i, s, told in found if told]
        return Reading(self.info, tuple(marks))

    async def aread(self, letter: Letter) -> Reading:
        return self.read(letter)


def test_lines_are_what_their_marks_are() -> None:
    """A marked line is of its mark's kind, an unmarked one neutral; either of two letters is right."""
    reader = Says(
        {"You rang her with your hands shaking.": (Quality.COURAGE, 0.9), "You tried, I suppose.": (Quality.COLD, 0.6)}
    )
    found = evaluate(LETTERS, reader)
    assert [line.got for line in found.lines] == ["neutral", "warm", "neutral", "invalidation", "neutral"]
    assert [line.is_right for line in found.lines] == [True, True, False, True, False]
    assert (found.right, found.letters, found.unanswered) == (3, 2, 0)


def test_precision_recall_and_confusion_are_counted() -> None:
    """By hand: four lines, of which one advice was read as warm."""
    pairs = [(Kind.WARM, Kind.WARM), (Kind.WARM, Kind.WARM), (Kind.ADVICE, Kind.WARM), (Kind.ADVICE, Kind.ADVICE)]
    found = Evaluation(tuple(Judged(frozenset({a}), b, None) for a, b in pairs), 1, 0, 0, 1.0, None)
    warm, advice = found.ratio(Kind.WARM), found.ratio(Kind.ADVICE)
    assert warm.precision == pytest.approx(2 / 3)
    assert (warm.recall, warm.of) == (1.0, 2)
    assert (advice.precision, advice.recall) == (1.0, 0.5)
    assert advice.f1 == pytest.approx(2 / 3)
    assert found.confusion() == {(Kind.WARM, Kind.WARM): 2, (Kind.ADVICE, Kind.WARM): 1, (Kind.ADVICE, Kind.ADVICE): 1}
    assert found.ratio(Kind.NEUTRAL).f1 == 0.0


def test_calibration_compares_confidence_with_being_right() -> None:
    """Ten marks at .9 of which nine are right err by nothing; at .9 and half right by .4."""
    wanted = frozenset({Kind.WARM})

    def lines(right: int, of: int) -> Evaluation:
        told = [Judged(wanted, Kind.WARM if i < right else Kind.ADVICE, 0.9) for i in range(of)]
        return Evaluation(tuple(told), 1, 0, 0, 1.0, None)

    assert lines(9, 10).calibration_error == pytest.approx(0)
    assert lines(5, 10).calibration_error == pytest.approx(0.4)


def test_a_line_of_two_marks_counts_as_the_longer() -> None:
    """A mark over most of a line decides; of two alike, what takes warmth back."""
    (letter,) = parse_letters(["== a | none", "WA abcdefgh"])
    warm, advice = (0, 3, Quality.COURAGE), (3, 8, Quality.ADVICE)
    assert judged(letter, [Observation(0, *told, 0.8) for told in (warm, advice)])[0].got is Kind.ADVICE
    even = [Observation(0, 0, 4, Quality.COURAGE, 0.8), Observation(0, 4, 8, Quality.ADVICE, 0.8)]
    assert judged(letter, even)[0].got is Kind.ADVICE


def test_an_answer_that_cannot_be_used_is_counted_and_a_lost_server_ends_it() -> None:
    """One bad answer leaves its letter out; without a server or a key there is nothing to measure."""
    assert evaluate(LETTERS, Says({}, AnswerError("no"))).unanswered == 2
    for error in (UnreachableError("gone"), KeyRefusedError("no")):
        with pytest.raises(type(error)):
            evaluate(LETTERS, Says({}, error))


@pytest.mark.parametrize(
    "line",
    [
        "I am going to kill myself tonight.",
        "Du musst dich jetzt wirklich ausruhen, mein Lieber.",
        "<!-- coach:off -->You should rest.<!-- coach:on -->",
    ],
)
def test_what_reflect_would_not_send_is_not_sent_to_be_measured(line: str) -> None:
    """A letter of danger, one with a sentence that is not English, one with no words that may be sent."""
    calm = [] if "coach:off" in line else ["N Dear Tom,", "W It makes sense that it hurt so much."]
    Path("l.txt").write_text("\n".join(["== u | none", *calm, f"N {line}"]), "utf-8")
    (labelled,) = parse_letters(Path("l.txt").read_text("utf-8").splitlines())
    assert Coach(model="m").why_not_sent(labelled.text)
    with standin(says(answer())) as server:
        done = CliRunner().invoke(cli, ["evaluate", "l.txt", "-m", "m", "--base-url", server.base_url, "-f", "json"])
    assert server.bodies == []
    assert '"kept_here": 1' in done.output


def test_whole_letters_are_not_sent_where_a_setting_sends_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """With small_model the marks are the embedded reader's: it is refused, and told what the model could be asked."""
    Path("l.txt").write_text(FILE, "utf-8")
    monkeypatch.setenv("COMPASSION_COACH_SMALL_MODEL", "yes")
    with standin(says(answer())) as server:
        done = CliRunner().invoke(cli, ["evaluate", "l.txt", "-m", "m", "--base-url", server.base_url])
    assert server.bodies == []
    assert isinstance(done.exception, SettingError)
    assert done.stderr == ""


def test_the_command_prints_what_it_measured() -> None:
    """Text for people, JSON for programs, with the same figures."""
    Path("l.txt").write_text(FILE, "utf-8")
    text = CliRunner().invoke(cli, ["evaluate", "l.txt"]).stdout
    figures = json.loads(CliRunner().invoke(cli, ["evaluate", "l.txt", "-f", "json"]).stdout)
    assert f"{figures['right']} of {figures['lines']} lines right" in text
    assert figures["letters"] == 2
    assert set(figures["kinds"]) == {"warm", "advice", "invalidation", "neutral"}
    assert sum(sum(kind["read_as"].values()) for kind in figures["kinds"].values()) == figures["lines"] == 5


def test_a_byte_order_mark_is_no_part_of_a_label() -> None:
    """A labelled file may come from an editor that sets one."""
    Path("l.txt").write_text(FILE, "utf-8-sig")
    assert "lines right" in CliRunner().invoke(cli, ["evaluate", "l.txt"]).stdout


def test_a_model_is_measured_the_same_way_and_the_place_is_named() -> None:
    """One request a letter; stderr says where they go; tokens are counted."""
    Path("l.txt").write_text(FILE, "utf-8")
    seen = [{"sentence": 2, "excerpt": None, "quality": "courage", "note": "The call is remembered."}]
    with standin(says(answer(seen))) as server:
        done = CliRunner().invoke(cli, ["evaluate", "l.txt", "-m", "m", "--base-url", server.base_url, "-f", "json"])
    figures = json.loads(done.stdout)
    assert "127.0.0.1" in done.stderr
    assert len(server.bodies) == 2
    assert figures["cost"]["requests"] == 2
    assert figures["reader"]["name"] == "model"
    assert figures["kinds"]["warm"]["read_as"]["warm"] == 1


@pytest.mark.parametrize(
    "content",
    ["", "no labels here\n", "== a | none\nX what\n", "# only a comment\n", "== a | none\nW\n"],
)
def test_a_file_that_holds_no_labelled_letter_is_an_input_error(content: str) -> None:
    """Empty, plain, or out of format: the message says so."""
    Path("l.txt").write_text(content, "utf-8")
    done = CliRunner().invoke(cli, ["evaluate", "l.txt"], standalone_mode=False)
    assert isinstance(done.exception, InputError)


def test_only_the_end_of_a_line_ends_a_line() -> None:
    """A form feed or a sign of another script within a sentence is part of it."""
    Path("l.txt").write_text("== a | none\r\nW It makes sense\x0cthat it\u2028hurt.\r\n", "utf-8")
    done = CliRunner().invoke(cli, ["evaluate", "l.txt"], standalone_mode=False)
    assert "1 of 1 lines right" in done.output


def test_a_server_that_is_not_there_is_a_model_error() -> None:
    """Nothing is measured by another reader instead."""
    Path("l.txt").write_text(FILE, "utf-8")
    with standin(fails(401)) as server:
        done = CliRunner().invoke(
            cli, ["evaluate", "l.txt", "-m", "m", "--base-url", server.base_url], standalone_mode=False
        )
    assert isinstance(done.exception, KeyRefusedError)
