"""The letter read back as one HTML file: no scripts, no network, legible on a phone, in print, in the dark."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from compassion_coach.letter import Letter
from compassion_coach.reflection import Reflection
from compassion_coach.render.layout import (
    KIND_NAMES,
    QUALITY_NAMES,
    SIGNS,
    TURN_SIGN,
    Cutter,
    Piece,
    letter_is_shown,
    paragraphs,
    particulars,
    region_note,
    turned_by,
    ways_to_reach,
    who_read,
)
from compassion_coach.text.shown import harmless
from compassion_coach.vocabulary import Kind

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(letter: Letter, reflection: Reflection) -> str:
    """Return the reflection as a self-contained page."""
    kinds = [
        kind for kind in (Kind.WARM, Kind.ADVICE, Kind.INVALIDATION) if any(m.kind == kind for m in reflection.marks)
    ]
    support = reflection.support
    page: str = _page().render(
        reflection=reflection,
        blocks=_blocks(letter, reflection) if letter_is_shown(reflection) else [],
        legend=[(kind.value, SIGNS[kind], KIND_NAMES[kind]) for kind in kinds],
        turn_sign=TURN_SIGN if reflection.turns else "",
        helplines=[(line, ways_to_reach(line), particulars(line)) for line in support.helplines] if support else [],
        region_note=region_note(reflection),
        who_read=who_read(letter, reflection),
    )
    return page + "\n"


def _blocks(letter: Letter, reflection: Reflection) -> list[dict[str, Any]]:
    """Return each paragraph of the letter with its pieces and with the notes that belong beside it."""
    turned = turned_by(reflection)
    cutter = Cutter(reflection.marks)
    blocks = []
    for start, end in paragraphs(letter):
        runs = [_run(letter, piece, reflection, turned) for piece in cutter.pieces(start, end)]
        notes = [
            {
                "number": index + 1,
                "kind": mark.kind,
                "sign": SIGNS[mark.kind],
                "quality": QUALITY_NAMES[mark.quality],
                "note": mark.note,
                "pivot": turned.get(index),
            }
            for run in runs
            for index, mark in ((number - 1, reflection.marks[number - 1]) for number in run["opens"])
        ]
        blocks.append({"runs": runs, "notes": notes})
    return blocks


def _run(letter: Letter, piece: Piece, reflection: Reflection, turned: Mapping[int, str]) -> dict[str, Any]:
    marks = [reflection.marks[index] for index in piece.marks]
    return {
        "text": harmless(letter.text[piece.start : piece.end]),
        "kind": marks[0].kind.value if marks else None,
        "turn": any(index in turned for index in piece.opens),
        "opens": [index + 1 for index in piece.opens],
        "closes": [
            (index + 1, SIGNS[mark.kind], f"{KIND_NAMES[mark.kind]}, {QUALITY_NAMES[mark.quality]}")
            for index, mark in ((index, reflection.marks[index]) for index in piece.closes)
        ],
    }


@cache
def _page() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files(__package__) / "page.html.jinja").read_text("utf-8"))
