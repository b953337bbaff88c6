"""How the output rails do on labelled cases: `python bench/remarks.py LETTER FILE... [--wrong]`.

A case is a line `pass|block<TAB>rail<TAB>text`, said about the letter in the file LETTER, or, of `NAME.tsv`, about
the one in `NAME.letter.txt` beside it.
"""

import sys
from collections import Counter
from pathlib import Path

from compassion_coach.labelled import rows_in
from compassion_coach.letter import Letter
from compassion_coach.remarks.guard import judge


def main(arguments: list[str]) -> None:
    letter_file, *files = (a for a in arguments if not a.startswith("-"))
    for file in files:
        own = Path(file).with_suffix(".letter.txt")
        letter = Letter.of((own if own.exists() else Path(letter_file)).read_text("utf-8"))
        counts: Counter[tuple[str, str]] = Counter()
        for want, rail, text in rows_in(Path(file)):
            judgement = judge(text, letter)
            got = "pass" if judgement.passed else "block"
            counts[want, got] += 1
            if "--wrong" in arguments and want != got:
                print(f"want {want:5} got {got:5} {rail:12} {text}   {[f.rail for f in judgement.findings]}")
        leaks = counts["block", "pass"]
        needless = counts["pass", "block"]
        print(
            f"{file}: leaked {leaks} of {leaks + counts['block', 'block']} bad, "
            f"blocked {needless} of {needless + counts['pass', 'pass']} good"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
