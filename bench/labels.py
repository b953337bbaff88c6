"""How often the embedded reader is right, sentence by sentence: `python bench/labels.py FILE... [--wrong]`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from compassion_coach.embedded.reader import Label, label
from compassion_coach.evaluate import Evaluation, Judged
from compassion_coach.labelled import LabelledSentence, letters_in
from compassion_coach.vocabulary import Kind


def judged(sentences: Sequence[LabelledSentence], labels: Sequence[Label]) -> tuple[Judged, ...]:
    """Return labelled sentences with what the reader made of each."""
    pairs = zip(sentences, labels, strict=True)
    return tuple(Judged(one.kinds, got.kind, got.scores[got.kind]) for one, got in pairs)


def evaluation(lines: Sequence[Judged], letters: int) -> Evaluation:
    """Return the figures of lines of so many letters."""
    return Evaluation(tuple(lines), letters, 0, 0, 0.0, None)


def main(arguments: list[str]) -> None:
    show_wrong = "--wrong" in arguments
    for file in (a for a in arguments if not a.startswith("-")):
        letters = letters_in(Path(file))
        lines = list[Judged]()
        for letter in letters:
            read = judged(letter.sentences, [label(sentence.text) for sentence in letter.sentences])
            lines += read
            for sentence, line in zip(letter.sentences, read, strict=True):
                if show_wrong and not line.is_right:
                    wanted = "/".join(sorted(sentence.kinds))
                    print(f"{letter.name} want {wanted:13} got {line.got:13} {sentence.text}")
        found = evaluation(lines, len(letters))
        print(f"{file}: {found.right} of {len(lines)} sentences right ({found.right / len(lines):.3f})")
        for kind in Kind:
            ratio = found.ratio(kind)
            print(f"  {kind:13} precision {ratio.precision:.3f}  recall {ratio.recall:.3f}  of {ratio.of}")


if __name__ == "__main__":
    main(sys.argv[1:])
