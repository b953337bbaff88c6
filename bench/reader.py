"""How fast the embedded reader is, on one thread: `python bench/reader.py`. Part of `make bench`."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compassion_coach import Coach, Letter
from compassion_coach.embedded.encoder import Encoder, encoder, loaded
from compassion_coach.embedded.reader import LocalReader, labels
from compassion_coach.labelled import LabelledLetter, letters_in

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

    def __init__(self, session: Any) -> None:
        self.session, self.seconds = session, 0.0

    def run(self, *asked: object) -> object:
        begun = time.perf_counter()
        try:
            return self.session.run(*asked)
        finally:
            self.seconds += time.perf_counter() - begun


@contextmanager
def watched(used: Encoder) -> Iterator[Watched]:
    """Let an encoder read with one thread and a session that is watched, and with its own again afterwards."""
    own, watch = used.session, Watched(loaded(threads=1).session)
    object.__setattr__(used, "session", watch)
    try:
        yield watch
    finally:
        object.__setattr__(used, "session", own)


def main() -> None:
    print("\n== the embedded reader")
    begun = time.perf_counter()
    loaded()
    print(f"load, with its libraries          {time.perf_counter() - begun:8.3f} s")
    letters = letters_in(LETTERS)
    sentences = [sentence.text for letter in letters for sentence in letter.sentences]
    hundred(letters)
    texts = [Letter.of(letter.text) for letter in letters]
    ways: dict[str, Callable[[], object]] = {
        "each alone": lambda: labels(sentences),
        "in letters": lambda: [LocalReader().read(text) for text in texts],
    }
    with watched(encoder()) as watch:
        for way, work in ways.items():
            shown(f"sentences a second, one thread, {way}", watch, work, len(sentences))
    done = subprocess.run([sys.executable, "-c", RESIDENT, str(EXAMPLE)], capture_output=True, text=True, check=True)
    print(f"resident after one letter         {done.stdout.strip():>8} MiB")


def shown(name: str, watch: Watched, work: Callable[[], object], many: int) -> None:
    """Print how many sentences a second, and what share of the time is the bare session's."""
    work()
    watch.seconds, begun = 0.0, time.perf_counter()
    for _ in range(3):
        work()
    took = time.perf_counter() - begun
    print(f"{name:43} {3 * many / took:8.0f}   the bare session takes {watch.seconds / took:.0%} of the time")


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
