"""`compassion-coach prescreen`: a folder of letters, read for a therapist before the session."""

import os
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compassion_coach.cli.progress import Progress
from compassion_coach.errors import InputError, NoKeyError

if TYPE_CHECKING:
    from compassion_coach.prescreen.tables import Columns
    from compassion_coach.prescreen.with_model import Model

ENGINES = ("local", "ray", "openai-batch")
_ABOUT_A_MODEL = ("base_url", "redact", "max_tokens", "max_cost", "prices")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", default="prescreen", show_default=True, metavar="DIR", help="Where the report goes.")
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

    `prescreen forget CLIENT -o DIR` removes everything about one client from a report. With `--engine ray` paths and
    DIR may lie in object storage (s3://...), and DIR holds parts of parquet with a row for each letter.
    """
    from compassion_coach.prescreen import Options
    from compassion_coach.prescreen import prescreen as run
    from compassion_coach.prescreen.found import count
    from compassion_coach.prescreen.pseudonyms import key
    from compassion_coach.prescreen.tables import Columns

    if paths[0] == "forget":  # a folder of that name is ./forget
        if len(paths) != 2:
            raise InputError("Whom to forget is told by one name: compassion-coach prescreen forget CLIENT -o DIR.")
        return _forget(paths[1], output)
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
    if engine == "ray" and options["model"]:
        raise InputError("The engine ray reads with the embedded reader, and not with a model.")
    if engine == "ray":
        from compassion_coach.prescreen.over_ray import LOST, Over, over_ray

        counted = over_ray(listed, output, Over(address, jobs, columns, key() if pseudonymise else None, whose))
        lost = counted.pop(LOST)
        click.echo(_summary(counted, lost, ""), err=True)
        click.echo(output)
        return 0 if sum(counted.values()) else 2
    chosen, batch = None, engine == "openai-batch"
    if batch and not options["model"]:
        raise InputError("The engine openai-batch needs a model: -m NAME.")
    if not options["model"] and any(options[name] for name in _ABOUT_A_MODEL):
        raise InputError("--base-url, --redact, --max-tokens, --max-cost and --prices are about a model: -m NAME.")
    if options["model"]:
        chosen = _model(**options)
        _announce(chosen, listed, columns, Path(output))
    try:
        jobs = jobs or os.cpu_count() or 1
        hidden_by = key() if pseudonymise else None
        from_list = frozenset(listed).difference(paths)
        how = Options(
            columns=columns, jobs=jobs, key=hidden_by, keep_text=keep_text, docx=docx, model=chosen, batch=batch,
            pages=not tables_only, listed=from_list, whose=whose,
        )  # fmt: skip
        with Progress(lambda: count(listed, columns, Path(output))) as progress:
            summary = run(listed, Path(output), how, progress, progress.complain)
    except (OSError, sqlite3.OperationalError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{output} could not be written: {why}. What was read before is kept.") from None
    known = ""
    if summary.known:
        of_them = f"{summary.known} of them with words that were read before"
        known = f", {of_them if summary.read else 'nothing new in them'}"
    click.echo(_summary(summary.standings, summary.unread, known), err=True)
    if summary.again and not batch:
        many = _letters(summary.again)
        click.echo(f"The model could not be asked about {many}: read here, and asked about by the next run.", err=True)
    if batch:
        _tell_waiting(Path(output))
    click.echo(Path(output) / ("letters.csv" if tables_only else "index.html"))
    return 0 if summary.total else 2


def _summary(standings: Mapping[str, int], lost: int, known: str) -> str:
    told = ", ".join(f"{standing} {many}" for standing, many in standings.items())
    return f"{_letters(sum(standings.values()))}{known}: {told}. {lost} could not be opened."


def _letters(many: int) -> str:
    return "1 letter" if many == 1 else f"{many} letters"


def _tell_waiting(output: Path) -> None:
    from compassion_coach.prescreen.batched import batches_in

    for each in batches_in(output):
        many = len(each["contents"])
        click.echo(f"{_letters(many)} wait for batch {each['id']}: the same command, run later, collects it.", err=True)


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

    Raises NoKeyError where nothing can be sent.
    """
    from compassion_coach.model_client import NO_KEY
    from compassion_coach.prescreen.with_model import Model
    from compassion_coach.settings import load

    if max_cost is not None and prices is None:
        raise InputError("--max-cost needs --prices, of a million tokens of prompt and of answer.")
    known = load({"model": model, "base_url": base_url, "key": secret, "redact": redact or None})
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


def _announce(model: "Model", paths: list[str], columns: "Columns", report: Path) -> None:
    """Say where letters go, and roughly what it will take, before the first is sent."""
    from compassion_coach.prescreen.found import find
    from compassion_coach.prescreen.with_model import expected
    from compassion_coach.settings import server_of

    sizes = [len(found.raw) for found in find(paths, columns, report) if found.unread is None]
    usage = expected(len(sizes), sum(sizes))
    cost = f", about {model.cost(usage):.2f} at these prices" if any(model.prices) else ""
    click.echo(
        f"{_letters(len(sizes))} to send to the model {model.name} at {server_of(model.base_url)}; those that speak of "
        f"danger stay here: at most about {usage.prompt_tokens + usage.answer_tokens:,} tokens{cost}.",
        err=True,
    )


def _forget(client: str, output: str) -> int:
    from compassion_coach.prescreen import forget
    from compassion_coach.prescreen.pseudonyms import known_key

    many = forget(client, Path(output), known_key())
    click.echo(f"Forgotten: {_letters(many)} of that client. The letters themselves are where they were.", err=True)
    return 0


def _listed(paths: tuple[str, ...]) -> list[str]:
    found = [path for path in paths if path != "-"]
    if "-" in paths:
        found += [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not found:
        raise InputError("The list of paths is empty.")
    return found
