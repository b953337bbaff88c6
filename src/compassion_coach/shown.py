"""What is shown steers nothing that shows it: no control character, and no turn of the direction of writing.

Spaces that do not break, joined emoji and the like are words, and stay.
"""

import re

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def steers(character: str) -> bool:
    """Whether a character is for what shows a text, and not for who reads it."""
    return bool(_STEERING.match(character))


def harmless(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    r"""Return a text with something instead of whatever steers. Line ends become `\n`, and stay as tabs do."""
    return _STEERING.sub(instead, text.replace("\r\n", "\n").replace("\r", "\n"))


def spelt(told: str) -> str:
    """Return some JSON in which whatever steers is escaped."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", told)
