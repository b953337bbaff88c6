"""Letters that are not UTF-8: the apostrophe of `don't` is one, whoever saved the letter, and danger is heard."""

import json
import sys
from email.message import EmailMessage
from pathlib import Path
from quopri import encodestring

import pytest
from reports import rows

from compassion_coach.errors import InputError
from compassion_coach.letter import Letter
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.words.encoded import encoding_of, text_in, text_told
from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.screen import screen
from compassion_coach.vocabulary import Level

GOODBYE = "Don’t look for me. I’ve said goodbye to everyone."
SHORT = (
    GOODBYE,
    "I won’t be here tomorrow.",
    "I can’t go on, and I’ve got the pills.",
    "DON’T RING ME. I’M DONE.",
    "I’m…",
    "“Rest now,” she said – and I’m so tired.",
    "‘Rest now.’",
    "It’s no wonder that you’re worn out; you’d been up since four.",
    "She’ll never know what it cost — nobody’d ask.",
    "The others’ letters were kinder than mine.",
    "Dear Zoë,\nyou weren’t to blame.",
    "The café’s shut, and that’s a loss.",
    "It was naïve to hope, wasn’t it?",
    "• milk\n• the letter I couldn’t write",
    "My fiancée’s gone…\nand I don’t sleep.",
    "I paid £40 for it – they’d said £20.",
    "Love,\nRené",
    "Dear Mags –",
    "“It makes sense,” I wrote. “You’re allowed to rest.”",
    "Wait… what if they’re right?",
    "He left in ’98, and I haven’t sung since.",
    "You kept going — through the rain, the rota, the rent — and that’s a lot.",
    "I\u00a0don’t know how to say it.",
    "We’ve had soufflé for breakfast; don’t laugh.",
)
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": "«", "”": "»", "–": "-", "—": "-", "…": "...", "•": "*"})


@pytest.mark.parametrize("letter", SHORT)
def test_a_few_curly_quotes_are_enough(letter: str) -> None:
    """A short letter is read as what it is: saved on Windows, on an old Mac, or in Latin letters alone."""
    for encoding in ("cp1252", "mac_roman"):
        assert text_in(letter.encode(encoding)) == (letter, encoding.replace("_", "-"))
    central = letter.replace("ï", "i").replace("é", "e").replace("£", "").encode("cp1250")
    assert text_in(central)[0] == central.decode("cp1250")
    latin = letter.translate(PLAIN)
    for encoding in ("latin-1", "iso-8859-15"):
        assert text_in(latin.encode(encoding))[0] == latin
    typed = letter.translate(PLAIN | {ord("’"): "´"})  # the accent in the apostrophe's place
    assert text_in(typed.encode("latin-1"))[0] == typed
    for encoding in ("utf-8", "utf-8-sig"):
        assert text_in(letter.encode(encoding)) == (letter, None)
    assert text_in(letter.encode("utf-16")) == (letter, None)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp1250", "utf-8", "utf-16"])
def test_danger_is_heard_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    """In a file and in the row of a table, beside calm ones."""
    (tmp_path / "a.txt").write_bytes(GOODBYE.encode(encoding))
    lines = "".join(f'{number},"{letter}"\n' for number, letter in enumerate((*SHORT, GOODBYE)) if '"' not in letter)
    (tmp_path / "t.csv").write_bytes(f"id,text\n{lines}".encode(encoding, "ignore"))
    summary = prescreen([str(tmp_path)], tmp_path / "out", complained=lambda *told: pytest.fail(str(told)))
    alone = [screen(Letter.of(letter)).level for letter in (*SHORT, GOODBYE, GOODBYE)]
    assert alone.count(Level.URGENT) >= 3
    assert summary.standings["urgent"] == alone.count(Level.URGENT)


TABLES = {
    "cp1252": (GOODBYE, "Dear Zoë, I am tired.", "René – rest.", "It hurt."),
    "mac_roman": (GOODBYE, "Dear Zoë, I am tired.", "René – rest.", "It hurt."),
    "cp1251": ("Сегодня был очень тяжёлый день, и я устала.", "It hurt, Оля.", "Да.", "It hurt."),
    "utf-16": (GOODBYE, "Dear Zoë, I am tired.", "Я.", "It hurt."),
    "utf-8": (GOODBYE, "Dear Zoë, I am tired.", "Я.", "It hurt."),
}
"""What stands in a table: that tells which encoding it is in, what by itself is read as another, and what is in all."""


@pytest.mark.parametrize("encoding", TABLES)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@pytest.mark.parametrize("before", [0, 4000])
def test_a_table_is_in_one_encoding(encoding: str, suffix: str, before: int, tmp_path: Path) -> None:
    """Also where a row is too short to tell, or those that tell come late; that it was guessed is told once."""
    letters = TABLES[encoding]
    many = [*["It was a hard week."] * before, *letters[::-1]]
    if suffix == ".csv":
        table = "client,text\n" + "".join(f'{letter[-5:]},"{letter}"\n' for letter in many)
    else:
        table = "".join(json.dumps({"client": one[-5:], "text": one}, ensure_ascii=False) + "\r\n" for one in many)
    (tmp_path / f"t{suffix}").write_bytes(table.encode(encoding))
    found = list(find([str(tmp_path)], Columns()))
    assert [text_of(one.suffix, one.raw).text for one in found] == many
    assert [one.source.client for one in found] == [" ".join(one[-5:].split()) for one in many]
    told = f"Its encoding was guessed: {encoding.replace('_', '-').replace('utf', 'UTF')}."
    guessed = ["" if encoding in ("utf-8", "utf-16") or letter.isascii() else told for letter in many]
    assert [one.source.unclear for one in found] == guessed
    assert {text_of(one.suffix, one.raw).remark for one in found} == {None}


def test_that_an_encoding_was_guessed_is_told_in_the_report(tmp_path: Path) -> None:
    """Once for each letter, beside what else of it was not understood."""
    (tmp_path / "t.csv").write_bytes(f"text,date\n{GOODBYE},03/04/26\nIt hurt.,\n".encode("mac_roman"))
    prescreen([str(tmp_path / "t.csv")], tmp_path / "out", Options(jobs=1))
    told = {row["where"].rpartition("#")[2]: row["remark"] for row in rows(tmp_path / "out")}
    assert told == {"1": "Its encoding was guessed: mac-roman. Its date, 03/04/26, was not understood.", "2": ""}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_table_in_utf8_is_mended_where_it_is_broken(suffix: str, tmp_path: Path) -> None:
    """Two exports put together, one of them from Windows: each row keeps its apostrophes, and one is told."""
    row = '"{0}"\n' if suffix == ".csv" else '{{"text": "{0}"}}\n'
    head = "text\n" if suffix == ".csv" else ""
    raw = f"{head}{row.format(GOODBYE)}".encode() + row.format(GOODBYE).encode("cp1252")
    (tmp_path / f"t{suffix}").write_bytes(raw)
    found = list(find([str(tmp_path)], Columns()))
    assert [text_of(one.suffix, one.raw).text for one in found] == [GOODBYE] * 2
    assert [one.source.unclear for one in found] == ["", "Its encoding was guessed: UTF-8, broken in places."]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_row_that_is_no_text_stops_no_other(suffix: str, tmp_path: Path) -> None:
    """It may be an upload that went wrong, late in a large table."""
    row = '"{0}"\n' if suffix == ".csv" else '{{"text": "{0}"}}\n'
    head = "text\n" if suffix == ".csv" else ""
    raw = (head + row.format("It hurt.") * 6000).encode() + row.format("\x01\x02ÿ\x03Ã\x81").encode("latin-1")
    (tmp_path / f"t{suffix}").write_bytes(raw + row.format("It was hard.").encode())
    read = [one.raw for one in find([str(tmp_path)], Columns()) if one.unread is None]
    assert read.count(b"It hurt.") == 6000
    assert read[-1] == b"It was hard."


def test_what_is_mostly_ascii_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Danger does not go unread for want of an extra."""
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    assert text_of(".txt", GOODBYE.encode("cp1252")).text == GOODBYE


def test_other_alphabets_are_still_guessed() -> None:
    """What is mostly not ASCII says more of itself."""
    for text, encoding in (
        ("Дорогая Анна, сегодня был очень тяжёлый день, и я устала.", "cp1251"),
        ("今日はとても疲れました。少し休んでもいいと思います。", "shift_jis"),
    ):
        assert text_in(text.encode(encoding))[0] == text
    polish = "Jestem bardzo zmęczona i nie wiem, co dalej. Dziękuję."
    assert encoding_of(polish.encode("cp1250")) == "cp1252"  # as ever: nobody here reads Polish


def test_utf8_that_is_broken_in_places_is_read() -> None:
    """Two files put together, or one that was cut off, are not torn apart for it."""
    both = "I’m tired. ".encode() + GOODBYE.encode("cp1252")
    assert text_in(both) == (f"I’m tired. {GOODBYE}", "UTF-8, broken in places")
    text, encoding = text_in(f"{GOODBYE} Love…".encode()[:-1])
    assert text.startswith(f"{GOODBYE} Love")
    assert encoding == "UTF-8, broken in places"


def test_what_an_encoding_is_said_to_be_is_not_believed_against_all_reason() -> None:
    """Mail programs and pages say Latin-1 and mean cp1252, or say nothing, or what is not so."""
    for claim in ("", "; charset=us-ascii", "; charset=iso-8859-1", "; charset=utf-8", "; charset=none-such"):
        head = f"MIME-Version: 1.0\nContent-Type: text/plain{claim}\nContent-Transfer-Encoding: quoted-printable\n\n"
        for encoding in ("cp1252", "utf-8"):
            assert text_of(".eml", head.encode() + encodestring(GOODBYE.encode(encoding))).text == GOODBYE, claim
    page = f'<meta charset="iso-8859-1"><p>{GOODBYE}</p>'
    for encoding in ("cp1252", "utf-8"):
        assert text_of(".html", page.encode(encoding)).text == GOODBYE
    assert text_told(GOODBYE.encode("mac_roman"), "macintosh") == (GOODBYE, None)
    mail = EmailMessage()
    mail.set_content("Ich bin müde.", charset="iso-8859-1")
    assert text_of(".eml", mail.as_bytes()).text == "Ich bin müde.\n"


def test_pieces_of_windows_in_utf8_are_mended() -> None:
    """An export that took cp1252 for Latin-1 leaves invisible signs where the apostrophes were."""
    assert text_in("Don\x92t look for me.\x85".encode()) == ("Don’t look for me.\x85", None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "letter", [GOODBYE, *SHORT[1:8], "Дорогая Анна, сегодня был тяжёлый день.\n", "Ā, Ē, Ī and I."]
)
def test_utf16_without_its_mark_is_guessed(letter: str, encoding: str, tmp_path: Path) -> None:
    """Every other byte of it is nothing; also where a file was cut within a character, or stretched."""
    told = encoding.replace("utf", "UTF")
    assert text_in(letter.encode(encoding)) == (letter, told)
    assert text_in(letter.encode(encoding) + b"\0\0") == (letter, told)
    assert text_in(letter.encode(encoding) + b"x")[0].startswith(letter)
    assert text_of(".html", f"<p>{letter}</p>".encode(encoding)).text == letter.strip()
    (tmp_path / "t.csv").write_bytes(f'id,text\na,"{letter}"\nb,Слово\nc,"{letter}"\n'.encode(encoding))
    said = [text_of(one.suffix, one.raw).text for one in find([str(tmp_path)], Columns())]
    assert said == [letter, "Слово", letter]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_an_odd_byte_at_its_end_is_read(encoding: str) -> None:
    """A program that takes it for ASCII ends its last line so."""
    mark = "" if encoding == "utf-16" else "\ufeff"
    for more in (b"\n", b"x", b"\xd8"):
        text, told = text_in(f"{mark}{GOODBYE}\n".encode(encoding) + more)
        assert (text.removeprefix("\ufeff"), told) == (f"{GOODBYE}\n", None)  # its mark is no guess
    with pytest.raises(InputError, match="damaged"):
        text_of(".txt", b"\xff\xfe" + 4 * b"\0\xd8")


def test_a_file_that_was_stretched_is_read() -> None:
    """What follows its end is nothing; within it the same tells that it is no letter."""
    assert text_in(b"Dear me, it hurt.\n\0\0") == ("Dear me, it hurt.\n", None)
    for raw in (b"Dear\0me", b"ab\0c", b"PK\x03\x04\0\0\x08\0", bytes(range(256)) * 4, b"a\0\1\0b\0\2\0"):
        with pytest.raises(InputError, match="binary"):
            text_in(raw)
