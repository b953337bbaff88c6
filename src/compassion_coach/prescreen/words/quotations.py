"""What somebody else wrote before, in a message: quoted below or between the words that are new.

Programs that mark no line of a quotation put a header before it: some lines of who wrote when, to whom, about what. A
letter may begin in that way as well ("From: my kind self"), so a header is known by an address or a time of day, or by
the line above it; what only looks like one stays, and is told.
"""

import re
from typing import Any

from compassion_coach.prescreen.words.web import outermost

_MARKED = re.compile(r"\s*>")
_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- \n.*", re.MULTILINE | re.DOTALL)
_ANNOUNCED = re.compile(  # the line above what is quoted: "On Monday, 2 March, N. wrote:"
    r"^[ \t]*(?:On|Am|Le|El|Il|Op)\b[^\n]{0,200}(?:\n[^\n]{0,100})?"
    r"\b(?:wrote|schrieb[^\n:]{0,100}|schreef[^\n:]{0,100}|a écrit|escribió|ha scritto)\s*:[ \t]*$\n?",
    re.MULTILINE,
)
_SEPARATOR = re.compile(
    r"[ \t]*(?:(?:-{2,}[ \t]*)?(?P<said>Original[ -]Message|Urspr(?:ü|ue)ngliche Nachricht|Forwarded message|"
    r"Begin forwarded message|Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|Message d['’]origine|"
    r"Message transféré|Mensaje original|Messaggio originale|Oorspronkelijk bericht)[ \t]*(?:-{2,}|:)|_{10,})[ \t]*$",
    re.IGNORECASE,
)
_LABELS = {
    "from": "From Von De Da Van Från Fra Od Lähettäjä",
    "sent": "Sent Date Gesendet Datum Envoyé Enviado Enviada Fecha Inviato Data Verzonden Skickat Sendt Dato Wysłano "
    "Lähetetty",
    "to": "To An À Para A Aan Till Til Do Vastaanottaja Cc Kopie Copia Kopia Kopi DW",
    "subject": "Subject Betreff Objet Asunto Oggetto Assunto Onderwerp Ämne Emne Temat Aihe",
}
_ROLES = {name.lower(): role for role, names in _LABELS.items() for name in names.split()}
_LABEL = re.compile(rf"[ \t]*\*?(?P<name>{'|'.join(_ROLES)})(?: el)?[ \t\u00a0]*:\*?(?:[ \t\u00a0]|$)", re.IGNORECASE)
_TIME = re.compile(r"\d[:h]\d\d\b")
_MOST_LINES = 12  # of a header
_HTML = """
    .//blockquote | .//*[contains(@class, "gmail_quote") and not(blockquote)] |
    .//*[contains(@class, "gmail_signature") or contains(@class, "moz-signature")] |
    .//*[contains(@class, "yahoo_quoted") or contains(@class, "protonmail_quote")] |
    .//*[@id = "divRplyFwdMsg"] | .//*[@id = "divRplyFwdMsg" or @id = "appendonsend"]/following-sibling::*
"""  # of Gmail, Outlook, Yahoo and Proton, where they use no block


def mark_quotations(page: Any) -> None:
    """Put `> ` before what an HTML message quotes and its signature, in the tree itself, as plain messages have it.

    What is written between the blocks of a quotation is the writer's.
    """
    import html_text

    for one in outermost(page.xpath(_HTML)):
        lines = html_text.etree_to_text(one).splitlines()
        for part in list(one):
            one.remove(part)
        one.text = None
        for line in filter(None, lines):
            said = one.makeelement("div")
            said.text = f"> {line}"
            one.append(said)


def own_words(*texts: str) -> str:
    """Leave out what the texts of a plain message quote, and the signature below `-- ` in each.

    Where nothing else would be left it was passed on: all of it is kept but the lines that say so.
    """
    return written_anew(*texts) or _unannounced("\n".join(texts), passed_on=True)


def written_anew(*texts: str) -> str:
    """Return what is left of the texts of a plain message when its quotations and signatures are taken out."""
    own = _QUOTED.sub("", _unannounced("\n".join(_SIGNATURE.sub("", text) for text in texts)))
    return own if own.strip() else ""


def may_quote(text: str) -> bool:
    """Whether the words that are left of a message may hold a quotation all the same, of which nobody can be sure."""
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    for at in range(first + 1, len(lines)):
        roles = {role for role, _ in _header(lines, at)}
        if {"from", "to"} <= roles or {"from", "sent"} <= roles or _says_so(lines[at]):
            return True
    return any(_TIME.search(one[0]) for one in _ANNOUNCED.finditer(text))


def _unannounced(text: str, *, passed_on: bool = False) -> str:
    """Leave out what announces a quotation for sure, and all below it where its lines are not marked.

    Of what was passed on only the former is left out.
    """
    kept, at = [], 0
    for start, end in _announcements(text):
        if start < at:
            continue
        kept.append(text[at:start])
        at = end
        if not passed_on and not _is_marked(text, end):
            return "".join(kept)
    return "".join([*kept, text[at:]])


def _announcements(text: str) -> list[tuple[int, int]]:
    """Return where the announcements and headers of quotations stand in a message, those of which one can be sure."""
    found = [one.span() for one in _ANNOUNCED.finditer(text) if _is_marked(text, one.end()) or _is_dated(one[0])]
    lines = text.splitlines(keepends=True)
    places = [0]
    for line in lines:
        places.append(places[-1] + len(line))
    for at in range(len(lines)):
        end = _end_of_header(lines, at)
        if end or (_says_so(lines[at]) and _is_marked(text, places[at + 1])):
            found.append((places[at], places[end or at + 1]))
    return sorted(found)


def _is_dated(announcement: str) -> bool:
    return "@" in announcement and any(map(str.isdecimal, announcement))


def _is_marked(text: str, at: int) -> bool:
    """Whether the next line that holds anything is marked as quoted."""
    return _MARKED.match(text, at) is not None


def _says_so(line: str) -> bool:
    separator = _SEPARATOR.match(line)
    return bool(separator and separator["said"])


def _end_of_header(lines: list[str], start: int) -> int:
    """Return the line after a header that begins at a line and is one for sure; 0 where there is none."""
    begins = start
    if _SEPARATOR.match(lines[start]):
        begins = next((at for at in range(start + 1, min(len(lines), start + 4)) if lines[at].strip()), start)
    header = _header(lines, begins)
    if not header:
        return 0
    roles, end = {role for role, _ in header}, header[-1][1] + 1
    told = "".join(lines[begins:end])
    if _says_so(lines[start]) or (
        "from" in roles and (("@" in told and len(roles) > 1) or ({"sent", "subject"} <= roles and _TIME.search(told)))
    ):
        return end
    return 0


def _header(lines: list[str], start: int) -> list[tuple[str, int]]:
    """Return the lines of a header that begins at a line: what each tells, and its place. A long one may be wrapped."""
    found: list[tuple[str, int]] = []
    for at in range(start, min(len(lines), start + _MOST_LINES)):
        label = _LABEL.match(lines[at])
        if label:
            found.append((_ROLES[label["name"].lower()], at))
        elif not found or not any(map(_LABEL.match, lines[at + 1 : at + 2])):
            break
    return found
