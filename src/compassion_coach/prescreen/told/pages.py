"""The pages of a report, HTML without a net: each letter with its marks, each client over time, the table of all."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compassion_coach.letter import Letter
from compassion_coach.prescreen.days import LIKE_A_DATE
from compassion_coach.prescreen.kept.places import name_of
from compassion_coach.prescreen.kept.pseudonyms import is_hidden
from compassion_coach.prescreen.record import STANDINGS, Record
from compassion_coach.prescreen.sources import Source, notes_of
from compassion_coach.prescreen.told.pictures import MOST, over_time
from compassion_coach.prescreen.told.said import STANDING_NAMES, STANDING_WORDS
from compassion_coach.prescreen.words.formats import OF_EVERY_MAIL
from compassion_coach.render.layout import KIND_NAMES, QUALITY_NAMES, SIGNS, TURN_SIGN, Cutter, paragraphs
from compassion_coach.text.shown import harmless
from compassion_coach.vocabulary import DESCRIPTIONS, Kind, Quality

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from compassion_coach.prescreen.kept.journal import Entry

_SIGN_OF = {
    True: ("distress", "!", "may speak of danger"),
    False: ("tender", "~", "may be tender: grief and the like"),
}  # by whether the letter is grave
_CLOSING = frozenset(".!?…,;:\"'”’)»")
KINDS = (Kind.WARM, Kind.ADVICE, Kind.INVALIDATION)
WARM_QUALITIES = tuple(quality for quality in Quality if quality.kind is Kind.WARM)


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int
    name: str
    kind: str
    sign: str
    turn: bool = False


def letter_page(source: Source, letter: Letter, record: Record, copy: str | None = None) -> str:
    """Return the page of one letter: its words unchanged, what was marked in them, and what was heard of distress.

    `copy` is the name of a Word copy with comments, where there is one.
    """
    stretches = _stretches(letter.text, record)
    cutter = Cutter(stretches)
    first = next((index for index, one in enumerate(stretches) if one.kind == _SIGN_OF[True][0]), None)
    heard = [(_SIGN_OF[record.grave][1:])] if record.signs else []
    blocks = [_block(letter.text, cutter, stretches, span, first) for span in paragraphs(letter)]
    return _page("letter").render(
        source=source,
        record=record,
        level=STANDING_NAMES[record.standing],
        kinds=_about(record),
        note=_joined(record.remark, notes_of(source)),
        blocks=blocks,
        theirs=client_name(source.client),
        legend=[*heard, *((SIGNS[kind], KIND_NAMES[kind]) for kind in KINDS if record.count(kind))],
        turn_sign=TURN_SIGN,
        copy=copy,
        there=[QUALITY_NAMES[q] for q in WARM_QUALITIES if q in record.qualities],
        missing=[(QUALITY_NAMES[q], DESCRIPTIONS[q]) for q in WARM_QUALITIES if q not in record.qualities],
        marked=[(QUALITY_NAMES[q], DESCRIPTIONS[q]) for q in record.qualities],
    )


def client_name(client: str) -> str:
    """Return the name of a client's page, which tells nothing of them."""
    return f"{name_of(client)}.html"


def client_page(client: str, entries: Sequence["Entry"], unread: Sequence[tuple[Source, str]] = ()) -> str:
    """Return the page of one client: a picture over time, and which of the handout's qualities are in which letter.

    What of theirs could not be opened is named with the reason.
    """
    records = [entry.record for entry in entries]
    days = Counter(entry.source.day for entry in entries)
    rows = [
        _row(entry)
        | {"there": [_there(q, entry.record) for q in WARM_QUALITIES]}
        | {"by_day": bool(entry.source.date) and days[entry.source.day] == 1 and not entry.source.of_file}
        for entry in entries
    ]
    return _page("client").render(
        client=client,
        picture=over_time([(entry.source, entry.record) for entry in entries]),
        most=MOST if any(record.count(kind) > MOST for record in records for kind in KINDS) else 0,
        rows=rows,
        qualities=[(QUALITY_NAMES[q], DESCRIPTIONS[q]) for q in WARM_QUALITIES],
        unread=unread,
    )


def _there(quality: Quality, record: Record) -> str:
    return "●" if quality in record.qualities and not record.grave else record.caution


def index_page(
    entries: Iterator["Entry"],
    standings: dict[str, int],
    clients: Sequence[tuple[str, str]],
    unread: Sequence[tuple[Source, str]],
    reader: str,
) -> Iterator[str]:
    """Yield the table of all letters piece by piece, so that a report of any length takes no more memory."""
    yield from _page("index").generate(
        rows=map(_row, entries),
        standings=[(name, STANDING_NAMES[name], STANDING_WORDS[name], many) for name, many in standings.items()],
        total=sum(standings.values()),
        clients=clients,
        pages=dict(clients),
        unread=unread,
        reader=reader,
    )


def _row(entry: "Entry") -> dict[str, Any]:
    record = entry.record
    source, place = entry.source, _place(entry.source)
    return {
        "source": source,
        "page": entry.page,
        "standing": record.standing,
        "rank": STANDINGS.index(record.standing),
        "name": STANDING_NAMES[record.standing],
        "kinds": _about(record),
        "place": place,
        "told": ", ".join(filter(None, (source.id, place, source.client and f"of {source.client}"))),
        "counts": [""] * 4 if record.unheard else [*map(record.count, KINDS), len(record.turns)],
        "grave": record.grave,
        "new": entry.new,
        "note": _joined(_of_it_alone(record.remark), notes_of(source)),
        "same": entry.same,
    }


def _place(source: Source) -> str:
    """Return what of a letter's place below its client its id does not tell: two letters of one id differ there."""
    if is_hidden(source.where):
        return ""
    parts = source.where.split("/")
    is_within = source.client and source.client in parts[:-1]
    at = parts.index(source.client) + 1 if is_within else len(parts) - 1
    place = "/".join(parts[at:])
    if named := re.fullmatch(rf"(|.*[/!]){re.escape(source.id)}((?:\.[^./!]*)?)", place, re.DOTALL):
        above, ending = named.groups()  # its file is called as the letter is, but for an ending and a row
        return ", ".join(filter(None, (above and f"in {above[:-1]}", ending)))
    return place if re.search(r"[.#/!]", place) else ""


def _about(record: Record) -> str:
    """Return what a letter may be about, by what was heard of distress in it; or nothing."""
    kinds = ", ".join(dict.fromkeys(sign.spoken for sign in record.signs))
    return kinds and f"may be about {kinds}"


def _of_it_alone(remark: str) -> str:
    """Return what a remark says of its letter, without what holds for every mail: that is told once for all."""
    for said in OF_EVERY_MAIL:
        remark = remark.replace(said, "")
    return " ".join(remark.split())


def _joined(*told: str) -> str:
    return " ".join(filter(None, told))


def _stretches(text: str, record: Record) -> list[_Stretch]:
    """Return what is marked in a letter in its order: the reader's marks, and what was heard of distress.

    What was heard ends where its sentence does, with the full stop.
    """
    turned = record.turned
    marks = [
        _Stretch(m.start, m.end, QUALITY_NAMES[m.quality], m.quality.kind.value, SIGNS[m.quality.kind], at in turned)
        for at, m in enumerate(record.marks)
    ]
    kind, sign, _ = _SIGN_OF[record.grave]
    signs = [_Stretch(s.start, _closed(text, s.end), s.spoken, kind, sign) for s in record.signs]
    return sorted([*marks, *signs], key=lambda one: (one.start, one.end))


def _closed(text: str, end: int) -> int:
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return end


def _block(
    text: str, cutter: Cutter, stretches: Sequence[_Stretch], span: tuple[int, int], first: int | None
) -> dict[str, Any]:
    """Return a paragraph with its marks. `first` is the stretch in which distress is heard first."""
    runs, names = [], []
    for piece in cutter.pieces(*span):
        here = [stretches[index] for index in piece.marks]
        runs.append(
            {
                "text": harmless(text[piece.start : piece.end]),
                "kinds": " ".join(dict.fromkeys(one.kind for one in here)),
                "first": first is not None and first in piece.opens,
                "turn": any(stretches[index].turn for index in piece.opens),
                "closes": [(index + 1, stretches[index]) for index in piece.closes],
            }
        )
        names += [(index + 1, stretches[index]) for index in piece.opens]
    return {"runs": runs, "names": names}


def _unbroken(name: str) -> "Markup":
    """Return a name whose dates are not broken where a line ends."""
    from markupsafe import Markup

    whole = Markup('<span class="day">{}</span>')
    return Markup("").join(whole.format(one) if LIKE_A_DATE.fullmatch(one) else one for one in LIKE_A_DATE.split(name))


@cache
def _page(name: str) -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = _unbroken
    return environment.get_template(f"{name}.html.jinja")
