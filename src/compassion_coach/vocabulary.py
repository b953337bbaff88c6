"""What can be marked in a letter, and how serious distress can be: the handout's ideas as names.

The qualities follow the ideas of the client handout on compassionate letter writing and the therapist notes
that come with it (compassion-focused therapy, after Paul Gilbert).
"""

from enum import StrEnum


class Kind(StrEnum):
    """The three kinds of mark, and `neutral` for a sentence that carries none of them."""

    WARM = "warm"
    ADVICE = "advice"
    INVALIDATION = "invalidation"
    NEUTRAL = "neutral"


class Quality(StrEnum):
    """What a marked stretch does. Each quality belongs to one kind."""

    ACKNOWLEDGING = "acknowledging"
    UNDERSTANDABLE = "understandable"
    COMMON_HUMANITY = "common_humanity"
    STANDING_BACK = "standing_back"
    COURAGE = "courage"
    FEELINGS = "feelings"
    SELF_CRITICISM = "self_criticism"
    DILEMMA = "dilemma"
    LOST_JOY = "lost_joy"
    ENCOURAGING_STEP = "encouraging_step"
    KIND_WISH = "kind_wish"
    SHOULD = "should"
    ADVICE = "advice"
    DISMISSING = "dismissing"
    CONDEMNING = "condemning"
    COLD = "cold"
    SUGARY = "sugary"

    @property
    def kind(self) -> Kind:
        """The kind that this quality belongs to."""
        if self in (Quality.SHOULD, Quality.ADVICE):
            return Kind.ADVICE
        if self in (Quality.DISMISSING, Quality.CONDEMNING, Quality.COLD, Quality.SUGARY):
            return Kind.INVALIDATION
        return Kind.WARM


DESCRIPTIONS: dict[Quality, str] = {
    Quality.ACKNOWLEDGING: "the distress is named plainly, with empathy",
    Quality.UNDERSTANDABLE: "the distress makes sense, often with its reason",
    Quality.COMMON_HUMANITY: "others know this too; it is no personal failing",
    Quality.STANDING_BACK: "a wider view of time and self, less black and white, earlier times that were coped with",
    Quality.COURAGE: "strengths, efforts, what the person is able to do",
    Quality.FEELINGS: "feelings met without blame, as part of being human and not chosen",
    Quality.SELF_CRITICISM: "the inner critic understood as coming from disappointment, loss or fear",
    Quality.DILEMMA: "both sides of a choice held, with no hurry",
    Quality.LOST_JOY: "the loss of good feelings mourned and not blamed",
    Quality.ENCOURAGING_STEP: "a small step or asking for help, offered with room to say no",
    Quality.KIND_WISH: "warmth, company, a genuine wish for the person's wellbeing",
    Quality.SHOULD: "a rule for what to think, feel or do: should, must, ought, have to, need to",
    Quality.ADVICE: "a suggestion or instruction, however good",
    Quality.DISMISSING: "the feeling is made too big, wrong or outranked by others' troubles",
    Quality.CONDEMNING: "blame, labels, shame, self-attack",
    Quality.COLD: "observed, grudging or lectured from outside, with no empathy",
    Quality.SUGARY: "forced brightness that skips the pain",
}


class Level(StrEnum):
    """How serious the distress in a letter is, mildest first."""

    NONE = "none"
    TENDER = "tender"
    CONCERN = "concern"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0 for `none` to 3 for `urgent`."""
        return _RANKS[self]

    @property
    def is_grave(self) -> bool:
        """Whether it is `concern` or `urgent`: then people come forward, and nothing leaves this computer."""
        return self in (Level.CONCERN, Level.URGENT)


_RANKS = {level: rank for rank, level in enumerate(Level)}
