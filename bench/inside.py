"""How danger is heard beside calm words: `python bench/inside.py`, held-out cases put into held-out letters.

Prints how many calm letters alarm, and how many cases are seen by themselves, as a clause between two others, and in
the middle of a calm letter; each as they were written and with all marks taken out.
"""

import random
from collections.abc import Callable
from pathlib import Path

from unmarked import letters, without_marks

from compassion_coach.labelled import rows_in
from compassion_coach.letter import Letter
from compassion_coach.screen import screen
from compassion_coach.vocabulary import Level

HELDOUT = Path(__file__).parents[1] / "cases" / "heldout"
GRAVE = (Level.CONCERN, Level.URGENT)
BESIDE = (
    ("The bus was late and ", " and the tea is warm now."),
    ("You got up and you made the bed and ", " and then your sister rang about the weekend."),
    ("I am glad you are home and ", "."),
)


def cases(file: Path) -> list[str]:
    return [text for level, text, *_ in rows_in(file) if level in GRAVE]


def in_danger(text: str) -> bool:
    return screen(Letter.of(text)).level.is_grave


def as_clause(text: str, at: int) -> str:
    before, after = BESIDE[at % len(BESIDE)]
    words = text.rstrip(".!? ")
    first, _, rest = words.partition(" ")
    return f"{before}{first if first.startswith('I') else first.lower()} {rest}{after}"


def main() -> None:
    print("\n== danger beside calm words")
    calm = [[sentence.text for sentence in one.sentences] for one in letters() if one.level is Level.NONE]
    forms: dict[str, Callable[[str], str]] = {"as written": str, "without marks": without_marks}
    for form, written in forms.items():
        alarms = sum(in_danger(written(" ".join(sentences))) for sentences in calm)
        print(f"{form}: {alarms} of {len(calm)} calm letters alarm")
        for file in sorted(HELDOUT.glob("distress*.tsv")):
            order = random.Random(3)
            seen = [0, 0, 0]
            some = cases(file)
            for at, text in enumerate(some):
                around = order.choice(calm)
                middle = len(around) // 2
                inside = " ".join([*around[:middle], text, *around[middle:]])
                for i, one in enumerate((text, as_clause(text, at), inside)):
                    seen[i] += in_danger(written(one))
            told = zip(("by themselves", "as a clause", "in the middle of a calm letter"), seen, strict=True)
            print(f"  {file.stem}, {len(some)} in danger: seen", ", ".join(f"{n} {how}" for how, n in told))


if __name__ == "__main__":
    main()
