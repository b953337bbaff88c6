"""The words of an HTML page, as its writer sees them: neither what is hidden or struck out, nor fields of a form."""

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from compassion_coach.errors import InputError

_STYLE = "translate(@style, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ', 'abcdefghijklmnopqrstuvwxyz')"
_UNSEEN = (
    "self::del or self::s or self::strike or self::noscript or self::template or self::select or "
    f"self::textarea or @hidden or contains({_STYLE}, 'display:none') or contains({_STYLE}, 'visibility:hidden') or "
    f"contains({_STYLE}, 'mso-hide:all')"
)
_KEPT_BACK = re.compile(r"\W*coach\W*(?:[o0]f+|on)\b", re.IGNORECASE)


class Texts(NamedTuple):
    """The text that a page shows, what stands in it unseen, and how many pictures it has."""

    own: str
    unseen: str
    pictures: int


def texts_of_page(page: str, mark: Callable[[Any], None] = lambda _: None) -> Texts:
    """Return the texts of a page. `mark` may change the tree of what it shows before.

    The comments that keep a passage from readers stay, for the letter knows them. Raises InputError.
    """
    import html_text

    body = _body_of(page)
    pictures = len(body.xpath("descendant::img"))
    for comment in list(body.xpath("descendant::comment()")):
        if _KEPT_BACK.match(comment.text or ""):
            comment.addprevious(_saying(body, f"<!--{comment.text}-->"))
    unseen = body.makeelement("div")
    for one in outermost(body.xpath(f"descendant::*[{_UNSEEN}]")):
        copy = deepcopy(one)
        copy.tail = None
        unseen.append(copy)
        one.drop_tree()
    body, unseen = map(html_text.cleaner.clean_html, (body, unseen))
    mark(body)
    return Texts(str(html_text.etree_to_text(body)), str(html_text.etree_to_text(unseen)), pictures)


def outermost(elements: Iterable[Any]) -> Iterator[Any]:
    """Yield those of some elements, given in the order of their page, that stand in none of the others."""
    within = set[Any]()
    for one in elements:
        if one not in within:
            within.update(one.iterdescendants())
            yield one


def _body_of(page: str) -> Any:
    """Return all that a page shows in one element, also what follows its end or a second beginning."""
    from lxml.etree import fromstring
    from lxml.html import HTMLParser

    parser = HTMLParser(recover=True, encoding="utf-8", huge_tree=True)  # else it ends, unsaid, where 256 are open
    root = fromstring(page.strip().replace("\0", "").encode() or b"<html/>", parser)
    root = fromstring(b"<html/>", parser) if root is None else root
    if parser.error_log.filter_from_fatals():
        raise InputError("Its parts are nested deeper than those of any letter, and could not be read to its end.")
    body = root.makeelement("body")
    for one in [*reversed([*root.itersiblings(preceding=True)]), root, *root.itersiblings()]:
        for inner in one.xpath("self::html/head"):
            inner.drop_tree()
        for shown in one.xpath("self::html | self::html/body"):
            shown.tag = "div"
            shown.attrib.clear()
        body.append(one)
    return body


def _saying(body: Any, words: str) -> Any:
    span = body.makeelement("span")
    span.text = words
    return span
