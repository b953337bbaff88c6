"""The words of an HTML page, as its writer sees them: neither what is hidden or struck out, nor fields of a form."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

_STYLE = "translate(@style, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ', 'abcdefghijklmnopqrstuvwxyz')"
_UNSEEN = (
    "self::del or self::s or self::strike or self::noscript or self::template or self::select or "
    f"self::textarea or @hidden or contains({_STYLE}, 'display:none') or contains({_STYLE}, 'visibility:hidden') or "
    f"contains({_STYLE}, 'mso-hide:all')"
)
_KEPT_BACK = re.compile(r"\W*coach\W*(?:[o0]f+|on)\b", re.IGNORECASE)


def texts_of_page(page: str, mark: Callable[[Any], None] = lambda _: None) -> tuple[str, str]:
    """Return what a page shows as text, and what stands in it unseen. `mark` may change its tree before.

    The comments that keep a passage from readers stay, for the letter knows them.
    """
    import html_text

    body = html_text.parse_html(page).find("body")
    if body is None:
        return "", ""
    for comment in list(body.xpath("descendant::comment()")):
        if _KEPT_BACK.match(comment.text or ""):
            comment.addprevious(_saying(body, f"<!--{comment.text}-->"))
    unseen = body.makeelement("div")
    for one in body.xpath(f"descendant::*[{_UNSEEN}][not(ancestor::*[{_UNSEEN}])]"):
        copy = deepcopy(one)
        copy.tail = None
        unseen.append(copy)
        one.drop_tree()
    body, unseen = map(html_text.cleaner.clean_html, (body, unseen))
    mark(body)
    return str(html_text.etree_to_text(body)), str(html_text.etree_to_text(unseen))


def _saying(body: Any, words: str) -> Any:
    span = body.makeelement("span")
    span.text = words
    return span
