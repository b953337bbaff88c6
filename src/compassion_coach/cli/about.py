"""`helplines`, `prompt show`, `schema`, `doctor` and `completion`: what there is to know without a letter."""

import json

import click

from compassion_coach.cli.region import region_told

_OTHER_PROMPTS = {
    "reflect.{}.opinion.jinja": "after the letter with --second-opinion",
    "reflect.{}.again.jinja": "after the letter where it is asked once more",
    "reflect.{}.rails.toml": "of which what tripped is told there",
    "note.{}.system.jinja": "with --small-model",
    "note.{}.line.jinja": "with --small-model, for each marked line",
}


@click.command()
@click.option("--region", metavar="CC", help="Two-letter country code, for example UK.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def helplines(region: str | None, form: str) -> None:
    """Show people to turn to. Works with no network, key or model."""
    from compassion_coach.reflection import as_json
    from compassion_coach.render.terminal import support_lines, window
    from compassion_coach.support import people

    support = people(region_told(region))
    if form == "json":
        click.echo(json.dumps(as_json(support), indent=2, ensure_ascii=False))
        return
    import sys

    click.echo("\n".join(support_lines(support, window(sys.stdout))))


@click.group()
def prompt() -> None:
    """The prompts that a language model is given."""


@prompt.command("show")
def prompt_show() -> None:
    """Print the prompts: the fixed system prompt, how a letter follows it, and what else a model may be told."""
    from compassion_coach.data import read_text
    from compassion_coach.letter import Letter
    from compassion_coach.model.reader import messages_for
    from compassion_coach.prompts import PROMPT_VERSION

    example = Letter.of("(the first sentence of the letter.) (The second.)")
    click.echo(f"# prompts/reflect.{PROMPT_VERSION}")
    for message in messages_for(example, "(random marker)"):
        click.echo(f"\n# {message['role']}\n\n{message['content']}")
    for name, when in _OTHER_PROMPTS.items():
        file = name.format(PROMPT_VERSION)
        click.echo(f"\n# prompts/{file}, {when}\n\n{read_text(f'prompts/{file}').rstrip()}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of a reflection."""
    from compassion_coach.reflection import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@click.command()
@click.option("-m", "--model")
@click.option("--base-url")
@click.option("--key")
@click.option("--region", metavar="CC")
def doctor(**options: object) -> None:
    """Say what is installed, which reader answers, and whether the model's server can be reached."""
    from compassion_coach.doctor import findings
    from compassion_coach.errors import SettingError
    from compassion_coach.settings import Settings, load

    settings, wrong = Settings(), None
    try:
        settings = load(options)
    except SettingError as error:
        wrong = f"{error} The rest is told as if there were none."
    for name, finding in findings(settings, wrong):
        click.echo(f"{name:<18} {finding}")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for a shell, for example to source from ~/.bashrc."""
    from click.shell_completion import get_completion_class

    from compassion_coach.cli import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(kind(cli, {}, "compassion-coach", "_COMPASSION_COACH_COMPLETE").source())
