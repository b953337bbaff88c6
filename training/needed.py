"""Work out which words each pattern of the rules cannot do without: `make needed`, after a rule has changed.

    rules ─ pattern ─ parsed.py: sets of words, one of each set is in whatever matches ─ the few sets that letters
                                                                    hold least often ─ guardrails/needed/

How often letters hold a word is counted in the letters of the corpus, as the screen reads them.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from parsed import Words, sets_of
from sources import CORPUS

from compassion_coach.data import root
from compassion_coach.labelled import letters_in
from compassion_coach.letter import Letter
from compassion_coach.rules.needed import EDGE, digest_of, stands
from compassion_coach.rules.patterns import FAMILIES, rules_of
from compassion_coach.screen import stretches as stretches_of
from compassion_coach.text.folding import fold

FOLDER = root() / "guardrails" / "needed"
MOST_OFTEN = 0.8  # of the stretches: a set of words that is there more often says little
MOST_SETS = 3  # beside the first that are written down
EACH = 8  # one letter of so many is counted


@cache
def stretches() -> tuple[str, ...]:
    """Return stretches of letters, as the screen reads them."""
    found = list[str]()
    for file in sorted(CORPUS.glob("?.txt")):
        for told in letters_in(file)[::EACH]:
            letter = Letter.of(" ".join(sentence.text for sentence in told.sentences))
            found += [fold(letter.text[a:b]).text for a, b in stretches_of(letter)]
    return tuple(found)


@cache
def _with(word: str) -> frozenset[int]:
    return frozenset(at for at, text in enumerate(stretches()) if stands(word, text))


@cache
def _often(words: Words) -> tuple[int, int]:
    return len(frozenset().union(*map(_with, words))), len(words)


def file_of(patterns: Sequence[str]) -> dict[str, Any]:
    """Return what is written for a family of patterns: `compassion_coach.rules.needed` says how it is read."""
    digests, also = list[str](), list[list[int]]()
    asked, sets = dict[str, list[int]](), dict[Words, int]()
    for pattern in dict.fromkeys(patterns):
        found = sorted(set(sets_of(pattern, _often)), key=lambda words: (*_often(words), sorted(words)))
        if not found:
            continue
        for word in found[0]:
            asked.setdefault(word, []).append(len(digests))
        digests.append(digest_of(pattern))
        telling = [words for words in found[1:] if _often(words)[0] < MOST_OFTEN * len(stretches())]
        also.append([sets.setdefault(words, len(sets)) for words in telling[:MOST_SETS]])
    others = dict[str, list[int]]()
    for number, words in enumerate(sets):
        for word in words:
            others.setdefault(word, []).append(number)
    lines = dict[str, dict[str, list[str]]]()
    for word in sorted({*asked, *others}):
        part, seam = _rarest(word)
        cells = (word, _cell(asked.get(word, ())), _cell(others.get(word, ())))
        lines.setdefault(part, {}).setdefault(seam, [seam]).extend(cells)
    told = {part: "\n".join(map("\t".join, by_seam.values())) for part, by_seam in lines.items()}
    return {"patterns": digests, "words": told, "also": also}


def _cell(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _rarest(word: str) -> tuple[str, str]:
    """Return the part that a word is looked up by, and its seam."""
    return min(_parts(word.strip(EDGE)), key=lambda both: (len(_with(both[0])), both))


def _parts(bare: str) -> list[tuple[str, str]]:
    """Return the parts of a word, and where the word reaches over a blank beside each, if it does."""
    cuts = [at for at in range(1, len(bare) - 1) if bare[at] == " "]
    ends = [(0, len(bare))] if not cuts else [*zip([0, *cuts], [*(cut + 1 for cut in cuts), len(bare)], strict=True)]
    seams = [bare[cut - 1 : cut + 2] for cut in cuts]
    return [(bare[a:b], seam) for (a, b), seam in zip(ends, [*seams, *seams[-1:]] or [""], strict=True)]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in FAMILIES:
        patterns = [pattern for rule in rules_of(name) for pattern in (*rule.patterns, *rule.hints)]
        made = file_of(patterns)
        (FOLDER / f"{name}.json").write_text(
            json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8"
        )
        words = sum(line.count("\t") // 3 for line in made["words"].values())
        print(f"{name}: {len(made['patterns'])} of {len(set(patterns))} patterns need some of {words} words")


if __name__ == "__main__":
    main()
