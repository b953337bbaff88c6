"""Pre-screening at scale: `python bench/prescreen.py [LETTERS]`, with synthetic letters written to a folder that goes.

Prints letters a second with one process and with two, beside the bare reader on the same letters, and beside the
reader with the distress screen, without which no letter is read; the memory of the first process on the way; a second
run; and Ray, where it is installed.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from compassion_coach.labelled import letters_in

ROOT = Path(__file__).parents[1]
LINES = [
    sentence.text
    for file in sorted((ROOT / "training" / "corpus").glob("?.txt"))
    for letter in letters_in(file)
    for sentence in letter.sentences
]
SENTENCES = 10
SAMPLE = 1200  # letters that the bare reader is timed on


def letters(many: int) -> Iterator[str]:
    """Yield letters put together of lines of the corpus: no two alike, and none that makes sense."""
    order = random.Random(5)
    for _ in range(many):
        yield "Dear Sam,\n" + "\n".join(order.sample(LINES, SENTENCES)) + "\nSam\n"


def bare(many: int, *, screened: bool = False) -> float:
    """Return how many letters a second the reader reads in one thread, and nothing else is done but to screen them."""
    each = "(screen(letter), reader.read(letter))" if screened else "reader.read(letter)"
    program = (
        "import sys, time; from compassion_coach.embedded import encoder; encoder.alone();"
        "from compassion_coach.letter import Letter; from compassion_coach.embedded.reader import LocalReader;"
        "from compassion_coach.screen import screen;"
        "some = [Letter.of(text) for text in sys.stdin.read().split(chr(0))];"
        "reader = LocalReader(); reader.read(some[0]); begun = time.perf_counter();"
        f"[{each} for letter in some]; print(len(some) / (time.perf_counter() - begun))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input="\0".join(letters(many)), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def run(folder: Path, out: Path, jobs: int, *more: str) -> tuple[float, int, list[int]]:
    """Return the seconds of a run, its exit code, and the memory in MiB of its first process, looked at on the way."""
    command = [
        sys.executable,
        "-m",
        "compassion_coach",
        "prescreen",
        str(folder),
        "-o",
        str(out),
        "-j",
        str(jobs),
        *more,
    ]
    begun = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = []
    while running.poll() is None:
        time.sleep(0.5)
        try:
            status = Path(f"/proc/{running.pid}/status").read_text()
            memory.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024)  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return time.perf_counter() - begun, running.returncode, memory


def main(many: int) -> None:
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        (root / "all").mkdir()
        for at, text in enumerate(letters(many)):
            (root / "all" / f"{at:06}.txt").write_text(text)
        reads = bare(SAMPLE)
        print(f"the bare reader, one thread              {reads:8.1f} letters a second of {SENTENCES} sentences")
        both = bare(SAMPLE, screened=True)
        print(f"  and the distress screen before it      {both:8.1f}")
        alone = many / run(root / "all", root / "one", 1)[0]
        print(
            f"{many} letters, one process           {alone:8.1f}  "
            f"({alone / reads:.0%} of the bare reader, {alone / both:.0%} of screen and reader, start counted)"
        )
        took, code, memory = run(root / "all", root / "report", 2)
        pair = many / took
        print(f"  two processes                          {pair:8.1f}  ({pair / alone:.2f} times one; exit {code})")
        tenth = max(1, len(memory) // 10)
        at_nine = max(memory[: 9 * tenth])
        print(
            f"  memory of the first process            {max(memory[:tenth]):8} MiB at a tenth, {at_nine} at nine tenths"
        )
        print(f"  and while the tables are written       {max(memory):8} MiB")
        print(f"  a second run, nothing new              {run(root / 'all', root / 'report', 2)[0]:8.1f} s")
        try:
            import ray  # noqa: F401
        except ImportError:
            print("  over Ray                                not installed")
        else:
            took, code, _ = run(root / "all", root / "rows", 2, "--engine", "ray")
            print(f"  over Ray on this machine               {many / took:8.1f}  ({took:.0f} s, exit {code})")


if __name__ == "__main__":
    os.environ.setdefault("RAY_DEDUP_LOGS", "0")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
