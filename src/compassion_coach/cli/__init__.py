"""The command line: options, checks and calls. What is said about a letter is decided elsewhere."""

import click

from compassion_coach._version import __version__
from compassion_coach.cli.about import completion, doctor, helplines, prompt, schema
from compassion_coach.cli.evaluate import evaluate
from compassion_coach.cli.lines import guard, label, screen
from compassion_coach.cli.prescreen import prescreen
from compassion_coach.cli.reflect import reflect


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="compassion-coach", message="%(prog)s %(version)s")
def cli() -> None:
    """Read a compassionate letter to yourself back: where it is warm, and where advice or invalidation creeps in.

    Nothing is rewritten, graded or kept, and nothing leaves this computer unless a model is named.
    """


for command in (reflect, screen, guard, label, evaluate, prescreen, helplines, prompt, schema, doctor, completion):
    cli.add_command(command)
