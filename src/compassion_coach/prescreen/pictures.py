"""A client's letters over time as a small drawing: what was marked in each, and where warmth was taken back."""

from collections.abc import Sequence
from html import escape

from compassion_coach.prescreen.record import Record
from compassion_coach.vocabulary import Kind

_STEP, _BAR = 28, 18  # pixels from letter to letter, and of a column
_UNIT = 9  # pixels for a mark
_MOST = 12  # marks of a kind that are drawn: a letter with more reads the same
_EDGE = 8


def over_time(letters: Sequence[tuple[str, Record]]) -> str:
    """Return an SVG drawing: for each letter, by its date, warm marks above the line, the others below it."""
    above = max((min(_MOST, record.count(Kind.WARM)) for _, record in letters), default=0)
    below = max((min(_MOST, _cold(record)) for _, record in letters), default=0)
    line = _EDGE + _UNIT * max(above, 1) + 10
    width, height = _EDGE * 2 + _STEP * max(len(letters), 4), line + _UNIT * max(below, 1) + 26
    drawn = [
        f'<svg class="picture" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-label="{escape(_told(letters))}">',
        f'<line class="axis" x1="{_EDGE}" y1="{line}" x2="{width - _EDGE}" y2="{line}"/>',
    ]
    for at, (date, record) in enumerate(letters):
        drawn += _column(_EDGE + at * _STEP + (_STEP - _BAR) // 2, line, date, record)
    return "".join([*drawn, "</svg>"])


def _column(x: int, line: int, date: str, record: Record) -> list[str]:
    warm, advice = min(_MOST, record.count(Kind.WARM)), min(_MOST, record.count(Kind.ADVICE))
    missing = min(_MOST - advice, record.count(Kind.INVALIDATION))
    told = (
        f"{date}: {record.count(Kind.WARM)} warm, {record.count(Kind.ADVICE)} telling, "
        f"{record.count(Kind.INVALIDATION)} where warmth is missing, {len(record.turns)} turns"
    )
    parts = [f"<g><title>{escape(told)}</title>"]
    if warm:
        parts.append(_bar("warm", x, line - 1 - warm * _UNIT, warm))
    if advice:
        parts.append(_bar("advice", x, line + 1, advice))
    if missing:
        parts.append(_bar("invalidation", x, line + 1 + advice * _UNIT, missing))
    if record.turns:
        parts.append(f'<text class="turns" x="{x + _BAR // 2}" y="{line - 4 - warm * _UNIT}">↷</text>')
    low = line + 14 + (advice + missing) * _UNIT
    parts.append(f'<text class="day" x="{x + _BAR // 2}" y="{low}">{escape(date[8:10])}</text></g>')
    return parts


def _bar(kind: str, x: int, y: int, many: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{_BAR}" height="{many * _UNIT}" rx="2"/>'


def _cold(record: Record) -> int:
    return record.count(Kind.ADVICE) + record.count(Kind.INVALIDATION)


def _told(letters: Sequence[tuple[str, Record]]) -> str:
    if not letters:
        return "no letters"
    first, last = letters[0][0], letters[-1][0]
    return f"{len(letters)} letters from {first} to {last}: marks in each, warm above the line, the others below it"
