"""The format that letters are labelled in."""

from pathlib import Path

import pytest

from compassion_coach.errors import InputError
from compassion_coach.labelled import LabelledSentence, letters_in, lines_in, parse_letters, rows_in
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


def test_only_a_line_break_ends_a_line(tmp_path: Path) -> None:
    """Letters have other signs in them that `splitlines` takes for one."""
    file = tmp_path / "letters.txt"
    file.write_bytes("== a | none\r\nW You rang\u2028 her\x0b, then.\rN It\x85 rained.\n".encode())
    (letter,) = letters_in(file)
    assert [sentence.text for sentence in letter.sentences] == ["You rang\u2028 her\x0b, then.", "It\x85 rained."]


def test_cases_are_rows_of_cells(tmp_path: Path) -> None:
    """Empty lines and comments are none, and a blank at the end belongs to the last cell."""
    file = tmp_path / "cases.tsv"
    file.write_bytes(b"# level, text\nnone\tIt\xe2\x80\xa8 rained. \n\n  \nurgent\ta\tb\r\nlast")
    assert lines_in(file) == ["none\tIt\u2028 rained. ", "urgent\ta\tb", "last"]
    assert rows_in(file) == [["none", "It\u2028 rained. "], ["urgent", "a", "b"], ["last"]]


def test_of_two_kinds_one_stands_for_a_sentence() -> None:
    """The first in the order of Kind, which is not that of the alphabet."""
    assert LabelledSentence("a", frozenset({Kind.ADVICE, Kind.WARM}), None).kind is Kind.WARM
    assert LabelledSentence("a", frozenset({Kind.NEUTRAL, Kind.INVALIDATION}), None).kind is Kind.INVALIDATION
