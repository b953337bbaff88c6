"""Fit the head of the rails anew, on an encoder that no longer changes.

A head is a linear sum of what the encoder makes of a remark. While everything is learned together it is one lesson
of many, and words that were vetted come up no oftener than others; by itself it hears each remark as it will be heard.
"""

from collections.abc import Sequence

import lessons
import numpy as np
import rails
import torch
from linear import Lesson
from network import Network, batches, tensors
from numpy.typing import NDArray
from pieces import Piece, window
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sources import parted
from tokenizers import Tokenizer

from compassion_coach.remarks.quoted import as_heard

EASE = 0.1  # the inverse of how much large weights cost; with more it is sure of the shortest remarks, right or wrong
BATCH = 3000  # word pieces, with the padding


def fit_rails(network: Network, tokens: Tokenizer) -> None:
    """Put the head of the rails in its place: whether a remark may be shown."""
    remarks = [*parted(lessons.remarks())[0], *rails.company()]
    blocked = [one.share == "block" for one in remarks]
    fitted = LogisticRegression(C=EASE, max_iter=3000)
    fitted.fit(encoded(network, tokens, remarks), blocked, sample_weight=[one.counts for one in remarks])
    head = network.heads["rails"]
    with torch.no_grad():
        head.weight.copy_(torch.tensor(fitted.coef_, dtype=torch.float32))
        head.bias.copy_(torch.tensor(fitted.intercept_, dtype=torch.float32))


def encoded(network: Network, tokens: Tokenizer, remarks: Sequence[Lesson]) -> NDArray[np.float32]:
    """Return what the encoder makes of remarks: a row of its hidden size for each, the mean of its word pieces."""
    windows = [window(tokens, [Piece(as_heard(one.text), ())]) for one in remarks]
    rows = {id(one): at for at, one in enumerate(windows)}
    found = np.zeros((len(windows), network.encoder.config.hidden_size), np.float32)
    network.eval()
    with torch.no_grad():
        for batch in batches(windows, BATCH):
            found[[rows[id(one)] for one in batch]] = network.pooled(*tensors(batch))[:, 0].numpy()
    return found
