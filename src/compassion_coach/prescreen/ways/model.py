"""A model that reads letters for a therapist: who it is, what it costs, and what may be spent."""

from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from compassion_coach.address import resolved, server_of
from compassion_coach.errors import ModelError, SettingError
from compassion_coach.letter import Letter
from compassion_coach.model.reader import sent_for, system_prompt
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.reflection import Usage

_CHARACTERS = 4  # of English to a token, roughly
_ANSWER = 700  # tokens of an answer, roughly
NOTHING = Usage(requests=0, prompt_tokens=0, answer_tokens=0)


@dataclass(frozen=True, slots=True)
class Model:
    """A model behind an OpenAI-compatible API, how many letters it is sent at once, and what may be spent.

    `prices` are those of a million tokens of prompt and of answer; `most_cost` needs them.
    """

    name: str
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    redact: bool = False
    at_once: int = 8
    most_tokens: int | None = None
    prices: tuple[float, float] = (0.0, 0.0)
    most_cost: float | None = None

    def __post_init__(self) -> None:
        """Raise SettingError for an allowance that could never be spent."""
        is_told = min(self.prices) >= 0 and sum(self.prices) > 0  # not so where one is no number
        if self.most_cost is not None and not (is_told and self.most_cost >= 0):
            raise SettingError("most_cost needs prices, of a million tokens of prompt and of answer.")

    def check(self) -> None:
        """Raise MissingExtraError where what `redact` needs is not there: told once, and not of each letter."""
        if self.redact:
            with suppress(ModelError):
                sent_for(Letter.of("Dear Nell,\nI rang Anna today.\n"), redact=True)

    @property
    def reader(self) -> str:
        """Who reads, as the journal tells readers apart."""
        return f"{self.name}, prompt {PROMPT_VERSION}"

    @property
    def server(self) -> str:
        """Where letters go, with the port where the address tells one, and whether others on the way could read it."""
        host, *rest = server_of(self.base_url).split(", ")
        port = urlsplit(resolved(self.base_url) or "").port
        return ", ".join([f"[{host}]:{port}" if ":" in host and port else f"{host}:{port}" if port else host, *rest])

    def cost(self, usage: Usage) -> float:
        """Return what tokens cost."""
        return (usage.prompt_tokens * self.prices[0] + usage.answer_tokens * self.prices[1]) / 1e6

    def spent(self, usage: Usage) -> bool:
        """Whether no further letter may be sent."""
        tokens = usage.prompt_tokens + usage.answer_tokens
        return (self.most_tokens is not None and tokens >= self.most_tokens) or (
            self.most_cost is not None and self.cost(usage) >= self.most_cost
        )


def expected(letters: int, characters: int) -> Usage:
    """Return roughly what reading some letters will take, before it is begun."""
    prompt = letters * (len(system_prompt()) // _CHARACTERS + 60) + characters // _CHARACTERS
    return Usage(requests=letters, prompt_tokens=prompt, answer_tokens=letters * _ANSWER)
