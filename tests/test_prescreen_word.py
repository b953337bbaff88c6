"""Word and OpenDocument letters: which words count as the letter's, and comments on the exact stretches."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import mixed_letters
from docx import Document
from docx.enum.text import WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from compassion_coach.letter import Letter
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.comments import IN_DANGER, commented
from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.vocabulary import Level

BOX = """<w:r {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>
<mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></w:drawing>
</mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></w:pict>
</mc:Fallback></mc:AlternateContent></w:r>"""


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def element(xml: str, **values: str) -> Any:
    return parse_xml(xml.format(ns=nsdecls("w"), **values))


def read(raw: bytes) -> Record:
    record = read_one(Work(Source("x", "x"), ".docx", raw, "c")).record
    assert record
    return record


def quoted(copy: bytes) -> list[str]:
    """The words between the begin and the end of each comment, as they stand in the file."""
    inside = zipfile.ZipFile(io.BytesIO(copy)).read("word/document.xml").decode()
    return [
        "".join(re.findall(r"<w:t(?: [^<>]*)?>([^<>]*)</w:t>", part))
        for part in re.findall(r"<w:commentRangeStart[^>]*>(.*?)<w:commentRangeEnd", inside, re.S)
    ]


def pieces() -> bytes:
    """A letter in pieces of many looks: runs, a table, a page that ends, changes that were tracked, a box."""
    document = Document()
    paragraph = document.add_paragraph("Dear ")
    paragraph.add_run("Ben").bold = True
    for words in (",\tyou lost ", "the job", " and it hurts. But you sho", "uld have seen it coming.\nI am here."):
        paragraph.add_run(words).italic = "job" in words
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "You must ring them.", "I know how tired you are."
    tracked = document.add_paragraph("It was ")
    tracked._p.append(element("<w:del {ns}><w:r><w:delText>never</w:delText></w:r></w:del>"))
    tracked._p.append(element("<w:ins {ns}><w:r><w:t>so hard, and it is no wonder that you</w:t></w:r></w:ins>"))
    tracked.add_run(" cried.")
    body = document.element.body
    body.insert(len(body) - 1, element(
        "<w:sdt {ns}><w:sdtContent><w:p><w:r><w:t>Stop making such a fuss.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    ))  # fmt: skip
    last = document.add_paragraph("Love, ")
    last._p.append(element(BOX, text="You ought to be over it."))
    last.add_run("Ben")
    return saved(document)


def test_what_the_writer_sees_is_read() -> None:
    """Insertions, content controls and boxes are read once; what was deleted is not."""
    assert text_of(".docx", pieces()).text.splitlines() == [
        "Dear Ben,\tyou lost the job and it hurts. But you should have seen it coming.",
        "I am here.",
        "",
        "You must ring them.",
        "I know how tired you are.",
        "It was so hard, and it is no wonder that you cried.",
        "Stop making such a fuss.",
        "Love, Ben",
        "You ought to be over it.",
    ]


def test_comments_stand_on_the_exact_words() -> None:
    """Each comment holds the marked words, wherever they stand, and every character is what it was."""
    raw = pieces()
    text, record = text_of(".docx", raw).text, read(raw)
    copy = commented(raw, record)
    assert Letter.of(text_of(".docx", copy).text).sha256 == Letter.of(text).sha256 == record.sha256
    assert quoted(copy) == [text[mark.start : mark.end].replace("\t", "") for mark in record.marks]
    assert len(list(Document(io.BytesIO(copy)).comments)) == len(record.marks) >= 6
    assert "Stop making such a fuss." in quoted(copy)
    assert commented(copy, record)  # a copy is a letter that can be read again


def named() -> bytes:
    """A letter that tells who wrote it wherever Word does."""
    document = Document()
    paragraph = document.add_paragraph("You should ring them. ")
    ins = '<w:ins {ns} w:id="1" w:author="Ana Miller" w:date="2026-01-02"><w:r><w:t>{text}</w:t></w:r></w:ins>'
    paragraph._p.append(element(ins, text="It hurt."))
    document.add_comment(paragraph.runs[0], text="Which?", author="Ana Miller", initials="AnaM")
    document.sections[0].footer.paragraphs[0]._p.append(element(ins, text="Page"))
    document.core_properties.author = "Ana Miller"
    note = f"<w:footnotes {nsdecls('w')}>{ins.format(ns='', text='A   note')}</w:footnotes>"
    people = '<p:people xmlns:p="x"><p:person p:author="Ana M"><p:info p:userId="Ana Miller"/></p:person></p:people>'
    own = '<Properties xmlns="x"><property name="Owner">Ana Miller</property></Properties>'
    for name, xml in (("footnotes", note), ("people", people), ("custom-properties", own)):
        kind = f"application/vnd.openxmlformats-officedocument.{name}+xml"
        part = Part(PackURI(f"/word/{name}.xml"), kind, xml.encode(), document.part.package)
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}")
    [app] = [part for part in document.part.package.iter_parts() if part.partname == "/docProps/app.xml"]
    told = "<Company>Ana Miller</Company><Manager>AnaM</Manager><Pages>1</Pages>"
    app._blob = f'<Properties xmlns="x">{told}</Properties>'.encode()
    return saved(document)


def test_a_copy_names_nobody_where_names_are_hidden() -> None:
    """Not those who changed it or remarked on it, in whatever part; our own comments are still ours."""
    raw = named()
    parts = zipfile.ZipFile(io.BytesIO(raw))
    holding = {name for name in parts.namelist() if b"Ana" in parts.read(name)}
    assert len(holding) == 8
    copy = commented(raw, read(raw), hidden=True)
    inside = zipfile.ZipFile(io.BytesIO(copy))
    assert not {name for name in inside.namelist() if b"Ana" in inside.read(name)}
    assert text_of(".docx", copy).text == text_of(".docx", raw).text
    assert b">A   note<" in inside.read("word/footnotes.xml")
    assert b"<Pages>1</Pages>" in inside.read("docProps/app.xml")
    comments = [(one.author, one.text) for one in Document(io.BytesIO(copy)).comments]
    assert ("", "Which?") in comments
    assert {author for author, text in comments if text != "Which?"} == {"compassion-coach"}
    shown = zipfile.ZipFile(io.BytesIO(commented(raw, read(raw))))
    assert {name for name in shown.namelist() if b"Ana" in shown.read(name)} == holding


def test_a_copy_tells_nobodys_folders_where_names_are_hidden() -> None:
    """Word writes where a template, an address list or a picture lies, and that names who is signed in; links stay."""
    document = Document()
    document.add_paragraph("You should ring them.")
    document.core_properties.identifier = document.core_properties.content_status = "Of Ana"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    settings = document.part._settings_part
    template = settings.relate_to("file:///C:/Users/AnaM/a.dotm", f"{kind}/attachedTemplate", is_external=True)
    people = settings.relate_to("file:///C:\\Users\\AnaM\\a.csv", f"{kind}/mailMergeSource", is_external=True)
    relations = f'xmlns:r="{kind}"'
    for xml in (
        f'<w:attachedTemplate {{ns}} {relations} r:id="{template}"/>',
        f'<w:mailMerge {{ns}} {relations}><w:query w:val="of AnaM"/><w:dataSource r:id="{people}"/></w:mailMerge>',
    ):
        settings.element.append(element(xml))
    for target in (
        "file:///C:/Users/AnaM/cat.png",
        "..\\AnaM\\dog.png",
        "\\\\server\\AnaM\\owl.png",
        "https://help.org/now",
    ):
        document.part.relate_to(target, f"{kind}/image", is_external=True)
    raw = saved(document)
    copy = commented(raw, read(raw), hidden=True)
    inside = zipfile.ZipFile(io.BytesIO(copy))
    assert not {name for name in inside.namelist() if b"Ana" in inside.read(name)}
    links = inside.read("word/_rels/document.xml.rels").decode()
    assert re.findall(r'Target="([^"]*)" TargetMode="External"', links) == [
        *["elsewhere"] * 3,
        "https://help.org/now",
    ]
    assert b"attachedTemplate" not in inside.read("word/settings.xml")
    shown = zipfile.ZipFile(io.BytesIO(commented(raw, read(raw))))
    assert b"AnaM/a.dotm" in shown.read("word/_rels/settings.xml.rels")


def test_a_copy_of_a_letter_of_danger_says_so() -> None:
    """Warm words in it can be part of the danger, on paper as on the page."""
    raw = pieces()
    record = replace(read(raw), level=Level.URGENT)
    comments = [comment.text for comment in Document(io.BytesIO(commented(raw, record))).comments]
    assert comments
    assert all(IN_DANGER in said for said in comments)


def test_what_is_no_text_stays_where_it_stands_in_a_copy() -> None:
    """A new page between two sentences of one run is between them still, whatever is marked."""
    raws = []
    for is_first in (True, False):
        document = Document()
        run = document.add_paragraph().add_run("" if is_first else "Dear Ann, it makes sense that you cried. ")
        run.add_break(WD_BREAK.PAGE)
        run.add_text("You must ring them. And so on.")
        raws.append(saved(document))
    for raw in raws:
        text, record = text_of(".docx", raw).text, read(raw)
        cuts = [(mark.start, mark.end) for mark in record.marks]
        assert any(0 < at < len(text) for cut in cuts for at in cut)
        inside = zipfile.ZipFile(io.BytesIO(commented(raw, record))).read("word/document.xml").decode()
        assert inside.count('<w:br w:type="page"/>') == 1
        before = inside.partition("<w:br ")[0]
        assert "".join(re.findall(r"<w:t(?: [^<>]*)?>([^<>]*)</w:t>", before)) == text.partition("You must")[0]


def test_what_stands_beside_the_letter_is_told() -> None:
    """A header or a footer is not read, and the report says that there is one."""
    document = Document()
    document.add_paragraph("Dear Fay, it was a long day.")
    assert text_of(".docx", saved(document)).remark is None
    document.sections[0].footer.paragraphs[0].text = "Goodbye."
    assert "footer was not read" in str(text_of(".docx", saved(document)).remark)
    document.sections[0].footer.paragraphs[0].text = "Goodbye. I will end my life tonight."
    found = text_of(".docx", saved(document))
    assert found.text == "Dear Fay, it was a long day.\n\nGoodbye. I will end my life tonight."
    assert "footer was read as well" in str(found.remark)
    assert commented(saved(document), read(saved(document)))


def with_notes(raw: bytes, **notes: str) -> bytes:
    """A document with footnotes or endnotes, which python-docx cannot write."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    whole = zipfile.ZipFile(io.BytesIO(raw))
    files = {member: whole.read(member) for member in whole.namelist()}
    for name, inside in notes.items():
        note = name.removesuffix("s")
        files[f"word/{name}.xml"] = (
            f'<w:{name} {nsdecls("w")}><w:{note} w:type="separator" w:id="0"><w:p><w:r><w:t>SEPARATOR</w:t></w:r></w:p>'
            f'</w:{note}><w:{note} w:id="2"><w:p>{inside}</w:p></w:{note}></w:{name}>'
        ).encode()
        part = f'<Override PartName="/word/{name}.xml" ContentType="{kind}.{name}+xml"/>'
        relation = f'<Relationship Id="{name}" Type="{link}/{name}" Target="{name}.xml"/>'
        for file, end, added in (
            ("[Content_Types].xml", "</Types>", part),
            ("word/_rels/document.xml.rels", "</Relationships>", relation),
        ):
            files[file] = files[file].replace(end.encode(), f"{added}{end}".encode())
    return mixed_letters.zip_of(files)


def test_footnotes_and_endnotes_are_read_after_the_letter() -> None:
    """They are its writer's words; what was deleted in them is not, and the copy with comments is made all the same."""
    document = Document()
    document.add_paragraph("It was a hard week.")
    raw = with_notes(
        saved(document),
        footnotes="<w:r><w:t>You must ring them.</w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>",
        endnotes="<w:r><w:t>I will end my life tonight.</w:t></w:r>",
    )
    found = text_of(".docx", raw)
    assert found.text.split("\n\n") == ["It was a hard week.", "You must ring them.\nI will end my life tonight."]
    assert found.remark is None
    assert read(raw).level is Level.URGENT
    assert commented(raw, read(raw))


def test_hidden_words_are_told_and_not_read() -> None:
    """Word does not show them; where they speak of danger they are read."""
    for hidden, is_grave in (("You always fail.", False), ("I will end my life tonight.", True)):
        document = Document()
        paragraph = document.add_paragraph("It was ")
        paragraph.add_run(hidden).font.hidden = True
        paragraph.add_run("so hard, and it is no wonder that you cried.").font.hidden = False
        found = text_of(".docx", saved(document))
        letter = "It was so hard, and it is no wonder that you cried."
        assert found.text == (f"{letter}\n\n{hidden}" if is_grave else letter)
        read_or_not = "read as well, for it speaks of danger" if is_grave else "not read"
        assert found.remark == f"What stands in its hidden text was {read_or_not}."
        copy = commented(saved(document), read(saved(document)))
        assert text_of(".docx", copy).text == found.text
        assert hidden in "".join(quoted(copy))  # it stands within what is marked, as it did


def test_what_stands_beside_an_open_document_is_told() -> None:
    """Its headers and footers are as those of Word."""
    from odfdo import Document as OpenDocument
    from odfdo import Element, Paragraph

    for footer, is_read in (("You always fail.", False), ("I will end my life tonight.", True)):
        document = OpenDocument("text")
        document.body.clear()
        document.body.append(Paragraph("It was a hard week."))
        [page] = document.styles.root.get_elements("//style:master-page[@style:name='Standard']")
        page.append(Element.from_tag(f"<style:footer><text:p>{footer}</text:p></style:footer>"))
        found = text_of(".odt", saved(document))
        assert found.text == (f"It was a hard week.\n\n{footer}" if is_read else "It was a hard week.")
        assert "What stands in its header or footer was" in str(found.remark)
        whole = zipfile.ZipFile(io.BytesIO(saved(document)))
        files = {name: whole.read(name) for name in whole.namelist() if name != "styles.xml"}
        assert text_of(".odt", mixed_letters.zip_of(files)).text == "It was a hard week."


def test_what_the_writer_of_an_open_document_sees_is_read() -> None:
    """Neither what was deleted nor somebody's comment is read; blanks, tabs and line breaks are as they look."""
    from odfdo import Document as OpenDocument
    from odfdo import Element

    document = OpenDocument("text")
    document.body.clear()
    for xml in (
        '<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>I gave up.</text:p>'
        "</text:deletion></text:changed-region></text:tracked-changes>",
        '<text:p>You\n  were<text:s text:c="2"/>so<text:tab/><text:span>very</text:span> tired'
        "<office:annotation><dc:creator>Dr X</dc:creator><text:p>You should ask him.</text:p></office:annotation>"
        "<text:line-break/>today.</text:p>",
        '<text:h>And<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>He knew.</text:p></text:note-body></text:note> then</text:h>",
    ):
        document.body.append(Element.from_tag(xml))
    assert text_of(".odt", saved(document)).text.splitlines() == [
        "You were  so\tvery tired",
        "today.",
        "And then",
        "He knew.",
    ]


def test_what_is_struck_out_of_a_page_is_not_read() -> None:
    """What follows a deletion stays."""
    page = b"<p>You were <del>never</del> tired, <ins>so</ins> tired.</p>"
    assert text_of(".html", page).text == "You were tired, so tired."
