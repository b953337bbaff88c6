"""What was worked out for the words of letters, at hand for the next letter, which has most of them as well."""

from collections.abc import Callable
from typing import TypeVar

_MOST = 1 << 13  # words: one more, and all are forgotten
_LONGEST = 64  # characters of a word that is remembered

V = TypeVar("V")


class Remembered(dict[str, V]):
    """What `work` makes of a word, asked for as `remembered[word]` and worked out once.

    The words are those of people's letters: they stay in memory until the process ends, and are written nowhere.
    """

    def __init__(self, work: Callable[[str], V]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, word: str) -> V:
        """Work it out."""
        found = self._work(word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = found
        return found
