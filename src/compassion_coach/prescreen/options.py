"""How letters are to be read for a therapist, and what is told when they were."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compassion_coach.errors import SettingError
from compassion_coach.prescreen.finding.tables import Columns

if TYPE_CHECKING:
    from compassion_coach.prescreen.ways.model import Model


@dataclass(frozen=True, slots=True)
class Options:
    """How letters are read. `key` is what clients' names are hashed under, where they are to be hidden.

    So many processes (`jobs`) read, where no model does. `keep_text` keeps the letters' words in the journal; `docx`
    writes a copy with comments beside a Word letter's page. With `model` a language model reads instead of the
    embedded reader; with `batch` through its provider's batch API. Without `pages` only the tables are written, for
    more letters than anybody leafs through. Of paths that come from a list (`listed`) one that is not there stops
    nothing. With `whose` all letters are that client's.
    """

    columns: Columns = field(default_factory=Columns)
    jobs: int = 1
    key: bytes | None = field(default=None, repr=False)
    keep_text: bool = False
    docx: bool = False
    model: "Model | None" = None
    batch: bool = False
    pages: bool = True
    listed: frozenset[str] = frozenset()
    whose: str = ""

    def __post_init__(self) -> None:
        """Raise SettingError for what is asked for without what it needs."""
        if self.docx and not self.pages:
            raise SettingError("Word copies lie beside the letters' pages: docx needs pages.")
        if self.batch and self.model is None:
            raise SettingError("A batch needs a model that reads it: batch needs model.")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: letters by where they stand, and how many were read now or known.

    So many files were `unopened`, and stand nowhere: one that stands as "unread" was opened. `copies` were known since
    the same words came before in this run. `failed` counts the letters that the model could not be asked about, by the
    reason. `missed` letters of earlier runs were not found any more. `sent` letters went to a model in this run, but
    for those in a batch.
    """

    standings: dict[str, int]
    read: int = 0
    known: int = 0
    unopened: int = 0
    copies: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    missed: int = 0
    sent: int = 0

    @property
    def total(self) -> int:
        """How many letters are in the report."""
        return sum(self.standings.values())


def reader_of(model: "Model | None" = None) -> str:
    """Return who reads, as the journal tells readers apart. Raises DataError where the reader's files are missing."""
    from compassion_coach._version import __version__
    from compassion_coach.data import file
    from compassion_coach.embedded.reader import LocalReader

    file("weights/reader.onnx")  # that it is missing is told before anything is begun
    if model:
        model.check()
    info = LocalReader().info
    return f"{model.reader if model else f'{info.model} {info.version}'}, compassion-coach {__version__}"
