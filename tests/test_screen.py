"""The distress screen: people in danger are seen, idioms are not."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.embedded.encoder import Encoder, Logits
from compassion_coach.embedded.windows import Asked
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.rules.weighing import Scale, reading
from compassion_coach.rules.written import Rule, rules_of
from compassion_coach.screen import screen, told
from compassion_coach.text import segment
from compassion_coach.text.clauses import clauses
from compassion_coach.vocabulary import Level
from weights import weights_of

module = sys.modules["compassion_coach.screen"]  # its name is that of the function in it
CASES = Path(__file__).parents[1] / "cases"


def level(text: str) -> Level:
    return screen(Letter.of(text)).level


@pytest.mark.parametrize(
    "hidden",
    [
        "I want to d*e tonight.",
        "I keep thinking of s*icide.",
        "I want to k-ll myself.",
        "i want to d|e",
        "I want to 🅳🅸🅴.",
    ],
)
@pytest.mark.parametrize("around", ["{}", "I had tea with Ann.\n\n{}\n\nI wish you a quiet evening."])
def test_a_word_that_is_hidden_behind_a_sign_is_heard(hidden: str, around: str) -> None:
    """People who write of it often do not spell it out, as forums have taught them."""
    assert screen(Letter.of(around.format(hidden))).level.is_grave


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am going to end my life tonight.", Level.URGENT),
        ("You have been planning how to end it.", Level.URGENT),
        ("I wish I was dead.", Level.CONCERN),
        ("They would all be better off without me.", Level.CONCERN),
        ("He hits me when he has been drinking.", Level.CONCERN),
        ("I cut myself again last night.", Level.CONCERN),
        ("Everything feels unreal, like I'm watching from outside.", Level.TENDER),
        ("I am dying for a cup of tea.", Level.NONE),
        ("My phone died.", Level.NONE),
        ("I was sad and tired and I cried all evening.", Level.NONE),
        ("I would never hurt myself.", Level.NONE),
        ("The deadline is killing me.", Level.NONE),
    ],
)
def test_levels(text: str, expected: Level) -> None:
    """Plain sentences of each level, and their harmless twins."""
    assert level(text) is expected


@pytest.mark.parametrize(
    "disguise",
    [
        "I WANT TO KILL MYSELF",
        "i want to kill my self",
        "I want to k\u200bill myself",
        "I want to k\u3164ill mys\uffa0elf",
        "I want to kіll myself",  # Cyrillic i
        "I want to k1ll myself",
        "I want to k i l l myself",
        "I want to ｋｉｌｌ myself",
        "I  want\nto kill myself",
    ],
)
def test_a_disguise_changes_nothing(disguise: str) -> None:
    """Case, spacing, hidden characters, look-alikes and digits do not hide danger."""
    assert level(disguise) is level("I want to kill myself")
    assert level(disguise) in (Level.URGENT, Level.CONCERN)


def test_a_curly_apostrophe_changes_nothing() -> None:
    """Typed on a phone or on a keyboard, it is the same sentence."""
    assert level("I can’t go on and I don’t want to be alive") is level("I can't go on and I don't want to be alive")


def test_a_long_letter_hides_nothing() -> None:
    """One sentence among five hundred is seen."""
    calm = "The kettle sang and the rain went on. " * 250
    assert level(f"{calm}I want to end my life. {calm}") is level("I want to end my life.")


def test_what_stands_beside_certain_danger_is_heard_by_itself() -> None:
    """Heard with it, a kind line would sound like danger too, and not be shown."""
    found = screen(Letter.of("I am so sorry this week was so heavy.\nI want to unalive myself.\nYou are worn out."))
    assert {signal.quote for signal in found.signals} == {"I want to unalive myself", "unalive myself"}


def test_a_greeting_and_a_name_stand_beside_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """They say nothing of the danger, and the encoder that is asked about a line does not hear them with it."""
    asked: list[list[str]] = []
    read = Encoder.read

    def watched(self: Encoder, texts: Sequence[Sequence[Asked]]) -> list[list[Logits]]:
        asked.extend([one.text for one in text] for text in texts)
        return read(self, texts)

    monkeypatch.setattr(Encoder, "read", watched)
    doubtful = "The bus was late and you count the tablets at night and the tea is warm now."
    screen(Letter.of(f"Dear Sam,\n{doubtful}\nWith love,\nme"))
    assert asked
    assert not [text for texts in asked for text in texts if text in ("dear sam,", "with love,", "me")]


def test_a_private_passage_is_screened() -> None:
    """coach:off keeps a passage from readers, not from help."""
    assert level("It is late. <!-- coach:off -->I want to end my life.<!-- coach:on -->") is level(
        "I want to end my life."
    )


def test_signals_are_the_letters_own_words() -> None:
    """Each signal quotes the letter at its offsets."""
    text = "Dear me,\nit’s late.  I want to  end my life 😢 tonight."
    found = screen(Letter.of(text))
    assert found.signals
    assert all(text[s.start : s.end] == s.quote for s in found.signals)


@pytest.mark.parametrize(
    "text",
    [
        "The bus was late and you keep thinking about the bridge and the tea is warm now.",
        "The bus was late and you count the tablets at night and the tea is warm now.",
        "The bus was late and you drink before the school run now and the tea is warm now.",
        "The bus was late and you think about the river more and more and the tea is warm now.",
    ],
)
def test_what_stands_beside_danger_does_not_excuse_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clause is heard between harmless ones, which the whole of the sentence would drown."""
    assert level(text).rank >= Level.CONCERN.rank
    monkeypatch.setattr("compassion_coach.screen.clauses", lambda _: ())
    assert level(text).rank < Level.CONCERN.rank


@pytest.mark.parametrize(
    "said",
    [
        "you think they would be fine without you",
        "you believe they would all be better without you",
        "you wonder how it would be to simply stop",
        "you hide the bottles from the kids",
        "you hope the car just leaves the road",
        "you are saving the tablets",
        "he says he will find you wherever you go",
    ],
)
def test_danger_is_heard_wherever_it_stands_in_a_sentence(said: str) -> None:
    """By its clause, as a whole, or by a rule that is sure of it."""
    text = f"The bus was late and {said} and the tea is warm now."
    assert level(text).rank >= Level.CONCERN.rank


def test_a_clause_far_into_a_sentence_is_heard_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can tell thoughts apart, two hundred words are weighed at once; clauses of the last count too."""
    monkeypatch.setattr(segment, "sentences", partial(segment.sentences, within=lambda _: []))
    calm = "You fed the hens and you swept the yard and you rang the vet about the goat, " * 14
    assert level(calm + "then tea.").rank < Level.CONCERN.rank
    assert level(calm + "and it would be a relief if my heart just stopped, and then tea.").rank >= Level.CONCERN.rank


@pytest.mark.parametrize(
    "text",
    [
        "You have given Joan all the passwords because she does the accounts from now on.",
        "You have been going back and forth about it for weeks, and it wears you down.",
        "ily and im not going anywhere",
        "I don't want to die, I would only like one week without a deadline.",
    ],
)
def test_a_clause_keeps_what_makes_it_harmless(text: str) -> None:
    """A reason belongs to what it is given for, half a phrase is no clause, and what a rule takes back is no doubt."""
    assert level(text).rank < Level.CONCERN.rank


@given(st.lists(st.sampled_from(["i", "and", "but", ",", "hurt", "because", "...", "(", "so"]), max_size=80))
def test_clauses_are_spans_of_the_sentence(words: list[str]) -> None:
    """None is empty, none the whole, and each has some words."""
    text = " ".join(words)
    for start, end in clauses(text):
        assert 0 <= start < end <= len(text)
        assert (start, end) != (0, len(text))
        assert len(text[start:end].split()) >= 6


@given(st.text(max_size=200))
def test_never_raises_on_any_text(text: str) -> None:
    """Whatever is typed, the screen answers."""
    assert screen(Letter.of(text)).level in Level


@pytest.mark.parametrize("file", ["tuning/distress.a.tsv", "tuning/distress.c.tsv"])
def test_nobody_in_danger_is_unseen_in_the_tuning_cases(file: str) -> None:
    """Of the cases that the rules were written with, none in danger is missed and few idioms alarm."""
    rows = [line.split("\t") for line in (CASES / file).read_text("utf-8").splitlines() if line]
    grave = (Level.URGENT, Level.CONCERN)
    missed = [text for want, text, *_ in rows if want in grave and level(text) not in grave]
    calm = [text for want, text, *_ in rows if want == Level.NONE]
    assert missed == []
    assert sum(level(text) in grave for text in calm) <= 0.06 * len(calm)


def test_the_rules_are_those_of_the_folder_each_with_kind_and_level() -> None:
    """Every file under guardrails/distress brings rules, and each names its kind and level."""
    known = {rule.name: rule for rule in rules_of("distress")}
    assert len(known) > 50
    assert {rule.about["level"] for rule in known.values()} == {"urgent", "concern", "tender"}
    assert {"suicide", "abuse", "self_harm", "grief"} <= {rule.about["kind"] for rule in known.values()}


def test_the_weighing_is_asked_unless_told_otherwise() -> None:
    """A hint that no rule knows is heard by `screen`, and not by the rules alone; its span is the sentence's words."""
    hint = "It hurts. Nobody at that house would have to tiptoe round me any more if I went quietly."
    found = screen(Letter.of(hint))
    assert found.level in (Level.CONCERN, Level.URGENT)
    assert found.signals[-1].quote == "Nobody at that house would have to tiptoe round me any more if I went quietly"
    assert screen(Letter.of(hint), weighing=False).level is Level.NONE


def test_the_gravest_signal_of_a_stretch_is_kept() -> None:
    """Where several rules speak of one letter, its level is the gravest and only signals of that level are told."""
    found = screen(Letter.of("I wish I was dead. Everything feels unreal. I am going to kill myself tonight."))
    assert found.level is Level.URGENT
    assert any("kill myself" in signal.quote for signal in found.signals)
    assert all("unreal" not in signal.quote for signal in found.signals)
    assert list(found.signals) == sorted(found.signals, key=lambda s: (s.start, s.end))


def test_a_sentence_is_heard_together_with_the_next_but_not_across_a_kept_back_passage() -> None:
    """What is said in two breaths is one thing; the marks of a passage kept back are no words."""
    assert level("I have the pills. Goodbye.") is Level.URGENT
    assert level("It was hard. <!-- coach:off -->the secret orchard<!-- coach:on --> You stayed.") is Level.NONE


def scale_of(**concern: int) -> Scale:
    """Return a scale of distress that knows how much a few words weigh for concern, in hundredths of a logit."""
    return Scale(
        *reading("distress"),
        shares=("none", "tender", "concern", "urgent"),
        kinds=("grief", "abuse", "suicide"),
        enough={"danger": 0.5, "together": 0.9, "urgent": 0.5, "tender": 0.6},
        base=(400, 0, 0, 0),
        weights=weights_of({word: (0, 0, weight, 0) for word, weight in concern.items()}),
        kind_base=(9, 0, 1),
        kind_weights=weights_of({}),
    )


def danger_of(weighs: int) -> float:
    """Return the log-odds of danger where `scale_of` knows words that weigh so much, in logits."""
    return math.log((math.exp(weighs / 100) + 1) / (math.exp(4) + 1))


def test_two_sentences_are_weighed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said in two breaths is heard, its span both; two that are quite calm are not weighed again."""
    two = "The plum fell. The pear fell."
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plum=390, pear=390))
    opinion(monkeypatch, 0.2, 0.0, {"fell. the pear": 0.45})
    found = screen(Letter.of(two))
    assert [(signal.quote, signal.kind) for signal in found.signals] == [("The plum fell. The pear fell", "suicide")]
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plum=300, pear=300))
    assert screen(Letter.of(two)).level is Level.NONE  # together needs more than half
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plum=390, pear=390, fell=-900))
    assert screen(Letter.of(two)).level is Level.NONE


def test_what_one_sentence_said_its_neighbour_does_not_say_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that was heard by itself is one signal, not two."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plum=1200))
    found = screen(Letter.of("The bus was late. The plum fell. The tea was cold."))
    assert [signal.quote for signal in found.signals] == ["The plum fell"]


def test_what_a_rule_hints_weighs_with_the_words_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phrase with two meanings is no alarm by itself; with words that weigh, it is."""
    [hint] = [rule for rule in rules_of("distress") if rule.name == "self-harm-habit"]
    text = "the kids are at school and i have been cutting myself"
    assert hint.name in told(text)
    opinion(monkeypatch, 0.27, 0.0)  # the encoder is sure of nothing
    monkeypatch.setattr(module, "scale", lambda _: scale_of(kids=1, **{f"!{hint.name}": 350}))
    assert screen(Letter.of(text)).level is Level.NONE
    monkeypatch.setattr(module, "scale", lambda _: scale_of(kids=100, **{f"!{hint.name}": 350}))
    assert screen(Letter.of(text)).level is Level.CONCERN


DOUBTFUL = "the plums are on the table"


def opinion(
    monkeypatch: pytest.MonkeyPatch, concern: float, urgent: float, but: Mapping[str, float] = MappingProxyType({})
) -> None:
    """Let the encoder hear so much concern and danger to life in every stretch that it is asked about.

    In those in which a phrase of `but` stands it hears so much concern instead, and no danger to life.
    """

    class Hears:
        def read(self, texts: Sequence[Sequence[Asked]]) -> list[list[dict[str, object]]]:
            [sentences] = texts
            return [[{"distress": np.array([self.shares(asked.text)])} for asked in sentences]]

        def shares(self, text: str) -> list[float]:
            heard = next(((share, 0.0) for phrase, share in but.items() if phrase in text), (concern, urgent))
            return [1 - sum(heard), 0.0, *heard]

    monkeypatch.setattr("compassion_coach.embedded.encoder.encoder", Hears)
    monkeypatch.setattr("compassion_coach.embedded.encoder.shares", lambda logits: logits)


def test_the_encoder_is_asked_where_the_weighing_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a fiftieth of danger on its opinion raises the level; where there is no doubt it is not asked."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=-150))
    opinion(monkeypatch, 0.96, 0.0)
    assert screen(Letter.of(DOUBTFUL)).level is Level.CONCERN
    opinion(monkeypatch, 0.3, 0.66)
    assert screen(Letter.of(DOUBTFUL)).level is Level.URGENT
    opinion(monkeypatch, 0.4, 0.2)
    assert screen(Letter.of(DOUBTFUL)).level is Level.NONE
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=-900))
    opinion(monkeypatch, 0.96, 0.0)
    assert screen(Letter.of(DOUBTFUL)).level is Level.NONE


def test_the_encoder_lowers_no_level_that_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a rule or the weighing is certain of stands, whatever the encoder thinks."""
    opinion(monkeypatch, 0.0, 0.0)
    assert screen(Letter.of("I am going to kill myself tonight.")).level is Level.URGENT
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=1200))
    assert screen(Letter.of(DOUBTFUL)).level.rank >= Level.CONCERN.rank


@pytest.mark.parametrize("weighs", [100, 300, 600])
def test_what_weighs_and_what_the_encoder_hears_are_added(monkeypatch: pytest.MonkeyPatch, weighs: int) -> None:
    """Half of the one's log-odds and the other's have to come to somewhat less than an even chance."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=weighs))
    missing = -1 - 0.5 * danger_of(weighs)
    for heard, expected in ((missing + 0.01, Level.CONCERN), (missing - 0.01, Level.NONE)):
        opinion(monkeypatch, 1 / (1 + math.exp(-heard)), 0.0)
        assert screen(Letter.of(DOUBTFUL)).level is expected


def test_two_neighbours_have_to_come_to_more_than_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is enough in one sentence is not enough in two that only weigh it together."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plum=0, pear=0, **{"fell the": 300, "fell and": 300}))
    missing = 0.5 + 0.65 * math.log(2) - 0.5 * danger_of(300)
    less, more = (1 / (1 + math.exp(little - missing)) for little in (0.01, -0.01))
    opinion(monkeypatch, 0.0, 0.0, {"fell. the": less, "fell and": less})
    assert screen(Letter.of("The plum fell. The pear fell.")).level is Level.NONE
    assert screen(Letter.of("The plum fell and fell.")).level is Level.CONCERN
    opinion(monkeypatch, 0.0, 0.0, {"fell. the": more})
    found = screen(Letter.of("The plum fell. The pear fell."))
    assert [signal.quote for signal in found.signals] == ["The plum fell. The pear fell"]


@pytest.mark.parametrize(("heard", "expected"), [(0.9, (Level.CONCERN, "suicide")), (0.1, (Level.TENDER, "grief"))])
def test_what_is_raised_is_of_a_grave_kind(
    monkeypatch: pytest.MonkeyPatch, heard: float, expected: tuple[Level, str]
) -> None:
    """A tender sentence that may be more is one or the other, and its kind goes with its level."""
    tender = replace(scale_of(), weights=weights_of({"plums": (0, 500, 300, 0)}))
    monkeypatch.setattr(module, "scale", lambda _: tender)
    opinion(monkeypatch, heard, 0.0)
    found = screen(Letter.of(DOUBTFUL))
    assert (found.level, *(signal.kind for signal in found.signals)) == expected


def test_the_more_sentences_the_more_each_has_to_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a chance to be wrong; from twelve on no more is needed, and runs of scraps are no chances."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=100))

    def alarms(above: float, *others: str) -> bool:
        enough = -1 + above - 0.5 * danger_of(100)
        opinion(monkeypatch, 0.0, 0.0, {"plums": 1 / (1 + math.exp(-enough))})
        return screen(Letter.of(" ".join(["The plums are here.", *others]))).level.is_grave

    assert (alarms(0.01), alarms(-0.01)) == (True, False)
    for many in (2, 5, 12, 40):
        others = ["The cups are on the table."] * (many - 1)
        more = 0.65 * math.log(min(many, 12))
        assert (alarms(more + 0.01, *others), alarms(more - 0.01, *others)) == (True, False), many
    assert alarms(0.01, "So there.", "Oh.", "Ah well.")


def test_a_stretch_is_heard_between_the_sentences_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before it and the one after it, as far as there are any."""
    heard = list[list[str]]()

    class Hears:
        def read(self, texts: Sequence[Sequence[Asked]]) -> list[list[dict[str, object]]]:
            heard.extend([asked.text for asked in text] for text in texts)
            return [[{"distress": np.array([[1.0, 0.0, 0.0, 0.0]])} for _ in text] for text in texts]

    monkeypatch.setattr("compassion_coach.embedded.encoder.encoder", Hears)
    monkeypatch.setattr("compassion_coach.embedded.encoder.shares", lambda logits: logits)
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=100, cups=-900, jars=-900, pans=-900))
    screen(Letter.of("The cups are red. The pans are old. The plums are here. The cups shine. The jars do too."))
    [alone] = [texts for texts in heard if "the plums are here." in texts]
    assert alone == ["the pans are old.", "the plums are here.", "the cups shine."]


def test_a_stretch_is_heard_alike_whatever_else_is_doubtful() -> None:
    """As a poem of one word to a line it has doubtful neighbours, which change nothing in how it is heard."""
    asked = "I won't be here tomorrow, I have a meeting in Leeds."
    heard = [signal.quote.split() for signal in screen(Letter.of(asked)).signals]
    assert [signal.quote.split() for signal in screen(Letter.of(asked.replace(" ", "\n"))).signals] == heard


def test_an_alarm_that_is_withdrawn_silences_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what stands further on in the same sentence, nor what two neighbours say together."""
    opinion(monkeypatch, 0.0, 0.0)
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=450, pears=1200))
    long = f"the plums {'and the cups ' * 100} the pears"
    assert screen(Letter.of(long)).level is Level.CONCERN
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=450, pears=660))
    assert screen(Letter.of("The plums are red.")).level is Level.NONE
    assert screen(Letter.of("The plums are red. The pears are here.")).level is Level.CONCERN


def test_rules_are_tried_on_calm_neighbours_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little weighs in either sentence."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(tablets=-900, all=-900))
    assert [level(text) for text in ("The tablets are in me.", "All of them.")] == [Level.NONE, Level.NONE]
    assert level("The tablets are in me. All of them.") is Level.URGENT


@pytest.mark.parametrize("rule", [r for r in rules_of("distress") if r.about["level"] in ("concern", "urgent")])
def test_what_a_rule_is_about_is_seen(rule: Rule) -> None:
    """Also where its patterns are hints: the examples of a grave rule bring people forward."""
    slang = {"kms fr"}  # kilometres as well
    assert [text for text in rule.match if level(text).rank < Level.CONCERN.rank and text not in slang] == []


def test_of_too_many_doubts_no_alarm_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What weighs enough and cannot be asked about, since there is so much of it, stands."""
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=450))
    monkeypatch.setattr("compassion_coach.doubts._MOST_DOUBTS", 1)
    opinion(monkeypatch, 0.0, 0.0)
    assert screen(Letter.of("The plums are red. The plums are on the table.")).level is Level.CONCERN


def test_doubt_without_an_encoder_brings_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken file stands between nobody and help: what was in doubt counts, and nothing is raised."""

    def broken() -> object:
        raise DataError("The data file is missing.")

    monkeypatch.setattr("compassion_coach.embedded.encoder.encoder", broken)
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=-150))
    assert screen(Letter.of(DOUBTFUL)).level is Level.CONCERN
    monkeypatch.setattr(module, "scale", lambda _: scale_of(plums=-900))
    assert screen(Letter.of(DOUBTFUL)).level is Level.NONE
