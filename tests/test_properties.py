"""What must hold for every letter and every answer, whatever is typed or sent."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compassion_coach import Coach, Letter
from compassion_coach.data import names_under, read_toml
from compassion_coach.errors import AnswerError
from compassion_coach.folding import fold
from compassion_coach.guard import Verdict, judge
from compassion_coach.mend import mend
from compassion_coach.model_answer import reading_from
from compassion_coach.patterns import Rule, load_rules
from compassion_coach.policy import plan_for
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.screen import rules, screen
from compassion_coach.vocabulary import Level, Quality

LETTER = Letter.of(
    "Dear Sam, you called it “nothing”. You should just call her. It hurt, of course it did. With love, me"
)
WHO, USED = ReaderInfo(name="model", model="m", version="1"), Usage(requests=1, prompt_tokens=0, answer_tokens=0)
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(LETTER.text.split()), max_size=40).map(" ".join))


@settings(deadline=None)  # the first letter loads the rules
@given(TEXTS)
def test_every_quote_is_the_letter_at_its_offsets(text: str) -> None:
    """Marks, pivots and signals quote exactly, in code points and in UTF-16 units."""
    reflection = Coach(region="UK").reflect(text)
    units = text.encode("utf-16-le")
    for mark in reflection.marks:
        assert mark.quote == text[mark.start : mark.end]
        assert mark.quote == units[2 * mark.start_utf16 : 2 * mark.end_utf16].decode("utf-16-le")
    for turn in reflection.turns:
        assert turn.pivot.quote == text[turn.pivot.start : turn.pivot.end]
    for signal in reflection.distress.signals:
        assert signal.quote == text[signal.start : signal.end]
    assert reflection.letter_sha256 == Letter.of(text).sha256


ANSWERS = st.fixed_dictionaries(
    {
        "observations": st.lists(
            st.fixed_dictionaries(
                {
                    "sentence": st.integers(-3, 9),
                    "excerpt": st.none() | st.sampled_from(LETTER.text.split()) | st.text(max_size=20),
                    "quality": st.sampled_from([quality.value for quality in Quality]),
                    "note": st.text(max_size=80),
                }
            ),
            max_size=8,
        ),
        "overall": st.text(max_size=80),
        "question": st.none() | st.text(max_size=60),
        "distress": st.sampled_from([level.value for level in Level]),
    }
)


@given(ANSWERS)
def test_whatever_a_model_observes_lies_in_the_letter_and_whatever_is_shown_passed(answer: object) -> None:
    """Observations lie inside their sentence, and each shown word of a model's passes the rails."""
    reading = reading_from(json.dumps(answer), LETTER, WHO, USED)
    for seen in reading.observations:
        sentence = LETTER.sentences[seen.sentence]
        assert sentence.start <= seen.start <= seen.end <= sentence.end
    words = mend(LETTER, reading, plan_for(Level.NONE, "en"))
    own = {o.note for o in reading.observations} | {reading.overall, reading.question}
    for shown in (*words.notes, words.overall, *words.questions):
        assert shown not in own or judge(shown, LETTER).verdict is Verdict.PASSED


@given(st.text(max_size=400))
def test_an_answer_is_read_or_refused(text: str) -> None:
    """Any text from a server becomes a reading or an AnswerError without a word of it."""
    refused: AnswerError | None = None
    try:
        reading_from(text, LETTER, WHO, USED)
    except AnswerError as error:
        refused = error
    assert refused is None or (refused.__cause__ is None and (len(text) < 40 or text not in str(refused)))


@given(st.text(max_size=400), TEXTS)
def test_the_guard_never_raises(text: str, letter: str) -> None:
    """Any text about any letter gets one of three verdicts, and every finding lies inside the text."""
    judgement = judge(text, Letter.of(letter))
    assert judgement.verdict in Verdict
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in judgement.findings)


def _alternately(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(change(c) if i % 3 == 1 else c for i, c in enumerate(text))


LOOK_ALIKE = str.maketrans("aeiopcxy", "аеіорсху")  # Cyrillic
TRICKS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "curly quotes": lambda text: text.replace("'", "’"),
    "another apostrophe": lambda text: text.replace("'", "\u02bc"),
    "zero-width": _alternately(lambda c: f"{c}\u200b" if c.isalpha() else c),
    "soft hyphens": _alternately(lambda c: f"{c}\u00ad" if c.isalpha() else c),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in text),
    "look-alikes": lambda text: text.translate(LOOK_ALIKE),
    "doubled blanks": lambda text: text.replace(" ", "  "),
    "no-break blanks": lambda text: text.replace(" ", "\u00a0"),
    "combining marks": _alternately(lambda c: f"{c}\u0301" if c in "aeiou" else c),
}
DISTRESS = [(text, rule.name) for rule in rules() for text in (*rule.match[:2], *rule.pass_over[:1])]
RAILS: list[Rule] = [rule for file in names_under("guardrails/rails", ".toml") for rule in load_rules(file, ["rail"])]
OUTPUTS = [text for rule in RAILS for text in (*rule.match[:2], *rule.pass_over[:1])]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_level_changes_under_a_trick_of_writing(trick: str) -> None:
    """What is screened stays what it is, however its characters are dressed."""
    changed = [
        text
        for text, _ in DISTRESS
        if text.isascii() and screen(Letter.of(TRICKS[trick](text))).level is not screen(Letter.of(text)).level
    ]
    assert changed == []


@pytest.mark.parametrize("trick", [name for name in TRICKS if name not in ("capitals", "full width", "look-alikes")])
def test_a_dressed_up_output_is_never_let_through(trick: str) -> None:
    """What a rail stops it stops in any dress; other alphabets are stopped for themselves."""
    leaked = [text for text in OUTPUTS if not judge(text, LETTER).passed and judge(TRICKS[trick](text), LETTER).passed]
    assert leaked == []


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


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_a_file_of_any_bytes_stays_as_it_is(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """No command writes into a letter."""
    from compassion_coach.__main__ import run

    file = tmp_path_factory.mktemp("letters") / "letter.txt"
    file.write_bytes(raw)
    for command in ("reflect", "screen", "label"):
        assert run([command, str(file)]) in (0, 2)
        assert file.read_bytes() == raw


def test_folding_table_is_one_to_one() -> None:
    """Each look-alike is one code point, so that offsets can lead back."""
    for group in read_toml("guardrails/folding.toml").values():
        assert all(len(plain) == 1 for plain in group)
