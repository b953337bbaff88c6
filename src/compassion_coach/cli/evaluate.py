"""`evaluate`: how often a reader is right on a labelled file."""

import json
from dataclasses import asdict
from io import StringIO
from typing import TYPE_CHECKING

import click

from compassion_coach.cli.aside import aside
from compassion_coach.errors import InputError, SettingError

if TYPE_CHECKING:
    from compassion_coach.evaluate import Evaluation
    from compassion_coach.reading import Reader


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("-m", "--model", help="A model behind an OpenAI-compatible API; without it the embedded reader reads.")
@click.option("--base-url", help="Where the model's server is, for example http://localhost:11434/v1.")
@click.option("--key", help="The server's key. Better in COMPASSION_COACH_KEY or OPENAI_API_KEY.")
@click.option(
    "--second-opinion/--no-second-opinion", default=None, help="Tell the model what the embedded reader marked."
)
@click.option("--timeout", type=float, help="Time limit for the model, in seconds a letter.  [default: 60]")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def evaluate(file: str, form: str, **options: object) -> int:
    """Measure how often a reader is right on letters that were labelled by hand.

    FILE holds a sentence a line with its label (W warm, A advice, I invalidation, N neutral; two letters: either is
    right) and opens each letter with "== name | level". With a model, it is asked once a letter (more where its server
    fails, or refuses the form of a request); what `reflect` would not send stays here.
    """
    from compassion_coach.evaluate import evaluate as evaluated
    from compassion_coach.intake import read_labelled
    from compassion_coach.labelled import parse_letters
    from compassion_coach.reflection import as_json

    letters = list(parse_letters(StringIO(read_labelled(file), newline=None)))  # no other sign ends a line
    if not letters:
        raise InputError('There is no labelled letter in it: each opens with "== name | level".')
    reader = _reader(options)
    found = evaluated(letters, reader)
    if form == "json":
        click.echo(json.dumps({"reader": as_json(reader.info), **_figures(found)}, indent=2))
    else:
        click.echo(_table(found, f"{reader.info.model} {reader.info.version}"))
    return 0


def _reader(options: dict[str, object]) -> "Reader":
    """Return the reader that the settings name, saying where letters go."""
    from compassion_coach.address import server_of
    from compassion_coach.settings import load

    settings = load(options)
    if settings.model is None:
        from compassion_coach.embedded.reader import LocalReader

        return LocalReader()
    if settings.small_model:
        raise SettingError(
            f"small_model (from {settings.sources['small_model']}): each mark is the embedded reader's then, and of "
            "the model there is nothing to measure. COMPASSION_COACH_SMALL_MODEL=no lets it read whole letters."
        )
    from compassion_coach.model.reader import ModelReader

    if settings.can_ask:
        aside(f"These letters go to the model {settings.model} at {server_of(settings.base_url)}.")
    if settings.kept_back:
        click.echo(settings.kept_back, err=True)
    return ModelReader(
        settings.model,
        settings.base_url,
        settings.key,
        settings.timeout,
        redact=settings.redact,
        second_opinion=settings.second_opinion,
    )


def _figures(found: "Evaluation") -> dict[str, object]:
    from compassion_coach.vocabulary import Kind

    confusion = found.confusion()
    kinds = {
        kind.value: {
            "precision": round(ratio.precision, 4), "recall": round(ratio.recall, 4), "f1": round(ratio.f1, 4),
            "of": ratio.of, "read_as": {other.value: confusion.get((kind, other), 0) for other in Kind},
        }
        for kind in Kind for ratio in [found.ratio(kind)]
    }  # fmt: skip
    bins = [{"confidence": round(c, 4), "right": round(ok, 4), "marks": n} for c, ok, n in found.calibration()]
    cost: dict[str, object] = {"seconds": round(found.seconds, 3)}
    if found.usage:
        cost |= asdict(found.usage)
    return {
        "letters": found.letters, "kept_here": found.kept_here, "unanswered": found.unanswered,
        "lines": len(found.lines), "right": found.right, "kinds": kinds,
        "calibration": {"error": round(found.calibration_error, 4), "bins": bins}, "cost": cost,
    }  # fmt: skip


def _table(found: "Evaluation", name: str) -> str:
    from compassion_coach.vocabulary import Kind

    lines = len(found.lines)
    share = f" ({found.right / lines:.3f})" if lines else ""
    told = [f"{name}: {found.right} of {lines} lines right{share}, in {found.letters} letters"]
    if found.kept_here:
        told.append(f"{found.kept_here} letters stay here, for their distress or their language, and were left out")
    if found.unanswered:
        told.append(f"{found.unanswered} letters got no answer that can be used, and were left out")
    told += ["", f"{'':14}precision  recall      F1   lines   read as " + " ".join(f"{k.value:>12}" for k in Kind)]
    confusion = found.confusion()
    for kind in Kind:
        ratio = found.ratio(kind)
        read_as = " ".join(f"{confusion.get((kind, other), 0):12}" for other in Kind)
        figures = f"{ratio.precision:9.3f} {ratio.recall:7.3f} {ratio.f1:7.3f} {ratio.of:7}"
        told.append(f"{kind.value:14}{figures}           {read_as}")
    told += ["", f"calibration of the marks: error (ECE) {found.calibration_error:.3f}"]
    told += [f"  confidence {mean:.2f}: right {ok:.2f} of {n}" for mean, ok, n in found.calibration()]
    a_letter = 1000 * found.seconds / max(1, found.letters)
    told += ["", f"cost: {a_letter:.1f} ms a letter, {lines / max(found.seconds, 1e-9):.0f} lines a second"]
    if found.usage:
        used = found.usage
        told.append(
            f"  {used.requests} requests, {used.prompt_tokens} tokens of prompt, {used.answer_tokens} of answer"
        )
    return "\n".join(told)
