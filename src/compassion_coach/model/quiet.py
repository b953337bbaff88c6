"""While a letter is on its way, the libraries that carry it keep no log.

They write no bodies, but they do write a server's headers and reason phrase at DEBUG, and a server can put there
what it was sent: the key, or a line of the letter. Their other users in the same program are logged as before.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LIBRARIES = ("openai", "httpx2", "httpcore2")
_on_its_way: ContextVar[bool] = ContextVar("letter_on_its_way", default=False)


class _Hush(logging.Filter):
    def filter(self, _: logging.LogRecord) -> bool:
        return not _on_its_way.get()


_HUSH = _Hush()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep these libraries from logging what happens in this block, in this thread or task."""
    for name in list(logging.root.manager.loggerDict):  # a filter holds for its own logger only, not for those below
        if name.split(".")[0] in _LIBRARIES:
            logging.getLogger(name).addFilter(_HUSH)
    token = _on_its_way.set(True)
    try:
        yield
    finally:
        _on_its_way.reset(token)
