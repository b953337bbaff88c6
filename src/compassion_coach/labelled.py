"""Labelled letters and cases, in the plain text format that the project is measured by.

A letter opens with `== id | level`, which the only one of a file may do without; each line below is a label, a space
and a sentence: W warm, A advice, I invalidation, N neutral. Two letters together mean that either is right;
`W:courage` names a quality as well. Of cases each line is one, its cells parted by tabs. `#` opens a comment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.vocabulary import Kind, Level, Quality

_KINDS = {"W": Kind.WARM, "A": Kind.ADVICE, "I": Kind.INVALIDATION, "N": Kind.NEUTRAL}


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with the kinds that are right for it, and its quality where one was given."""

    text: str
    kinds: frozenset[Kind]
    quality: Quality | None

    @property
    def kind(self) -> Kind:
        """The one kind that stands for it: of two, the first in the order of Kind."""
        return next(kind for kind in Kind if kind in self.kinds)


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """A letter whose sentences were labelled by hand."""

    name: str
    level: Level
    sentences: tuple[LabelledSentence, ...]

    @property
    def text(self) -> str:
        """The letter with a sentence a line."""
        return "\n".join(sentence.text for sentence in self.sentences)


def parse_label(label: str) -> tuple[frozenset[Kind], Quality | None]:
    """Return the kinds and the quality of a label such as `W:courage` or `AW`. Raises KeyError or ValueError."""
    letters, _, quality = label.partition(":")
    if not letters:
        raise ValueError("no kind")
    return frozenset(_KINDS[letter] for letter in letters), Quality(quality) if quality else None


def parse_letters(lines: Iterable[str]) -> Iterator[LabelledLetter]:
    """Yield the labelled letters of a file. Raises InputError naming the line that is not in the format."""
    name, level, sentences = "", Level.NONE, list[LabelledSentence]()
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\n")
        try:
            if line.startswith("=="):
                if sentences:
                    yield LabelledLetter(name, level, tuple(sentences))
                name, _, told = (part.strip() for part in line[2:].partition("|"))
                level, sentences = Level(told), []
            elif line.strip() and not line.startswith("#"):
                label, _, text = line.partition(" ")
                if not text.strip():
                    raise ValueError
                sentences.append(LabelledSentence(text, *parse_label(label)))
        except (KeyError, ValueError):
            raise InputError(
                f"Line {number} is not in the format of labelled letters: W (warm), A (advice), I (invalidation) or N "
                '(neutral), a space and a sentence, under a line such as "== name | none".'
            ) from None
    if sentences:
        yield LabelledLetter(name, level, tuple(sentences))


def letters_in(file: Path) -> list[LabelledLetter]:
    """Return the labelled letters of a file. Raises InputError as `parse_letters` does, and OSError."""
    with file.open(encoding="utf-8") as lines:  # no sign but a line break ends a line, unlike `splitlines`
        return list(parse_letters(lines))


def lines_in(file: Path) -> list[str]:
    """Return the lines of a file of cases, without those that are empty or a comment. Raises OSError."""
    with file.open(encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")]


def rows_in(file: Path) -> list[list[str]]:
    """Return the cells of each line of a file of cases. Raises OSError."""
    return [line.split("\t") for line in lines_in(file)]
