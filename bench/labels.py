"""How often the embedded reader is right, sentence by sentence: `python bench/labels.py FILE... [--wrong]`."""

import sys
from collections import Counter
from pathlib import Path

from compassion_coach.embedded.reader import label
from compassion_coach.labelled import parse_letters
from compassion_coach.vocabulary import Kind


def main(arguments: list[str]) -> None:
    show_wrong = "--wrong" in arguments
    for file in (a for a in arguments if not a.startswith("-")):
        right, total = 0, 0
        confusion: Counter[tuple[Kind, Kind]] = Counter()
        for letter in parse_letters(Path(file).read_text("utf-8").splitlines()):
            for sentence in letter.sentences:
                got = label(sentence.text)
                total += 1
                ok = got.kind in sentence.kinds
                right += ok
                want = got.kind if ok else min(sentence.kinds)
                confusion[want, got.kind] += 1
                if show_wrong and not ok:
                    wanted = "/".join(sorted(sentence.kinds))
                    print(f"{letter.name} want {wanted:13} got {got.kind:13} {sentence.text}")
        print(f"{file}: {right} of {total} sentences right ({right / total:.3f})")
        for kind in Kind:
            got_right = confusion[kind, kind]
            said = sum(n for (_, got), n in confusion.items() if got == kind)
            meant = sum(n for (want, _), n in confusion.items() if want == kind)
            figures = f"precision {got_right / (said or 1):.3f}  recall {got_right / (meant or 1):.3f}"
            print(f"  {kind:13} {figures}  of {meant}")


if __name__ == "__main__":
    main(sys.argv[1:])
