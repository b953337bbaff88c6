"""What a run will send to a model, before it is begun."""

from collections.abc import Iterable
from pathlib import Path

from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.places import JOURNAL
from compassion_coach.prescreen.options import Options, reader_of
from compassion_coach.prescreen.words.formats import PLAIN

_A_LETTER = 3000  # characters, roughly, of a long one


def to_send(paths: Iterable[str], out: Path, options: Options) -> list[int]:
    """Return roughly how many characters the letters have that a model has not read yet, nor is asked about already.

    Of a file that is more than its words, no more is known than what a letter has. Those among them that speak of
    danger are not known before they are read. Raises InputError.
    """
    reader, known = reader_of(options.model), set[str]()
    if options.batch and options.model:
        from compassion_coach.prescreen.ways.batched import asked_of

        known = {content for batch in asked_of(options.model, out) for content in batch.contents}
    found = (one for one in find(paths, options.columns, out) if one.unread is None)
    sizes = {one.content: len(one.raw) if one.suffix in PLAIN else min(len(one.raw), _A_LETTER) for one in found}
    if (out / JOURNAL).is_file():
        with Journal(out / JOURNAL) as journal:
            records = ((content, journal.found_in(content, reader)) for content in sizes)
            known |= {content for content, record in records if record and not record.again}
    return [size for content, size in sizes.items() if content not in known]
