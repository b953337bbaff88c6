"""The embedded reader: needs no key and no network. A small trained encoder reads, and rules read beside it.

`opinion.py` says what a sentence is. Here it is decided what of it is marked: below a confidence nothing is, since
silence is better than a wrong reproach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compassion_coach.embedded.company import keeps_company
from compassion_coach.embedded.encoder import card
from compassion_coach.embedded.evidence import focus, is_excused
from compassion_coach.embedded.language import is_strange
from compassion_coach.embedded.opinion import Opinion, Read, read
from compassion_coach.letter import Letter, Role, Sentence
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.screen import takes_back
from compassion_coach.text.folding import Folded, fold
from compassion_coach.vocabulary import Kind, Level, Quality


@dataclass(frozen=True, slots=True)
class Label:
    """What the reader makes of one sentence. `scores` holds a probability for each kind, summing to 1."""

    kind: Kind
    quality: Quality | None
    scores: dict[Kind, float]


class LocalReader:
    """Reads a letter on this machine."""

    @property
    def info(self) -> ReaderInfo:
        """Who reads."""
        return ReaderInfo(name="local", model="minilm-l6-compassion", version=card()["version"])

    async def aread(self, letter: Letter) -> Reading:
        """Return what `read` returns."""
        import asyncio

        return await asyncio.to_thread(self.read, letter)

    def read(self, letter: Letter) -> Reading:
        """Return what is seen in a letter, sentence by sentence. Private sentences are not read.

        The level is `concern` where the encoder is all but sure of danger in English that no rule knows as harmless.
        """
        open_ones = [i for i, s in enumerate(letter.sentences) if not s.private and letter.has_words(s)]
        folded = [fold(letter.quote(letter.sentences[i])) for i in open_ones]
        observations: list[Observation] = []
        endangered: list[int] = []
        every = read([[f.text for f in folded]])[0]
        heard = [0.0, *(seen.danger for seen in every), 0.0]
        for at, (index, words, seen) in enumerate(zip(open_ones, folded, every, strict=True)):
            sentence, own = letter.sentences[index], _own_danger(seen, max(heard[at], heard[at + 2]))
            marked = [(p, p.quality) for p in seen.parts if p.quality and _is_enough(seen, p, p.quality.kind, own)]
            danger = seen.danger >= card()["distress"]["alone"] and not takes_back(seen.text)
            if not (marked or danger) or is_strange(letter.quote(sentence), words.text):
                continue
            if danger:
                endangered.append(index)
            if sentence.role is Role.BODY:
                observations += (_observation(index, sentence, words, seen, *one) for one in marked)
        level = Level.CONCERN if endangered else Level.NONE
        return Reading(self.info, tuple(observations), level=level, endangered=tuple(endangered))


def _own_danger(seen: Read, beside: float) -> float:
    """Return how much danger is heard in a sentence. What is all but sure `beside` it is heard with it, so there it is
    what it says by itself, unless it is nearly as sure.
    """
    lines: Mapping[str, float] = card()["distress"]
    if beside < lines["alone"] or seen.danger >= lines["beside_danger"]:
        return seen.danger
    return read([[seen.text]])[0][0].danger


def _is_enough(seen: Read, part: Opinion, kind: Kind, danger: float) -> bool:
    """Whether a stretch is marked. A reproach on a warm line is the harm, so what has to be sure is that it is cold.

    A sentence in which some `danger` is heard is not praised, though it be too little for an alarm, unless it keeps
    company with whoever is in it and says no more.
    """
    line: Mapping[str, float] = card()["enough"]
    if kind is Kind.WARM:
        calm = danger < card()["distress"]["unpraised"]
        return part.confidence >= line["warm"] and (calm or keeps_company(seen.text[part.start : part.end]))
    return part.cold >= line["cold"] and not is_excused(seen.hits, part.start, part.end)


def labels(sentences: Sequence[str], *, neighbours: bool = False) -> list[Label]:
    """Return the kind and quality of each sentence: on its own, or as the sentences of one letter with `neighbours`.

    On its own it may come from anywhere, and what people elsewhere call advice counts as well.
    """
    folded = [fold(sentence).text for sentence in sentences]
    found = read([folded])[0] if neighbours else _alone(folded)
    return [_label(one.whole) for one in found]


def _alone(folded: Sequence[str]) -> list[Read]:
    return [one[0] for one in read([[text] for text in folded], of_letters=False)]


def label(sentence: str) -> Label:
    """Return the kind and quality of one sentence read on its own."""
    return labels([sentence])[0]


def _label(opinion: Opinion) -> Label:
    return Label(opinion.kind, opinion.quality, {kind: round(share, 4) for kind, share in opinion.kinds.items()})


def _observation(
    index: int, sentence: Sentence, words: Folded, seen: Read, part: Opinion, quality: Quality
) -> Observation:
    said = words.text[part.start : part.end]
    inner = part.start + len(said) - len(said.lstrip()), part.end - len(said) + len(said.rstrip())
    start, end = (sentence.start + at for at in words.original(*inner))
    told = focus(seen.hits, part.start, part.end, quality)
    a, b = words.original(*told) if told else (0, 0)
    spoken = (sentence.start + a, sentence.start + b) if told else None
    return Observation(index, start, end, quality, round(part.confidence, 2), focus=spoken)
