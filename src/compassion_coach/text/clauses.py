"""Where a folded sentence may be parted: at commas and dashes, and before the words that join one thing to another."""

import re
from collections.abc import Iterator

_CUT = re.compile(
    r"[,;:]\s+|\s+[-–—]+\s+|\.{2,}\s*|[(]"
    r"|\s(?=(?:but|and|so|because|cos|cause|though|although|tho|yet|still|however|while|whilst|even if|even though|"
    r"only|or|as if|when|just|please|if|which|anyway|except)\b)"
)
_JOINS = re.compile(r"(?:(?:but|and|so|because|cos|cause|then|though|although|yet|however|while|anyway|or)\b[ ,]*)+")
_GOES_ON = re.compile(
    r"\s*(?:because|cos|cause|so|if|when|while|whilst|which|as if|even|only|except|though|although)\b"
)
_TOGETHER = 3  # clauses that are taken together at most
_FEWEST = 6  # words: "you have been going back" is no thought
_MOST = 48  # cuts that are looked at: what is screened together has seldom more


def cuts(text: str) -> Iterator[int]:
    """Yield where a clause may begin, beside the first, in a folded sentence (code points), in order."""
    return (found.end() for found in _CUT.finditer(text))


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of clauses and of a few neighbours together, without what joins them on: never the whole.

    None ends before its reason or condition: without "because he does the accounts now" it is another thing.
    """
    places = sorted({0, *list(cuts(text))[:_MOST], len(text)})
    for many in range(1, min(_TOGETHER, len(places) - 2) + 1):
        for start, end in zip(places, places[many:], strict=False):
            joined = _JOINS.match(text, start, end)
            start = joined.end() if joined else start
            if _GOES_ON.match(text, end):
                continue
            if len(text[start:end].split(None, _FEWEST - 1)) == _FEWEST:
                yield start, end
