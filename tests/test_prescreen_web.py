"""Pages: what nobody sees is told and not read, unless it speaks of danger."""

import pytest

from compassion_coach.errors import InputError
from compassion_coach.letter import Letter
from compassion_coach.prescreen.words.formats import text_of

UNSEEN = {
    "not displayed": '<div style="color: red; DISPLAY : none">{}</div>',
    "invisible": '<p style="visibility:hidden">{}</p>',
    "hidden": "<p hidden>{}</p>",
    "of Word": '<span style="mso-hide:all">{}</span>',
    "for other browsers": "<noscript>{}</noscript>",
    "a pattern": "<template><p>{}</p></template>",
    "a choice": "<select><option>{}</option></select>",
    "a field": "<textarea>{}</textarea>",
    "no longer so": "<s>{}</s>",
    "struck out": "<strike>{}</strike>",
    "deleted": "<del>{}</del>",
    "within each other": '<del hidden>You <s style="display:none">{}</s></del>',
}


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_seen_is_not_the_letter(unseen: str) -> None:
    """It is told; and it is read where it speaks of danger."""
    page = f"<body><p>It was a <b>hard</b> week.</p>{unseen}<p>You kept going.</p></body>"
    found = text_of(".html", page.format("You always fail.").encode())
    assert found.text.split() == ["It", "was", "a", "hard", "week.", "You", "kept", "going."]
    assert found.remark == "What stands in its hidden or struck out text or form fields was not read."
    grave = text_of(".html", page.format("I want to kill myself tonight.").encode())
    assert grave.text.count("I want to kill myself tonight.") == 1
    assert "was read as well" in str(grave.remark)
    mail = b"Content-Type: text/html\n\n" + page.format("You always fail.").encode()
    assert text_of(".eml", mail) == found


def test_a_passage_that_is_kept_back_stays_so() -> None:
    """The comments that say so are not lost with the others."""
    page = "<p>I see you.</p><!-- a note --><!-- coach:off --><p>My secret.</p><!-- coach:on --><p>You rest.</p>"
    for raw, suffix in ((page, ".html"), (f"Content-Type: text/html\n\n{page}", ".eml")):
        letter = Letter.of(text_of(suffix, raw.encode()).text)
        assert [letter.text[s.start : s.end] for s in letter.sentences if s.private] == ["My secret."]
        assert "a note" not in letter.text


def test_a_plain_letter_keeps_back_what_it_says() -> None:
    """In Markdown as in a text."""
    raw = b"I see you. <!-- coach:off -->My secret.<!-- coach:on --> You rest."
    for suffix in (".md", ".markdown", ".txt", ".text"):
        letter = Letter.of(text_of(suffix, raw).text)
        assert [letter.text[s.start : s.end] for s in letter.sentences if s.private] == ["My secret."]


@pytest.mark.parametrize(
    "page",
    [
        "<p>It was hard.</p></body></html>\n<p>You stayed.</p>",
        "<html><body>It was hard.</body></html>\nYou stayed.",
        "<html><body>It was hard.</body><p>You stayed.</p></html>",
        "<html><body>It was hard.</body><body hidden>You stayed.</body></html>",
        "{0}<body>It was hard.</body></html>\n{0}<body>You stayed.</body></html>",
    ],
)
def test_what_follows_the_end_of_a_page_is_read(page: str) -> None:
    """Pages are put together, and programs add below an end what they add; a browser shows all of it."""
    found = text_of(".html", page.format("<!doctype html><html><head><title>x</title></head>").encode())
    assert (found.text.split(), found.remark) == (["It", "was", "hard.", "You", "stayed."], None)


def test_a_page_is_read_to_its_end_however_deep() -> None:
    """Marks that nobody closed lie within each other; where that is too deep to be read on, it is not read at all."""
    for mark in ("<div>", "<font size=2>"):
        found = text_of(".html", f"<p>You came.</p>{400 * mark}I want to die tonight.<p>You stayed.</p>".encode())
        assert found.text.split("\n\n") == ["You came.", "I want to die tonight.", "You stayed."]
    with pytest.raises(InputError, match="nested deeper"):
        text_of(".html", f"<p>You came.</p>{100_000 * '<div>'}I want to die tonight.".encode())


def test_a_passage_may_be_kept_back_before_anything_is_shown() -> None:
    """What stands above all that is shown counts as well."""
    for page in ("{}<p>My secret.</p>", "<!doctype html>{}<html><body>My secret.</body></html>", "<html>{}My secret."):
        letter = Letter.of(text_of(".html", page.format("<!-- coach:off -->").encode()).text)
        assert [letter.text[s.start : s.end] for s in letter.sentences if s.private] == ["My secret."]
