"""The letter read back in a terminal: the letter is the main thing, the notes stand quietly under its lines."""

import os
import re
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

import click

from compassion_coach.letter import Letter
from compassion_coach.reflection import Reflection, Support
from compassion_coach.render.layout import (
    KIND_NAMES,
    SIGNS,
    TURN_SIGN,
    Cutter,
    letter_is_shown,
    paragraphs,
    particulars,
    region_note,
    spans_in,
    turned_by,
    ways_to_reach,
    who_read,
)
from compassion_coach.text.shown import harmless
from compassion_coach.vocabulary import Kind

_COLOURS = {Kind.WARM: "yellow", Kind.ADVICE: "cyan", Kind.INVALIDATION: "magenta"}
_PLAIN_SIGNS = {"♥": "*", "→": ">", "○": "o", "↷": "^", "“": '"', "”": '"', "’": "'", "·": "-", "…": "..."}
_WIDEST, _NARROWEST = 88, 24
_NARROW = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*")  # characters that take one column each
_LONG = re.compile(r"\S{400}(?=\S)")  # of a word without end, what is wrapped in one go: else it would cost a square
_GUTTER = 4


@dataclass(frozen=True, slots=True)
class Window:
    """What the answer is shown in: columns, and whether colour and signs beyond ASCII can be used."""

    width: int = 80
    colour: bool = False
    unicode: bool = True


def window(stream: TextIO | None) -> Window:
    """Return the window behind a stream; None, or a stream that is no terminal, is plain and 80 columns wide."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower() if stream else "utf-8"
    unicode = encoding.replace("-", "").startswith("utf")
    if stream is None or not stream.isatty():
        return Window(unicode=unicode)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Window(max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns)), colour, unicode)


def to_terminal(letter: Letter, reflection: Reflection, view: Window | None = None) -> str:
    """Return the reflection as lines for a terminal."""
    view = view or Window()
    lines: list[str] = []
    if reflection.support:
        lines += [*support_lines(reflection.support, view), ""]
        if region_note(reflection):
            telling = " --region UK tells it, for example." if reflection.support.region is None else ""
            lines += [*_wrapped(region_note(reflection) + telling, view, 2), ""]
    if letter_is_shown(reflection):
        lines += [*_legend(reflection, view), *_letter_lines(letter, reflection, view)]
    for remark in (reflection.overall, *reflection.questions):
        if remark:
            lines += [*_wrapped(remark, view, 2), ""]
    if reflection.degraded:
        lines += [*_wrapped(reflection.degraded, view, 2), ""]
    lines += [_dim(line, view) for line in _wrapped(who_read(letter, reflection), view, 2)]
    text = "\n".join(lines) + "\n"
    return text if view.unicode else _ascii_signs(text)


def support_lines(support: Support, view: Window) -> list[str]:
    """Return the words and people of a support block, large and plain, each helpline on its own lines."""
    lines = _wrapped(support.message, view, 2)
    lines += [""] if support.helplines else []
    for line in support.helplines:
        ways = " or ".join(_linked(how, where, view) for how, where in ways_to_reach(line))
        lines.append("  " + _bold(f"{line.service}: ", view) + ways)
        lines += [_dim(part, view) for part in _wrapped(particulars(line), view, 4)]
    return lines


def _legend(reflection: Reflection, view: Window) -> list[str]:
    shown = [f"{SIGNS[kind]} {KIND_NAMES[kind]}" for kind in SIGNS if any(m.kind == kind for m in reflection.marks)]
    if reflection.turns:
        shown.append(f"{TURN_SIGN} a turn")
    return [_dim("  " + "   ".join(shown), view), ""] if shown else []


def _letter_lines(letter: Letter, reflection: Reflection, view: Window) -> Iterator[str]:
    """Yield the letter sentence by sentence, a blank line where it has one, each note under its own stretch."""
    turned = turned_by(reflection)
    cutter = Cutter(reflection.marks)
    for start, end in paragraphs(letter):
        for span in spans_in(letter, start, end):
            for piece in cutter.pieces(*span):
                words = letter.text[piece.start : piece.end]
                if not words.strip():
                    continue
                opened = [reflection.marks[i] for i in piece.opens]
                sign = "".join(dict.fromkeys(SIGNS[m.kind] for m in opened))
                sign = (TURN_SIGN if any(i in turned for i in piece.opens) else "") + sign
                kinds = [reflection.marks[i].kind for i in piece.marks]
                yield from _stretch(words, sign, _COLOURS[kinds[0]] if kinds else None, view)
                for index in piece.closes:
                    yield from (_dim(line, view) for line in _wrapped(reflection.marks[index].note, view, 8))
        yield ""


def _stretch(words: str, sign: str, colour: str | None, view: Window) -> Iterator[str]:
    for number, line in enumerate(_wrapped(words, view, _GUTTER)):
        margin = f"{sign:>{_GUTTER - 1}} " if number == 0 else " " * _GUTTER
        body = line[_GUTTER:]
        if view.colour and colour:
            yield click.style(margin, fg=colour, bold=True) + click.style(body, fg=colour)
        else:
            yield (margin + body).rstrip()


def _wrapped(text: str, view: Window, indent: int) -> list[str]:
    """Wrap to the window, wide characters counted as the columns they take."""
    room = max(_NARROWEST - indent, view.width - indent)
    shown = _shown(" ".join(text.split()))
    if _NARROW.fullmatch(shown):
        lines = textwrap.wrap(shown, room, break_on_hyphens=False)  # the same lines, and far sooner
    else:
        import wcwidth

        lines = wcwidth.wrap(_LONG.sub(r"\g<0> ", shown), room, break_on_hyphens=False)
    return [" " * indent + line for line in lines]


def _shown(text: str) -> str:
    """Make control characters visible, so that no letter can steer a terminal."""
    return harmless(re.sub(r"[\x00-\x1f]", lambda found: chr(0x2400 + ord(found[0])), text))


def _ascii_signs(text: str) -> str:
    for sign, plain in _PLAIN_SIGNS.items():
        text = text.replace(sign, plain)
    return text


def _dim(text: str, view: Window) -> str:
    return click.style(text, dim=True) if view.colour else text


def _linked(words: str, where: str, view: Window) -> str:
    """Make a number a link that a terminal can follow (OSC 8: tel:, sms: or a page); elsewhere it is plain words."""
    if not (view.colour and where):
        return _bold(words, view)
    return f"\x1b]8;;{where}\x1b\\{_bold(words, view)}\x1b]8;;\x1b\\"


def _bold(text: str, view: Window) -> str:
    return click.style(text, bold=True) if view.colour else text
