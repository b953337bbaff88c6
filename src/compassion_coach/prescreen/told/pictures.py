"""A client's letters over time as a small drawing: what was marked in each, and where warmth was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.vocabulary import Kind

_STEP, _BAR = 28, 18  # pixels from letter to letter, and of a column
_GAP = 52  # pixels where a long time lies between two letters
_WIDEST = 680  # pixels of a row: what a page of paper holds
_UNIT = 9  # pixels for a mark
_EDGE = 8
_LINE = 12  # pixels for a line of the dates
_LONG, _MANY_MONTHS = 28, 4  # days, and from how many months on weeks are not counted
MOST = 12
"""How many marks of a kind are drawn: a letter with more reads the same."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Column:
    left: int
    gap: str  # how long it is since the letter before, where that is told
    source: Source
    record: Record


def over_time(letters: Sequence[tuple[Source, Record]]) -> str:
    """Return an SVG drawing for each row of letters, in their order: warm marks above the line, the others below it.

    Letters stand side by side, in as many rows as they take, so that a page of paper may end between two; where over
    four weeks lie between two days that are told, that is drawn, and where those begin of which no day is known.
    """
    above = max((min(MOST, record.count(Kind.WARM)) for _, record in letters), default=0)
    below = max((_cold(record) for _, record in letters), default=0)
    line = _EDGE + _UNIT * max(above, 1) + 10
    high = line + _UNIT * max(below, 1) + 8 + 3 * _LINE
    rows = _placed(letters)
    widths = [row[-1].left + _STEP + _EDGE for row in rows]
    width = max([*widths, _EDGE * 2 + _STEP * 4])
    drawn = [] if rows else [_begun(0, width, 0, _told(letters)), "</svg>"]
    for at, (row, wide) in enumerate(zip(rows, widths, strict=True)):
        top, before = at * (high + _LINE), ""
        axis = top + line
        drawn.append(_begun(top, width, high, f"row {at + 1} of {len(rows)}" if at else _told(letters)))
        drawn.append(f'<line class="axis" x1="{_EDGE}" y1="{axis}" x2="{wide - _EDGE}" y2="{axis}"/>')
        for one in row:
            x = one.left + (_STEP - _BAR) // 2
            if one.gap:
                drawn += _between(one.left - _GAP // 2, top + _EDGE, top + high - 3 * _LINE - 4, one.gap)
            drawn += _column(x, axis, one.source.day or one.source.id, one.record)
            drawn += _day(x + _BAR // 2, top + high - 3 * _LINE + 8, one.source, before)
            before = one.source.date
        drawn.append("</svg>")
    return "".join(drawn)


def _begun(top: int, width: int, high: int, told: str) -> str:
    """Return how the drawing of a row begins: `told` is what it is called for whoever does not see it."""
    box = f'viewBox="0 {top} {width} {high}" width="{width}" height="{high}"'
    return f'<svg class="picture" role="list" {box} aria-label="{escape(told)}">'


def _placed(letters: Sequence[tuple[Source, Record]]) -> list[list[_Column]]:
    """Return the rows of a drawing: each letter with where it stands in its row."""
    rows: list[list[_Column]] = [[]] if letters else []
    left, before, known = _EDGE, "", False
    for source, record in letters:
        day = "" if source.of_file else source.date
        is_known = len(source.date) >= len("2026-11")
        gap = "day unknown" if known and not is_known else _gap(before, day)
        if rows[-1] and left + _GAP * bool(gap) + _STEP > _WIDEST:
            rows.append([])
            left = _EDGE
        left += _GAP * bool(gap)
        rows[-1].append(_Column(left, gap, source, record))
        left, before, known = left + _STEP, day, is_known
    return rows


def _gap(before: str, day: str) -> str:
    """Return how long it is from one day to another, where both are told and that is long: "6 weeks"."""
    try:
        days = (date.fromisoformat(day) - date.fromisoformat(before)).days
    except ValueError:
        return ""
    if days <= _LONG:
        return ""
    months = round(days / 30.4)
    return f"{days // 7} weeks" if months < _MANY_MONTHS else f"{months} months"


def _between(x: int, top: int, bottom: int, gap: str) -> list[str]:
    many, what = gap.split()
    return [
        f'<g aria-hidden="true"><line class="gap" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>',
        f'<text x="{x}" y="{bottom + _LINE}">{many}</text><text x="{x}" y="{bottom + 2 * _LINE}">{what}</text></g>',
    ]


def _column(x: int, line: int, day: str, record: Record) -> list[str]:
    warm, advice = min(MOST, record.count(Kind.WARM)), min(MOST, record.count(Kind.ADVICE))
    missing = min(MOST, record.count(Kind.INVALIDATION))
    marked = (
        f"{record.count(Kind.WARM)} warm, {record.count(Kind.ADVICE)} telling, "
        f"{record.count(Kind.INVALIDATION)} where warmth is missing, {_some(len(record.turns), 'turn')}"
    )
    partly = record.standing == "unread" and not record.unheard
    also = ", danger" if record.grave else ", some of it not read" if partly else ""
    told = f"{day}: {'not read' if record.unheard else marked}{also}"
    grave = ' class="grave"' if record.grave else ""
    parts = [f'<g role="listitem" aria-label="{escape(told)}"{grave}><title>{escape(told)}</title>']
    if warm:
        parts.append(_bar("warm", x, line - 1 - warm * _UNIT, warm))
    if advice:
        parts.append(_bar("advice", x, line + 1, advice))
    if missing:
        parts.append(_bar("invalidation", x, line + 1 + advice * _UNIT, missing))
    if record.turns or record.caution:
        over = f"{record.caution}↷" if record.turns else record.caution
        parts.append(
            f'<text class="turns" aria-hidden="true" x="{x + _BAR // 2}" y="{line - 4 - warm * _UNIT}">{over}</text>'
        )
    return [*parts, "</g>"]


def _day(x: int, y: int, source: Source, before: str) -> list[str]:
    """Return the day of a letter; below it the month where it is another than before, and so the year."""
    about = "≈" if source.of_file else ""
    year, month, day = [*source.date.split("-"), "", ""][:3]
    known = month.isdecimal() and 0 < int(month) <= len(_MONTHS)
    told = (
        f"{about}{day}" if about or source.date != before else "",
        _MONTHS[int(month) - 1] if known and source.date[:7] != before[:7] else "",
        year if year != before[:4] else "",
    )
    lines = [
        f'<text class="day" x="{x}" y="{y + _LINE * at}">{escape(one)}</text>' for at, one in enumerate(told) if one
    ]
    return ['<g aria-hidden="true">', *lines, "</g>"]


def _bar(kind: str, x: int, y: int, many: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{_BAR}" height="{many * _UNIT}" rx="2"/>'


def _cold(record: Record) -> int:
    """Return how many marks are drawn below the line: each kind up to its own limit, so none hides another."""
    return min(MOST, record.count(Kind.ADVICE)) + min(MOST, record.count(Kind.INVALIDATION))


def _told(letters: Sequence[tuple[Source, Record]]) -> str:
    if not letters:
        return "no letters"
    days = [source.day for source, _ in letters if source.date]
    ends = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""
    unknown = "" if len(days) == len(letters) else "others not known" if days else "days not known"
    told = ", ".join(filter(None, (_some(len(letters), "letter"), ends, unknown)))
    return f"{told}: marks in each, warm above the line, the others below it"


def _some(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"
