"""What is known of a letter that was read: signs of danger that touch are one."""

import time
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.embedded.here import NOBODY
from compassion_coach.letter import Letter
from compassion_coach.prescreen.record import Sign, _beside, _merged, record_of
from compassion_coach.reading import Observation, Reading
from compassion_coach.screen import screen
from compassion_coach.vocabulary import Quality

SIGNS = st.builds(
    lambda kind, start, length: Sign(kind, start, start + length),
    st.sampled_from(["despair", "suicide", "harm"]), st.integers(0, 60), st.integers(0, 20),
)  # fmt: skip


def merged_one_by_one(signs: Sequence[Sign]) -> list[Sign]:
    """What `_merged` does, each sign held against all that were found."""
    found: list[Sign] = []
    for sign in sorted(signs, key=lambda one: (one.start, one.end)):
        same = next((at for at, one in enumerate(found) if one.kind == sign.kind and sign.start <= one.end), None)
        if same is None:
            found.append(sign)
        else:
            found[same] = replace(found[same], end=max(found[same].end, sign.end))
    return found


@given(st.lists(SIGNS))
def test_signs_of_a_kind_that_touch_are_one(signs: list[Sign]) -> None:
    """Whatever lies between them, and however they were found."""
    assert _merged(signs) == merged_one_by_one(signs)


@given(st.lists(SIGNS), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20))))
def test_no_mark_holds_what_tells_of_danger(signs: list[Sign], spans: list[tuple[int, int]]) -> None:
    """Not if they share one character; and what stands beside it is marked as elsewhere."""
    seen = [Observation(0, start, start + length, Quality.KIND_WISH, 0.9) for start, length in spans]
    merged = _merged(signs)
    apart = [one for one in seen if not any(sign.start < one.end and one.start < sign.end for sign in merged)]
    assert _beside(merged, seen) == apart


def test_thousands_of_signs_are_merged_at_once() -> None:
    """A letter may speak of nothing but danger, and each sign is held against one other."""
    signs = [Sign("suicide", at, at + 13) for at in range(0, 32 * 16_000, 32)]
    begun = time.process_time()
    assert _merged(signs) == signs
    assert time.process_time() - begun < 2  # seconds


def test_what_looks_like_a_reproach_beside_danger_is_none() -> None:
    """It may be part of the danger; kindness beside it is drawn faintly, and stays."""
    letter = Letter.of(
        "Dear Ann,\nI am so sorry it hurts.\nI want to kill myself tonight.\nThey would say it is no great thing.\n"
        "It rained all day.\nYou always exaggerate.\n"
    )
    qualities = {1: Quality.ACKNOWLEDGING, 3: Quality.DISMISSING, 5: Quality.CONDEMNING}
    seen = [
        Observation(at, letter.sentences[at].start, letter.sentences[at].end, q, 0.9) for at, q in qualities.items()
    ]
    record = record_of(letter, screen(letter), Reading(NOBODY.reader, tuple(seen)), "en")
    assert record.grave
    assert [mark.quality for mark in record.marks] == [Quality.ACKNOWLEDGING, Quality.CONDEMNING]
