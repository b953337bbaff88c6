"""What is shown steers nothing that shows it: no control character, and no turn of the direction of writing.

Spaces that do not break, joined emoji and the like are words, and stay. What nobody sees is another thing: it may stand
in a letter, and is neither read to a model nor let through in a model's words, for it can spell orders.
"""

import re

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TURNS = r"\u061c\u202a-\u202e\u2066-\u2069"
# Unicode calls these default ignorable: blanks of no width, fillers, selectors of a form, tags.
_UNDRAWN = (
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI = r"\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_STEERING = re.compile(rf"[{_CONTROLS}\r{_TURNS}\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(rf"[{_CONTROLS}{_TURNS}{_UNDRAWN}]")
_IN_EMOJI = re.compile(rf"(?<=[{_EMOJI}])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])")


def steers(character: str) -> bool:
    """Whether a character is for what shows a text, and not for who reads it."""
    return bool(_STEERING.match(character))


def is_unseen(character: str) -> bool:
    """Whether nobody sees a character that stands by itself. Line ends and tabs are seen."""
    return bool(_UNSEEN.match(character))


def seen(text: str) -> str:
    """Return a text without what nobody sees, blanks instead of controls. Emoji stay joined, and in their colours."""

    def instead(found: re.Match[str]) -> str:
        if _IN_EMOJI.match(text, found.start()):
            return found[0]
        return " " if steers(found[0]) and found[0] < "\xa0" else ""

    return _UNSEEN.sub(instead, text)


def harmless(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    r"""Return a text with something instead of whatever steers. Line ends become `\n`, and stay as tabs do."""
    return _STEERING.sub(instead, text.replace("\r\n", "\n").replace("\r", "\n"))


def spelt(told: str) -> str:
    """Return some JSON in which whatever steers is escaped."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", told)
