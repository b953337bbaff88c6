"""`compassion-coach prescreen`: a folder of letters, read for a therapist before the session."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from compassion_coach.cli.forget import Prescreen
from compassion_coach.cli.progress import Progress
from compassion_coach.cli.report import REPORT, writing
from compassion_coach.cli.told import announce, counted, tell, tell_nobodys, tell_sent, tell_waiting
from compassion_coach.errors import InputError, NoKeyError, SettingError

if TYPE_CHECKING:
    from compassion_coach.prescreen import Options
    from compassion_coach.prescreen.ways.model import Model
    from compassion_coach.prescreen.ways.over_ray import Over

ENGINES = ("local", "ray", "openai-batch")
_ABOUT_A_MODEL = ("base_url", "secret", "redact", "at_once", "max_tokens", "max_cost", "prices")
_NOT_OVER_RAY = ("model", *_ABOUT_A_MODEL, "keep_text", "tables_only", "docx")


@click.command(cls=Prescreen)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@REPORT
@click.option("--text", metavar="COLUMN", help="Of a table: where the letters are.  [default: text]")
@click.option("--id", metavar="COLUMN", help="Of a table: their names.  [default: id]")
@click.option("--client", metavar="COLUMN", help="Of a table: whose they are.  [default: client]")
@click.option("--date", metavar="COLUMN", help="Of a table: when they were written.  [default: date]")
@click.option("--one-client", "whose", default="", metavar="NAME", help="All of these letters are one client's.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="How many processes read.  [default: every processor]")
@click.option("-m", "--model", help="A model reads, behind an OpenAI-compatible API; letters then leave this computer.")
@click.option("--base-url", help="Where the model's server is, for example http://localhost:11434/v1.")
@click.option("--key", "secret", help="The server's key. Better in COMPASSION_COACH_KEY or OPENAI_API_KEY.")
@click.option("--redact", is_flag=True, help="Send placeholders for names, numbers and addresses. It misses some.")
@click.option("--at-once", type=click.IntRange(1), default=8, show_default=True, help="How many letters at a time.")
@click.option("--max-tokens", type=click.IntRange(1), help="Send no further letter once so many tokens were used.")
@click.option(
    "--max-cost",
    type=click.FloatRange(0, min_open=True),
    help="Send no further letter once so much was spent; needs --prices.",
)
@click.option("--prices", type=(float, float), metavar="IN OUT", help="Of a million tokens of prompt and of answer.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="Who reads.",
)
@click.option("--address", metavar="ADDRESS", help="Of a Ray cluster that is there, for example auto.")
@click.option(
    "--pseudonymise", is_flag=True, help="Hide clients' names and files' names behind a hash that stays the same."
)
@click.option("--keep-text", is_flag=True, help="Keep the letters' words in the journal, for quotes in marks.jsonl.")
@click.option("--tables-only", is_flag=True, help="Write no pages: for more letters than anybody leafs through.")
@click.option("--docx", is_flag=True, help="Write a copy of each Word letter with comments on the marked words.")
def prescreen(
    paths: tuple[str, ...],
    output: str,
    jobs: int | None,
    engine: str,
    address: str | None,
    pseudonymise: bool,
    keep_text: bool,
    docx: bool,
    tables_only: bool,
    whose: str,
    **options: Any,
) -> int:
    """Read letters for a therapist: which one needs a person today, which are warm, and how that changes.

    PATHs are files, folders, patterns, archives or tables; "-" reads a list of paths, one a line, from standard
    input. Reads .txt .md .docx .odt .rtf .html .eml .pdf .jsonl .csv .parquet, and .zip of those. The letters are not
    changed, and nothing leaves this computer unless a model is named. It is no diagnosis and no assessment of risk.

    `prescreen forget CLIENT -o DIR` removes everything about one client from a report, or about one letter. With
    `--engine ray` paths and DIR may lie in object storage (s3://...), and DIR holds parts of parquet with a row for
    each letter.
    """
    from compassion_coach.prescreen import Options
    from compassion_coach.prescreen.finding.tables import Columns

    if tables_only and docx:
        raise InputError("Word copies lie beside the letters' pages, which --tables-only leaves out.")
    if address and engine != "ray":
        raise InputError("--address is about a Ray cluster: --engine ray.")
    listed = _listed(paths)
    columns = Columns(**{name: options.pop(name) for name in ("text", "id", "client", "date")})
    if whose and columns.client is not None:
        raise InputError(
            "A column tells whose each letter is (--client), or all are one person's (--one-client): not both."
        )
    _check(engine, options["model"])
    if engine == "ray":
        from compassion_coach.prescreen.ways.over_ray import Over

        return _over_ray(listed, output, Over(address, jobs, columns, _hidden_by(pseudonymise), whose))
    how = Options(
        columns=columns, jobs=jobs or os.cpu_count() or 1, key=_hidden_by(pseudonymise), keep_text=keep_text, docx=docx,
        model=_model(**options) if options["model"] else None, batch=engine == "openai-batch", pages=not tables_only,
        listed=frozenset(listed).difference(paths), whose=whose,
    )  # fmt: skip
    return _into_report(listed, Path(output), how)


def _check(engine: str, model: str | None) -> None:
    """Raise InputError for options of which whoever reads would make nothing."""
    if engine == "ray":
        if given := _given(_NOT_OVER_RAY):
            raise InputError(f"The engine ray reads with the embedded reader, writes rows alone, and has no {given}.")
    elif engine == "openai-batch":
        if not model:
            raise InputError("The engine openai-batch needs a model: -m NAME.")
        if given := _given(("jobs", "at_once")):
            raise InputError(f"The engine openai-batch sends letters together in one batch, and has no {given}.")
    elif not model:
        if given := _given(_ABOUT_A_MODEL):
            raise InputError(f"Only a model makes use of {given}: -m NAME names one.")
    elif _given(("jobs",)):
        raise InputError("A model reads in one process, and has no --jobs: --at-once tells how many letters at a time.")


def _given(names: Iterable[str]) -> str:
    """Return the options among some that stand on the command itself, as they are written."""
    context = click.get_current_context()
    there = [
        param.opts[-1]
        for param in context.command.params
        if param.name in names and context.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    ]
    return ", ".join(there)


def _hidden_by(pseudonymise: bool) -> bytes | None:
    """Return the key that names are hidden under, where they are. Raises InputError where it cannot be kept."""
    from compassion_coach.prescreen.kept.pseudonyms import key
    from compassion_coach.settings import config_folder

    try:
        return key() if pseudonymise else None
    except OSError as error:
        why = f"The key for pseudonyms could not be kept in {config_folder()}: {error.strerror}."
    raise InputError(why)


def _over_ray(listed: list[str], output: str, over: "Over") -> int:
    from compassion_coach.prescreen.ways.over_ray import LOST, over_ray

    standings = over_ray(listed, output, over)
    lost = standings.pop(LOST)
    click.echo(counted(standings, lost), err=True)
    tell_nobodys(listed, over.whose)
    click.echo(output)
    return 0 if sum(standings.values()) else 2


def _into_report(listed: list[str], out: Path, how: "Options") -> int:
    """Read letters here, or have a model read them, into a report, and tell what came of it."""
    from compassion_coach.prescreen import prescreen as run
    from compassion_coach.prescreen.finding.found import count
    from compassion_coach.prescreen.kept.places import INDEX, TABLE

    with writing(out, "What was read before is kept."):
        most = announce(how.model, listed, out, how) if how.model else 0
        try:
            with Progress(lambda: count(listed, how.columns, out)) as progress:
                summary = run(listed, out, how, progress, progress.complain)
        except KeyboardInterrupt:
            click.echo("Interrupted. What was read is kept: the same command goes on from there.", err=True)
            return 130
    tell(summary)
    if how.model and most and not how.batch:
        tell_sent(how.model, summary.sent)
    tell_nobodys(listed, how.whose)
    if how.batch:
        tell_waiting(out)
    click.echo(out / (INDEX if how.pages else TABLE))
    return 0 if summary.total else 2


def _model(
    model: str,
    base_url: str | None,
    secret: str | None,
    redact: bool,
    at_once: int,
    max_tokens: int | None,
    max_cost: float | None,
    prices: tuple[float, float] | None,
) -> "Model":
    """Return the model. It has to be named here: a settings file alone sends nobody's letters away.

    Raises NoKeyError where nothing can be sent, and SettingError where a setting asks for less to be sent.
    """
    from compassion_coach.model.client import NO_KEY
    from compassion_coach.prescreen.ways.model import Model
    from compassion_coach.settings import load

    if max_cost is not None and not any(prices or ()):
        raise InputError("--max-cost needs --prices, of a million tokens of prompt and of answer.")
    known = load({"model": model, "base_url": base_url, "key": secret, "redact": redact or None})
    if known.small_model:
        raise SettingError(
            f"small_model (from {known.sources['small_model']}) lets a model see marked lines alone, and prescreen "
            "sends whole letters: COMPASSION_COACH_SMALL_MODEL=false lets it."
        )
    if known.kept_back:
        click.echo(known.kept_back, err=True)
    if not known.can_ask:
        raise NoKeyError(NO_KEY)
    return Model(
        model,
        known.base_url,
        known.key,
        known.timeout,
        known.redact,
        at_once,
        max_tokens,
        prices or (0.0, 0.0),
        max_cost,
    )


def _listed(paths: tuple[str, ...]) -> list[str]:
    found = [path for path in paths if path != "-"]
    if "-" in paths:
        found += [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not found:
        raise InputError("The list of paths is empty.")
    return found
