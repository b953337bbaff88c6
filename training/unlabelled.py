"""Texts that nobody labelled, for larger networks to tell a smaller one what they make of them: `teacher.py`.

    letters to learn from ─ words changed for their like or left out, sentences put into other letters, two made one
    cases and remarks     ─ words changed or left out, half of the cases inside a letter
    public sets           ─ sentences by themselves

Of each text it is told how much it is of each quality and of each level of distress, and how much it is advice as
NeedAdvice means it; of a remark only how far it must not be shown. Where a set asks about advice, that is believed in
the qualities: how the rest is shared out stays.

What was told is kept in `training/corpus/told.npz` under a hash of each text, for the texts of the public sets are not
ours to keep: who has them can make the same texts again. What is made of a case or a remark depends on its place among
all of them: a new file of these gets a name after all others, or what was told of those behind it is lost.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Any

import lessons
import numpy as np
from numpy.typing import NDArray
from pieces import QUALITIES, Piece, Run, Target
from sources import CORPUS, parted, rows_of
from tokenizers import Tokenizer

from compassion_coach.labelled import LabelledLetter
from compassion_coach.remarks.quoted import as_heard
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Level

TOLD = CORPUS / "told.npz"
SEED = 2
LETTERS, CASES, REMARKS = "letters", "cases", "remarks"
PUBLIC = {"advice_needadvice": 7000, "offmychest": 8000, "advice_askparents": 9000, "goemotions": 12000}
ADVICE = ("advice_askparents", "advice_needadvice")  # the same question, asked of other people
ADVICE_COUNTS = 0.5  # what is said of these counts less for the qualities: advice to strangers is not quite a letter's
CHANGED, LEFT_OUT, STRANGE, JOINED = 0.12, 0.04, 0.15, 0.1  # of the words, of the words, and twice of the sentences
AT_EASE = 0.3  # what is said of distress counts less where hardly anybody is in any
NEAREST = 8  # words that may stand for another
AGAIN = ("", " again", " a third time", " a fourth time")  # each letter is changed in so many ways
AGAIN_CASES = AGAIN[:2]
LATER = (
    "123456789OPQRSTUVWXYZABC"  # authors who wrote after the networks were asked: cases do not stand in their letters
)
HEADS = {"quality": len(QUALITIES), "distress": len(lessons.LEVELS), "advice": 1, "rails": 1}  # what is kept, in order
_ADVISING = np.array([quality is not None and quality.kind is Kind.ADVICE for quality in QUALITIES])
_JOINTS = (", but ", ", and ", ". ", " ", ", so ")
_WORD = re.compile(r"[a-z]{3,}")


def runs(base: Path, public: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of neighbouring folded texts, each with the set that it is from, the same each time.

    What is made of a letter depends on it and on its author's others alone, so a new author takes nothing away.
    """
    like = alike(base)
    by_author: dict[str, list[LabelledLetter]] = {}
    taught, _ = lessons.letters()
    calm = [letter for letter in taught if letter.level is Level.NONE and letter.name[0] not in LATER]
    for letter in taught:
        by_author.setdefault(letter.name[0], []).append(letter)
    for written in by_author.values():
        sentences = [fold(sentence.text).text for letter in written for sentence in letter.sentences]
        for letter, again in product(written, AGAIN):
            order = random.Random(f"{SEED} {letter.name}{again}")
            for pieces, _ in lessons.runs([letter], order):
                texts = [order.choice(sentences) if order.random() < STRANGE else piece.text for piece in pieces]
                texts = [_joined(text, order.choice(sentences), order) for text in texts]
                yield LETTERS, [_changed(text, like, order) for text in texts]
    for again, (at, case) in product(AGAIN_CASES, enumerate(parted(lessons.cases())[0])):
        order = random.Random(f"{SEED} {CASES} {at}{again}")
        texts = [_changed(case.text, like, order)]
        if order.random() < lessons.INSIDE:
            texts = lessons.among(texts, [fold(s.text).text for s in order.choice(calm).sentences], order)
        yield CASES, texts
    for at, remark in enumerate(parted(lessons.remarks())[0]):
        yield REMARKS, [_changed(as_heard(remark.text), like, random.Random(f"{SEED} {REMARKS} {at}"))]
    for name, most in PUBLIC.items():
        rows = rows_of(public / name)
        drawn = random.Random(f"{SEED} {name}").sample(rows, min(most, len(rows)))
        yield from ((name, [fold(row["text"]).text]) for row in drawn)


def told(base: Path, public: Path) -> dict[str, list[Run]]:
    """Return for each set the runs with what was said of each of their texts."""
    kept = np.load(TOLD)
    said = dict(zip(kept["keys"].tolist(), kept["said"], strict=True))
    found: dict[str, list[Run]] = {name: [] for name in (LETTERS, CASES, REMARKS, *PUBLIC)}
    made = Counter[str]()
    for name, texts in runs(base, public):
        made[name] += 1
        known = [said.get(key(texts, at)) for at in range(len(texts))]
        if all(one is not None for one in known):
            targets = [targets_of(name, one / 255) for one in known if one is not None]
            found[name].append(([Piece(text, one) for text, one in zip(texts, targets, strict=True)], []))
    print("told:", ", ".join(f"{name} {len(some)} of {made[name]}" for name, some in found.items()), flush=True)
    return found


def targets_of(name: str, said: NDArray[np.floating]) -> tuple[Target, ...]:
    """Return what a text of a set is, as was said of it: shares in the order of HEADS."""
    shares, levels, (advice,), (rails,) = np.split(said, np.cumsum(list(HEADS.values()))[:-1])
    if name == REMARKS:
        return (Target("rails", facts={0: float(rails)}),)
    shares, levels = (part / max(1e-6, float(part.sum())) for part in (shares, levels))
    if name in ADVICE:
        held = shares[_ADVISING].sum()
        shares[_ADVISING] = advice * (shares[_ADVISING] / held if held else 1 / _ADVISING.sum())
        shares[~_ADVISING] *= (1 - advice) / max(1e-6, 1 - held)
    return (
        Target("quality", shares=tuple(shares.tolist()), counts=ADVICE_COUNTS if name in ADVICE else 1.0),
        Target("public", facts={0: float(advice)}, counts=lessons.PUBLIC_FACTS),
        Target("distress", shares=tuple(levels.tolist()), counts=1.0 if name == CASES else AT_EASE),
    )


def keep(texts: Sequence[Sequence[str]], said: Sequence[Any]) -> None:
    """Write down what was said of each text of each run, in 255 parts: a row of shares in the order of HEADS."""
    keys = [key(run, at) for run in texts for at in range(len(run))]
    parts = np.round(255 * np.concatenate(said)).astype(np.uint8)
    np.savez_compressed(TOLD, keys=np.array(keys, np.uint64), said=parts)


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
