"""What is set on letters that were held back: temperature, what evidence counts, what is enough, the price of a cut."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pieces import Piece, Run

from compassion_coach.embedded import opinion
from compassion_coach.embedded.encoder import Encoder, shares
from compassion_coach.embedded.evidence import evidence, hits_in
from compassion_coach.embedded.windows import Asked
from compassion_coach.labelled import LabelledLetter
from compassion_coach.remarks.quoted import as_heard
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Quality

if TYPE_CHECKING:
    from linear import Lesson

TEMPERATURES = tuple(np.arange(0.7, 2.6, 0.1))
COUNTS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
PRICES = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
MOST_PARTED = 0.02
PRECISION = {"warm": 0.94, "cold": 0.99}
LEAST = {"warm": 0.65, "cold": 0.98}  # of a share, however easy held-back letters are: other people's are harder
DANGER = 0.5  # a share of danger that is called danger, where the encoder is asked alone


@dataclass(frozen=True, slots=True)
class Sum:
    """A held-back sentence: logits, evidence, and which kinds are right."""

    logits: Sequence[float]
    told: Mapping[Quality | None, float]
    kinds: frozenset[Kind]


def sums(encoder: Encoder, letters: Iterable[LabelledLetter], *, neighbours: bool) -> list[Sum]:
    """Read letters, whole or each sentence on its own."""
    found = []
    for letter in letters:
        texts = [fold(sentence.text).text for sentence in letter.sentences]
        asked = [Asked.whole(text) for text in texts]
        read = encoder.read([asked])[0] if neighbours else [one[0] for one in encoder.read([[a] for a in asked])]
        for text, logits, sentence in zip(texts, read, letter.sentences, strict=True):
            told = evidence(hits_in(text), 0, len(text))
            found.append(Sum([float(x) for x in logits["quality"][0]], told, sentence.kinds))
    return found


def opinions(card: Mapping[str, float], found: Sequence[Sum]) -> list[opinion.Opinion]:
    """Return what is made of sentences with a card."""
    rows = opinion.joined(card, np.array([one.logits for one in found]), [one.told for one in found])
    return list(opinion.opinions([(0, 1)] * len(found), rows))


def likelihood(card: Mapping[str, float], found: Sequence[Sum]) -> float:
    """Return the mean log of the share that the right kinds hold together."""
    return float(np.mean([
        np.log(max(1e-6, sum(share for kind, share in seen.kinds.items() if kind in one.kinds)))
        for seen, one in zip(opinions(card, found), found, strict=True)
    ]))  # fmt: skip


def fitted(found: Sequence[Sum]) -> dict[str, float]:
    """Return temperature and weight of the evidence that make the right kinds likeliest."""
    cards = [{"temperature": round(float(t), 2), "evidence": c} for t, c in product(TEMPERATURES, COUNTS)]
    return max(cards, key=lambda card: likelihood(card, found))


def right(card: Mapping[str, float], found: Sequence[Sum]) -> float:
    """Return the share of sentences whose kind is right."""
    return float(np.mean([seen.kind in one.kinds for seen, one in zip(opinions(card, found), found, strict=True)]))


def enough(card: Mapping[str, float], found: Sequence[Sum]) -> dict[str, float]:
    """Return the least share at which what is marked as warm, or as cold in either way, is so as often as PRECISION.

    Mostly LEAST decides: held-back letters are easy, and from there on all is right as often as that. Where no share
    up to the last that is tried is enough, that one is returned, and it is printed how often such marks are right.
    """
    seen = list(zip(opinions(card, found), found, strict=True))
    cold = {Kind.ADVICE, Kind.INVALIDATION}
    shares_and_truths = {
        "warm": [(o.confidence, Kind.WARM in one.kinds) for o, one in seen if o.kind is Kind.WARM],
        "cold": [(o.cold, bool(cold & one.kinds)) for o, one in seen if o.kind in cold],
    }
    least = {}
    for name, told in shares_and_truths.items():
        for line in np.arange(LEAST[name], 0.99, 0.01):
            marked = [ok for share, ok in told if share >= line]
            if marked and np.mean(marked) >= PRECISION[name]:
                break
        else:
            print(f"  no share is enough for {name}: at {line:.2f} {sum(marked)} of {len(marked)} marks are right")
        least[name] = round(float(line), 2)
    return least


def price(encoder: Encoder, letters: Iterable[LabelledLetter], runs: Sequence[Run]) -> tuple[float, str]:
    """Return the least price of a cut at which few sentences of letters are parted, and how it parts mixed ones."""
    texts = [[fold(sentence.text).text for sentence in letter.sentences] for letter in letters]
    plain = [one for read in opinion.read(texts, encoder) for one in read]
    parted = {cost: float(np.mean([len(replace(one, price=cost).parts) > 1 for one in plain])) for cost in PRICES}
    cost = next(cost for cost in PRICES if parted[cost] <= MOST_PARTED or cost == PRICES[-1])
    wanted = [[kind_of(piece) for piece in pieces] for pieces, _ in runs]
    seen = opinion.read([[" ".join(piece.text for piece in pieces)] for pieces, _ in runs], encoder)
    got = [[part.kind for part in replace(one[0], price=cost).parts] for one in seen]
    two = [g == w for g, w in zip(got, wanted, strict=True) if len(w) > 1]
    one = [len(g) == 1 for g, w in zip(got, wanted, strict=True) if len(w) == 1]
    told = f"{parted[cost]:.3f} of sentences are parted; of {len(two)} that hold two things {sum(two)} as labelled"
    return cost, f"{told}; of {len(one)} that look so and do not {sum(one)} stay whole"


def kind_of(piece: Piece) -> Kind:
    """Return the kind that a piece is labelled as."""
    quality = opinion.CLASSES[min(piece.targets[0].allowed)]
    return quality.kind if quality else Kind.NEUTRAL


def asked(encoder: Encoder, file: Path) -> float:
    """Return the logit of the public head's first question at which F1 is best, as a development set tells it.

    Where shares mean what they say, that is where the share is half of the best F1 (Lipton, Elkan and Naryanaswamy
    2014); the line at which a small set itself is best moves with every row.
    """
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    read = encoder.read([[Asked.whole(fold(row["text"]).text)] for row in rows])
    logits, truth = np.array([one[0]["public"][0][0] for one in read]), np.array([row["label"] == 1 for row in rows])

    def f1(line: float) -> float:
        said = logits > line
        return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))

    half = max(map(f1, np.arange(-2, 2, 0.1))) / 2
    return round(float(np.log(half / (1 - half))), 2)


def beside(encoder: Encoder, card: Mapping[str, Any], remarks: Sequence["Lesson"], cases: Sequence["Lesson"]) -> str:
    """Say how the encoder alone judges remarks and cases, which were held back."""
    read = encoder.read([[Asked.whole(as_heard(one.text))] for one in remarks])
    stopped = np.array([1 / (1 + np.exp(-one[0]["rails"][0][0])) for one in read]) >= card["rails"]["enough"]
    bad = np.array([one.share == "block" for one in remarks])
    read = encoder.read([[Asked.whole(one.text)] for one in cases])
    seen = np.array([shares(one[0]["distress"])[0][2:].sum() for one in read]) >= DANGER
    grave = np.array([one.share in ("concern", "urgent") for one in cases])
    return (
        f"the encoder alone: of {bad.sum()} bad remarks {(bad & ~stopped).sum()} leak, of {(~bad).sum()} others "
        f"{(~bad & stopped).sum()} are stopped; of {grave.sum()} in danger {(grave & seen).sum()} are seen, "
        f"of {(~grave).sum()} others {(~grave & seen).sum()} alarm"
    )
