"""What was found, for other programs: `letters.csv`, `marks.jsonl` and `letters.parquet`.

No words of the letters are in them, but for the quotes of the marks where the journal was to keep texts.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compassion_coach.prescreen.kept.owned import written, written_bytes
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source, notes_of
from compassion_coach.vocabulary import Kind

if TYPE_CHECKING:
    from compassion_coach.prescreen.kept.journal import Entry

COLUMNS = (
    "id", "client", "date", "date_of_file", "level", "signs", "sentences", "warm", "advice", "invalidation", "turns",
    "qualities", "language", "remark", "where", "sha256", "unread",
)  # fmt: skip
"""What is told of each letter; `letters.parquet` has `marks` besides, as `marks_of` makes them."""

NUMBERS = frozenset({"date_of_file", "sentences", "warm", "advice", "invalidation", "turns"})
_FORMULA = re.compile(
    r"((?:^|[;\t\r\n])(?:[^\S\t\r\n]|\")*)(?=[=+\-@\t\r\n＝＋－＠])"
)  # also where a spreadsheet parts cells at semicolons or tabs, and takes spaces and quotes around them for its own
_BATCH = 512


def letters_csv(path: Path, entries: Iterable["Entry"], unread: Iterable[tuple[Source, str]]) -> None:
    """Write a line for each letter, and for what could not be read; without its level, and with the reason.

    What a spreadsheet might take for a formula is given to it as text. By the mark at its beginning it knows UTF-8.
    """
    found = ((row_of(entry.source, entry.record, entry.same), entry.page) for entry in entries)
    others = ((unread_row(source, why), "") for source, why in unread)
    with written(path, "utf-8-sig") as stream:
        rows = csv.writer(stream)
        rows.writerow((*COLUMNS, "page"))
        for told, page in chain(found, others):
            rows.writerow(_harmless(value) for value in (*(told[name] for name in COLUMNS), page))


def marks_jsonl(path: Path, entries: Iterable["Entry"]) -> None:
    """Write a JSON object for each mark: where it is in which letter (code points, half-open), and what it is."""
    with written(path) as stream:
        for entry in entries:
            for mark in marks_of(entry.record):
                told = {
                    "letter": entry.source.id, "where": entry.source.where, "client": entry.source.client,
                    "sha256": entry.record.sha256, **mark,
                    "quote": entry.text[mark["start"] : mark["end"]] if entry.text else None,
                }  # fmt: skip
                stream.write(json.dumps(told, ensure_ascii=False) + "\n")


def marks_of(record: Record) -> list[dict[str, Any]]:
    """Return where each mark is in its letter (code points, half-open), and what it is."""
    turned = record.turned
    return [
        {
            "sentence": mark.sentence, "start": mark.start, "end": mark.end, "kind": mark.quality.kind.value,
            "quality": mark.quality.value, "confidence": mark.confidence, "turn": at in turned,
        }
        for at, mark in enumerate(record.marks)
    ]  # fmt: skip


def letters_parquet(path: Path, entries: Iterable["Entry"], unread: Iterable[tuple[Source, str]]) -> None:
    """Write the same table as `letters_csv`, for large ones, with the marks of each letter; none without pyarrow."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        path.unlink(missing_ok=True)  # one of an earlier run would tell what is no longer so
        return
    with written_bytes(path) as stream, pq.ParquetWriter(stream, table_of(()).schema) as table:
        rows = (row_of(entry.source, entry.record, entry.same) for entry in entries)
        for some in _some(chain(rows, (unread_row(source, why) for source, why in unread))):
            table.write_table(table_of(some))


def table_of(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Return rows of COLUMNS, with their marks, as a table of pyarrow's."""
    import pyarrow as pa

    number, text = pa.int32(), pa.string()
    mark = pa.struct({
        "sentence": number, "start": number, "end": number, "kind": text, "quality": text,
        "confidence": pa.float64(), "turn": pa.bool_(),
    })  # fmt: skip
    flat = [(name, number if name in NUMBERS else text) for name in COLUMNS]
    return pa.Table.from_pylist(list(rows), pa.schema([*flat, ("marks", pa.list_(mark))]))


def _some(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    for row in rows:
        found.append(row)
        if len(found) == _BATCH:
            yield found
            found = []
    if found:
        yield found


def row_of(source: Source, record: Record, same: Source | None = None) -> dict[str, Any]:
    """Return a letter as a row of COLUMNS, with its marks; `same` is one before it that has the same words."""
    values = (
        source.id, source.client, source.date, int(source.of_file), record.standing,
        " ".join(dict.fromkeys(sign.kind for sign in record.signs)),
        record.sentences, record.count(Kind.WARM), record.count(Kind.ADVICE), record.count(Kind.INVALIDATION),
        len(record.turns), " ".join(quality.value for quality in record.qualities), record.language,
        " ".join(filter(None, (record.remark, notes_of(source, same)))), source.where, record.sha256, "",
    )  # fmt: skip
    return {**dict(zip(COLUMNS, values, strict=True)), "marks": marks_of(record)}


def unread_row(source: Source, why: str) -> dict[str, Any]:
    """Return what could not be read as a row of COLUMNS."""
    nothing = {name: 0 if name in NUMBERS else "" for name in COLUMNS}
    known = {name: getattr(source, name) for name in ("id", "client", "date", "where")}
    return nothing | known | {"date_of_file": int(source.of_file), "unread": why, "marks": []}


def _harmless(value: object) -> object:
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
