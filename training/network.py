"""The encoder under the embedded reader, as torch sees it: windows of sentences in, a vector a span, heads on it.

    window ─ tokens of its pieces, one after another ─ MiniLM ─ mean over each span's tokens ─ heads

A letter is encoded a window at a time, so every sentence is read with its neighbours and costs no more than its own
tokens. Source of the base: all-MiniLM-L6-v2 (Apache-2.0).
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
from pieces import QUALITIES, Target, Window
from torch import Tensor, nn
from transformers import BertModel

HEADS = {"quality": len(QUALITIES), "public": 3, "rails": 1, "distress": 4}
OF_CLASSES = ("quality", "distress")  # whose answers shut each other out; of the others each is yes or no
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
LEAST = -1e4  # the log of a share that is none


class Network(nn.Module):
    """The encoder with its heads."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
        )
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({name: nn.Linear(self.encoder.config.hidden_size, n) for name, n in HEADS.items()})

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor) -> dict[str, Tensor]:
        """Return the logits of each head for each span. `spans` holds a row of token weights for each span."""
        pooled = self.drop(self.pooled(ids, mask, spans))
        return {name: head(pooled) for name, head in self.heads.items()}

    def pooled(self, ids: Tensor, mask: Tensor, spans: Tensor) -> Tensor:
        """Return what the encoder makes of each span, which the heads hear: a row of its hidden size."""
        hidden: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return spans @ hidden


def batches(windows: Sequence[Window], size: int, order: random.Random | None = None) -> Iterator[list[Window]]:
    """Yield windows of like length together, at most `size` tokens with the padding; shuffled by `order`."""
    jitter = {id(one): len(one.ids) * (1 + (order.random() - 0.5) / 4 if order else 1) for one in windows}
    found: list[list[Window]] = [[]]
    longest = 0
    for one in sorted(windows, key=lambda one: jitter[id(one)]):
        longest = max(longest, len(one.ids))
        if found[-1] and longest * (len(found[-1]) + 1) > size:
            found.append([])
            longest = len(one.ids)
        found[-1].append(one)
    if order:
        order.shuffle(found)
    yield from found


def tensors(batch: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask and span weights of a batch."""
    long, many = max(len(one.ids) for one in batch), max(len(one.spans) for one in batch)
    ids, mask = torch.zeros(len(batch), long, dtype=torch.long), torch.zeros(len(batch), long, dtype=torch.long)
    spans = torch.zeros(len(batch), many, long)
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        mask[row, : len(one.ids)] = 1
        for at, span in enumerate(one.spans):
            spans[row, at, span.start : span.end] = 1 / (span.end - span.start)
    return ids, mask, spans


def loss(logits: dict[str, Tensor], batch: Sequence[Window]) -> Tensor:
    """Return the mean loss of a batch: minus the log of what the allowed classes hold together; facts one by one."""
    told: dict[str, list[tuple[int, int, Target]]] = {head: [] for head in logits}
    for row, one in enumerate(batch):
        for at, span in enumerate(one.spans):
            for target in span.targets:
                told[target.head].append((row, at, target))
    lost = [_lost(logits[head], some) for head, some in told.items() if some]
    return torch.stack(lost).sum() / max(1, sum(t.many for some in told.values() for _, _, t in some))


def _lost(out: Tensor, told: Sequence[tuple[int, int, Target]]) -> Tensor:
    rows, places, targets = zip(*told, strict=True)
    out = out[list(rows), list(places)].float()
    shape = out.shape
    classes, shares, facts, asked = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    for row, target in enumerate(targets):
        classes[row, list(target.allowed)] = 1
        if target.shares:
            shares[row] = torch.tensor(target.shares) * target.counts
        for index, truth in target.facts.items():
            facts[row, index], asked[row, index] = truth, target.counts
    counts = torch.tensor([target.counts if target.allowed else 0.0 for target in targets]).to(out.device)
    classes, shares, facts, asked = (one.to(out.device) for one in (classes, shares, facts, asked))
    said = torch.log_softmax(out, -1)
    held = torch.logsumexp(said.masked_fill(classes == 0, LEAST), -1)
    answered = nn.functional.binary_cross_entropy_with_logits(out, facts, asked, reduction="sum")
    return answered - (shares * said).sum() - (counts * held).sum()


def learned(
    network: nn.Module, plan: Sequence[Sequence[Window]], rates: Mapping[nn.Module, float], warm_up: int
) -> Iterator[float]:
    """Let a network learn batches of windows, and yield what was lost on each.

    Each part learns at its rate, which rises for `warm_up` batches and then falls to nothing.
    """
    parts = [{"params": [p for p in part.parameters() if p.requires_grad], "lr": rate} for part, rate in rates.items()]
    optimizer = torch.optim.AdamW(parts, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min(1, (at + 1) / warm_up) * (1 - at / (len(plan) + 1))
    )
    network.train()
    device = next(network.parameters()).device
    for batch in plan:
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits = network(*(one.to(device) for one in tensors(batch)))
        lost = loss(logits, batch)
        lost.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        pace.step()
        optimizer.zero_grad()
        yield lost.item()
