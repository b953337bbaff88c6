"""How the encoder's opinion and the rules' evidence are joined, and a sentence parted."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.embedded.encoder import encoder
from compassion_coach.embedded.opinion import CLASSES, Opinion, Read, joined, opinions, read, spans
from compassion_coach.embedded.windows import Asked
from compassion_coach.vocabulary import Kind, Quality

CARD = {"temperature": 1.0, "evidence": 1.0}
NOTHING = np.zeros((1, len(CLASSES)), np.float32)


def opinion(start: int, end: int, **told: float) -> Opinion:
    left = (1 - sum(told.values())) / 2
    shared: dict[Quality | None, float] = {Quality.COLD: left, None: left}
    shared |= {Quality(name): share for name, share in told.items()}
    (made,) = opinions([(start, end)], np.array([[shared.get(quality, 0.0) for quality in CLASSES]]))
    return made


def test_evidence_raises_its_quality_and_nothing_else() -> None:
    """A rule that is sure to nine tenths makes its quality ten times as likely, beside the others as before."""
    told = dict(zip(CLASSES, joined(CARD, NOTHING, [{Quality.SHOULD: -math.log(0.1)}])[0], strict=True))
    assert told[Quality.SHOULD] / told[None] == pytest.approx(10)
    assert told[Quality.COLD] == pytest.approx(told[None])
    assert sum(told.values()) == pytest.approx(1)


def test_a_temperature_makes_less_sure_and_changes_no_order() -> None:
    """Doubled, it halves the logits."""
    logits = NOTHING.copy()
    logits[0, 0] = 3.0
    warm, cool = joined(CARD, logits, [{}])[0], joined({**CARD, "temperature": 2.0}, logits, [{}])[0]
    assert warm.max() > cool.max()
    assert warm.argmax() == cool.argmax() == 0


def test_a_kind_is_the_sum_of_its_qualities() -> None:
    """Two halves of warmth outweigh one larger share of advice; the quality is the larger of the two."""
    seen = opinion(0, 4, courage=0.3, kind_wish=0.28, advice=0.42)
    assert (seen.kind, seen.quality) == (Kind.WARM, Quality.COURAGE)
    assert seen.confidence == pytest.approx(0.58)


def test_a_sentence_is_cut_only_where_the_gain_outweighs_the_price() -> None:
    """Two sure halves of different kinds are parted; where the whole is as sure, it stays whole."""
    halves = {(0, 4): opinion(0, 4, courage=0.9), (4, 9): opinion(4, 9, should=0.9)}
    torn = Read("a" * 9, [], {(0, 9): opinion(0, 9, should=0.5), **halves}, price=0.3, danger=0.0)
    assert [part.kind for part in torn.parts] == [Kind.WARM, Kind.ADVICE]
    one = Read("a" * 9, [], {(0, 9): opinion(0, 9, should=0.8), **halves}, price=0.3, danger=0.0)
    assert [(part.start, part.end) for part in one.parts] == [(0, 9)]


def test_neighbouring_parts_of_one_kind_are_one_part() -> None:
    """Two halves of the same kind are never shown as two."""
    halves = {(0, 4): opinion(0, 4, courage=0.99), (4, 9): opinion(4, 9, kind_wish=0.99)}
    seen = Read("a" * 9, [], {(0, 9): opinion(0, 9, courage=0.4), **halves}, price=0.0, danger=0.0)
    assert len(seen.parts) == 1


@given(st.text(alphabet="ab ,;:-.()buts ", max_size=60))
def test_stretches_begin_with_the_whole_and_lie_within_it(text: str) -> None:
    """Every stretch that is asked about lies in the sentence, none twice, the whole of it first."""
    found = spans(text)
    assert found[0] == (0, len(text))
    assert len(set(found)) == len(found)
    assert all(0 <= a < b <= len(text) for a, b in found[1:])


def test_parts_cover_a_sentence() -> None:
    """What stands before, between and after belongs to a part."""
    for text in ("it makes sense that you are upset, but you should call her.", "why don't you rest", "hm"):
        parts = read([[text]])[0][0].parts
        assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
        assert parts[-1].end == len(text)


@pytest.mark.parametrize(
    "sentence",
    ["the library has free courses for that.", "i told my sister first.", "it rained all day.", "you are tired."],
)
def test_what_people_elsewhere_call_advice_counts_a_little_outside_letters(sentence: str) -> None:
    """The public head raises or lowers the odds of advice, by no more than the card allows; nothing else moves."""
    heard = float(encoder().read([[Asked.whole(sentence)]])[0][0]["public"][0][0]) - encoder().card["asked"]
    inside = read([[sentence]])[0][0].whole.kinds
    outside = read([[sentence]], of_letters=False)[0][0].whole.kinds
    moved = math.log(outside[Kind.ADVICE] / outside[Kind.WARM]) - math.log(inside[Kind.ADVICE] / inside[Kind.WARM])
    assert moved == pytest.approx(math.copysign(min(0.75 * abs(heard), 0.7), heard), abs=0.01)
    assert outside[Kind.NEUTRAL] / outside[Kind.WARM] == pytest.approx(inside[Kind.NEUTRAL] / inside[Kind.WARM])
