"""Write `tests/recorded.json`: what the weights answer, for the test that sees whether they still do. `make train`."""

import json
from pathlib import Path

from compassion_coach.embedded.encoder import encoder, shares
from compassion_coach.embedded.windows import Asked

FILE = Path(__file__).parents[1] / "tests" / "recorded.json"
TEXTS = (
    ("i am so sorry that the scan was put off again.",),
    ("of course you are tired, after a week like that.",),
    ("lots of people lie awake over a thing like this.",),
    ("you rang her with your hands shaking.",),
    ("you should make a list.",),
    ("why not ask your brother?",),
    ("it was one interview.",),
    ("dear tom,", "it hurts that they chose the other one.", "it was one interview.", "you always do this.", "me"),
    ("ur shattered n its ok", "but stop moaning", "everything happens for a reason!!!", "bus is at ten"),
    ("perhaps a short walk, only if it feels possible.", "the reaction has been out of proportion."),
)


def main() -> None:
    rows = []
    for sentences in TEXTS:
        found = encoder().read([[Asked.whole(text) for text in sentences]])[0]
        rows.append({"sentences": sentences, "shares": [shares(one["quality"])[0].round(4).tolist() for one in found]})
    content = {"version": encoder().card["version"], "texts": rows}
    FILE.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
