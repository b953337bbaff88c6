"""Train the embedded reader: `make train`. From the corpus to `weights/`, seeded, on two cores in under an hour.

    lessons.py, and what a larger network said of texts that nobody labelled: unlabelled.py
        └─ windows ─ network.py: MiniLM-L6 with heads ─ heads.py ─ export.py: ONNX int8 ─ calibration.py ─ weights/

`python training/reader.py BASE --public FOLDER`. BASE is the folder of the base model; its hash is checked. Letters
that are held back set the temperature, what the rules' evidence counts, what is enough to be marked, and the price
of a cut; `cases/heldout` is never read. Needs the group `training`, which the product does not.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import calibration
import lessons
import torch
import unlabelled
from export import export
from heads import fit_rails
from linear import ROOT
from network import CLS, HEADS, SEP, Network, Window, batches, learned, window
from tokenizers import Tokenizer

from compassion_coach.embedded.encoder import Encoder, loaded
from compassion_coach.evaluate import bins_of, error_of
from compassion_coach.labelled import LabelledLetter
from compassion_coach.vocabulary import Level

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SEED = 1
EPOCHS = 3
MOST_PUBLIC = 7000
TIMES_BESIDE = 2  # how often remarks and levels are seen in all, letters being seen once an epoch
BATCH = 900  # word pieces, with the padding
RATE, HEAD_RATE, WARM_UP = 1e-4, 1e-3, 60
CLOSING = 4e-5  # the rate of the last rounds
CLOSINGS = (1, 2)  # how often each of two last rounds sees what people elsewhere call advice; their mean is kept
PART = 6  # which part of remarks and cases those see, beside the ordinary lines
VERSION = "reader-4"
WEIGHTS = ROOT / "weights"


def train(base: Path, tokens: Tokenizer, public: Path, epochs: int) -> Network:
    """Train a network on everything that may be learned from, plain lines last."""
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    beside = [window(tokens, *run) for _ in range(TIMES_BESIDE) for run in lessons.beside(order)]
    beside += [window(tokens, *run) for runs in unlabelled.told(base, public).values() for run in runs]
    order.shuffle(beside)
    network = Network(base)
    rounds = [[*epoch(tokens, public, order), *beside[at::epochs]] for at in range(epochs)]
    learn(network, rounds, order, RATE)
    return closed(network, base, tokens, public)


def closed(network: Network, base: Path, tokens: Tokenizer, public: Path) -> Network:
    """Return the mean of what the last rounds make of a network, with the head of the rails fitted anew."""
    begun, ended = deepcopy(network.state_dict()), list[dict[str, torch.Tensor]]()
    for times in CLOSINGS:
        network.load_state_dict(begun)
        closing(network, tokens, unlabelled.told(base, public)["advice_needadvice"] * times)
        ended.append(deepcopy(network.state_dict()))
    network.load_state_dict({name: sum(one[name] for one in ended) / len(ended) for name in begun})
    fit_rails(network, tokens)
    return network


def closing(network: Network, tokens: Tokenizer, advice: Sequence[lessons.Run]) -> None:
    """Teach plain and ordinary lines, beside a part of all the rest, so that nothing is forgotten."""
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    taught, _ = lessons.letters()
    some, beside = order.sample(taught, len(taught) // 3), list(lessons.beside(order))
    runs = [*lessons.plain(taught, order), *letters(some, order), *lessons.mixed()[0], *advice]
    runs += [*order.sample(beside, len(beside) // PART), *lessons.ordinary(order), *lessons.ordinary(order)]
    learn(network, [[window(tokens, *run) for run in runs]], order, CLOSING)


def learn(network: Network, rounds: Sequence[Sequence[Window]], order: random.Random, rate: float) -> None:
    """Let a network learn rounds of windows; the rate rises for a while and then falls to nothing."""
    network.encoder.embeddings.requires_grad_(requires_grad=False)
    plan = [list(batches(windows, BATCH, order)) for windows in rounds]
    rates = {network.encoder: rate, network.heads: HEAD_RATE * rate / RATE}
    lost = learned(network, [batch for batched in plan for batch in batched], rates, WARM_UP)
    begun = time.monotonic()
    for at, batched in enumerate(plan, 1):
        mean = sum(islice(lost, len(batched))) / len(batched)
        print(f"round {at}: loss {mean:.3f}, {time.monotonic() - begun:.0f} s", flush=True)


def epoch(tokens: Tokenizer, public: Path, order: random.Random) -> Iterator[Window]:
    """Yield the windows of letters, mixed sentences and public sentences of one epoch."""
    taught, _ = lessons.letters()
    runs = [*letters(taught, order), *lessons.mixed()[0], *lessons.plain(taught, order)]
    for pieces, whole in (*runs, *lessons.public(public, order, MOST_PUBLIC)):
        yield window(tokens, pieces, whole)


def letters(taught: Sequence[LabelledLetter], order: random.Random) -> Iterator[lessons.Run]:
    """Yield the runs of letters."""
    calm = [letter for letter in taught if letter.level is Level.NONE]
    yield from lessons.at_ease(lessons.runs(calm, order), order)
    yield from lessons.runs([letter for letter in taught if letter.level is not Level.NONE], order)


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
        "version": VERSION, "heads": list(HEADS), "opening": CLS, "separator": SEP, "temperature": 1.0, "evidence": 0.0,
        "cut": 0.05, "asked": 0.0, "enough": {"warm": 0.5, "cold": 0.5},
        "elsewhere": {"counts": 0.75, "most": 0.7},  # of what the public head makes of a sentence alone, in logits
        "rails": {"enough": 0.7, "enough_of_few": 0.99},
        "distress": {"unpraised": 0.3, "alone": 0.9},
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
    made["cut"], parted = calibration.price(replace(encoder, card=made), held_back, lessons.mixed()[1])
    made["asked"] = calibration.asked(encoder, public / "advice_needadvice" / "dev.jsonl")
    print(f"  {made}\n  {parted}\n  {calibration.beside(encoder, made)}")
    return made


def main() -> None:
    asked = argparse.ArgumentParser(description="Train the embedded reader.")
    asked.add_argument("base", type=Path)
    asked.add_argument("--public", type=Path, required=True)
    asked.add_argument("--epochs", type=int, default=EPOCHS)
    asked.add_argument("--state", type=Path, help="where the network is kept before it is made small")
    asked.add_argument("--close", type=Path, help="a kept network to teach the last rounds, and nothing before them")
    asked.add_argument(
        "--calibrate", action="store_true", help="calibrate the weights that are there, and nothing else"
    )
    told = asked.parse_args()
    if not told.calibrate:
        if hashlib.sha256((told.base / "model.safetensors").read_bytes()).hexdigest() != BASE_SHA256:
            raise SystemExit("The base model is not the one that this project was made with.")
        write_tokens(told.base)
        tokens = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
        if told.close:
            network = Network(told.base)
            network.load_state_dict(torch.load(told.close))
            closed(network, told.base, tokens, told.public)
        else:
            network = train(told.base, tokens, told.public, told.epochs)
        if told.state:
            torch.save(network.state_dict(), told.state)
        export(network, WEIGHTS / "reader.onnx")
        (WEIGHTS / "reader.json").write_text(json.dumps(card(), indent=1) + "\n", "utf-8")
    made = calibrate(loaded(), told.public)
    (WEIGHTS / "reader.json").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
