"""Placeholders in what is sent, and the way back to the writer's own words."""

import asyncio
import json
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from standin import answer, says, standin

from compassion_coach import Coach, Letter, MissingExtraError, ModelError
from compassion_coach.__main__ import run
from compassion_coach.cli import cli
from compassion_coach.model import personal
from compassion_coach.model.personal import details, names_at_the_edges
from compassion_coach.model.reader import ModelReader, sent_for
from compassion_coach.model.redact import Redacted, left_over, redact
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.vocabulary import Quality

LETTER = (
    "Dear Nell,\nIt makes sense that Okafor’s words hurt.\n"
    "But you should ring nell's aunt Bridie on 07700  900123.\nWith love,\nJo\n"
)
PERSONAL = {
    "nell.hart@example.org": "EMAIL",
    "07700 900123": "PHONE",
    "+64 21 555 0100": "PHONE",
    "14 Larch Road, Leeds": "ADDRESS",
    "AB 12 34 56 C": "NUMBER",
    "536-90-4399": "NUMBER",
    "NHS number 943 476 5919": "NUMBER",
    "4111 1111 1111 1111": "NUMBER",
    "GB82 WEST 1234 5698 7654 32": "NUMBER",
    "2341 2341 2346": "NUMBER",
    "Passport 533401372": "NUMBER",
    "Medicare 2123 45670 1": "NUMBER",
    "account 12345678": "NUMBER",
    "NI number QQ 12 34 56 A": "NUMBER",
    "sort code 12-34-56": "NUMBER",
}
FRAGMENTS = (
    *PERSONAL,
    *("Dear Nell,", "nell", "Nell's", "Okafor", "my sister anna", "Dr. Patel", "you are here", "It hurt.", "\n"),
    *("“Stay,” Priya said.", "born 12/03/1984", "[NAME_1]", "NAME_2", "<!-- coach:off -->", "<!-- coach:on -->", "  "),
    *("\u200b", "é", "İ", "—", "With love,", "💛", "\x85", "12 34 56 7"),
)
LETTERS = st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(" ".join), st.text(max_size=60))


@pytest.fixture
def forgetful() -> object:
    """Forget what was loaded, before and after."""
    caches = (personal._recogniser, personal._dictionary, personal._is_first_name, personal._uses)
    for cache in caches:
        cache.cache_clear()
    yield None
    for cache in caches:
        cache.cache_clear()


def sent(text: str) -> str:
    return redact(Letter.of(text)).letter.text


@settings(max_examples=150, deadline=None)
@given(LETTERS)
def test_offsets_lead_back_to_the_original(text: str) -> None:
    """Each redacted sentence, its stretches followed back, is the sentence that was written, blanks aside."""
    redacted = redact(Letter.of(text))
    way = redacted.way
    for written, told in zip(redacted.original.sentences, redacted.letter.sentences, strict=True):
        assert (written.role, written.private) == (told.role, told.private)
        if written.private:
            assert told.start == told.end
            continue
        assert way.original(told.start, told.end) == (written.start, written.end)
        stretches = dict.fromkeys(zip(way.starts[told.start : told.end], way.ends[told.start : told.end], strict=True))
        back = "".join(" " if text[a:b].isspace() else text[a:b] for a, b in stretches)
        assert back.split() == redacted.original.quote(written).split()


@settings(max_examples=150, deadline=None)
@given(LETTERS)
def test_nothing_that_is_recognised_is_left(text: str) -> None:
    """Looked at once more, what would be sent holds no personal detail but placeholders."""
    redacted = redact(Letter.of(text))
    known = names_at_the_edges(redacted.original)
    assert not [left_over(redacted, d) for d in details(redacted.letter.text, known) if left_over(redacted, d)]


@settings(max_examples=100, deadline=None)
@given(LETTERS, st.data())
def test_an_excerpt_of_the_redacted_letter_is_one_of_the_original(text: str, data: st.DataObject) -> None:
    """Any stretch that a reader marks lies in the same sentence of the original, and never cuts a detail in two."""
    redacted = redact(Letter.of(text))
    told = [(i, s) for i, s in enumerate(redacted.letter.sentences) if not s.private]
    if not told:
        return
    index, sentence = data.draw(st.sampled_from(told))
    start = data.draw(st.integers(sentence.start, sentence.end - 1))
    end = data.draw(st.integers(start + 1, sentence.end))
    seen = Observation(index, start, end, Quality("cold"), 0.8, focus=(start, end))
    (back,) = redacted.put_back(Reading(ReaderInfo(name="model", model="m", version="1"), (seen,))).observations
    written = redacted.original.sentences[index]
    assert written.start <= back.start < back.end <= written.end
    assert back.focus == (back.start, back.end)
    for stretches in redacted.words.values():
        assert not any(a < back.start < b or a < back.end < b for a, b in stretches)


@pytest.mark.parametrize(("words", "kind"), PERSONAL.items())
def test_each_kind_of_detail_is_taken_out(words: str, kind: str) -> None:
    """Numbers, addresses and e-mails do not reach the model, and the words around them do."""
    told = sent(f"You gave them {words} and cried.")
    number = "".join(filter(str.isdigit, words)) or words
    assert number not in told.replace(" ", "")
    assert f"[{kind}_1]" in told
    assert told.startswith("You gave them ")
    assert told.endswith(" and cried.\n")


@pytest.mark.parametrize("date", ["12 March 1984", "12/03/1984", "March 12, 1984"])
def test_a_date_of_birth_is_taken_out(date: str) -> None:
    """A date that somebody was born on is replaced."""
    assert sent(f"You were born on {date} in the rain.") == "You were born on [DATE_1] in the rain.\n"


def test_the_same_person_has_the_same_placeholder() -> None:
    """A name keeps its placeholder in capitals, in small letters and with an 's; a surname has its own."""
    assert sent("hey sam,\nSam Okafor is SAM. it was sam's turn, Mr Okafor.") == (
        "hey [NAME_1],\n[NAME_1] [NAME_2] is [NAME_1].\nit was [NAME_1]'s turn, Mr [NAME_2].\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Breathing was hard on Tuesday in May.",
        "Mum and Dad came at Christmas, and God did not mind.",
        "You are NOT a burden. I'm here. Isn't that enough?",
        "Dear me,\nyou did well.\nWith love,\nyour kinder side",
        "You have 2 children, 12 pages and a meeting at 10:30 in 2024.",
        "You rang 116 123 in the night.",
    ],
)
def test_words_that_name_nobody_stay(text: str) -> None:
    """Days, kin, feasts, emphasis and short numbers are sent as they are."""
    assert sent(text).split() == text.split()


def test_a_placeholder_that_the_letter_holds_is_not_given_again() -> None:
    """A writer who writes [NAME_1] keeps it, and no name is mistaken for it."""
    redacted = redact(Letter.of("You wrote [NAME_1] for Priya and name_2 for yourself."))
    assert redacted.letter.text == "You wrote [NAME_1] for [NAME_3] and name_2 for yourself.\n"
    note = Observation(0, 0, 3, Quality("cold"), 0.8, note='"[NAME_1] for [NAME_3]" keeps a distance.')
    reading = Reading(ReaderInfo(name="model", model="m", version="1"), (note,))
    assert redacted.put_back(reading).observations[0].note == '"[NAME_1] for Priya" keeps a distance.'


def test_words_about_nobody_are_not_shown() -> None:
    """A text of the model with a placeholder that it made up becomes None, so that vetted words stand there."""
    redacted = redact(Letter.of("Priya was kind to you."))
    reading = Reading(ReaderInfo(name="model", model="m", version="1"), (), overall="[NAME_7] is warm.", question="")
    assert redacted.put_back(reading).overall is None
    assert redacted.put_back(replace(reading, overall="Name_1 is met warmly.")).overall == "Priya is met warmly."


def test_a_model_that_sees_placeholders_reads_the_original() -> None:
    """Quotes, offsets and notes of the reflection are the writer's; the request holds no detail."""
    told = [
        {"sentence": 2, "excerpt": "[NAME_2]’s words hurt", "quality": "understandable", "note": "The hurt over "
         '"[NAME_2]’s words" is given a reason.'},
        {"sentence": 3, "excerpt": "you should ring [NAME_1]'s aunt", "quality": "should", "note": 'In "should ring '
         '[NAME_1]\'s aunt" a rule may be heard.'},
    ]  # fmt: skip
    with standin(says(answer(told))) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", redact=True).reflect(LETTER)
    request = json.dumps(server.bodies, ensure_ascii=False)
    assert not any(word in request for word in ("Nell", "nell", "Okafor", "Bridie", "07700", "900123"))
    assert reflection.degraded is None
    assert [m.quote for m in reflection.marks] == ["Okafor’s words hurt", "you should ring nell's aunt"]
    assert all(m.quote == LETTER[m.start : m.end] for m in reflection.marks)
    assert reflection.marks[0].note == 'The hurt over "Okafor’s words" is given a reason.'
    assert reflection.marks[1].note == 'In "should ring nell\'s aunt" a rule may be heard.'
    assert not reflection.guard


def test_a_note_is_judged_with_the_writers_words_in_it() -> None:
    """A note that quotes what the sentence does not say is stopped, although its placeholder exists."""
    told = [{"sentence": 2, "excerpt": None, "quality": "understandable", "note": 'In "[NAME_1] hurt" it is named.'}]
    with standin(says(answer(told))) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", redact=True).reflect(LETTER)
    assert [(entry.rail, entry.where) for entry in reflection.guard if entry.where == "marks[0].note"] == [
        ("verbatim", "marks[0].note")
    ]
    assert "[NAME" not in reflection.to_json()


def test_a_dry_run_shows_what_is_sent(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --redact the dry run prints the very request, placeholders and all."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "marker")
    file = tmp_path_factory.mktemp("letters") / "letter.txt"
    file.write_text(LETTER, "utf-8")
    shown = CliRunner().invoke(cli, ["reflect", str(file), "-m", "m", "--redact", "--dry-run"])
    with standin(says(answer([]))) as server:
        asyncio.run(ModelReader("m", server.base_url, "k", redact=True).aread(Letter.of(LETTER)))
    assert json.loads(shown.stdout) == server.bodies[0]
    assert "Dear [NAME_1]," in shown.stdout


@pytest.mark.parametrize("package", ["depii", "phonenumbers", "spellchecker"])
def test_nothing_is_sent_without_what_finds_the_details(
    package: str, monkeypatch: pytest.MonkeyPatch, forgetful: object
) -> None:
    """Where a package is missing, the error names the command that installs it, and no request is made."""
    monkeypatch.setitem(sys.modules, package, None)
    with standin(says(answer([]))) as server:
        with pytest.raises(MissingExtraError, match=r"pip install 'compassion-coach\[redact\]'"):
            Coach(model="m", base_url=server.base_url, key="k", redact=True).reflect(LETTER)
        assert not server.bodies


def test_nobody_in_danger_meets_a_missing_package(monkeypatch: pytest.MonkeyPatch, forgetful: object) -> None:
    """A letter that stays on this machine needs nothing to be taken out: people come forward as ever."""
    monkeypatch.setitem(sys.modules, "depii", None)
    reflection = Coach(model="m", redact=True).reflect("I am going to kill myself tonight.")
    assert reflection.support is not None


def test_a_failure_while_taking_out_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong is told without a word of the letter, and the embedded reader reads."""

    def broken(text: str, known: object) -> None:
        raise ValueError(text)

    monkeypatch.setattr("compassion_coach.model.redact.details", broken)
    with standin(says(answer([]))) as server:
        with pytest.raises(ModelError) as raised:
            sent_for(Letter.of(LETTER), redact=True)
        reflection = Coach(model="m", base_url=server.base_url, key="k", redact=True).reflect(LETTER)
        assert not server.bodies
    assert "Nell" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert reflection.reader.name == "local"
    assert reflection.degraded
    assert reflection.degraded.startswith("The personal details could not be taken out")


def test_what_cannot_be_taken_out_is_not_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said to go to the model, and a dry run says why nothing would."""

    def broken(text: str, known: object) -> None:
        raise ValueError(text)

    monkeypatch.setattr("compassion_coach.model.redact.details", broken)
    with standin(says(answer([]))) as server:
        asked = ["reflect", "-m", "m", "--redact", "--base-url", server.base_url]
        done, dry = (CliRunner().invoke(cli, [*asked, *more], input=LETTER) for more in ([], ["--dry-run"]))
    assert (server.bodies, done.exit_code, done.stderr, dry.exit_code) == ([], 0, "", 0)
    assert dry.stdout.startswith("Nothing would be sent. The personal details could not be taken out")


def test_details_are_taken_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is said that a letter goes, and not again when it goes."""
    made: list[Letter] = []

    def counted(letter: Letter) -> Redacted:
        made.append(letter)
        return redact(letter)

    monkeypatch.setattr("compassion_coach.model.redact.redact", counted)
    with standin(says(answer([]))) as server:
        CliRunner().invoke(cli, ["reflect", "-m", "m", "--redact", "--base-url", server.base_url], input=LETTER)
    assert (len(server.bodies), len(made)) == (1, 1)


def test_redact_is_a_setting_too(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """COMPASSION_COACH_REDACT=true does what --redact does, and --no-redact takes it back."""
    file = tmp_path_factory.mktemp("letters") / "letter.txt"
    file.write_text(LETTER, "utf-8")
    monkeypatch.setenv("COMPASSION_COACH_REDACT", "true")
    with standin(says(answer([]))) as server:
        common = ["reflect", str(file), "-m", "m", "--base-url", server.base_url, "--key", "k"]
        assert run(common) == 0
        assert run([*common, "--no-redact"]) == 0
    told = [body["messages"][-1]["content"] for body in server.bodies]
    assert ["Nell" in content for content in told] == [False, True]


def test_a_placeholder_of_endless_digits_is_one_that_is_not_known() -> None:
    """A model can write any; Python refuses to make a number of it, and the note is not shown."""
    letter = "Dear Nell,\nI am sorry that Priya laughed.\n"
    note = "The line names [NAME_" + "1" * 5000 + "] with care."
    told = [{"sentence": 2, "excerpt": None, "quality": "acknowledging", "note": note}]
    with standin(says(answer(told))) as server:
        reflection = Coach(model="m", base_url=server.base_url, key="k", redact=True).reflect(letter)
    assert not [mark for mark in reflection.marks if "1111" in mark.note]
    assert (reflection.reader.name, reflection.degraded) == ("model", None)
