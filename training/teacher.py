"""Larger networks that learn from the same lessons, and tell the small one what they make of texts nobody labelled.

    all-mpnet-base-v2, three seeds each ┬ letters, mixed and plain lines, remarks and cases, a few public sentences ┐
                                        └ AskParents and NeedAdvice: is it advice?                                  ┤
                                                 corpus/told.npz ─ the mean of what they say of `unlabelled.py` ────┘

`python training/teacher.py LARGE BASE --public FOLDER`: minutes on a graphics card, half a day on two cores. LARGE is
the folder of all-mpnet-base-v2 (Apache-2.0), BASE that of the small network. Only what they say of texts is kept, not
the networks.
"""

import argparse
import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import lessons
import numpy as np
import pieces
import torch
import unlabelled
from network import DEVICE, HEADS, OF_CLASSES, batches, learned, tensors
from numpy.typing import NDArray
from pieces import Piece, SpecialTokens, Window
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import MPNetModel

LARGE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
SEEDS = (1, 2, 3)
EPOCHS, PUBLIC, BATCH = 4, 1000, 1800
RATE, HEAD_RATE, WARM_UP = 4e-5, 5e-4, 60
MPNET, PAD = SpecialTokens(opening=0, separator=2), 1  # of its own word pieces
OFTEN = 100  # batches between two lines of progress
window = partial(pieces.window, special=MPNET)

Plan = list[list[Window]]
"""Batches in the order in which they are learned."""


class Teacher(nn.Module):
    """The large encoder with the heads of the small one."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(folder, add_pooling_layer=False)
        self.drop = nn.Dropout(0.1)
        size = self.encoder.config.hidden_size
        self.heads = nn.ModuleDict({name: nn.Linear(size, many) for name, many in HEADS.items()})

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor) -> dict[str, Tensor]:
        """Return the logits of each head for each span, as `Network` does."""
        hidden = self.encoder(input_ids=ids.where(mask == 1, PAD), attention_mask=mask).last_hidden_state
        pooled = self.drop(spans @ hidden)
        return {name: head(pooled) for name, head in self.heads.items()}


def reading(tokens: Tokenizer, public: Path, order: random.Random) -> Plan:
    """Return the lessons of who is taught to read letters, and hears danger and what must not be said."""
    taught, _ = lessons.letters()
    plan: Plan = []
    for _ in range(EPOCHS):
        runs = [
            *lessons.letter_runs(taught, order),
            *lessons.mixed()[0],
            *lessons.plain(taught, order),
            *lessons.beside(order),
        ]
        runs += lessons.public(public, order, PUBLIC)
        plan += batches([window(tokens, *run) for run in runs], BATCH, order)
    return plan


def advice(tokens: Tokenizer, public: Path, order: random.Random) -> Plan:
    """Return the lessons of who is taught what is advice among strangers: both sets, then that with the harder rows."""
    asked, needed = ([window(tokens, *run) for run in lessons.advice(public / name)] for name in unlabelled.ADVICE)
    return [*batches(asked + needed, BATCH // 2, order), *batches(needed, BATCH // 2, order)]


PLANS: dict[str, Callable[[Tokenizer, Path, random.Random], Plan]] = {"reading": reading, "advice": advice}


def taught(folder: Path, plan: Plan, seed: int) -> Teacher:
    """Teach a teacher."""
    torch.manual_seed(seed)
    teacher = Teacher(folder).to(DEVICE)
    teacher.encoder.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    begun, total = time.monotonic(), 0.0
    rates = {teacher.encoder: RATE, teacher.heads: HEAD_RATE}
    for at, lost in enumerate(learned(teacher, plan, rates, WARM_UP), 1):
        total += lost
        if at % OFTEN == 0:
            print(f"{at} of {len(plan)}: loss {total / OFTEN:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
    return teacher


def said(teacher: nn.Module, windows: Sequence[Window]) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield for each window what each head says of its spans: shares of classes, or of yes."""
    teacher.eval()
    place = {id(one): at for at, one in enumerate(windows)}
    found: dict[int, dict[str, NDArray[np.float32]]] = {}
    for batch in batches(windows, 4 * BATCH):
        with torch.no_grad(), torch.autocast(DEVICE, dtype=torch.bfloat16):
            logits = teacher(*(one.to(DEVICE) for one in tensors(batch)))
        shares = {
            name: out.float().softmax(-1) if name in OF_CLASSES else out.float().sigmoid()
            for name, out in logits.items()
        }
        held = {name: out.cpu().numpy() for name, out in shares.items()}
        for row, one in enumerate(batch):
            found[place[id(one)]] = {name: out[row, : len(one.spans)] for name, out in held.items()}
    yield from (found[at] for at in range(len(windows)))


def rows(read: dict[str, NDArray[np.float32]], advised: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return what two teachers say of the texts of a run as rows in the order of `unlabelled.HEADS`."""
    return np.hstack([read["quality"], read["distress"], advised["public"][:, :1], read["rails"]])


def main() -> None:
    asked = argparse.ArgumentParser(description="Teach the teachers, and keep what they say of texts nobody labelled.")
    asked.add_argument("large", type=Path)
    asked.add_argument("base", type=Path)
    asked.add_argument("--public", type=Path, required=True)
    told = asked.parse_args()
    if hashlib.sha256((told.large / "model.safetensors").read_bytes()).hexdigest() != LARGE_SHA256:
        raise SystemExit("The large model is not the one that this project was made with.")
    tokens = Tokenizer.from_file(str(told.large / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    texts = [run for _, run in unlabelled.runs(told.base, told.public)]
    windows = [window(tokens, [Piece(text) for text in run]) for run in texts]
    total = [np.zeros((len(run), sum(unlabelled.HEADS.values())), np.float32) for run in texts]
    for seed in SEEDS:
        plans = (plan(tokens, told.public, random.Random(seed)) for plan in PLANS.values())
        read, advised = (said(taught(told.large, plan, seed), windows) for plan in plans)
        total = [sum_ + rows(*two) for sum_, two in zip(total, zip(read, advised, strict=True), strict=True)]
    unlabelled.keep(texts, [one / len(SEEDS) for one in total])
    print(f"{sum(map(len, texts))} texts in {len(texts)} runs")


if __name__ == "__main__":
    main()
