"""Larger networks that learn from the same lessons, and tell the small one what they make of texts nobody labelled.

    all-mpnet-base-v2 ┬ letters, mixed and plain lines, a few public sentences ┐
                      └ AskParents and NeedAdvice: is it advice?               ┴ `unlabelled.py` ─ corpus/told.npz

`python training/teacher.py LARGE BASE --public FOLDER`: two hours on two cores. LARGE is the folder of
all-mpnet-base-v2 (Apache-2.0), BASE that of the small network. Only what they say of texts is kept, not the networks.
"""

import argparse
import hashlib
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import lessons
import network
import torch
import unlabelled
from network import HEADS, Piece, Window, batches, learned, tensors, window
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import MPNetModel

LARGE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
EPOCHS, SEED, PUBLIC, BATCH = 3, 1, 1000, 900
RATE, HEAD_RATE, WARM_UP = 3e-5, 5e-4, 60
CLS, SEP, PAD = 0, 2, 1  # of its own word pieces
OFTEN = 100  # batches between two lines of progress

Plan = list[list[Window]]
"""Batches in the order in which they are learned."""


class Teacher(nn.Module):
    """The large encoder with heads for qualities and for the public sets."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(folder, add_pooling_layer=False)
        self.drop = nn.Dropout(0.1)
        size = self.encoder.config.hidden_size
        self.heads = nn.ModuleDict({name: nn.Linear(size, HEADS[name]) for name in ("quality", "public")})

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor) -> dict[str, Tensor]:
        """Return the logits of each head for each span, as `Network` does."""
        hidden = self.encoder(input_ids=ids.where(mask == 1, PAD), attention_mask=mask).last_hidden_state
        pooled = self.drop(spans @ hidden)
        return {name: head(pooled) for name, head in self.heads.items()}


def letters(tokens: Tokenizer, public: Path, order: random.Random) -> Plan:
    """Return the lessons of who is taught to read letters."""
    taught, _ = lessons.letters()
    plan: Plan = []
    for _ in range(EPOCHS):
        runs = [*lessons.runs(taught, order), *lessons.mixed()[0], *lessons.plain(taught, order)]
        runs += lessons.public(public, order, PUBLIC)
        plan += batches([window(tokens, *run) for run in runs], BATCH, order)
    return plan


def advice(tokens: Tokenizer, public: Path, order: random.Random) -> Plan:
    """Return the lessons of who is taught what is advice among strangers: both sets, then that with the harder rows."""
    asked, needed = ([window(tokens, *run) for run in lessons.advice(public / name)] for name in unlabelled.ADVICE)
    return [*batches(asked + needed, BATCH, order), *batches(needed, BATCH, order)]


def taught(folder: Path, plan: Plan) -> Teacher:
    """Teach a teacher."""
    torch.manual_seed(SEED)
    teacher = Teacher(folder)
    teacher.encoder.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    begun, total = time.monotonic(), 0.0
    rates = {teacher.encoder: RATE, teacher.heads: HEAD_RATE}
    for at, lost in enumerate(learned(teacher, plan, rates, WARM_UP), 1):
        total += lost
        if at % OFTEN == 0:
            print(f"{at} of {len(plan)}: loss {total / OFTEN:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
    return teacher


def kept(folder: Path, file: Path | None, plan: Callable[[], Plan]) -> Teacher:
    """Return a teacher from a file, or teach one and keep it there."""
    if file and file.exists():
        teacher = Teacher(folder)
        teacher.load_state_dict(torch.load(file))
        return teacher
    teacher = taught(folder, plan())
    if file:
        torch.save(teacher.state_dict(), file)
    return teacher


def said(teacher: Teacher, windows: Sequence[Window], head: str) -> list[Tensor]:
    """Return for each window the logits of a head, a row for each span."""
    teacher.eval()
    place = {id(one): at for at, one in enumerate(windows)}
    found: dict[int, Tensor] = {}
    for batch in batches(windows, 4 * BATCH):
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            logits = teacher(*tensors(batch))[head].float()
        found.update((place[id(one)], row[: len(one.spans)]) for one, row in zip(batch, logits, strict=True))
    return [found[at] for at in range(len(windows))]


def main() -> None:
    asked = argparse.ArgumentParser(description="Teach the teachers, and keep what they say of texts nobody labelled.")
    asked.add_argument("large", type=Path)
    asked.add_argument("base", type=Path)
    asked.add_argument("--public", type=Path, required=True)
    asked.add_argument("--states", type=Path, help="a folder to keep the teachers in; who is there is not taught anew")
    told = asked.parse_args()
    if hashlib.sha256((told.large / "model.safetensors").read_bytes()).hexdigest() != LARGE_SHA256:
        raise SystemExit("The large model is not the one that this project was made with.")
    network.CLS, network.SEP = CLS, SEP
    tokens = Tokenizer.from_file(str(told.large / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    reader, adviser = (
        kept(told.large, told.states and told.states / f"{plan.__name__}.pt", partial(plan, tokens, told.public, order))
        for plan, order in ((letters, random.Random(SEED)), (advice, random.Random(SEED)))
    )
    texts = [run for _, run in unlabelled.runs(told.base, told.public)]
    windows = [window(tokens, [Piece(text) for text in run]) for run in texts]
    shares = [one.softmax(-1) for one in said(reader, windows, "quality")]
    unlabelled.keep(texts, shares, [one[:, 0].sigmoid() for one in said(adviser, windows, "public")])
    print(f"{sum(map(len, texts))} texts in {len(texts)} runs")


if __name__ == "__main__":
    main()
