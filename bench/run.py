"""Everything that is measured, in one go: `make bench`. Nothing here is a test; figures depend on the machine."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import danger
import inside
import labels
import reader
import redact
import remarks
import unmarked

from compassion_coach import Coach, Letter
from compassion_coach.embedded.reader import label
from compassion_coach.remarks.guard import judge
from compassion_coach.screen import screen

ROOT = Path(__file__).parents[1]
CASES = ROOT / "cases"
SHARED = ROOT.parent / "shared" / "golden"
PEERS = ROOT / ".venv" / "peers"
EXAMPLE = ROOT / "examples" / "snubbed-friend.txt"
TEN = (
    "I'm so sorry this week has been so heavy. Of course you are tired, after nights like those. "
    "Lots of people lie awake over a thing like that. You rang the office with your hands shaking. "
    "However, you always leave things late. You should make a list. Why don't you ask your brother? "
    "It was one letter. I would like you to know I am here. We can go slowly."
)
WARM_UP, TIMES = 1, 20


def milliseconds(work: Callable[[], object], times: int = TIMES) -> float:
    """Return the median time of a call, in milliseconds, after WARM_UP calls that are not counted."""
    for _ in range(WARM_UP):
        work()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took)


def main() -> None:
    print("== how often it is right (tuned on cases/tuning; never on cases/heldout)")
    golden = [str(SHARED / "letters.dev.txt")] if SHARED.exists() else []
    letters = [*golden, *map(str, sorted(CASES.glob("*/letters*.txt")))]
    labels.main(letters)
    danger.main(
        [*([str(SHARED / "distress.dev.txt")] if golden else []), *map(str, sorted(CASES.glob("*/distress*.tsv")))]
    )
    remarks.main([str(CASES / "outputs.letter.txt"), *map(str, sorted(CASES.glob("*/outputs*.tsv")))])
    redact.main([*map(str, sorted(CASES.glob("*/redact*.txt")))])
    unmarked.main()
    inside.main()
    print("\n== speed in the library, median ms")
    letter = Letter.of(TEN)
    note = "The words “You should make a list” may be heard as one more thing to get right."
    print(f"a letter of ten sentences, whole {milliseconds(lambda: Coach().reflect(TEN)):8.2f}")
    print(f"  of it finding sentences        {milliseconds(lambda: Letter.of(TEN)):8.2f}")
    print(f"  of it the distress screen      {milliseconds(lambda: screen(letter)):8.2f}")
    print(f"one sentence through label       {milliseconds(lambda: label('Of course you are tired.')):8.3f}")
    print(f"one note through the rails       {milliseconds(lambda: judge(note, letter)):8.3f}")
    for size in (64, 128, 256):
        took = milliseconds(partial(screen, Letter.of(TEN * (size * 1024 // len(TEN)))), 1)
        print(f"screen of {size:3} KiB                {took:8.1f}")
    reader.main()
    model()
    commands()


def model() -> None:
    """One request a letter, and our own time around it."""
    sys.path.insert(0, str(ROOT / "tests"))
    from standin import answer, says, standin

    from compassion_coach.model.reader import ModelReader

    with standin(says(answer())) as server:
        coach = Coach(model="m", base_url=server.base_url, key="k")
        took = milliseconds(lambda: coach.reflect(TEN), TIMES)
        requests = len(server.bodies) / (WARM_UP + TIMES)
        reading = asyncio.run(ModelReader("m", server.base_url, "k").aread(Letter.of(TEN)))
    used = reading.usage
    print(f"with a model that answers at once: {requests:.0f} request a letter, {took:.1f} ms around it")
    if used:
        print(f"  tokens counted by the server: {used.prompt_tokens} of prompt, {used.answer_tokens} of answer")


def commands() -> None:
    """Whole commands, beside other readers of prose on the same file."""
    print("\n== commands, median ms of a process of its own")
    program = str(Path(sys.executable).with_name("compassion-coach"))
    ours = shell([program, "reflect", str(EXAMPLE)])
    print(f"python alone                     {shell([sys.executable, '-c', '']):8.0f}")
    print(f"compassion-coach --help          {shell([program, '--help']):8.0f}")
    print(f"compassion-coach reflect         {ours:8.0f}")
    for name, command in {
        "proselint": [str(PEERS / "bin" / "proselint"), "check", str(EXAMPLE)],
        "write-good": [str(PEERS / "node_modules" / ".bin" / "write-good"), str(EXAMPLE)],
        "alex": [str(PEERS / "node_modules" / ".bin" / "alex"), str(EXAMPLE)],
        "textlint": [str(PEERS / "node_modules" / ".bin" / "textlint"), "--rule", "no-todo", str(EXAMPLE)],
    }.items():
        if shutil.which(command[0]) is None:
            print(f"{name:<32} not installed")
            continue
        theirs = shell(command)
        print(f"{name:<32} {theirs:8.0f}   ours takes {ours / theirs:.2f} times as long")


def shell(command: list[str]) -> float:
    """Run a command as a user does, for whom Python keeps what it has compiled."""
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return milliseconds(lambda: subprocess.run(command, capture_output=True, check=False, env=around), 11)


if __name__ == "__main__":
    main()
