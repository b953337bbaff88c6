"""The path of a letter, on one page: letter → screen → read → guard → reflection (→ render).

    text ── Letter.of ─→ Letter ── screen ─→ Distress ── plan ─→ who may read, what may be shown
                            │                                        │
                            └──────────── reader.read ←──────────────┘
                                              │ Reading (a model's words are raw in it)
                                           mend ─→ Words (judged, vetted words in place of stopped ones)
                                              │
                                          compose ─→ Reflection

The distress screen runs before anything else exists that could send a letter anywhere.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from compassion_coach.compose import compose
from compassion_coach.errors import ModelError
from compassion_coach.language import language_of
from compassion_coach.letter import Letter
from compassion_coach.local_reader import LocalReader
from compassion_coach.mend import mend
from compassion_coach.policy import Plan, plan_for
from compassion_coach.reading import Reader, Reading
from compassion_coach.reflection import Distress, Reflection
from compassion_coach.screen import screen
from compassion_coach.support import resolve_region


@dataclass(frozen=True, slots=True)
class Coach:
    """Reads letters back. `Coach()` uses the embedded reader: no key, no network.

    With `model`, a language model behind an OpenAI-compatible API reads instead, one request a letter. Where it
    cannot, the embedded reader answers and `degraded` says why; with `strict` the ModelError is raised.
    `region` is a two-letter country code for helplines; without it the locale is a labelled guess.
    `timeout` is the time limit in seconds for all that happens with the model.
    """

    model: str | None = None
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    region: str | None = None
    timeout: float = 60.0
    strict: bool = False

    def reflect(self, text: str) -> Reflection:
        """Read a letter back. Works in any thread, with or without a running event loop.

        Raises ModelError when `strict` and the model gave nothing that can be shown; SettingError for a bad region.
        """
        return _finish(self.areflect(text))

    async def areflect(self, text: str) -> Reflection:
        """Read a letter back, as `reflect` does."""
        resolve_region(self.region)
        letter = Letter.of(text)
        distress = screen(letter)
        plan = plan_for(distress.level, language_of(text))
        reading, degraded = await self._read(letter, plan)
        raised = max(distress.level, reading.level, key=lambda level: level.rank)
        if raised is not distress.level:  # a model's opinion may raise the level and never lower it
            distress = Distress(level=raised, signals=distress.signals)
            plan = plan_for(raised, plan.language)
            reading = LocalReader().read(letter) if not plan.ask_model else reading
        words = mend(letter, reading, plan)
        return compose(letter, distress, plan, reading, words, degraded, self.region)

    def screen(self, text: str) -> Distress:
        """Return the level of distress in a text and what says so."""
        return screen(Letter.of(text))

    def why_not_sent(self, text: str) -> str | None:
        """Return in plain words why a text would not leave this machine, or None when it would be sent."""
        letter = Letter.of(text)
        return self._kept_here(letter, plan_for(screen(letter).level, language_of(text)))

    def _kept_here(self, letter: Letter, plan: Plan) -> str | None:
        if self.model is None:
            return "No model was named, so the embedded reader reads on this computer."
        if plan.unread or not plan.ask_model:
            return plan.unread or "A letter with this much distress stays on this computer, and people come forward."
        return (
            None if any(letter.has_words(s) for s in letter.sentences if not s.private) else "It has no words to send."
        )

    async def _read(self, letter: Letter, plan: Plan) -> tuple[Reading, str | None]:
        """Let the chosen reader read, and the embedded one where it may not or cannot."""
        local: Reader = LocalReader()
        if plan.unread:
            return Reading(local.info, ()), plan.unread
        if self.model is None or self._kept_here(letter, plan):
            return await local.aread(letter), None
        from compassion_coach.model_reader import ModelReader

        reader: Reader = ModelReader(self.model, self.base_url, self.key, self.timeout)
        try:
            return await reader.aread(letter), None
        except ModelError as error:
            if self.strict:
                raise
            return await local.aread(letter), f"{error} The embedded reader read this letter."


def _finish(work: Coroutine[Any, Any, Reflection]) -> Reflection:
    """Run a coroutine to its end, also where an event loop is already running (a notebook, say)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
