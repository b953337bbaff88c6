"""Texts that nobody labelled, for a larger network to tell a smaller one what it makes of them: `teacher.py`.

    letters to learn from ─ words changed for their like or left out, sentences put into other letters, two made one
    public sets           ─ sentences by themselves

What was told is kept in `training/corpus/told.npz` under a hash of each text, for the texts of the public sets are not
ours to keep: who has them can make the same texts again.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import lessons
import numpy as np
from network import Piece, Target
from tokenizers import Tokenizer

from compassion_coach.folding import fold

TOLD = lessons.CORPUS / "told.npz"
SEED = 2
PUBLIC = {"advice_needadvice": 2500, "offmychest": 2500, "advice_askparents": 1500, "goemotions": 2500}
CHANGED, LEFT_OUT, STRANGE, JOINED = 0.12, 0.04, 0.15, 0.1  # of the words, of the words, and twice of the sentences
NEAREST = 8  # words that may stand for another
_JOINTS = (", but ", ", and ", ". ", " ", ", so ")
_WORD = re.compile(r"[a-z]{3,}")


def runs(base: Path, public: Path) -> Iterator[list[str]]:
    """Yield runs of neighbouring folded texts, the same each time."""
    order = random.Random(SEED)
    taught, _ = lessons.letters()
    like = alike(base)
    everything = [fold(sentence.text).text for letter in taught for sentence in letter.sentences]
    for pieces, _ in lessons.runs(taught, order):
        texts = [order.choice(everything) if order.random() < STRANGE else piece.text for piece in pieces]
        texts = [_joined(text, order.choice(everything), order) for text in texts]
        yield [_changed(text, like, order) for text in texts]
    for name, most in PUBLIC.items():
        rows = lessons.rows_of(public / name)
        yield from ([fold(row["text"]).text] for row in order.sample(rows, min(most, len(rows))))


def told(base: Path, public: Path) -> list[lessons.Run]:
    """Return the runs with what the teacher said of each of their texts."""
    kept = np.load(TOLD)
    shares = dict(zip(kept["keys"].tolist(), kept["shares"], strict=True))
    found = []
    for texts in runs(base, public):
        known = [shares.get(key(texts, at)) for at in range(len(texts))]
        if all(share is not None for share in known):
            pieces = [
                Piece(text, (Target("quality", shares=tuple((share / max(1, share.sum())).tolist())),))
                for text, share in zip(texts, known, strict=True)
            ]
            found.append((pieces, []))
    return found


def keep(found: Sequence[tuple[Sequence[str], Sequence[Any]]]) -> None:
    """Write down what a teacher said of each text of each run: shares of the qualities, in 255 parts."""
    keys = [key(texts, at) for texts, said in found for at in range(len(said))]
    parts = np.array([np.round(255 * one) for _, said in found for one in said], np.uint8)
    np.savez_compressed(TOLD, keys=np.array(keys, np.uint64), shares=parts)


def key(texts: Sequence[str], at: int) -> int:
    """Return the name of a text among its neighbours."""
    return int.from_bytes(blake2b("\0".join([*texts, str(at)]).encode(), digest_size=8).digest(), "big")


@cache
def alike(base: Path) -> Mapping[str, Sequence[str]]:
    """Return for each common word those that the base model puts nearest to it."""
    from safetensors.numpy import load_file

    vocabulary = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    words = [word for word in sorted(vocabulary) if _WORD.fullmatch(word)]
    table = next(t for n, t in load_file(base / "model.safetensors").items() if n.endswith("word_embeddings.weight"))
    vectors = table[[vocabulary[word] for word in words]].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = {}
    for first in range(0, len(words), 1000):
        near = np.argsort(-(vectors[first : first + 1000] @ vectors.T), axis=1, kind="stable")[:, 1 : NEAREST + 1]
        found.update(
            {word: [words[at] for at in row] for word, row in zip(words[first : first + 1000], near, strict=True)}
        )
    return found


def _changed(text: str, like: Mapping[str, Sequence[str]], order: random.Random) -> str:
    def word(found: re.Match[str]) -> str:
        chance = order.random()
        if chance < LEFT_OUT:
            return ""
        return order.choice(like[found[0]]) if chance < LEFT_OUT + CHANGED and found[0] in like else found[0]

    changed = " ".join(_WORD.sub(word, text).split())
    return changed if _WORD.search(changed) else text


def _joined(text: str, other: str, order: random.Random) -> str:
    return text.rstrip(".!, ") + order.choice(_JOINTS) + other if order.random() < JOINED else text
