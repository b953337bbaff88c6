"""What must hold for every letter and every answer, whatever is in them."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compassion_coach import Coach, Reflection
from compassion_coach.cli import cli
from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.model.answer import reading_from
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.remarks.guard import Shape, Verdict, judge
from compassion_coach.rules.written import rules_of
from compassion_coach.screen import screen
from compassion_coach.screened import screened
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Level, Quality

LETTER = Letter.of("Dear Sam, it was a long day.")
MODEL = ReaderInfo(name="model", model="m", version="v")
USAGE = Usage(requests=1, prompt_tokens=1, answer_tokens=1)

# Letters: whole sentences, things that trip a parser, and any characters that a file can hold.
PIECES = st.sampled_from(
    ["Dear Nell,\n", "It makes sense that it hurt. ", "However, you do take everything personally. ", "You should rest",
     "I wish I was dead. ", "\r\n", "\n\n", "💛 ", "👨\u200d👩\u200d👧", "e\u0301", "ﬁ", "İ", "ß", "“", "'", "\u200b",
     "\u202e", "\x00", "<!-- coach:off -->", "<!-- coach:on -->", "<!--", "-->", "{{ x }}", "{% x %}", "s h o u l d ",
     "With love,\nme\n"]
)  # fmt: skip
CHARACTERS = st.text(alphabet=st.characters(codec="utf-8"), max_size=120)
LETTERS = st.lists(PIECES | CHARACTERS, max_size=8).map("".join)


def _true_quotes(reflection: Reflection, text: str) -> None:
    units = text.encode("utf-16-le")
    for mark in reflection.marks:
        assert text[mark.start : mark.end] == mark.quote != ""
        assert units[2 * mark.start_utf16 : 2 * mark.end_utf16].decode("utf-16-le") == mark.quote
    for signal in reflection.distress.signals:
        assert text[signal.start : signal.end] == signal.quote
    for turn in reflection.turns:
        assert text[turn.pivot.start : turn.pivot.end] == turn.pivot.quote


@settings(max_examples=200, deadline=None)
@given(LETTERS)
def test_every_letter_is_reflected_with_true_quotes_and_its_own_hash(text: str) -> None:
    """No letter raises; every quote is the letter at its offsets; the hash is of the text that was given."""
    reflection = Coach(region="UK").reflect(text)
    _true_quotes(reflection, text)
    assert reflection.letter_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert reflection.overall or reflection.support or reflection.degraded


OBSERVATIONS = st.fixed_dictionaries(
    {
        "sentence": st.integers(-2, 12),
        "excerpt": st.none()
        | CHARACTERS
        | st.sampled_from(["it hurt", "IT  HURT", "it", ".", " ", "\u200b", "e", "’"]),
        "quality": st.sampled_from([quality.value for quality in Quality]),
        "note": CHARACTERS | st.sampled_from(["You should rest.", "The hurt is given a reason.", "“it hurt” stays."]),
    }
)


def _answer_about(excerpt: str) -> dict[str, object]:
    seen = {"sentence": 1, "excerpt": excerpt, "quality": "acknowledging", "note": ""}
    return {"observations": [seen], "overall": "", "question": None, "distress": "none"}


ANSWERS = st.fixed_dictionaries(
    {
        "observations": st.lists(OBSERVATIONS, max_size=12),
        "overall": CHARACTERS,
        "question": st.none() | CHARACTERS,
        "distress": st.sampled_from([level.value for level in Level]),
    }
)


@settings(max_examples=200, deadline=None)
@given(LETTERS, ANSWERS)
@example("It makes sense.", _answer_about("\u200b"))
def test_whatever_a_model_observes_quotes_are_true_and_words_are_judged(text: str, answer: dict[str, object]) -> None:
    """An answer made of anything gives true quotes, no word of its own that a rail stops, and no lower level."""
    start = screened(Letter.of(text))
    reading = reading_from(json.dumps(answer), start.letter, MODEL, USAGE)
    reflection = Coach()._end(start, reading, None, sent=True)
    _true_quotes(reflection, text)
    assert reflection.distress.level.rank >= start.distress.level.rank
    said = {str(answer["overall"]).strip(), str(answer["question"] or "").strip()}
    said |= {seen.note for seen in reading.observations if seen.note}
    shapes = {Shape.OVERALL: [reflection.overall], Shape.QUESTION: list(reflection.questions)}
    shapes[Shape.NOTE] = [mark.note for mark in reflection.marks]
    for shape, shown in shapes.items():
        assert [
            words for words in shown if words in said and words and not judge(words, start.letter, shape).passed
        ] == []


@settings(max_examples=300, deadline=None)
@given(CHARACTERS | LETTERS, LETTERS, st.sampled_from(list(Shape)))
def test_the_guard_answers_in_three_values(text: str, letter: str, shape: Shape) -> None:
    """Any text about any letter gets a verdict, with findings where it is not passed, at places in the text."""
    judgement = judge(text, Letter.of(letter), shape)
    assert judgement.verdict in (Verdict.PASSED, Verdict.TRIPPED)  # a text that cannot be judged is a fault of ours
    assert judgement.passed is (judgement.findings == ())
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in judgement.findings)


ALIKE = {
    plain: [c for c in seen if c.lower() == c]
    for name, table in read_toml("guardrails/folding.toml").items()
    if name != "punctuation"
    for plain, seen in table.items()
}
TRICKS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "curly quotes": lambda text: text.replace("'", "’").replace('"', "”"),
    "zero width": "\u200b".join,
    "joiners": lambda text: "".join(f"{c}\u200d" if c.isalpha() else c for c in text),
    "soft hyphens": "\u00ad".join,
    "tag characters": lambda text: "".join(f"{c}\U000e0061" for c in text),
    "turned round": lambda text: f"\u202e{text}\u202c",
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "mathematical": lambda text: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text),
    "look-alikes": lambda text: "".join((ALIKE.get(c) or [c])[0] for c in text),
    "other look-alikes": lambda text: "".join((ALIKE.get(c) or [c])[-1] for c in text),
    "accents": lambda text: "".join(f"{c}\u0301" if c.isalpha() else c for c in text),
    "doubled blanks": lambda text: text.replace(" ", "  "),
    "hard blanks": lambda text: text.replace(" ", "\u00a0"),
}

LATER = sorted(TRICKS.keys() - {"capitals"})  # the capital of a look-alike looks like another letter: υ and Υ


def _examples(family: str) -> list[str]:
    return list(dict.fromkeys(example for rule in rules_of(family) for example in (*rule.match, *rule.pass_over)))


DISTRESS = _examples("distress")
RAILS = _examples("rails")


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_folds_to_the_same_text(trick: str) -> None:
    """Each example of each rule of the screen and the rails is, however it is disguised, the same folded text."""
    changed = TRICKS[trick]
    assert [text for text in (*DISTRESS, *RAILS) if fold(changed(text)).text != fold(text).text] == []


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(DISTRESS), st.sampled_from(LATER), st.sampled_from(sorted(TRICKS)))
def test_no_tricks_change_what_the_screen_says(text: str, first: str, second: str) -> None:
    """Two disguises on top of each other leave the level as it is."""
    disguised = TRICKS[first](TRICKS[second](text))
    assert screen(Letter.of(disguised)).level is screen(Letter.of(text)).level


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(RAILS), st.sampled_from(LATER), st.sampled_from(sorted(TRICKS)))
def test_no_tricks_get_words_past_the_rails(text: str, first: str, second: str) -> None:
    """Two disguises on top of each other let nothing through that is stopped plain; what hides stops by itself."""
    plain, dressed = judge(text, LETTER), judge(TRICKS[first](TRICKS[second](text)), LETTER)
    assert dressed.verdict is plain.verdict or {f.rail for f in dressed.findings} >= {"language"}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([text for text in DISTRESS if len(text) < 100]))
def test_a_word_to_a_line_hides_nothing(text: str) -> None:
    """Set as a poem, one word to a line, danger is seen as well as in one line."""
    as_poem = screen(Letter.of("\n".join(text.split()))).level
    assert as_poem.rank >= screen(Letter.of(text)).level.rank


@pytest.mark.parametrize(
    "text",
    ["I want to die.", "I want to kill myself.", "I am going to end my life tonight.", "He hits me.", "I cut myself."],
)
@pytest.mark.parametrize("between", [" ", ".", "-", "_", "*", "·", "  "])
def test_spaced_letters_hide_nothing(text: str, between: str) -> None:
    """l i k e t h i s, with no wider gap between the words, the screen says what it says of the plain sentence."""
    spaced = between.join(c for c in text.lower() if c.isalpha())
    assert screen(Letter.of(spaced)).level is screen(Letter.of(text)).level is not Level.NONE


@pytest.mark.parametrize(
    "command",
    [
        *(["reflect", "letter.txt", "-f", form] for form in ("text", "json", "markdown", "html")),
        ["reflect", "letter.txt", "-f", "docx", "-o", "out.docx"],
        ["reflect", "letter.txt", "-f", "html", "-o", "out.html"],
        ["reflect", "letter.txt", "-f", "html", "-o", "letter.txt"],
        ["reflect", "letter.txt", "-m", "m", "--base-url", "http://127.0.0.1:9/v1", "--dry-run"],
        ["reflect", "letter.txt", "-m", "m", "--base-url", "http://127.0.0.1:9/v1"],
        ["screen", "letter.txt"],
        ["guard", "--letter", "letter.txt", "letter.txt"],
        ["label", "letter.txt"],
    ],
    ids=" ".join,
)
def test_no_command_changes_a_byte_of_the_letter(command: list[str]) -> None:
    """Whatever is asked for, the file stays as it was: line ends, byte order mark, hidden characters and all."""
    raw = "\ufeffDear Nell,\r\nIt makes sense that it hurt\u200b.\n\rHowever, cafe\u0301 ﬁ \t\n💛 go".encode()
    path = Path("letter.txt")
    path.write_bytes(raw)
    before = path.stat()
    CliRunner().invoke(cli, command)
    assert path.read_bytes() == raw
    assert path.stat().st_mtime_ns == before.st_mtime_ns
