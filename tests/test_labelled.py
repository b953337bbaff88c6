"""The format that letters are labelled in."""

import pytest

from compassion_coach.errors import InputError
from compassion_coach.labelled import parse_letters
from compassion_coach.vocabulary import Kind, Level, Quality

FILE = """# a comment
== a1 | none
N Dear Tom,
W:courage You rang her.

WA Perhaps a walk, if you like.
== a2 | concern
I You always fail.
"""


def test_reads_letters_labels_and_qualities() -> None:
    """Each letter has its name, level and sentences; two letters mean that either is right."""
    first, second = parse_letters(FILE.splitlines())
    assert (first.name, first.level, second.level) == ("a1", Level.NONE, Level.CONCERN)
    assert first.sentences[1].quality is Quality.COURAGE
    assert first.sentences[2].kinds == {Kind.WARM, Kind.ADVICE}
    assert first.text == "Dear Tom,\nYou rang her.\nPerhaps a walk, if you like."


@pytest.mark.parametrize("line", ["X a letter", "W:brilliant yes", "== a3 | dire"])
def test_a_line_out_of_format_is_named(line: str) -> None:
    """The message tells its number and what the format is, and not its words."""
    with pytest.raises(InputError, match="Line 2") as caught:
        list(parse_letters(["# a comment", line]))
    assert '"== name | none"' in str(caught.value)
    assert "W (warm)" in str(caught.value)
    assert line not in str(caught.value)
