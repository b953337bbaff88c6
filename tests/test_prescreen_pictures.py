"""The drawing of a client's letters over time."""

import re
from dataclasses import replace

import pytest

from compassion_coach.prescreen.record import Record, Seen
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.pictures import MOST, over_time
from compassion_coach.vocabulary import Level, Quality

CALM = Record(Level.NONE, (), (), (), "en", 3, "0")


def of(date: str) -> Source:
    """A letter of a date, or with ≈ before it of the day of its file."""
    return Source("x", "x", "", date.removeprefix("≈ "), date.startswith("≈"))


def days(*dates: str) -> list[list[str]]:
    """The lines that stand under each letter, from left to right."""
    found: dict[int, list[str]] = {}
    drawn = over_time([(of(date), CALM) for date in dates])
    for x, told in re.findall(r'<text class="day" x="(\d+)" y="\d+">([^<]*)</text>', drawn):
        found.setdefault(int(x), []).append(told)
    return [found[x] for x in sorted(found)]


def test_days_have_their_month_and_year_where_it_is_another() -> None:
    """A day alone would make letters of three months look like those of three days."""
    assert days("2025-12-30", "2025-12-31", "2026-01-02", "2026-01-02", "2026-02-02") == [
        ["30", "Dec", "2025"], ["31"], ["02", "Jan", "2026"], ["02", "Feb"],
    ]  # fmt: skip
    assert days("2025-01-02", "2026-01-02") == [["02", "Jan", "2025"], ["02", "Jan", "2026"]]


def test_the_day_of_a_file_is_no_date_that_was_told() -> None:
    """It stands there as what it is."""
    assert days("2026-01-02", "≈ 2026-01-02", "≈ 2026-01-05") == [["02", "Jan", "2026"], ["≈02"], ["≈05"]]


def test_one_is_not_told_as_many() -> None:
    """A turn, a letter."""
    one = replace(CALM, turns=((0, 1),))
    two = replace(CALM, turns=((0, 1), (2, 3)))
    drawn = over_time([(of("2026-01-02"), one)])
    assert "1 turn<" in drawn
    assert 'aria-label="1 letter, 2026-01-02: ' in drawn
    drawn = over_time([(of("2026-01-02"), CALM), (of("2026-01-05"), two)])
    assert "0 turns<" in drawn
    assert "2 turns<" in drawn
    assert 'aria-label="2 letters, 2026-01-02 to 2026-01-05: ' in drawn


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (["", ""], "2 letters, days not known: "), ([""], "1 letter, days not known: "),
        (["", "2026-01-02"], "2 letters, 2026-01-02, others not known: "),
        (["", "2026-01-02", "≈ 2026-01-05"], "3 letters, 2026-01-02 to ≈ 2026-01-05, others not known: "),
    ],
)  # fmt: skip
def test_days_that_nothing_tells_are_said_to_be_unknown(dates: list[str], told: str) -> None:
    """The drawing is named by those that are known."""
    assert f'aria-label="{told}' in over_time([(of(date), CALM) for date in dates])


def test_time_that_lies_between_letters_is_told() -> None:
    """They stand side by side, so weeks or months would look like a day; days of files and months tell no such time."""
    for before, after, told in (
        ("2026-01-01", "2026-01-29", []), ("2026-01-01", "2026-02-12", ["6", "weeks"]),
        ("2026-01-01", "2026-07-01", ["6", "months"]), ("≈ 2026-01-01", "2026-07-01", []),
        ("2026-01", "2026-07-01", []), ("", "2026-07-01", []),
            ("2026-01-01", "2027", ["day", "unknown"]), ("", "2027", []), ("2026", "", []),
    ):  # fmt: skip
        drawn = over_time([(of(before), CALM), (of(after), CALM)])
        assert re.findall(r'<text x="\d+" y="\d+">([^<]+)</text>', drawn) == told
        assert drawn.count('class="gap"') == bool(told)


def test_many_letters_take_several_rows() -> None:
    """A drawing that shrinks to fit, or is cut off on paper, cannot be read; each row tells its month and year."""
    drawn = over_time([(of(f"2026-{at // 28 + 1:02}-{at % 28 + 1:02}"), CALM) for at in range(60)])
    [width] = map(int, re.findall(r' width="(\d+)" height="\d+" aria-label="60 letters', drawn))
    assert width <= 700
    axes = re.findall(r'<line class="axis" x1="\d+" y1="(\d+)"', drawn)
    assert len({*axes}) == len(axes) == 3
    assert drawn.count(">2026<") == 3
    assert drawn.count('<g role="listitem"') == 60
    assert 'height="0"' in over_time([])


@pytest.mark.parametrize("date", ["", "soon", "2026", "<b>", "2026-99-01", "2026-٣-01"])
def test_a_date_that_is_none_breaks_nothing(date: str) -> None:
    """A table may say anything."""
    assert "<b>" not in over_time([(of(date), CALM)])


@pytest.mark.parametrize(("telling", "missing"), [(8, 8), (12, 9), (20, 1), (1, 20), (20, 20)])
def test_marks_of_one_kind_take_no_room_from_another(telling: int, missing: int) -> None:
    """A letter that tells much and lacks warmth as well would look less cold than it is."""
    qualities = [Quality.ADVICE] * telling + [Quality.CONDEMNING] * missing
    marks = tuple(Seen(at, at, at + 1, quality, 1.0) for at, quality in enumerate(qualities))
    drawn = over_time([(of("2026-01-02"), replace(CALM, marks=marks))])
    high = dict(re.findall(r'<rect class="([a-z]+)" [^>]* height="(\d+)"', drawn))
    assert int(high["advice"]) * min(MOST, missing) == int(high["invalidation"]) * min(MOST, telling)
    [ends] = re.findall(r'<rect class="invalidation" [^>]*y="(\d+)"', drawn)
    [day] = re.findall(r'<text class="day" x="\d+" y="(\d+)">02<', drawn)
    assert int(ends) + int(high["invalidation"]) < int(day)
