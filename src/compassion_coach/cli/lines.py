"""`screen`, `guard` and `label`: JSON out, for other programs, one object a line where a list comes in."""

import json
from collections.abc import Callable, Mapping

import click

from compassion_coach.cli.region import region_told

_COMPANY = 2  # sentences before one that it is read with


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--lines", is_flag=True, help="One text a line in, one JSON object a line out.")
@click.option("--region", metavar="CC", help="Country for helplines, for example UK.")
def screen(file: str, lines: bool, region: str | None) -> None:
    """Run the distress screen alone, on this computer, and print what it found as JSON."""
    from compassion_coach.letter import Letter
    from compassion_coach.reflection import as_json
    from compassion_coach.screen import screen as screened
    from compassion_coach.support import support_for

    known = region_told(region)

    def judged(text: str) -> dict[str, object]:
        distress = screened(Letter.of(text))
        support = support_for(distress, known)
        return {**as_json(distress), "support": as_json(support)}

    _answer(file, lines, judged)


@click.command()
@click.option("--letter", required=True, metavar="FILE", help="The letter that the text is about.")
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--lines", is_flag=True, help="One text a line in, one JSON object a line out.")
def guard(letter: str, file: str, lines: bool) -> None:
    """Judge a text that somebody's model wrote about a letter: may it be shown to the writer?"""
    from compassion_coach.intake import read_letter
    from compassion_coach.letter import Letter
    from compassion_coach.remarks.guard import judge

    about = Letter.of(read_letter(letter))

    def judged(text: str) -> dict[str, object]:
        judgement = judge(text.removeprefix("\ufeff"), about)
        findings = [{"rail": f.rail, "start": f.start, "end": f.end, "message": f.message} for f in judgement.findings]
        return {"verdict": "pass" if judgement.passed else "block", "findings": findings}

    _answer(file, lines, judged, "remark")


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
def label(file: str) -> None:
    """Label sentences as warm, advice, invalidation or neutral.

    Reads one sentence a line, plain or as JSON with "text"; prints one JSON object a line. Each is read on its own, but
    that a line such as "Dear Tom," opens a letter: the sentences after it are read with those before them.
    """
    from compassion_coach.embedded.reader import labels
    from compassion_coach.text.segment import is_salutation

    before: list[str] = []

    def judged(text: str) -> dict[str, object]:
        opens = is_salutation(text)
        if opens:
            before.clear()
        inside = opens or bool(before)
        found = labels([*before, text], neighbours=inside)[-1]
        if inside:
            before[:] = [*before, text][-_COMPANY:]
        return {"text": text, "kind": found.kind, "quality": found.quality, "scores": found.scores}

    _answer(file, True, judged)


def _answer(file: str, lines: bool, judged: Callable[[str], Mapping[str, object]], what: str = "text") -> None:
    from compassion_coach.intake import read_letter, read_lines
    from compassion_coach.text.shown import spelt

    if not lines:
        click.echo(spelt(json.dumps(judged(read_letter(file, what)), ensure_ascii=False, indent=2)))
        return
    for text in read_lines(file):
        click.echo(spelt(json.dumps(judged(text), ensure_ascii=False)))
