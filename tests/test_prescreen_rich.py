"""RTF letters: what their writer sees, what stands beside it, and what is hidden."""

import pytest

from compassion_coach.prescreen.words.formats import text_of

HEAD = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 Arial;}{\f1\fcharset0 Arial;}}\f1 "
NOTES = {
    "a footnote": r"{\footnote \chftn %s}",
    "a footnote of LibreOffice": r"{\super \chftn{\*\footnote\chftn\pard\plain %s}}",
    "a box": r"{\shp{\*\shpinst{\sp{\sn name}{\sv Box}}{\shptxt \pard %s\par}}{\shprslt{\pict 00ff}}}",
}


def rtf(inside: str) -> bytes:
    return f"{HEAD}{inside}}}".encode("ascii")


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_notes_and_boxes_are_read_after_the_letter(note: str) -> None:
    """They are the writer's words, and stand in the middle of no sentence."""
    found = text_of(".rtf", rtf("It was" + note % r"{\f0\'ea\'e8} It hurt." + r" so hard.\par"))
    assert [*filter(None, found.text.split("\n"))] == ["It was so hard.", "ки It hurt."]
    assert found.remark is None


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        (r"{\header \pard %s\par}", "header or footer"),
        (r"{\footerf %s}", "header or footer"),
        (r"{\v %s}", "hidden text"),
        (r"\v %s\v0 ", "hidden text"),
        (r"\v %s\plain ", "hidden text"),
    ],
)
def test_what_stands_beside_a_letter_is_told(beside: str, place: str) -> None:
    """And read where it speaks of danger."""
    letter = "It was " + beside + r"so hard.\par"
    found = text_of(".rtf", rtf(letter % "You always fail."))
    assert found.text == "It was so hard.\n"
    assert found.remark == f"What stands in its {place} was not read."
    grave = text_of(".rtf", rtf(letter % "I will end my life tonight."))
    assert grave.text.startswith("It was so hard.\n")
    assert "I will end my life tonight." in grave.text
    assert "was read as well" in str(grave.remark)


def test_what_was_struck_out_is_read_nowhere() -> None:
    """Neither in the letter nor beside it."""
    found = text_of(".rtf", rtf(r"{\header {\deleted gone}}It was {\deleted never }{\v\deleted gone}so hard.\par"))
    assert (found.text, found.remark) == ("It was so hard.\n", None)


def test_the_address_of_a_link_is_no_word() -> None:
    """Only what is shown."""
    link = r'{\field{\*\fldinst{HYPERLINK "http://example.org"}}{\fldrslt{\ul my garden}}}'
    assert text_of(".rtf", rtf(rf"I sat in {link} and cried.\par")).text == "I sat in my garden and cried.\n"
