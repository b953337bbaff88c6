"""The figures of MODEL_CARD.md: `make card` (PUBLIC='--public FOLDER' for those of the public sets).

Everything here is measured on sentences that the reader was not trained on: `cases/heldout`, and the letters of
`training/corpus` that were held back to calibrate by. Intervals are 95 % by drawing letters anew a thousand times.
"""

import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from labels import evaluation as evaluated
from labels import judged
from marks import counted

from compassion_coach.embedded.encoder import encoder
from compassion_coach.embedded.reader import labels
from compassion_coach.embedded.windows import Asked
from compassion_coach.evaluate import Evaluation, Judged
from compassion_coach.labelled import LabelledLetter, letters_in
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind

sys.path.append(str(Path(__file__).parents[1] / "training"))
from sources import ROOT, parted, rows_of, written

DRAWS = 1000
SITUATIONS = {
    "work and money": r"work|job|boss|shift|redundan|interview|office|debt|rent|bills?|promot|client|manager|farm|shop",
    "study": r"exam|school|essay|uni|university|college|lecture|grades?|teacher|thesis|homework|test results",
    "love and friendship": r"boyfriend|girlfriend|husband|wife|marriage|divorce|date|dumped|friend|broke up|engage",
    "family and parenting": r"mum|mother|dad|father|sister|brother|baby|son|daughter|kids|children|toddler|family",
    "loss": r"funeral|died|death|grave|ashes|widow|buried|miscarr|grief|vet",
    "body and illness": r"scan|hospital|pain|weight|doctor|clinic|surgery|body|illness|tired|sleep|diagnos|physio",
    "migration and faith": r"visa|border|asylum|accent|church|mosque|temple|prayer|pray|god|imam|priest|country",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A letter with what the reader made of its sentences."""

    letter: LabelledLetter
    lines: tuple[Judged, ...]


def read(letters: Sequence[LabelledLetter], *, neighbours: bool) -> list[Read]:
    """Let the embedded reader label letters, whole or each sentence on its own."""
    found = []
    for letter in letters:
        got = labels([sentence.text for sentence in letter.sentences], neighbours=neighbours)
        found.append(Read(letter, judged(letter.sentences, got)))
    return found


def evaluation(some: Sequence[Read]) -> Evaluation:
    """Return the figures of some letters."""
    return evaluated([line for one in some for line in one.lines], len(some))


def accuracy(some: Sequence[Read]) -> float:
    """Return the share of sentences whose kind is right."""
    found = evaluation(some)
    return found.right / len(found.lines)


def f1(kind: Kind) -> Callable[[Sequence[Read]], float]:
    """Return what measures F1 of a kind."""
    return lambda some: evaluation(some).ratio(kind).f1


def shown(name: str, some: Sequence[Read], measure: Callable[[Sequence[Read]], float] = accuracy) -> None:
    """Print a figure with its interval."""
    if not some:
        return
    drawn = random.Random(1)
    draws = sorted(measure(drawn.choices(some, k=len(some))) for _ in range(DRAWS))
    low, high = draws[int(0.025 * DRAWS)], draws[int(0.975 * DRAWS)]
    many = sum(len(one.letter.sentences) for one in some)
    print(f"  {name:34} {measure(some):.3f}  [{low:.3f}, {high:.3f}]  {many} sentences in {len(some)} letters")


def register(letter: LabelledLetter) -> str:
    """Say how a letter is written, by its look."""
    text = letter.text
    if sum(map(str.isupper, text)) < 0.006 * len(text):
        return "text message, lower case"
    if len(re.findall(r"\b(?:I|me|my|we)\b", text)) > 1.5 * len(re.findall(r"\byou\w*\b", text, re.IGNORECASE)):
        return "to oneself as I or we"
    words = np.mean([len(sentence.text.split()) for sentence in letter.sentences])
    return "plain, short sentences" if words < 9 else "prose"


def situations(letter: LabelledLetter) -> list[str]:
    """Say what a letter is about, by its words; it may be about several things."""
    return [name for name, words in SITUATIONS.items() if len(re.findall(rf"\b(?:{words})\b", letter.text, re.I)) > 1]


HELD_OUT = {
    "letters.txt": "held-out letters",
    "letters2.txt": "of all registers, by an author who taught nothing",
    "letters3.txt": "plain, by an author who taught nothing",
    "letters5.txt": "as beginners write them",
    "letters6.txt": "by an author who had the guide and taught nothing",
    "letters7.txt": "half as beginners write, by an author who had seen nothing",
    "letters8.txt": "as they come, by an author who had seen nothing",
    "letters9.txt": "in which people tell as well, by an author who had seen nothing",
    "letters10.txt": "as clients write, by an author who had seen nothing",
    "letters11.txt": "as clients write and tell, by an author who had seen nothing",
    "letters12.txt": "half as beginners write, by an author who had seen nothing; written last",
}


def groups_of(some: Sequence[Read]) -> dict[str, list[Read]]:
    """Part letters by how they are written, and by what they are about: one may be in several groups."""
    groups: dict[str, list[Read]] = {}
    for one in some:
        for group in (register(one.letter), *situations(one.letter)):
            groups.setdefault(group, []).append(one)
    return dict(sorted(groups.items()))


def told(whole: Sequence[Read], alone: Sequence[Read]) -> None:
    """Print how often sentences are right, with their neighbours and each alone, and each kind's F1."""
    shown("sentences right, with neighbours", whole)
    shown("sentences right, each alone", alone)
    for kind in Kind:
        shown(f"F1 of {kind}", whole, f1(kind))
    print(f"  {'calibration error (ECE)':34} {evaluation(whole).calibration_error:.3f}")


def main(arguments: list[str]) -> None:
    folder = ROOT / "cases" / "heldout"
    sets = {f"cases/heldout/{file}: {what}": letters_in(folder / file) for file, what in HELD_OUT.items()}
    print(f"reader {encoder().card['version']}")
    held_out: list[Read] = []
    held_out_alone: list[Read] = []
    for name, letters in sets.items():
        print(name)
        whole, alone = read(letters, neighbours=True), read(letters, neighbours=False)
        told(whole, alone)
        held_out += whole
        held_out_alone += alone
    print("all of these files together, then by how letters are written and what they are about, with neighbours")
    told(held_out, held_out_alone)
    for group, some in groups_of(held_out).items():
        shown(group, some)
    print(f"  {counted(one.letter for one in held_out)}")
    print("held-back letters (training/corpus)")
    letters = written()[1]
    told(read(letters, neighbours=True), read(letters, neighbours=False))
    if "--public" in arguments:
        public(Path(arguments[arguments.index("--public") + 1]))


def public(folder: Path) -> None:
    """Print how public sets' questions are answered: by the kind of `label`, and by the head that was taught them."""
    print("public sets: F1 by `label`, F1 and area under the curve by the head that was taught that set's question")
    with (folder / "advice_needadvice" / "test.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    one_question("NeedAdvice: advice", [r["text"] for r in rows], [r["label"] == 1 for r in rows], Kind.ADVICE, 0)
    rows = parted(rows_of(folder / "offmychest"))[1]
    one_question("OffMyChest: support", [r["text"] for r in rows], [bool(r["Emo_support"]) for r in rows], Kind.WARM, 1)


def one_question(name: str, texts: Sequence[str], truth: Sequence[bool], kind: Kind, at: int) -> None:
    """Print the figures of one set."""
    said = [label.kind is kind for label in labels(texts)]
    heard = encoder().read([[Asked.whole(fold(text).text)] for text in texts])
    logits = [float(one[0]["public"][0][at]) for one in heard]
    pairs = sorted(zip(logits, truth, strict=True))
    yes, no = sum(truth), len(truth) - sum(truth)
    area = sum(rank for rank, (_, ok) in enumerate(pairs, 1) if ok)
    area_under = (area - yes * (yes + 1) / 2) / (yes * no)
    own = binary_f1([logit > (encoder().card["asked"] if at == 0 else 0.0) for logit in logits], truth)
    print(f"  {name:24} {binary_f1(said, truth):.3f}   {own:.3f}   {area_under:.3f}   of {len(texts)}")


def binary_f1(said: Sequence[bool], truth: Sequence[bool]) -> float:
    """Return F1 of a yes-or-no question."""
    return 2 * sum(a and b for a, b in zip(said, truth, strict=True)) / max(1, sum(said) + sum(truth))


if __name__ == "__main__":
    main(sys.argv[1:])
