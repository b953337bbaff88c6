"""How fast the embedded reader is, on one thread: `python bench/reader.py`. Part of `make bench`."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from compassion_coach import Coach, Letter
from compassion_coach.embedded.encoder import Encoder, loaded
from compassion_coach.embedded.reader import LocalReader, labels
from compassion_coach.labelled import LabelledLetter, parse_letters

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "snubbed-friend.txt"
RESIDENT = """
import re, sys
from compassion_coach import Coach
Coach().reflect(open(sys.argv[1]).read())
print(int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""
LETTERS = ROOT / "cases" / "heldout" / "letters.txt"


class Watched:
    """An onnxruntime session that adds up the time it takes."""

    def __init__(self, used: Encoder) -> None:
        self.session, self.seconds = loaded(threads=1).session, 0.0
        object.__setattr__(used, "session", self)

    def run(self, *asked: object) -> object:
        begun = time.perf_counter()
        try:
            return self.session.run(*asked)
        finally:
            self.seconds += time.perf_counter() - begun


def main() -> None:
    print("\n== the embedded reader")
    begun = time.perf_counter()
    loaded()
    print(f"load, with its libraries          {time.perf_counter() - begun:8.3f} s")
    letters = list(parse_letters(LETTERS.read_text("utf-8").splitlines()))
    sentences = [sentence.text for letter in letters for sentence in letter.sentences]
    from compassion_coach.embedded.encoder import encoder

    hundred(letters)
    watched = Watched(encoder())
    shown("sentences a second, one thread, each alone", watched, lambda: labels(sentences), len(sentences))
    texts = [Letter.of(letter.text) for letter in letters]
    shown(
        "sentences a second, one thread, in letters",
        watched,
        lambda: [LocalReader().read(text) for text in texts],
        len(sentences),
    )
    done = subprocess.run([sys.executable, "-c", RESIDENT, str(EXAMPLE)], capture_output=True, text=True, check=True)
    print(f"resident after one letter         {done.stdout.strip():>8} MiB")


def shown(name: str, watched: Watched, work: Callable[[], object], many: int) -> None:
    """Print how many sentences a second, and what share of the time is the bare session's."""
    work()
    watched.seconds, begun = 0.0, time.perf_counter()
    for _ in range(3):
        work()
    took = time.perf_counter() - begun
    print(f"{name:43} {3 * many / took:8.0f}   the bare session takes {watched.seconds / took:.0%} of the time")


def hundred(letters: list[LabelledLetter]) -> None:
    """Print how long a hundred whole reflections take in one process, no letter read before."""
    coach = Coach()
    coach.reflect("Dear me, it hurts.")
    begun = time.perf_counter()
    for at in range(100):
        coach.reflect(f"{letters[at % len(letters)].text}\n{at}")
    print(f"a hundred letters                 {time.perf_counter() - begun:8.2f} s")


if __name__ == "__main__":
    main()
