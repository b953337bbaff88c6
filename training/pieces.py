"""What the networks learn from: pieces of texts with their targets, and the windows of word pieces that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tokenizers import Tokenizer

from compassion_coach.vocabulary import Quality

QUALITIES = (*Quality, None)  # None: neutral
LONGEST = 96  # word pieces of one piece


@dataclass(frozen=True, slots=True)
class Target:
    """What a span is: any of `allowed` in a head of classes, or the `facts` of a head of yes-or-no questions.

    `shares` of the classes are what another network said, and are to be said as well.
    """

    head: str
    allowed: frozenset[int] = frozenset()
    shares: tuple[float, ...] = ()
    facts: dict[int, float] = field(default_factory=dict)
    counts: float = 1.0

    @property
    def many(self) -> int:
        """How many losses it makes."""
        return bool(self.allowed) + bool(self.shares) + len(self.facts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one where `goes_on` says that the sentence goes on with it."""

    text: str
    targets: tuple[Target, ...] = ()
    goes_on: bool = False


Run = tuple[list[Piece], list[Target]]
"""Neighbouring pieces, and the targets of all of them together."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which tokens of a window are pooled, and what they are."""

    start: int
    end: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of some neighbouring pieces, with their spans."""

    ids: tuple[int, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The word pieces by which a network knows the opening of a window, and the end of a sentence."""

    opening: int
    separator: int


BERT = SpecialTokens(opening=101, separator=102)  # of the small network, [CLS] and [SEP]


def window(
    tokens: Tokenizer, pieces: Sequence[Piece], whole: Sequence[Target] = (), *, special: SpecialTokens = BERT
) -> Window:
    """Return the window of some pieces. `whole` are targets of all of them together."""
    ids, spans = [special.opening], list[Span]()
    for at, piece in enumerate(pieces):
        if at and not piece.goes_on:
            ids.append(special.separator)
        own = tokens.encode(piece.text, add_special_tokens=False).ids[:LONGEST] or [special.separator]
        spans.append(Span(len(ids), len(ids) + len(own), piece.targets))
        ids += own
    if whole:
        spans.append(Span(1, len(ids), tuple(whole)))
    return Window((*ids, special.separator), tuple(spans))
