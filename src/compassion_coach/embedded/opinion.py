"""What a sentence is: the trained encoder's opinion and the rules' evidence, joined.

    sentences ─ encoder: logits of each span ┐
              └ rules: evidence in each span ┴─ sum ─ shares of the qualities ─ the best way to part the sentence

The logits are scaled so that the shares mean what they say (temperature), and the evidence is added with a weight
that was learned on letters that had taught neither: both stand in `weights/reader.json`.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from compassion_coach.data import read_toml
from compassion_coach.embedded.encoder import Encoder, Logits, encoder, shares
from compassion_coach.embedded.evidence import evidence, hits_in
from compassion_coach.embedded.windows import Asked
from compassion_coach.rules.patterns import Hit
from compassion_coach.text.clauses import cuts as cuts_in
from compassion_coach.vocabulary import Kind, Level, Quality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_CUTS = 12
_TWO_WORDS = re.compile(r"\S\s+\S")


_GRAVE = list(Level).index(Level.CONCERN)
CLASSES: tuple[Quality | None, ...] = (*Quality, None)
"""What the first head tells apart; None stands for neutral."""
_KIND_OF = [quality.kind if quality else Kind.NEUTRAL for quality in CLASSES]
_KINDS = tuple(dict.fromkeys(_KIND_OF))  # in the order of CLASSES, where those of a kind stand side by side
_FIRST = [_KIND_OF.index(kind) for kind in _KINDS]
_ADVICE = slice(_KIND_OF.index(Kind.ADVICE), _KIND_OF.index(Kind.ADVICE) + _KIND_OF.count(Kind.ADVICE))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a stretch `text[start:end]` of a folded sentence is: the share of each kind, and the likeliest of all.

    A kind's share is the sum of its qualities' shares. `quality` is the likeliest of the kind; None where neutral.
    """

    start: int
    end: int
    kinds: Mapping[Kind, float]
    kind: Kind
    quality: Quality | None

    @property
    def confidence(self) -> float:
        """The share of the kind."""
        return self.kinds[self.kind]

    @property
    def cold(self) -> float:
        """The share of advice and invalidation together: often it is sure that warmth is missing, and not which way."""
        return self.kinds[Kind.ADVICE] + self.kinds[Kind.INVALIDATION]


@dataclass(frozen=True)
class Read:
    """A folded sentence with an opinion of every stretch between two places where it might be cut.

    `danger` is the share of danger that is heard in the whole of it.
    """

    text: str
    hits: Sequence[Hit]
    opinions: Mapping[tuple[int, int], Opinion]
    price: float
    danger: float

    @property
    def whole(self) -> Opinion:
        """The opinion of the sentence as a whole."""
        return self.opinions[0, len(self.text)]

    @cached_property
    def parts(self) -> list[Opinion]:
        """The sentence parted so that its stretches, each of another kind than the last, are as sure as they can be.

        Each counts by its length. A cut costs `price`, in the log of a share, unless a pivot word such as "but" opens
        what follows: elsewhere without a clear gain there is none.
        """
        ends = sorted({end for _, end in self.opinions})
        best: dict[int, tuple[float, list[Opinion]]] = {0: (0.0, [])}
        for end in ends:
            ways = []
            for start, (gain, parts) in best.items():
                if (start, end) not in self.opinions:
                    continue
                opinion = self.opinions[start, end]
                if not parts or parts[-1].kind is not opinion.kind:
                    cost = self.price if parts and not _turns_at(self.text, start) else 0.0
                    weighty = (end - start) / max(1, len(self.text))
                    ways.append((gain + weighty * math.log(opinion.confidence) - cost, [*parts, opinion]))
            if ways:
                best[end] = max(ways, key=lambda way: way[0])
        return best[len(self.text)][1]


def read(
    texts: Sequence[Sequence[str]], network: Encoder | None = None, *, of_letters: bool = True
) -> list[list[Read]]:
    """Read texts, each a sequence of neighbouring folded sentences, with the shipped encoder or another.

    Without `of_letters` they may come from anywhere: what people elsewhere call advice counts as well.
    """
    network = network or encoder()
    asked = [[Asked(sentence, tuple(spans(sentence))) for sentence in text] for text in texts]
    found = [row for rows in network.read(asked) for row in rows]
    told = [(one, hits_in(one.text)) for text in asked for one in text]
    by_rules = [evidence(hits, *span) for one, hits in told for span in one.spans]
    every = opinions([span for one, _ in told for span in one.spans], _rows(network.card, found, by_rules, of_letters))
    cut = network.card["cut"]
    done = (
        Read(one.text, hits, dict(zip(one.spans, islice(every, len(one.spans)), strict=True)), cut, danger)
        for (one, hits), danger in zip(told, _dangers(found), strict=True)
    )
    return [list(islice(done, len(text))) for text in asked]


def _rows(
    card: Mapping[str, Any],
    found: Sequence[Logits],
    told: Sequence[Mapping[Quality | None, float]],
    of_letters: bool,
) -> "NDArray[np.float64]":
    """Return the shares of CLASSES in each span of all sentences, a row a span."""
    import numpy as np

    if not told:
        return np.zeros((0, len(CLASSES)))
    logits = np.concatenate([row["quality"] for row in found])
    if not of_letters:
        elsewhere = card["elsewhere"]
        asked = np.concatenate([row["public"][:, :1] for row in found]) - card["asked"]
        more = np.clip(elsewhere["counts"] * asked, -elsewhere["most"], elsewhere["most"])
        logits[:, _ADVICE] += card["temperature"] * more
    return joined(card, logits, told)


def opinions(spans: Sequence[tuple[int, int]], shares: "NDArray[np.float64]") -> Iterator[Opinion]:
    """Yield the opinion of each span, given the shares of CLASSES in it, a row a span."""
    import numpy as np

    kinds = np.add.reduceat(shares, _FIRST, axis=1)
    ends = [*_FIRST[1:], len(CLASSES)]
    likeliest = np.stack([first + shares[:, first:end].argmax(axis=1) for first, end in zip(_FIRST, ends, strict=True)])
    best = kinds.argmax(axis=1)
    chosen = likeliest[best, np.arange(len(spans))]
    for (start, end), row, kind, quality in zip(spans, kinds.tolist(), best.tolist(), chosen.tolist(), strict=True):
        yield Opinion(start, end, dict(zip(_KINDS, row, strict=True)), _KINDS[kind], CLASSES[quality])


def _dangers(found: Sequence[Logits]) -> list[float]:
    """Return the share of danger in each sentence as a whole, which is the first of its spans."""
    import numpy as np

    return (
        shares(np.concatenate([row["distress"][:1] for row in found]))[:, _GRAVE:].sum(axis=1).tolist() if found else []
    )


def _turns_at(text: str, at: int) -> bool:
    return any(
        text.startswith(word, at) and not text[at + len(word) : at + len(word) + 1].isalnum() for word in _pivots()
    )


@cache
def _pivots() -> tuple[str, ...]:
    return tuple(read_toml("guardrails/pivots.toml")["words"])


def joined(
    card: Mapping[str, float], logits: "NDArray[np.float32]", told: Sequence[Mapping[Quality | None, float]]
) -> "NDArray[np.float64]":
    """Turn logits, a row for each span, and the evidence in it into shares of CLASSES that sum to one."""
    import numpy as np

    sums = logits.astype(np.float64) / card["temperature"]
    for row, found in zip(sums, told, strict=True):
        for quality, much in found.items():
            row[CLASSES.index(quality)] += card["evidence"] * much
    return shares(sums)


def _several(text: str, start: int, end: int) -> bool:
    """Whether a stretch holds more than one word."""
    return _TWO_WORDS.search(text, start, end) is not None


def spans(text: str) -> list[tuple[int, int]]:
    """Return the stretches of a sentence that might be of one kind: the whole of it first."""
    cuts = [0]
    whole = (0, len(text))
    for cut in cuts_in(text):
        if _several(text, cuts[-1], cut) and _several(text, cut, len(text)):
            cuts.append(cut)
            if len(cuts) > _MOST_CUTS:
                return [whole]
    edges = [*cuts, len(text)]
    return [whole, *((a, b) for i, a in enumerate(edges) for b in edges[i + 1 :] if (a, b) != whole)]
