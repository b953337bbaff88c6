"""The path of a letter, on one page: letter → screen → read → guard → reflection (→ render).

    text ── Letter.of ─→ Letter ── screen ─→ Distress ── plan ─→ who may read, what may be shown
                            │                                        │
                            └──────────── reader.read ←──────────────┘   (a model whose words trip rails is
                                              │                           asked once more: model/reask.py)
                                              │ Reading (a model's words are raw in it)
                                         settled ─→ the level, and no marks that the embedded reader contradicts
                                              │
                                           mend ─→ Words (judged, vetted words in place of stopped ones)
                                              │
                                          compose ─→ Reflection

The distress screen runs before anything else exists that could send a letter anywhere.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compassion_coach.address import check_address, resolved, server_of
from compassion_coach.compose import compose
from compassion_coach.embedded.agreed import settled
from compassion_coach.embedded.here import by_nobody, reading_here
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import DataError, ModelError
from compassion_coach.letter import Letter
from compassion_coach.policy import plan_for, why_kept_here
from compassion_coach.reading import Reader, Reading
from compassion_coach.reflection import Distress, Reflection
from compassion_coach.remarks.mend import mend
from compassion_coach.screen import screen
from compassion_coach.screened import Screened, before_sending, screened
from compassion_coach.settings import check_timeout, checked_text
from compassion_coach.support import resolve_region

if TYPE_CHECKING:
    from compassion_coach.model.reader import ModelReader
    from compassion_coach.model.small import SmallModelReader


@dataclass(frozen=True, slots=True)
class Coach:
    """Reads letters back. `Coach()` uses the embedded reader: no key, no network.

    With `model`, a language model behind an OpenAI-compatible API reads instead: it is asked once a letter, and
    once more where its words trip rails; what a server fails to answer is sent up to twice more, and what it refuses in
    up to two plainer forms. Where it cannot, the embedded reader answers and `degraded` says why; with `strict` the
    ModelError is raised.
    `region` is a two-letter country code for helplines; without it the locale is a labelled guess.
    `timeout` is the time limit in seconds for all that happens with the model, 3600 at most.
    `redact` puts placeholders for names, numbers and addresses into what the model is sent (`model/redact.py`).
    With `small_model` the embedded reader marks, and the model is asked for one note a marked line;
    with `second_opinion` the model reads, and is told what the embedded reader marked.
    """

    model: str | None = None
    base_url: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    region: str | None = None
    timeout: float = 60.0
    strict: bool = False
    redact: bool = False
    small_model: bool = False
    second_opinion: bool = False

    def __post_init__(self) -> None:
        """Raise SettingError for a region, an address or a time limit that settings would not take either.

        That is told here and not when a letter is there, in which it might stand between a person and help.
        """
        for name, given in {"model": self.model, "key": self.key or None, "region": self.region}.items():
            if given is not None:
                checked_text(name, given, "Coach")
        check_timeout(self.timeout, "Coach")
        if self.region is not None:
            resolve_region(self.region)
        if self.base_url is not None:
            check_address(self.base_url, "Coach")
        elif self.model is not None and (address := resolved(None)):
            check_address(address, "OPENAI_BASE_URL")

    def reflect(self, text: str) -> Reflection:
        """Read a letter back. Works in any thread, with or without a running event loop.

        Raises ModelError when `strict` and the model gave nothing that can be shown; InputError for a string that is
        no text; MissingExtraError when `redact` needs what is not installed; DataError
        when a file of the package is broken, but for a letter that speaks of danger.
        """
        start = self._begun(text)
        try:
            reading = self._reader(start).read(start.letter)
        except ModelError as error:
            return self._without_model(start, error)
        except DataError as error:
            return self._unread(start, error)
        return self._end(start, reading, start.plan.unread, sent=reading.asked)

    async def areflect(self, text: str) -> Reflection:
        """Read a letter back, as `reflect` does, without keeping an event loop waiting."""
        import asyncio

        start = await asyncio.to_thread(self._begun, text)
        try:
            reader = await asyncio.to_thread(self._reader, start)
            reading = await reader.aread(start.letter)
        except ModelError as error:
            return await asyncio.to_thread(self._without_model, start, error)
        except DataError as error:
            return await asyncio.to_thread(self._unread, start, error)
        return await asyncio.to_thread(self._end, start, reading, start.plan.unread, sent=reading.asked)

    def why_not_sent(self, text: str) -> str | None:
        """Return in plain words why a text would not leave this machine, or None when it would be sent.

        It is made ready to be sent; whether there is a key for the server is not asked. Where its details cannot be
        taken out, that is the reason: `reflect` reads it on this machine then, or raises that where `strict`. Raises
        MissingExtraError when `redact` needs what is not installed.
        """
        start = self._begun(text)
        why = self._kept_here(start)
        if why:
            return why
        try:
            if self.small_model:
                from compassion_coach.model.small import asked_about

                return asked_about(start.letter, self.redact).why_not
            from compassion_coach.model.reader import sent_for

            sent_for(start.letter, self.redact)
        except ModelError as error:
            return str(error)
        return None

    def what_is_sent(self, text: str) -> list[dict[str, Any]]:
        """Return what a model would be asked of a text, request by request, exactly as it would be sent.

        Of a text that would not leave this machine (`why_not_sent`) nothing is sent. Raises as `why_not_sent` does, and
        ModelError where details cannot be taken out.
        """
        start = self._begun(text)
        if self.model is None or self._kept_here(start):
            return []
        return self._model_reader(self.model, start).asks(start.letter)

    def screen(self, text: str) -> Distress:
        """Return the level of distress in a text and what says so."""
        return screen(Letter.of(text))

    def _begun(self, text: str) -> Screened:
        start = screened(Letter.of(text))
        return start if self.model is None else before_sending(start)

    def _kept_here(self, start: Screened) -> str | None:
        """Say why a letter is read on this machine, or None when the model reads it."""
        if self.model is None:
            return "No model was named, so the embedded reader reads on this computer."
        return why_kept_here(start.letter, start.plan)

    def _reader(self, start: Screened) -> Reader:
        if self.model is None or self._kept_here(start):
            return LocalReader()
        return self._model_reader(self.model, start)

    def _model_reader(self, model: str, start: Screened) -> "ModelReader | SmallModelReader":
        if self.small_model:
            from compassion_coach.model.small import SmallModelReader

            return SmallModelReader(model, self.base_url, self.key, self.timeout, redact=self.redact)
        from compassion_coach.model.reader import ModelReader

        return ModelReader(
            model,
            self.base_url,
            self.key,
            self.timeout,
            start.plan.level,
            redact=self.redact,
            second_opinion=self.second_opinion,
        )

    def _without_model(self, start: Screened, error: ModelError) -> Reflection:
        """Let the embedded reader read where the model could not, or raise where that was asked for."""
        if self.strict:
            raise error
        reading, broken = reading_here(start.letter, start.distress.level)
        return self._end(
            start, reading, f"{error} {broken or 'The embedded reader read this letter.'}", sent=error.sent
        )

    def _unread(self, start: Screened, error: DataError) -> Reflection:
        return self._end(start, *by_nobody(start.distress.level, error), sent=False)

    def _end(self, start: Screened, reading: Reading, degraded: str | None, *, sent: bool) -> Reflection:
        """Judge the words, and put the reflection together."""
        letter = start.letter
        compared = not self.small_model  # whose marks are the embedded reader's already
        distress, reading, broken = settled(letter, start.distress, reading, start.own, compared=compared)
        plan = plan_for(distress.level, start.plan.language)
        return compose(
            letter,
            distress=distress,
            plan=plan,
            reading=reading,
            words=mend(letter, reading, plan, distress.signals),
            degraded=degraded or broken,
            sent_to=server_of(self.base_url) if sent else None,
            region=self.region,
        )
