"""Pages: what nobody sees is told and not read, unless it speaks of danger."""

import pytest

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
