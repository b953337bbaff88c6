"""How the distress screen does on labelled cases: `python bench/danger.py FILE... [--wrong]`.

A case is a line `LEVEL<TAB>text`, with the kind as a third column where there is one.
"""

import sys
from collections import Counter
from pathlib import Path

from compassion_coach.labelled import rows_in
from compassion_coach.letter import Letter
from compassion_coach.screen import screen
from compassion_coach.vocabulary import Level


def main(arguments: list[str]) -> None:
    for file in (a for a in arguments if not a.startswith("-")):
        counts: Counter[tuple[str, str]] = Counter()
        for want, text, *_ in rows_in(Path(file)):
            got = screen(Letter.of(text)).level
            counts[want, got] += 1
            if "--wrong" in arguments and want != got:
                print(f"want {want:8} got {got:8} {text}")
        total = sum(counts.values())
        exact = sum(n for (want, got), n in counts.items() if want == got)
        in_danger = [(w, g, n) for (w, g), n in counts.items() if w in ("urgent", "concern")]
        seen = sum(n for _, g, n in in_danger if g in ("urgent", "concern"))
        calm = [(g, n) for (w, g), n in counts.items() if w in ("none", "tender")]
        quiet = sum(n for g, n in calm if g not in ("urgent", "concern"))
        print(f"{file}: level right {exact} of {total} ({exact / total:.3f})")
        print(f"  people in danger seen {seen} of {sum(n for *_, n in in_danger)}")
        print(f"  no alarm where there is none {quiet} of {sum(n for _, n in calm)}")
        for want in Level:
            row = "  ".join(f"{got} {counts[want, got]:3}" for got in Level)
            print(f"  {want:8} -> {row}")


if __name__ == "__main__":
    main(sys.argv[1:])
