"""The trained encoder: a small MiniLM with heads, run by onnxruntime on this machine. `MODEL_CARD.md` says what it is.

    sentences of a letter, folded ─ windows.py: word pieces of neighbours ─ one pass ─ logits of each head, a row a span

`weights/` holds the network (int8), the word pieces, and what the logits of the heads stand for.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from compassion_coach.data import file, read_json, read_text
from compassion_coach.embedded.windows import Asked, Pieces, Words, batches, spans_of, windows
from compassion_coach.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Logits = Mapping[str, "NDArray[np.float32]"]
"""For each head an array with a row for each span."""

_SPIN = "100"  # millionths of a second that a thread waits busily: longer would keep the machine from others
_threads = 2  # a letter is small: more would wait for each other
_LOADING = Lock()


@dataclass(frozen=True, slots=True)
class Encoder:
    """The network, the word pieces that it knows and its card. Made once: `encoder()`."""

    session: Any
    words: Words
    card: Mapping[str, Any]

    def read(self, texts: Sequence[Sequence[Asked]]) -> list[list[Logits]]:
        """Read texts, each a sequence of neighbouring sentences. Returns for each sentence the logits of its spans."""
        blank = int(self.card["separator"])
        pieces = [[self.words.pieces(asked, blank) for asked in text] for text in texts]
        found: list[list[Logits]] = [[{}] * len(text) for text in texts]
        for batch in batches([(at, window) for at, text in enumerate(pieces) for window in windows(text)]):
            logits = self._passed([[pieces[at][i] for i in window.sentences] for at, window in batch])
            for (at, window), rows in zip(batch, logits, strict=True):
                for i, row in list(zip(window.sentences, rows, strict=True))[window.first :]:
                    found[at][i] = row
        return found

    def _passed(self, batch: Sequence[Sequence[Pieces]]) -> list[list[Logits]]:
        """Run the network once over some windows."""
        import numpy as np

        rows = [self._row(window) for window in batch]
        spans = [list(spans_of(window)) for window in batch]
        long, many = max(map(len, rows)), max(map(len, spans))
        ids, mask = np.zeros((len(rows), long), np.int64), np.zeros((len(rows), long), np.int64)
        weights = np.zeros((len(rows), many, long), np.float32)
        for at, (row, asked) in enumerate(zip(rows, spans, strict=True)):
            ids[at, : len(row)], mask[at, : len(row)] = row, 1
            for i, (start, end) in enumerate(asked):
                weights[at, i, start:end] = 1 / (end - start)
        names = list(self.card["heads"])
        out = dict(zip(names, self.session.run(names, {"ids": ids, "mask": mask, "spans": weights}), strict=True))
        found: list[list[Logits]] = []
        for at, window in enumerate(batch):
            cuts = [0, *accumulate(len(sentence.spans) for sentence in window)]
            found.append([{name: out[name][at, a:b] for name in names} for a, b in pairwise(cuts)])
        return found

    def _row(self, window: Sequence[Pieces]) -> list[int]:
        ids = [int(self.card["opening"])]
        for sentence in window:
            ids += [*sentence.ids, int(self.card["separator"])]
        return ids


@cache
def card() -> Mapping[str, Any]:
    """Return what the logits of the heads stand for, and the version, without loading the network."""
    return read_json("weights/reader.json")


def encoder() -> Encoder:
    """Return the encoder, loaded once. Raises DataError when its files are missing."""
    with _LOADING:
        return _encoder()


def prepare() -> None:
    """Begin to load the encoder beside other work. Whoever asks for it waits until it is there, or is told why not.

    What it is run by is imported first: two threads that import take turns, and the longer way would have to wait.
    """

    def load() -> None:
        with suppress(Exception):
            encoder()

    with suppress(ImportError):
        import_module("tokenizers")
        _runtime()
    Thread(target=load).start()


def alone() -> None:
    """Read with one thread in this process from now on: where several processes read, together they fill the machine.

    Said before the encoder is asked for.
    """
    global _threads
    _threads = 1


@cache
def _encoder() -> Encoder:
    return loaded(threads=min(_threads, os.cpu_count() or 1))


def _runtime() -> Any:
    """Import what runs the network, and let it report nothing.

    Unless it is told not to before it is imported, it counts its uses, names the machine and sends both to its makers.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime


def loaded(threads: int = 1) -> Encoder:
    """Load the encoder anew, to read with so many threads. Raises DataError where its files are missing or broken."""
    weights, words = file("weights/reader.onnx"), read_text("weights/tokenizer.json")
    with suppress(Exception):  # of each library another, where a file is broken or the library itself
        from tokenizers import Tokenizer

        tokens = Tokenizer.from_str(words)
        tokens.normalizer = None  # what is folded is small and plain already
        return Encoder(_session(weights, threads), Words(tokens), card())
    raise DataError("The embedded reader is broken; installing compassion-coach anew mends it.")


def _session(weights: Path, threads: int) -> Any:
    onnxruntime = _runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN)
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, ["CPUExecutionProvider"])  # by name: not held twice


def shares(logits: "NDArray[np.floating[Any]]") -> "NDArray[np.float64]":
    """Turn the logits of a head of classes, a row for each span, into shares that sum to one in each row."""
    import numpy as np

    powers = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return result
