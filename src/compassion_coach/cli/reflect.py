"""`compassion-coach reflect`: the main job."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from compassion_coach.cli.aside import aside, complain
from compassion_coach.cli.output import (
    bring_people,
    people_named_where_broken,
    why_not_over,
    why_not_written,
    write,
)
from compassion_coach.cli.region import region_told, region_without_settings
from compassion_coach.errors import SettingError

if TYPE_CHECKING:
    from compassion_coach.coach import Coach
    from compassion_coach.reflection import Reflection
    from compassion_coach.settings import Settings

_ABOUT_A_MODEL = ("base_url", "key", "timeout", "strict", "redact", "small_model", "second_opinion")
FORMATS = ("text", "json", "markdown", "html", "docx")


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("-m", "--model", help="A model behind an OpenAI-compatible API; without it the embedded reader reads.")
@click.option("--base-url", help="Where the model's server is, for example http://localhost:11434/v1.")
@click.option("--key", help="The server's key. Better in COMPASSION_COACH_KEY or OPENAI_API_KEY.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(), help="Write to a file; never to the letter itself.")
@click.option("--region", metavar="CC", help="Country for helplines, for example UK.")
@click.option("--timeout", type=float, help="Time limit for the model, in seconds.  [default: 60]")
@click.option("--strict/--no-strict", default=None, help="Exit 3 when the model cannot read, instead of falling back.")
@click.option(
    "--redact/--no-redact",
    default=None,
    help="Send placeholders for names, numbers and addresses. It misses some: --dry-run shows what is sent.",
)
@click.option(
    "--small-model/--no-small-model",
    default=None,
    help="The embedded reader marks; the model is sent each marked line by itself, for a note.",
)
@click.option(
    "--second-opinion/--no-second-opinion", default=None, help="Tell the model what the embedded reader marked."
)
@click.option("--dry-run", is_flag=True, help="Print exactly what would be sent to the model, and send nothing.")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(["warm", "advice", "invalidation"]),
    help="Exit 1 when something of this kind is marked.",
)
def reflect(
    file: str, form: str, output: str | None, dry_run: bool, fail_on: tuple[str, ...], **options: object
) -> int:
    """Read a letter back: where it is warm, and where advice or invalidation creeps in.

    The letter is a UTF-8 text or Markdown file of at most 256 KiB, or standard input. It is never changed.
    """
    from compassion_coach.intake import read_letter

    output = None if output == "-" else output
    refused = why_not_written(output, "text" if dry_run else form, file)
    if file == "-" and sys.stdin.isatty():
        if refused:
            raise refused
        click.echo("The letter can be typed or pasted here; Ctrl-D on a line of its own ends it.", err=True)
    text = read_letter(file, refused=lambda made_out: _bring_whom_it_needs(made_out, options))
    with people_named_where_broken():
        if refused := refused or why_not_over(output, text):
            _bring_whom_it_needs(text, options)
            raise refused
        settings = _settings(options, text)
        if dry_run:
            write(_what_would_be_sent(text, settings) + "\n", output)
            _bring_whom_it_needs(text, {"region": settings.region})
            return 0
        reflection = _reflected(text, settings)
        try:
            write(_rendered(text, reflection, form, to_terminal=output is None), output)
        except Exception:  # whatever failed, it keeps nobody from help
            bring_people(reflection)
            raise
        if output is not None and reflection.distress.level.is_grave:  # the file may be opened later, or by nobody
            bring_people(reflection)
        return int(any(mark.kind in fail_on for mark in reflection.marks))


def _bring_whom_it_needs(text: str, options: Mapping[str, object]) -> None:
    """Name people where a text that is not read back speaks of danger."""
    from compassion_coach.coach import Coach
    from compassion_coach.letter import Letter
    from compassion_coach.screen import screen

    if screen(Letter.of(text)).level.is_grave:
        bring_people(Coach(region=region_told(_text(options["region"]))).reflect(text))


def _settings(options: dict[str, object], text: str) -> "Settings":
    """Return the settings. Where they are broken and a person is needed, the letter is read without them."""
    from compassion_coach.embedded.encoder import prepare
    from compassion_coach.settings import Settings, load

    try:
        settings = load(options)
        if settings.model is None:
            prepare()
        _tell_what_does_nothing(options, settings)
    except SettingError as error:
        from compassion_coach.letter import Letter
        from compassion_coach.screen import screen

        if not screen(Letter.of(text)).level.is_grave:
            raise
        complain(f"{error} The letter was read without it.")
        return Settings(region=region_without_settings(_text(options.get("region"))))
    return settings


def _text(option: object) -> str | None:
    return option if isinstance(option, str) else None


def _tell_what_does_nothing(options: dict[str, object], settings: "Settings") -> None:
    about = [f"--{name.replace('_', '-')}" for name in _ABOUT_A_MODEL if options.get(name)]
    if about and settings.model is None:
        told = f"No model was named (-m), so there is no use for {' and '.join(about)}."
    elif settings.small_model and settings.second_opinion:
        told = "With --small-model the marks are the embedded reader's, so there is no use for --second-opinion."
    else:
        return
    complain(told)


def _coach(settings: "Settings") -> "Coach":
    from compassion_coach.coach import Coach

    return Coach(
        model=settings.model,
        base_url=settings.base_url,
        key=settings.key,
        region=settings.region,
        timeout=settings.timeout,
        strict=settings.strict,
        redact=settings.redact,
        small_model=settings.small_model,
        second_opinion=settings.second_opinion,
    )


def _reflected(text: str, settings: "Settings") -> "Reflection":
    from compassion_coach.address import server_of

    coach = _coach(settings)
    if settings.can_ask and coach.why_not_sent(text) is None:
        taken_out = ", with placeholders for the personal details that were recognised" if coach.redact else ""
        what = "The marked lines of this letter go" if coach.small_model else "This letter goes"
        aside(f"{what} to the model {coach.model} at {server_of(settings.base_url)}{taken_out}.")
        if settings.kept_back:
            aside(settings.kept_back)
    return coach.reflect(text)


def _what_would_be_sent(text: str, settings: "Settings") -> str:
    import json

    coach = _coach(settings)
    if why_not := coach.why_not_sent(text):
        return f"Nothing would be sent. {why_not}"
    requests = coach.what_is_sent(text)
    if not settings.can_ask:
        aside("As it stands nothing would be sent: there is no key (--key, COMPASSION_COACH_KEY, OPENAI_API_KEY).")
    return json.dumps(requests if coach.small_model else requests[0], indent=2, ensure_ascii=False)


def _rendered(text: str, reflection: "Reflection", form: str, to_terminal: bool) -> str | bytes:
    from compassion_coach.letter import Letter

    letter = Letter.of(text)
    if form == "json":
        return reflection.to_json() + "\n"
    if form == "markdown":
        from compassion_coach.render.markdown import to_markdown

        return to_markdown(letter, reflection)
    if form == "html":
        from compassion_coach.render.html import to_html

        return to_html(letter, reflection)
    if form == "docx":
        from compassion_coach.render.docx import to_docx

        return to_docx(letter, reflection)
    from compassion_coach.render.terminal import to_terminal as rendered
    from compassion_coach.render.terminal import window

    return rendered(letter, reflection, window(sys.stdout if to_terminal else None))
