"""Record the cassettes anew: a model's server must answer on 127.0.0.1:18081 (see tests/cassettes/README.md)."""

import datetime
import subprocess
import sys
from pathlib import Path

from standin import Reply, answer, fails, says, standin

TESTS = Path(__file__).parent
CASSETTES = TESTS / "cassettes" / "test_cassettes"
REAL = ["test_a_good_answer", "test_an_answer_that_the_guard_mends", "test_an_answer_cut_short"]
OBSERVED = [{"sentence": 2, "excerpt": None, "quality": "understandable", "note": "The tiredness is given its sense."}]
STANDIN: dict[str, list[Reply]] = {
    "test_an_answer_that_breaks_the_schema": [says("The letter is warm at first, and then it tells.")],
    "test_a_server_error_and_then_an_answer": [fails(500), says(answer(OBSERVED))],
    "test_a_refusal": [says(None, refusal="I cannot help with that.")],
}


def record(test: str, spoken_by: str) -> None:
    """Play one test against the server that is there, keep what was said, and put on top who said it and when."""
    command = [sys.executable, "-m", "pytest", "-q", f"{TESTS}/test_cassettes.py::{test}", "--record-mode=rewrite"]
    subprocess.run(command, check=False)
    path = CASSETTES / f"{test}.yaml"
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    path.write_text(
        f"# spoken by: {spoken_by}\n# prompt: reflect.v1\n# recorded: {today}\n" + path.read_text("utf-8"), "utf-8"
    )


if __name__ == "__main__":
    chosen = sys.argv[1:]
    for name in REAL:
        if not chosen or name in chosen:
            record(name, "qwen2.5-coder-1.5b-instruct-q4_k_m, a real model")
    for name, replies in STANDIN.items():
        if not chosen or name in chosen:
            with standin(*replies, port=18082):
                record(name, "tests/standin.py, a stand-in")
