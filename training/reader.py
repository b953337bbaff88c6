"""Train the embedded reader: `make train`. From the corpus to `weights/`, seeded, on two cores in under an hour.

    lessons.py, and what a larger network said of texts that nobody labelled: unlabelled.py
        └─ windows ─ network.py: MiniLM-L6 with heads ─ heads.py ─ export.py: ONNX int8 ─ calibration.py ─ weights/

`python training/reader.py BASE --public FOLDER`, with `--long` for the course that made the shipped weights: some
minutes on a graphics card, three hours on two cores; or `--again` for one more last round of the weights that are
there, with what was written since. BASE is the folder of the base model; its hash is checked. Letters
that are held back set the temperature, what the rules' evidence counts, what is enough to be marked, and the price
of a cut; `cases/heldout` is never read. Needs the group `training`, which the product does not.

The weights that lie in `weights/` have to be there before: they bring out the vetted words that the head of the rails
learns (`rails.company`), so new weights depend a little on those that they replace.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import calibration
import lessons
import torch
import unlabelled
from export import export
from heads import fit_rails
from network import DEVICE, HEADS, Network, batches, learned
from opened import opened
from pieces import BERT, Run, Window, window
from sources import ROOT, parted
from tokenizers import Tokenizer

from compassion_coach.embedded.encoder import Encoder, loaded
from compassion_coach.evaluate import bins_of, error_of

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SEED = 1
MOST_PUBLIC = 7000
BESIDE = 2 / 3  # of the remarks and cases are seen in a round, of which letters are all seen
PARTS = 9  # of what larger networks said: one is seen in a round
HEAD_RATE, WARM_UP = 1e-3, 60
VERSION = "reader-11"
WEIGHTS = ROOT / "weights"


@dataclass(frozen=True, slots=True)
class Closing:
    """A last round: how often it sees what people elsewhere call advice, which part of all the rest, and its rate."""

    times: int
    part: int
    rate: float


Closings = tuple[Closing | None, ...]
"""A set of last rounds from the same network, of which the mean is kept; None stands for that network as it was."""


@dataclass(frozen=True, slots=True)
class Course:
    """How many rounds are learned, in batches of so many word pieces with the padding, and how fast.

    `closings` are sets of last rounds, one after the other.
    """

    rounds: int
    batch: int
    rate: float
    closings: tuple[Closings, ...]


BATCH = 900  # of a course on two cores, and of every last round
TWO = (Closing(2, 5, 6e-5), Closing(3, 5, 6e-5))
SHORT = Course(2, BATCH, 1e-4, (TWO[1:],))
ONE_MORE = (None, Closing(6, 14, 4e-5))
THREE_MORE = 3 * ((None, Closing(8, 10, 4e-5)),)
LAST = ((Closing(5, 10, 4e-5),), (Closing(5, 10, 4e-5), Closing(3, 10, 4e-5)), *THREE_MORE, ONE_MORE)
LONG = Course(12, 4 * BATCH, 2e-4, (TWO, *LAST))


Told = Mapping[str, Sequence[Run]]
"""What larger networks said, by the set that it is of."""


def train(base: Path, tokens: Tokenizer, public: Path, course: Course) -> Network:
    """Train a network on everything that may be learned from, plain lines last."""
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    told = unlabelled.told(base, public)
    every = [run for runs in told.values() for run in runs]
    order.shuffle(every)
    rounds = [
        [window(tokens, *run) for run in (*epoch(public, order), *every[at % PARTS :: PARTS])]
        for at in range(course.rounds)
    ]
    network = Network(base).to(DEVICE)
    learn(network, rounds, order, course.batch, course.rate)
    return with_last_rounds(network, tokens, told, course.closings)


def with_last_rounds(network: Network, tokens: Tokenizer, told: Told, sets: Sequence[Closings]) -> Network:
    """Return what the last rounds of a course make of a network, with the head of the rails fitted anew."""
    for closings in sets:
        begun, ended = deepcopy(network.state_dict()), list[dict[str, torch.Tensor]]()
        for one in closings:
            network.load_state_dict(begun)
            if one:
                teach_last_round(network, tokens, told, one)
            ended.append(deepcopy(network.state_dict()))
        network.load_state_dict({name: sum(one[name] for one in ended) / len(ended) for name in begun})
    fit_rails(network.cpu(), tokens)
    return network


def teach_last_round(network: Network, tokens: Tokenizer, told: Told, closing: Closing) -> None:
    """Teach ordinary lines and what is advice elsewhere, and a part of all the rest, so that nothing is forgotten."""
    torch.manual_seed(closing.times)
    order = random.Random(closing.times)
    taught, _ = lessons.letters()
    asked, needed = (told[name] for name in unlabelled.ADVICE)
    rest = list(lessons.beside(order))
    rest += [run for name, runs in told.items() if name not in unlabelled.ADVICE for run in runs]
    runs = [
        *lessons.letter_runs([*taught, *lessons.newest()], order),
        *lessons.mixed()[0],
        *lessons.plain(taught, order),
    ]
    runs += [*asked, *closing.times * needed, *order.sample(rest, len(rest) // closing.part)]
    runs += [*lessons.ordinary(order), *lessons.ordinary(order), *lessons.asked(order)]
    runs += [*lessons.whole_letters(order), *lessons.newest_remarks()]
    learn(network, [[window(tokens, *run) for run in runs]], order, BATCH, closing.rate)


def learn(network: Network, rounds: Sequence[Sequence[Window]], order: random.Random, batch: int, rate: float) -> None:
    """Let a network learn rounds of windows; the rate rises for a while and then falls to nothing."""
    network.encoder.embeddings.requires_grad_(requires_grad=False)
    plan = [list(batches(windows, batch, order)) for windows in rounds]
    rates = {network.encoder: rate, network.heads: HEAD_RATE * min(1.0, rate / SHORT.rate)}
    lost = learned(network, [some for batched in plan for some in batched], rates, WARM_UP)
    begun = time.monotonic()
    for at, batched in enumerate(plan, 1):
        mean = sum(islice(lost, len(batched))) / len(batched)
        print(f"round {at}: loss {mean:.3f}, {time.monotonic() - begun:.0f} s", flush=True)


def epoch(public: Path, order: random.Random) -> Iterator[Run]:
    """Yield the letters, mixed sentences, public sentences, remarks and cases of one epoch."""
    taught, _ = lessons.letters()
    yield from lessons.letter_runs(taught, order)
    yield from lessons.mixed()[0]
    yield from lessons.plain(taught, order)
    yield from lessons.public(public, order, MOST_PUBLIC)
    beside = list(lessons.beside(order))
    yield from order.sample(beside, round(BESIDE * len(beside)))


def write_tokens(base: Path) -> None:
    """Write the word pieces, without the padding and truncation that the base came with."""
    tokens = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    WEIGHTS.mkdir(exist_ok=True)
    tokens.save(str(WEIGHTS / "tokenizer.json"), pretty=False)


def card() -> dict[str, Any]:
    """Return the card before calibration."""
    return {
        "version": VERSION, "heads": list(HEADS), "opening": BERT.opening, "separator": BERT.separator,
        "temperature": 1.0, "evidence": 0.0, "cut": 0.05, "asked": 0.0, "enough": {"warm": 0.5, "cold": 0.5},
        "elsewhere": {"counts": 0.75, "most": 0.7},  # of what the public head makes of a sentence alone, in logits
        "rails": {"enough": 0.7, "enough_of_few": 0.99},
        "distress": {"unpraised": 0.25, "beside_danger": 0.95, "alone": 0.92},
    }  # fmt: skip


def calibrate(encoder: Encoder, public: Path) -> dict[str, Any]:
    """Return the card, calibrated on the letters that were held back, and print how they are read."""
    _, held_back = lessons.letters()
    read = calibration.sums(encoder, held_back, neighbours=True)
    alone = calibration.sums(encoder, held_back, neighbours=False)
    made = {**card(), **calibration.fitted([*read, *alone])}
    for name, chosen in {"before": card(), "calibrated": made, "without rules": {**made, "evidence": 0.0}}.items():
        for way, found in {"with neighbours": read, "alone": alone}.items():
            seen = calibration.opinions(chosen, found)
            ok = [(o.confidence, o.kind in one.kinds) for o, one in zip(seen, found, strict=True)]
            ece = error_of(bins_of(ok))
            print(f"  {name:14} {way:16} {calibration.right(chosen, found):.3f} of {len(found)} right, ECE {ece:.3f}")
    made["enough"] = calibration.enough(made, read)
    made["cut"], cuts = calibration.price(replace(encoder, card=made), held_back, lessons.mixed()[1])
    made["asked"] = calibration.asked(encoder, public / "advice_needadvice" / "dev.jsonl")
    remarks, cases = parted(lessons.remarks())[1], parted(lessons.cases())[1]
    print(f"  {made}\n  {cuts}\n  {calibration.beside(encoder, made, remarks, cases)}")
    return made


def main() -> None:
    asked = argparse.ArgumentParser(description="Train the embedded reader.")
    asked.add_argument("base", type=Path)
    asked.add_argument("--public", type=Path, required=True)
    asked.add_argument("--long", action="store_true", help="learn for as long as the shipped weights did")
    asked.add_argument("--again", action="store_true", help="teach the weights that are there one more last round")
    asked.add_argument(
        "--calibrate", action="store_true", help="calibrate the weights that are there, and nothing else"
    )
    told = asked.parse_args()
    if not told.calibrate:
        if hashlib.sha256((told.base / "model.safetensors").read_bytes()).hexdigest() != BASE_SHA256:
            raise SystemExit("The base model is not the one that this project was made with.")
        write_tokens(told.base)
        tokens = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
        if told.again:
            network, said = opened(WEIGHTS / "reader.onnx", told.base), unlabelled.told(told.base, told.public)
            with_last_rounds(network.to(DEVICE), tokens, said, (ONE_MORE,))
        else:
            network = train(told.base, tokens, told.public, LONG if told.long else SHORT)
        export(network, WEIGHTS / "reader.onnx")
        (WEIGHTS / "reader.json").write_text(json.dumps(card(), indent=1) + "\n", "utf-8")
    made = calibrate(loaded(), told.public)
    (WEIGHTS / "reader.json").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
