"""`batches.json`: the batches that a report waits for, each with its id at the provider and the letters in it."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.owned import written
from compassion_coach.prescreen.kept.places import BATCHES

UNDER_WAY = "The model's answer is under way; the same command, run later, collects it or sends anew what never left."
"""Why a model that is asked through a batch did not read a letter yet."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that somebody reads (`reader`), and the contents of the letters in it.

    Its `mark` is kept before it is made, and the provider is told it: by that a batch is known whose `id` never came.
    """

    id: str
    reader: str
    contents: list[str]
    mark: str = ""


def batches_in(folder: Path) -> list[Batch]:
    """Return the batches that a report waits for. Raises InputError where the file is damaged."""
    try:
        batches = [Batch(**each) for each in json.loads((folder / BATCHES).read_text("utf-8"))]
        if all(isinstance(batch.contents, list) for batch in batches):
            return batches
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        pass
    raise InputError(f"{folder / BATCHES} is damaged. Without it, letters that wait for an answer are sent again.")


def keep(folder: Path, batches: Collection[Batch]) -> None:
    """Write down which batches a report waits for. Raises OSError."""
    if not batches:
        (folder / BATCHES).unlink(missing_ok=True)
        return
    with written(folder / BATCHES) as stream:
        stream.write(json.dumps([asdict(batch) for batch in batches]) + "\n")


def waits_no_longer(folder: Path, contents: Collection[str]) -> None:
    """Take letters out of the batches that a report waits for. Raises InputError, OSError."""
    batches = batches_in(folder)
    left = [replace(one, contents=[each for each in one.contents if each not in contents]) for one in batches]
    if left != batches:
        keep(folder, [batch for batch in left if batch.contents])
