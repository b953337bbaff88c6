"""`helplines`, `prompt show`, `schema`, `doctor` and `completion`: what there is to know without a letter."""

import json

import click


def region_told(option: str | None) -> str | None:
    """Return the region from the settings; broken settings are told, and stand between nobody and help."""
    from compassion_coach.errors import SettingError
    from compassion_coach.settings import load
    from compassion_coach.support import resolve_region

    region = option
    try:
        region = load({"region": option}).region
        resolve_region(region)
    except SettingError as error:
        click.echo(f"compassion-coach: {error}", err=True)
        return region if region and len(region) == 2 and region.isalpha() else None
    return region


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
    """Print the prompts: the fixed system prompt, and how a letter follows it."""
    from compassion_coach.letter import Letter
    from compassion_coach.model.reader import messages_for
    from compassion_coach.prompts import PROMPT_VERSION

    example = Letter.of("(the first sentence of the letter.) (The second.)")
    click.echo(f"# prompts/reflect.{PROMPT_VERSION}")
    for message in messages_for(example, "(random marker)"):
        click.echo(f"\n# {message['role']}\n\n{message['content']}")


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
    from compassion_coach.settings import load

    for name, finding in findings(load(options)):
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
