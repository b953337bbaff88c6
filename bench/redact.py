"""What --redact finds, and what it takes out needlessly: `python bench/redact.py FILE... [--wrong]`.

A case is a line; what stands in {{ }} is personal, nothing else is, and "\\n" is a line break. Counted in words.
"""

import re
import sys
import time
from pathlib import Path

from compassion_coach.labelled import lines_in
from compassion_coach.letter import Letter
from compassion_coach.model.personal import details, names_at_the_edges


def main(arguments: list[str]) -> None:
    for file in (a for a in arguments if not a.startswith("-")):
        found, personal, needless, plain, lines = 0, 0, 0, 0, 0
        began = time.perf_counter()
        for line in lines_in(Path(file)):
            lines += 1
            text, meant = _case(line)
            letter = Letter.of(text)
            taken = [(d.start, d.end) for d in details(text, names_at_the_edges(letter))]
            wrong = []
            for word in re.finditer(r"\S*\w\S*", text):
                mark = re.search(r"\w", word[0])
                at = word.start() + (mark.start() if mark else 0)
                is_meant, is_taken = (any(a <= at < b for a, b in spans) for spans in (meant, taken))
                personal, plain = personal + is_meant, plain + (not is_meant)
                found, needless = found + (is_meant and is_taken), needless + (is_taken and not is_meant)
                if is_meant != is_taken:
                    wrong.append(f"{'missed' if is_meant else 'needless'} {word[0]}")
            if wrong and "--wrong" in arguments:
                print(f"{line}   {wrong}")
        took = (time.perf_counter() - began) * 1000 / lines
        print(f"{file}: {lines} lines, found {found} of {personal} personal words ({found / personal:.3f}), ", end="")
        print(f"took out {needless} of {plain} others ({needless / plain:.3f}), {took:.1f} ms a line")


def _case(line: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a case and the spans in it that are personal."""
    text, meant = "", []
    for index, part in enumerate(re.split(r"\{\{|\}\}", line.replace("\\n", "\n"))):
        if index % 2:
            meant.append((len(text), len(text) + len(part)))
        text += part
    return text, meant


if __name__ == "__main__":
    main(sys.argv[1:])
