"""Make the rules ready to be loaded, and work out which words each pattern cannot do without: `make ready`, after a
rule has changed.

    rules ─ pattern ─ parsed.py: sets of words, one of each set is in whatever matches ─ the few sets that letters
                                                                    hold least often ─ guardrails/ready/

How often letters hold a word is counted in the letters of the corpus, as the screen reads them.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from parsed import Words, sets_of
from sources import CORPUS

from compassion_coach.data import names_under, read_toml, root
from compassion_coach.labelled import letters_in
from compassion_coach.letter import Letter
from compassion_coach.rules.needed import CELL, EDGE, LINE, stands
from compassion_coach.rules.ready import digest_of
from compassion_coach.rules.written import FAMILIES, LISTS, Rule, load_rules
from compassion_coach.screen import stretches as stretches_of
from compassion_coach.text.folding import fold

FOLDER = root() / "guardrails" / "ready"
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


def file_of(family: str) -> dict[str, Any]:
    """Return what is written for a family: `compassion_coach.rules.ready` and `needed` say how it is read."""
    files = {name: load_rules(name, FAMILIES[family]) for name in names_under(f"guardrails/{family}", ".toml")}
    rules = [rule for those in files.values() for rule in those]
    wanting, also = list[str](), list[list[int]]()
    asked, sets = dict[str, list[int]](), dict[Words, int]()
    for pattern in dict.fromkeys(pattern for rule in rules for key in LISTS for pattern in getattr(rule, key)):
        found = sorted(set(sets_of(pattern, _often)), key=lambda words: (*_often(words), sorted(words)))
        if not found:
            continue
        for word in found[0]:
            asked.setdefault(word, []).append(len(wanting))
        wanting.append(pattern)
        telling = [words for words in found[1:] if _often(words)[0] < MOST_OFTEN * len(stretches())]
        also.append([sets.setdefault(words, len(sets)) for words in telling[:MOST_SETS]])
    texts = {text: at for at, text in enumerate(wanting)}
    kept = {name: _kept(name, those, texts) for name, those in files.items()}
    return {"files": kept, "texts": [*texts], "also": also, "words": _lines(asked, sets)}


def _kept(name: str, rules: Sequence[Rule], texts: dict[str, int]) -> dict[str, Any]:
    """Return the rules of a file, each of their texts told by its place among all."""
    table = read_toml(name)
    made_of = [name, table["words_from"]] if "words_from" in table else [name]
    lists = [[[texts.setdefault(text, len(texts)) for text in getattr(rule, key)] for key in LISTS] for rule in rules]
    told = [[rule.name, dict(sorted(rule.about.items())), *those] for rule, those in zip(rules, lists, strict=True)]
    return {"made_of": {name: digest_of(name) for name in made_of}, "rules": told}


def _lines(asked: dict[str, list[int]], sets: dict[Words, int]) -> dict[str, str]:
    """Return the words that are looked for, each with the patterns it is asked by and the further sets it is in."""
    others = dict[str, list[int]]()
    for number, words in enumerate(sets):
        for word in words:
            others.setdefault(word, []).append(number)
    lines = dict[str, dict[str, list[str]]]()
    for word in sorted({*asked, *others}):
        if {CELL, LINE} & {*word} or EDGE in word.strip(EDGE):
            raise SystemExit(f"A rule looks for {word!r}, which holds a mark that words are set apart by.")
        part, seam = _rarest(word)
        cells = (word, _cell(asked.get(word, ())), _cell(others.get(word, ())))
        lines.setdefault(part, {}).setdefault(seam, [seam]).extend(cells)
    return {part: LINE.join(map(CELL.join, by_seam.values())) for part, by_seam in lines.items()}


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
    for family in FAMILIES:
        made = file_of(family)
        text = json.dumps(made, separators=(",", ":"), ensure_ascii=False)
        (FOLDER / f"{family}.json").write_text(text + "\n", "utf-8")
        words = sum(line.count(CELL) // 3 for line in made["words"].values())
        print(f"{family}: {len(made['also'])} of {len(made['texts'])} patterns need some of {words} words")


if __name__ == "__main__":
    main()
