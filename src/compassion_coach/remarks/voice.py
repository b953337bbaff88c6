"""Vetted words: the notes, overall remarks and questions that the project says in its own voice.

They are data in `prompts/`. The same letter always hears the same words; within a letter no wording comes twice
while others are left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter, Role
from compassion_coach.prompts import fill, slots_in
from compassion_coach.reading import Observation
from compassion_coach.reflection import Turn
from compassion_coach.remarks.own_words import can_be_quoted, few_words, stands_alone
from compassion_coach.vocabulary import Kind, Quality

_MOST_SENTENCES = 3
_IN_PART = frozenset([Quality.KIND_WISH, Quality.COURAGE, Quality.FEELINGS, Quality.COMMON_HUMANITY])
_PLACES = ("opening", "middle", "closing")


@dataclass(frozen=True)
class Scene:
    """What is shown of a letter: the notes, the overall remark and the question are chosen from it."""

    letter: Letter
    observations: tuple[Observation, ...]
    turns: tuple[Turn, ...] = ()

    @cached_property
    def seed(self) -> int:
        """A number that is the same for the same letter."""
        return int(self.letter.sha256[:8], 16)

    @cached_property
    def quoted(self) -> Mapping[Observation, str | None]:
        """The writer's own words that stand for each observation, where any do."""
        return {seen: few_words(self.letter, seen) for seen in self.observations}


def notes(scene: Scene, *, in_danger: bool = False) -> list[str]:
    """Return a vetted note for each observation, in order, no two alike while wordings last.

    `in_danger` all are warm, and the notes say no more than that: what else they do may be part of the danger.
    """
    said: set[str] = set()
    worn: set[str] = set()
    result = []
    for count, seen in enumerate(scene.observations):
        words, wanted = scene.quoted[seen], "in_danger" if in_danger else seen.quality.value
        choices = _rotated(_wordings(wanted, quoting=words is not None), scene.seed + count)
        filled = (fill(choice, words=words) for choice in choices[: 1 if wanted in worn else None])
        note = next((choice for choice in filled if choice not in said), None)
        if note is None:  # every wording was heard: they begin again
            worn.add(wanted)
            note = fill(choices[0], words=words)
        said.add(note)
        result.append(note)
    return result


def overall(scene: Scene) -> str:
    """Return two or three sentences: where the warmth lives, where the voice changes, how it ends."""
    parts = read_toml("prompts/overall.toml")
    warm = [o for o in scene.observations if o.quality.kind is Kind.WARM]
    creeping = [o for o in scene.observations if o.quality.kind is not Kind.WARM]
    if not scene.letter.has_words():
        return _pick(scene, parts["whole"]["no_words"])
    if not scene.observations:
        return _pick(scene, parts["whole"]["nothing_marked"])
    words = _best_words(scene, warm)
    if not creeping:
        return _pick(scene, parts["whole"]["all_warm"], words=words)
    place = _place(scene.letter, warm)
    there = [o for o in warm if place in ("throughout", _PLACES[_third(scene.letter, o)])]
    where = {"words": _best_words(scene, there), "place": parts["places"][place]}
    told = [_pick(scene, parts["warmth"][{0: "none", 1: "one"}.get(len(warm), "some")], **where)]
    begins = [o for o in creeping if warm and o.start < warm[0].start]
    if begins:
        told.insert(0, _pick(scene, parts["change"]["before_warmth"], what=_what(parts, begins)))
    if scene.turns or len(begins) < len(creeping):
        told.append(_change(scene, parts, creeping[len(begins) :], place if warm else None))
    return " ".join([*told, *_ending(scene, parts, warm, creeping)][:_MOST_SENTENCES])


def warm_only(scene: Scene) -> str:
    """Return the remark for a letter of which only what is warm is shown, which may be nothing."""
    whole = read_toml("prompts/overall.toml")["whole"]
    return _pick(scene, whole["only_warm_shown" if scene.observations else "nothing_shown"])


def question(scene: Scene) -> str | None:
    """Return one open question, or None for a letter with nothing marked."""
    asked = read_toml("prompts/questions.toml")
    warm = [o for o in scene.observations if o.quality.kind is Kind.WARM]
    if not scene.observations:
        return None
    if scene.turns:
        return _pick(scene, asked["after_a_turn"], pivot=scene.turns[0].pivot.quote)
    return _pick(scene, asked["warm" if warm else "not_warm"], words=_best_words(scene, warm))


@cache
def _wordings(wanted: str, quoting: bool) -> tuple[str, ...]:
    """Return every wording for a quality, or for any in danger, quoting ones spread among the plain ones."""
    kept = read_toml("prompts/notes.toml")[wanted]
    spread = list(kept["plain"])
    for index, wording in enumerate(kept["quoting"] if quoting else ()):
        spread.insert(2 + 3 * index, wording)
    return tuple(spread)


def _change(scene: Scene, parts: dict[str, Any], creeping: Sequence[Observation], warm_at: str | None) -> str:
    """Say where the voice changes; `warm_at` is where most of the warmth is, if there is any."""
    if scene.turns:
        undone_by = scene.observations[scene.turns[0].undone_by]
        what = parts["what"][undone_by.quality]
        return _pick(scene, parts["change"]["turn"], pivot=scene.turns[0].pivot.quote, what=what)
    at = _place(scene.letter, creeping)
    how = "creep" if warm_at is None else "beside" if warm_at == at else "shift"
    return _pick(scene, parts["change"][how], place=parts["places"][at], what=_what(parts, creeping))


def _what(parts: dict[str, Any], creeping: Sequence[Observation]) -> str:
    """Say what creeps in: telling and coldness where it is both, else what is most frequent."""
    qualities = [o.quality for o in creeping]
    often: Quality = max(qualities, key=qualities.count)
    return str(parts["what"]["telling_and_cold" if len({q.kind for q in qualities}) > 1 else often])


def _ending(
    scene: Scene, parts: dict[str, Any], warm: Sequence[Observation], creeping: Sequence[Observation]
) -> Iterator[str]:
    if warm and warm[0].start < creeping[-1].start < warm[-1].start:
        yield _pick(scene, parts["ending"]["warm_again"])
    if not warm:
        greeting = next((s for s in scene.letter.sentences if s.role is Role.SALUTATION), None)
        words = scene.letter.quote(greeting).rstrip(" ,.:!-–—") if greeting else ""
        if words and can_be_quoted(words):
            yield _pick(scene, parts["ending"]["greeting"], words=words)
        else:
            yield _pick(scene, parts["ending"]["no_greeting"])


def _place(letter: Letter, observations: Sequence[Observation]) -> str:
    """Name the part of the letter where most of these stretches stand."""
    thirds = [_third(letter, o) for o in observations]
    if len(observations) > 2 and len(set(thirds)) == 3:
        return "throughout"
    return _PLACES[max(thirds, key=thirds.count) if thirds else 0]


def _third(letter: Letter, seen: Observation) -> int:
    return min(2, 3 * seen.sentence // (len(letter.sentences) or 1))


def _best_words(scene: Scene, warm: Sequence[Observation]) -> str | None:
    """Return words that show where the warmth is, or None: rather a whole short line than words out of one.

    Words out of a line are those that made it kind, and only of a kind of line of which a part is an example: out of
    a reason, "she would book a flight" is none. None are of a line that tells the hurt if there is another, and none
    stand in a cold line as well.
    """
    cold = [_stretch(scene.letter, seen).lower() for seen in scene.observations if seen.quality.kind is not Kind.WARM]
    told = [(seen, words) for seen in warm if (words := scene.quoted[seen]) and stands_alone(words)]
    told = [(seen, words) for seen, words in told if not any(words.lower() in line for line in cold)]
    whole = {words for seen, words in told if words == _stretch(scene.letter, seen).strip(" .,:;!")}
    best = sorted(
        (seen.quality is Quality.ACKNOWLEDGING, words not in whole, -seen.confidence, words)
        for seen, words in told
        if words in whole or (seen.focus and seen.quality in _IN_PART)
    )
    return best[0][-1] if best else None


def _stretch(letter: Letter, seen: Observation) -> str:
    return letter.text[seen.start : seen.end]


def _pick(scene: Scene, wordings: Sequence[str], **slots: str | None) -> str:
    """Choose a wording whose slots can all be filled."""
    filled = {name: value for name, value in slots.items() if value}
    usable = [w for w in wordings if all(name in filled for name in slots_in(w))]
    chosen = _rotated(usable or [w for w in wordings if not slots_in(w)], scene.seed)
    return fill(chosen[0], **filled) if chosen else ""


def _rotated(choices: Sequence[str], by: int) -> list[str]:
    by %= len(choices) or 1
    return [*choices[by:], *choices[:by]]
