"""A model's marks beside the embedded reader's: of two opposites neither is shown."""

import asyncio
from pathlib import Path

import pytest
from standin import answer, says, standin

from compassion_coach import Coach, Reflection
from compassion_coach.embedded.agreed import agreed
from compassion_coach.errors import DataError
from compassion_coach.evaluate import evaluate
from compassion_coach.labelled import parse_letters
from compassion_coach.letter import Letter
from compassion_coach.model.reader import ModelReader
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.prescreen.ways.with_model import in_order_with
from compassion_coach.prescreen.work import Work
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.vocabulary import Kind, Level, Quality

WARM = "It makes sense that you cried in the car after the parents' evening."
BLAME = "But you always let people walk over you."
ASCRIBED = "The voice that calls you useless sounds a lot like your father's, and he was frightened too."
BOTH = "It makes sense that you cried, but you should have pulled yourself together."
PLAIN = "The parents' evening began at six."
LETTER = f"Dear Ines,\n{WARM}\n{BLAME}\n{ASCRIBED}\n{BOTH}\n{PLAIN}\n"
READ = Letter.of(LETTER)


def seen(words: str, quality: Quality, letter: Letter = READ) -> Observation:
    start = letter.text.index(words)
    sentence = next(i for i, one in enumerate(letter.sentences) if one.start <= start < one.end)
    return Observation(sentence, start, start + len(words), quality, 0.8)


def kept(*observations: Observation) -> list[str]:
    reading = agreed(READ, Reading(ReaderInfo(name="model", model="m", version="v"), observations))
    return [LETTER[one.start : one.end] for one in reading.observations]


def reflect(*told: tuple[str, str | None, str], **changes: object) -> Reflection:
    observations = [
        {"sentence": READ.sentences.index(next(s for s in READ.sentences if READ.quote(s) == line)) + 1,
         "excerpt": excerpt, "quality": quality, "note": "The line is met."}
        for line, excerpt, quality in told
    ]  # fmt: skip
    with standin(says(answer(observations, **changes))) as server:
        return Coach(model="m", base_url=server.base_url, key="k").reflect(LETTER)


@pytest.mark.parametrize("words", [BLAME, BLAME.rstrip("."), "let people walk over you", "you always", "people"])
def test_blame_is_not_called_kind(words: str) -> None:
    """Neither the sentence, nor a few words of it that sound harmless."""
    assert kept(seen(words, Quality.COURAGE), seen(WARM, Quality.UNDERSTANDABLE)) == [WARM]


@pytest.mark.parametrize("words", [WARM, "you cried in the car"])
@pytest.mark.parametrize("quality", [Quality.CONDEMNING, Quality.ADVICE])
def test_warmth_is_not_reproached(words: str, quality: Quality) -> None:
    """A wrong reproach is what hurts most."""
    assert kept(seen(words, quality)) == []


def test_marks_that_nothing_contradicts_stay() -> None:
    """Those that both readers hear alike, and those of which the embedded one is not sure."""
    marks = [(WARM, Quality.KIND_WISH), ("in the car", Quality.COURAGE), (BLAME, Quality.SHOULD)]
    marks += [(PLAIN, Quality.KIND_WISH), ("began at six", Quality.COLD)]
    assert kept(*(seen(*mark) for mark in marks)) == [words for words, _ in marks]


def test_a_sentence_of_two_things_is_judged_by_its_parts() -> None:
    """The warm half may be called warm and the other cold; the whole of it is not warm."""
    warm, cold = BOTH[:29], BOTH[31:]
    assert kept(seen(warm, Quality.UNDERSTANDABLE), seen(cold, Quality.SHOULD)) == [warm, cold]
    assert kept(seen(BOTH, Quality.SHOULD)) == [BOTH]
    assert kept(seen(BOTH, Quality.UNDERSTANDABLE), seen(cold, Quality.COURAGE), seen(warm, Quality.COLD)) == []


def test_warm_words_that_are_cold_by_themselves_take_their_sentence() -> None:
    """What the critic is said to call somebody is kind only together with who says it; the same mark stands once."""
    assert kept(seen("you useless", Quality.SELF_CRITICISM), seen(ASCRIBED, Quality.SELF_CRITICISM)) == [ASCRIBED]
    warm = "The voice that calls you useless sounds a lot like your father's"
    assert kept(seen(warm, Quality.SELF_CRITICISM)) == [warm]


def test_what_was_said_of_such_marks_goes_with_them() -> None:
    """No vetted words quote the blame as warm, the model's of the whole are not shown, and the record names it all."""
    told = {"overall": "The warmth lives in every line.", "question": "Which line is heard first?"}
    reflection = reflect((BLAME, None, "courage"), (WARM, None, "understandable"), **told)
    assert [mark.quote for mark in reflection.marks] == [WARM]
    assert told["overall"] != reflection.overall != ""
    assert reflection.questions
    assert told["question"] not in reflection.questions
    assert "walk over" not in reflection.to_json()
    assert [(g.where, g.action) for g in reflection.guard if g.rail == "agreement"] == [
        ("observations", "dropped"), ("overall", "replaced"), ("questions[0]", "replaced"),
    ]  # fmt: skip


def test_words_about_marks_that_stand_are_shown() -> None:
    """Where nothing is contradicted the model is heard."""
    reflection = reflect((WARM, None, "understandable"), (BLAME, None, "condemning"))
    assert [mark.quote for mark in reflection.marks] == [WARM, BLAME]
    assert reflection.overall == "The warmth lives in the opening lines."
    assert not [entry for entry in reflection.guard if entry.rail == "agreement"]


def test_evaluate_measures_the_model_alone() -> None:
    """What a model is worth is told by its own marks."""
    [labelled] = parse_letters(["== a | none", f"I {BLAME}"])
    says_warm = says(answer([{"sentence": 1, "excerpt": None, "quality": "courage", "note": ""}]))
    with standin(says_warm) as server:
        found = evaluate([labelled], ModelReader("m", server.base_url, "k"))
    assert [line.got for line in found.lines] == [Kind.WARM]


def test_marks_that_nobody_can_compare_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the embedded reader is broken that is told; where the model hears danger people come forward."""

    def broken() -> None:
        raise DataError("The data file weights/reader.onnx is missing.")

    for module in ("encoder", "opinion"):
        monkeypatch.setattr(f"compassion_coach.embedded.{module}.encoder", broken)
    with pytest.raises(DataError):
        reflect((WARM, None, "understandable"))
    reflection = reflect((BLAME, None, "courage"), distress="concern")
    assert (reflection.distress.level, reflection.marks) == (Level.CONCERN, ())
    assert reflection.support


def test_a_report_for_a_therapist_holds_no_such_mark_either(tmp_path: Path) -> None:
    """What a model calls warm there is compared as well."""
    told = [{"sentence": n, "excerpt": None, "quality": "courage", "note": ""} for n in (2, 3)]
    with standin(says(answer(told))) as server:
        work = Work(Source("x", "x"), ".txt", LETTER.encode(), "c")
        [(_, result)] = in_order_with(Model("m", server.base_url, "k"), [work])
    assert isinstance(result.record, Record)
    assert [LETTER[mark.start : mark.end] for mark in result.record.marks] == [WARM]


@pytest.mark.parametrize("way", ["reflect", "areflect"])
def test_a_letter_in_which_the_embedded_reader_alone_hears_danger_is_not_sent(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads: it is asked before anything is sent, for a letter that sounds like danger never is."""
    monkeypatch.setattr("compassion_coach.embedded.opinion._dangers", lambda found: [0.95] * len(found))
    with standin(says(answer([]))) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k", region="UK")
        letter = "Dear Ann,\nThe tide is at six.\n"
        reflection = asyncio.run(coach.areflect(letter)) if way == "areflect" else coach.reflect(letter)
        assert coach.why_not_sent(letter)
        assert coach.what_is_sent(letter) == []
        [labelled] = parse_letters(["== a | none", "N The tide is at six."])
        found = evaluate([labelled], ModelReader("m", server.base_url, "k"))
        record = prescreened(letter, server.base_url)
    assert (reflection.distress.level, reflection.sent_to, reflection.reader.name) == (Level.CONCERN, None, "local")
    assert [signal.quote for signal in reflection.distress.signals][-1:] == ["The tide is at six."]
    assert reflection.support
    assert (found.kept_here, found.letters) == (1, 0)
    assert record.level is Level.CONCERN
    assert record.signs
    assert server.bodies == []


def prescreened(letter: str, base_url: str) -> Record:
    [(_, result)] = in_order_with(Model("m", base_url, "k"), [Work(Source("x", "x"), ".txt", letter.encode(), "c")])
    assert result.record is not None
    assert not result.asked
    return result.record
