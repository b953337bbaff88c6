"""A client's letters over time as a small drawing: what was marked in each, and where warmth was taken back."""

from collections.abc import Sequence
from html import escape

from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.vocabulary import Kind

_STEP, _BAR = 28, 18  # pixels from letter to letter, and of a column
_UNIT = 9  # pixels for a mark
_EDGE = 8
_LINE = 12  # pixels for a line of the dates
MOST = 12
"""How many marks of a kind are drawn: a letter with more reads the same."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def over_time(letters: Sequence[tuple[Source, Record]]) -> str:
    """Return an SVG drawing: for each letter, by its date, warm marks above the line, the others below it."""
    above = max((min(MOST, record.count(Kind.WARM)) for _, record in letters), default=0)
    below = max((min(MOST, _cold(record)) for _, record in letters), default=0)
    line = _EDGE + _UNIT * max(above, 1) + 10
    width, height = _EDGE * 2 + _STEP * max(len(letters), 4), line + _UNIT * max(below, 1) + 8 + 3 * _LINE
    drawn = [
        f'<svg class="picture" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-label="{escape(_told(letters))}">',
        f'<line class="axis" x1="{_EDGE}" y1="{line}" x2="{width - _EDGE}" y2="{line}"/>',
    ]
    before = ""
    for at, (source, record) in enumerate(letters):
        x = _EDGE + at * _STEP + (_STEP - _BAR) // 2
        drawn += _column(x, line, source.day, record)
        drawn += _day(x + _BAR // 2, height - 3 * _LINE + 8, source, before)
        before = source.date
    return "".join([*drawn, "</svg>"])


def _column(x: int, line: int, day: str, record: Record) -> list[str]:
    warm, advice = min(MOST, record.count(Kind.WARM)), min(MOST, record.count(Kind.ADVICE))
    missing = min(MOST - advice, record.count(Kind.INVALIDATION))
    told = (
        f"{day}: {record.count(Kind.WARM)} warm, {record.count(Kind.ADVICE)} telling, "
        f"{record.count(Kind.INVALIDATION)} where warmth is missing, {_some(len(record.turns), 'turn')}"
    )
    told = f"{day}: not read" if record.standing == "unread" else f"{told}, danger" if record.grave else told
    opened = '<g class="grave">' if record.grave else "<g>"
    parts = [f"{opened}<title>{escape(told)}</title>"]
    if warm:
        parts.append(_bar("warm", x, line - 1 - warm * _UNIT, warm))
    if advice:
        parts.append(_bar("advice", x, line + 1, advice))
    if missing:
        parts.append(_bar("invalidation", x, line + 1 + advice * _UNIT, missing))
    sign = "!" if record.grave else "?" if record.standing == "unread" else ""
    if record.turns or sign:
        over = f"{sign}↷" if record.turns else sign
        parts.append(f'<text class="turns" x="{x + _BAR // 2}" y="{line - 4 - warm * _UNIT}">{over}</text>')
    return [*parts, "</g>"]


def _day(x: int, y: int, source: Source, before: str) -> list[str]:
    """Return the day of a letter; below it the month where it is another than before, and so the year."""
    date, about = source.date, "≈" if source.of_file else ""
    year, month, day = [*date.split("-"), "", ""][:3]
    known = month.isdecimal() and 0 < int(month) <= len(_MONTHS)
    told = (
        f"{about}{day}" if about or date != before else "",
        _MONTHS[int(month) - 1] if known and date[:7] != before[:7] else "",
        year if year != before[:4] else "",
    )
    return [
        f'<text class="day" x="{x}" y="{y + _LINE * at}">{escape(one)}</text>' for at, one in enumerate(told) if one
    ]


def _bar(kind: str, x: int, y: int, many: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{_BAR}" height="{many * _UNIT}" rx="2"/>'


def _cold(record: Record) -> int:
    return record.count(Kind.ADVICE) + record.count(Kind.INVALIDATION)


def _told(letters: Sequence[tuple[Source, Record]]) -> str:
    if not letters:
        return "no letters"
    first, last = letters[0][0].day, letters[-1][0].day
    days = first if first == last else f"{first} to {last}"
    return f"{_some(len(letters), 'letter')}, {days}: marks in each, warm above the line, the others below it"


def _some(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"
