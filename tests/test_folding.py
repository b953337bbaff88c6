"""Folding: what people type, made plain for the rules, with the way back kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compassion_coach.text.folding import fold


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("You Should", "you should"),
        ("don’t", "don't"),
        ("donʼt", "don't"),
        ("sh\u200bould", "should"),
        ("ｓｈｏｕｌｄ", "should"),
        ("shоuld", "should"),  # the o is Cyrillic
        ("sh0uld", "should"),
        ("s h o u l d", "should"),
        ("s.h.o.u.l.d", "should"),
        ("i w a n t t o r e s t", "i want to rest"),
        ("i-w-a-n-t t-o r-e-s-t", "i want to rest"),
        ("I   w  a  n  t   t  o   r  e  s  t", "i want to rest"),
        ("y.o.u.s.h.o.u.l.d.g.o", "you should go"),
        ("t o g e t h e r", "together"),
        ("the U.S.A. and Q.W.R.T.Z.P.", "the usa. and qwrtzp."),
        ("kiiiill", "kiill"),
        ("cafe\u0301", "cafe"),
        ("so\n  tired", "so tired"),
        ("4am on the 2nd", "4am on the 2nd"),
        ("at 10 o'clock", "at 10 o'clock"),
        ("I want to d*e.", "i want to die."),
        ("s**cide, k-ll, d|e, di3", "suicide, kill, die, die"),
        ("ĸ¡ll and 🅳🅸🅴", "kill and die"),
        ("sh*t, f*ck, G-d, a well-being", "sh*t, f*ck, g-d, a well-being"),  # no word fits
    ],
)
def test_folds_to_the_plain_form(typed: str, plain: str) -> None:
    """What looks or reads alike becomes alike."""
    assert fold(typed).text == plain


def test_an_offset_leads_back_to_the_writers_own_characters() -> None:
    """A span of the folded text is a span of the original, accents and hidden characters included."""
    typed = "Ah, you s\u200bh\u200bould go to the cafe\u0301."
    folded = fold(typed)
    at = folded.text.index("should")
    start, end = folded.original(at, at + len("should"))
    assert typed[start:end].replace("\u200b", "") == "should"
    at = folded.text.index("cafe")
    start, end = folded.original(at, at + len("cafe"))
    assert typed[start:end] == "cafe\u0301"


@given(st.text())
def test_every_offset_stays_inside_the_text(text: str) -> None:
    """Whatever the text, spans lead back to places in it, in order."""
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@given(st.text() | st.text("ab i.-\t\u00a0\u200b\u3000"))
def test_no_two_blanks_stand_in_a_row(text: str) -> None:
    """Of a run of blanks one is left, whatever it was made of."""
    assert "  " not in fold(text).text


def test_i_before_a_spaced_word_stays_a_word() -> None:
    """`i w a n t to d i e` holds four words, and `i t` holds one."""
    assert fold("i w a n t to d i e").text == "i want to die"
    assert fold("i t h u r t s").text.replace(" ", "") == "ithurts"
    assert fold("i d e a").text == "idea"


@pytest.mark.parametrize("word", ["drowning", "jumping", "wanted"])
def test_spaced_letters_of_a_word_with_an_ending_are_one_word(word: str) -> None:
    """The list has its stem, and common endings are known."""
    assert fold(" ".join(word)).text == word
