"""A larger network that learns from the same letters, and tells the small one what it makes of texts nobody labelled.

    all-mpnet-base-v2 ─ letters, mixed and plain lines, a few public sentences ─ `unlabelled.py` ─ corpus/told.npz

`python training/teacher.py LARGE BASE --public FOLDER`: an hour and a quarter on two cores. LARGE is the folder of
all-mpnet-base-v2 (Apache-2.0), BASE that of the small network. Only what it says of texts is kept, not the network.
"""

import argparse
import hashlib
import random
import time
from collections.abc import Sequence
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


def taught(folder: Path, tokens: Tokenizer, public: Path) -> Teacher:
    """Teach the teacher."""
    torch.manual_seed(SEED)
    order = random.Random(SEED)
    teacher = Teacher(folder)
    teacher.encoder.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    letters, _ = lessons.letters()
    plan = []
    for _ in range(EPOCHS):
        runs = [*lessons.runs(letters, order), *lessons.mixed()[0], *lessons.plain(letters, order)]
        runs += lessons.public(public, order, PUBLIC)
        plan += batches([window(tokens, *run) for run in runs], BATCH, order)
    begun, total = time.monotonic(), 0.0
    rates = {teacher.encoder: RATE, teacher.heads: HEAD_RATE}
    for at, lost in enumerate(learned(teacher, plan, rates, WARM_UP), 1):
        total += lost
        if at % OFTEN == 0:
            print(f"{at} of {len(plan)}: loss {total / OFTEN:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
    return teacher


def said(teacher: Teacher, tokens: Tokenizer, texts: Sequence[Sequence[str]]) -> list[Tensor]:
    """Return for each run of texts the shares of the qualities, a row for each text."""
    teacher.eval()
    windows = [window(tokens, [Piece(text) for text in run]) for run in texts]
    place = {id(one): at for at, one in enumerate(windows)}
    found: dict[int, Tensor] = {}
    for batch in batches(windows, 4 * BATCH):
        found.update(zip((place[id(one)] for one in batch), _shares(teacher, batch), strict=True))
    return [found[at] for at in range(len(windows))]


def _shares(teacher: Teacher, batch: Sequence[Window]) -> list[Tensor]:
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        logits = teacher(*tensors(batch))["quality"].float()
    return [row[: len(one.spans)].softmax(-1) for one, row in zip(batch, logits, strict=True)]


def main() -> None:
    asked = argparse.ArgumentParser(description="Teach the teacher, and keep what it says of texts nobody labelled.")
    asked.add_argument("large", type=Path)
    asked.add_argument("base", type=Path)
    asked.add_argument("--public", type=Path, required=True)
    asked.add_argument("--state", type=Path, help="where the teacher is kept; one that is there is not taught anew")
    told = asked.parse_args()
    if hashlib.sha256((told.large / "model.safetensors").read_bytes()).hexdigest() != LARGE_SHA256:
        raise SystemExit("The large model is not the one that this project was made with.")
    network.CLS, network.SEP = CLS, SEP
    tokens = Tokenizer.from_file(str(told.large / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    if told.state and told.state.exists():
        teacher = Teacher(told.large)
        teacher.load_state_dict(torch.load(told.state))
    else:
        teacher = taught(told.large, tokens, told.public)
        if told.state:
            torch.save(teacher.state_dict(), told.state)
    texts = list(unlabelled.runs(told.base, told.public))
    unlabelled.keep(list(zip(texts, said(teacher, tokens, texts), strict=True)))
    print(f"{sum(map(len, texts))} texts in {len(texts)} runs")


if __name__ == "__main__":
    main()
