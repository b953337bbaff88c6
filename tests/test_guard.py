"""The rails: naming advice passes, giving it does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.data import read_toml
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.remarks import guard
from compassion_coach.remarks.guard import NO_RAIL, Shape, Verdict, heard, is_sure, judge
from compassion_coach.remarks.quoted import as_heard, without_names
from compassion_coach.rules.weighing import Scale, reading, scale
from compassion_coach.rules.written import rules_of
from weights import weights_of

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
    """Invisible marks may stand only where the letter has them itself, and what steers a screen nowhere."""
    text = f"The hurt is{hidden} met where it is."
    assert not judge(text, Letter.of("It makes sense that it hurt.")).passed
    if hidden != "\ud800":
        own = judge(text, Letter.of(f"It makes sense{hidden} that it hurt."))
        assert own.passed is (hidden in "\u200b\ue000\ufeff")


def test_what_cannot_be_judged_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third verdict carries one finding, of the whole text and of no rail, with a message in plain words."""

    def broken(_: str) -> str:
        raise RuntimeError

    monkeypatch.setattr(guard, "fold", broken)
    (finding,) = judge("This line stays close.", LETTER).findings
    assert (finding.rail, finding.start, finding.end) == ("unjudged", 0, 0)
    assert "not shown" in finding.message


def test_a_text_far_too_long_is_refused_unread() -> None:
    """Beyond 4,000 characters there is one finding, of length, over the whole; up to there a text is read."""
    (finding,) = judge("You should rest. " * 300, LETTER).findings
    assert (finding.rail, finding.start, finding.end) == ("length", 0, 5100)
    assert finding.message == "This is longer than such a text may be."
    assert "should" in {f.rail for f in judge("You should rest." + " " * (4000 - 16), LETTER).findings}


def test_an_unseen_character_is_pointed_at() -> None:
    """The finding is that one character, in the rail of language; a line end is none."""
    (finding,) = judge("This line \u202estays close.", LETTER).findings
    assert (finding.rail, finding.start, finding.end) == ("language", 10, 11)
    assert finding.message == "This is not plain English prose about a letter."
    assert judge("This line stays close.\nAnd warm.", LETTER).passed


WORRIED = Letter.of("Dear José,\nThe anxiety was there again on flat 3b, and you rang Zoë.\nYou kept on.")


def test_an_everyday_word_may_be_said_back_to_who_wrote_it() -> None:
    """A clinical word passes where the letter itself says it, and trips where it does not."""
    note = "The anxiety is met without blame in this line."
    assert judge(note, WORRIED).passed
    assert {f.rail for f in judge(note, LETTER).findings} == {"diagnosis"}


def test_names_of_the_letter_may_stand_and_other_scripts_may_not() -> None:
    """A name with an accent stands where the letter has it; a word of another script is pointed at."""
    assert judge("Zoë is remembered in this line.", WORRIED).passed
    assert judge("Zoë is remembered in this line.", LETTER).passed  # folding takes accents for plain letters
    text = "The слово here stays close."
    assert any(text[f.start : f.end] == "слово" for f in judge(text, LETTER).findings if f.rail == "language")


def test_digits_inside_words_are_no_prose_except_in_a_quotation() -> None:
    """`s0ft` is pointed at, wherever it stands; within the letter's own quoted words digits are the letter's."""
    text = "This line is s0ft and warm."
    found = [f for f in judge(text, LETTER).findings if f.rail == "language"]
    assert [text[f.start : f.end] for f in found] == ["s0ft"]
    assert judge("The words “on flat 3b” keep the place of it.", WORRIED).passed
    assert judge("The 2 lines stay close.", LETTER).passed


def test_a_text_without_words_of_its_own_does_not_pass() -> None:
    """A bare quotation says nothing about the letter; nor does a mark that stands for hidden words."""
    quotation = "“You should just call her”"
    (finding,) = judge(quotation, LETTER).findings
    assert (finding.rail, finding.start, finding.end) == ("language", 0, len(quotation))
    assert not judge("This line ~ stays close.", LETTER).passed
    assert not judge("...", LETTER).passed
    assert judge("A pause here.", LETTER).passed


def test_a_mark_without_its_partner_does_not_pass() -> None:
    """A stray quotation mark may hide where a quotation ends; beside a misquotation it is not counted twice."""
    assert {f.rail for f in judge("The words “You should stay here.", LETTER).findings} >= {"verbatim"}
    text = "The words “nobody loves me” and “rest"
    assert [text[f.start : f.end] for f in judge(text, LETTER).findings if f.rail == "verbatim"] == [
        "“nobody loves me”"
    ]


@pytest.mark.parametrize(("shape", "sentences", "words"), [(Shape.NOTE, 1, 25), (Shape.OVERALL, 3, 27)])
def test_each_shape_has_its_length(shape: Shape, sentences: int, words: int) -> None:
    """As many sentences and words as the limits say pass, one more of either does not, over the whole text."""
    line = "This line stays close."
    assert judge(" ".join([line] * sentences), LETTER, shape).passed
    too_many = " ".join([line] * (sentences + 1))
    (finding,) = judge(too_many, LETTER, shape).findings
    assert (finding.rail, finding.start, finding.end) == ("length", 0, len(too_many))
    most = "This line stays close" + " and near" * ((words - 4) // 2) + " here" * ((words - 4) % 2)
    assert judge(most + ".", LETTER, shape).passed
    assert judge(most, LETTER, shape).passed
    assert {f.rail for f in judge(most + " too.", LETTER, shape).findings} == {"length"}
    assert {f.rail for f in judge(line + " " + most + " too", LETTER, Shape.ANY).findings} <= {"length"}


def test_a_full_stop_within_a_quotation_ends_no_sentence() -> None:
    """One sentence that quotes a whole line of the letter is one sentence."""
    assert judge("The line “You need to pull yourself together.” may be heard as a rule.", LETTER, Shape.NOTE).passed


def test_a_remark_without_marks_is_as_long_as_it_is() -> None:
    """What would be cut in a letter whose writer set no full stops is one sentence here, and too long."""
    words = "this line stays with the long day and the tears " * 6
    assert "length" in {finding.rail for finding in judge(words.strip(), LETTER, Shape.OVERALL).findings}


@pytest.mark.parametrize("text", ["Mr. Doyle is heard at 7 a.m. in this line.", "This line names Mrs. Doyle."])
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    """What ends a sentence of a letter ends one of a remark, and nothing else does."""
    assert judge(text, Letter.of("Dear Sam,\nMr. and Mrs. Doyle came at 7 a.m."), Shape.NOTE).passed


@pytest.mark.parametrize("between", [". It", ". it", "! It", "... It", "\u2026 It", ".\nIt"])
def test_two_sentences_are_two_however_the_first_ends(between: str) -> None:
    """A note is one sentence."""
    text = f"This line stays close{between} stays with the hurt."
    assert "length" in {f.rail for f in judge(text, LETTER, Shape.NOTE).findings}


def test_the_one_greeted_is_spoken_of_like_the_writer() -> None:
    """A rule that speaks of the reader hears the name of the greeting as well; a greeting word is no name."""
    assert not judge("Sam should rest.", LETTER).passed
    bare = without_names("sam and dear sammy", LETTER)
    assert bare == "§§§ and dear sammy"
    assert without_names("you were tired", Letter.of("You were tired.")) == "you were tired"
    assert without_names("anna", Letter.of("Dear anna,\nIt hurt.")) == "anna"


def test_messages_are_those_of_the_rail() -> None:
    """Each finding says in the rail's own words what is wrong."""
    messages = {f.rail: f.message for f in judge("You should rest.", LETTER).findings}
    assert messages["should"] == "This tells the writer what to think, feel or do."


def scale_of(**weights: tuple[int, int]) -> Scale:
    """Return a scale of the rails that knows a few words; two kinds, of which the second weighs more."""
    return Scale(
        *reading("rails"),
        shares=("pass", "block"),
        kinds=("sugar", "grading"),
        enough={"block": 0.75, "together": 1.0},
        base=(0, 0),
        weights=weights_of(weights),
        kind_base=(0, 1),
        kind_weights=weights_of({}),
    )


def encoder_says(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Let the encoder hear every stretch with the same share of not to be shown."""
    monkeypatch.setattr(guard, "_stopped", lambda stretches: [share] * len(stretches))


def test_what_weighs_enough_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no rule is sure, the sum decides; without a hint the rail is the kind that weighs most, over the whole."""
    encoder_says(monkeypatch, 0.5)
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(plum=(0, 120), pear=(0, 100)))
    assert judge("This line is a pear.", LETTER).passed
    [finding] = judge("This line is a plum.", LETTER).findings
    assert (finding.rail, finding.start, finding.end) == ("grading", 0, 20)


def test_a_hint_alone_passes_and_names_the_place_where_it_weighs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phrase with two meanings trips nothing by itself; with words that weigh, the finding is where it stands."""
    text = "A mood can be heard in this line."
    assert not is_sure(text, LETTER)
    encoder_says(monkeypatch, 0.5)
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(other=(0, 0), mood=(0, 0)))
    assert judge(text, LETTER).passed
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(mood=(0, 500)))
    found = judge(text, LETTER).findings
    assert ("diagnosis", "mood") in {(f.rail, text[f.start : f.end]) for f in found}


def test_kind_sentences_do_not_make_up_for_one_that_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sentence is weighed by itself as well, so that a long remark cannot carry an order past."""
    encoder_says(monkeypatch, 0.5)
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(plum=(0, 300), pear=(300, 0)))
    text = "This line is a pear. This line is a plum. This line is a pear."
    assert [(f.start, f.end) for f in judge(text, LETTER).findings] == [(21, 41)]


def test_the_weighing_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a rule is sure of is stopped however light it weighs."""
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(you=(9000, 0), rest=(9000, 0)))
    assert not judge("You should rest.", LETTER).passed
    assert is_sure("You should rest.", LETTER)


def test_what_the_encoder_is_sure_of_is_stopped_without_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its word is enough from 0.7 on, of few words from 0.99; a weight is where both come to one together."""
    text, few = "This line is a plum to nobody.", "A plum here."
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(plum=(0, 0)))
    encoder_says(monkeypatch, 0.71)
    assert [(f.start, f.end) for f in judge(text, LETTER).findings] == [(0, len(text))]
    assert judge(few, LETTER).passed
    encoder_says(monkeypatch, 0.995)
    assert not judge(few, LETTER).passed
    encoder_says(monkeypatch, 0.69)
    assert judge(text, LETTER).passed
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(plum=(0, 500)))
    assert not judge(text, LETTER).passed
    encoder_says(monkeypatch, 0.001)
    assert judge(text, LETTER).passed
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(plum=(0, 120)))
    encoder_says(monkeypatch, 0.22)
    assert judge(text, LETTER).passed
    encoder_says(monkeypatch, 0.25)
    assert not judge(text, LETTER).passed


def test_words_that_no_scale_knows_are_stopped_by_the_encoder_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a finding even where nothing tells its rail: they are not judged, and not shown."""
    monkeypatch.setattr(guard, "scale", lambda _: scale_of(pear=(0, 0)))
    encoder_says(monkeypatch, 0.99)
    judgement = judge("This line is a plum.", LETTER)
    [finding] = judgement.findings
    assert judgement.verdict is Verdict.UNJUDGED
    assert (finding.rail, finding.start, finding.end) == (NO_RAIL, 0, 20)


def test_each_rail_has_words_for_whoever_is_stopped_and_for_a_model_that_is_asked_again() -> None:
    """What `rails.toml` tells people and what a model is told name the same rails, and the rules no others."""
    rails = read_toml("guardrails/rails.toml")["messages"].keys()
    assert rails == read_toml(f"prompts/reflect.{PROMPT_VERSION}.rails.toml").keys()
    assert {rule.about["rail"] for rule in rules_of("rails")} | {*scale("rails").kinds} - {""} <= rails


def test_an_encoder_that_fails_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its weights the guard cannot judge, and says so."""

    def broken() -> object:
        raise DataError("The data file is missing.")

    monkeypatch.setattr(guard, "encoder", broken)
    assert judge("This line stays close to the hurt.", LETTER).verdict is Verdict.UNJUDGED


def test_names_and_quotations_are_hidden_from_the_encoder() -> None:
    """It reads a name and an unknown word in their place, so that neither decides."""
    assert as_heard("§§§§, the words ~~~~~ ~~ stay close to §§") == "sam, the words [UNK] [UNK] stay close to sam"


def test_a_scale_that_fails_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its weights the guard cannot judge, and says so."""

    def broken(_: str) -> Scale:
        raise DataError("The data file is missing.")

    monkeypatch.setattr(guard, "scale", broken)
    assert judge("This line stays close to the hurt.", LETTER).verdict is Verdict.UNJUDGED


def test_the_weighing_hears_no_quotation_and_no_name() -> None:
    """What is weighed are the model's own words: the letter's stand as `~`, the name it greets as a sign."""
    named, told = heard('"You should just call her" reaches Sam as a rule.', LETTER)
    assert "call" not in named
    assert "sam" not in named
    assert told == {"!nothing"}


@pytest.mark.parametrize(
    "text",
    [
        "The hurt is named here: o\u0336f\u0336 course.",  # struck out
        "T\u0367h\u1dd7e\u0364 hurt is named here.",  # letters above letters
        "The hurt\u0301\u0302\u0303 is named here.",
        "The hurt\u20dd is named here.",
    ],
)
def test_marks_that_make_no_letter_are_stopped(text: str) -> None:
    """They strike the writer's words out, or spell others above them, and folding passes over them."""
    assert "language" in {finding.rail for finding in judge(text, Letter.of("Dear Sam,\nit hurts.\nMe")).findings}


def test_an_accent_is_no_such_mark() -> None:
    """However it is written, a letter with its accent is a letter."""
    letter = Letter.of("Dear Sam,\nThe cafe\u0301 was shut and it hurts.\nMe")
    for text in ("The caf\u00e9 of this line is named.", "The cafe\u0301 of this line is named."):
        assert judge(text, letter).passed
