"""A folder of letters as they come to a therapist: every format, some locked, broken, empty. Written for tests."""

import io
import zipfile
from pathlib import Path

BEN = (
    "Dear Ben,\nYou lost the job in March and it still wakes you at four. That is frightening with the rent due.\n"
    "But you should have seen it coming. At least you have your health.\nI am here, and I am not going anywhere.\n"
)
URGENT = "Dear Ben,\nJune is heavy, and you are still here.\nI want to kill myself tonight and I have the pills.\n"
CALM = "Dear Ana,\nyou were up with the baby three times, and of course you are tired.\n"


def docx_of(text: str) -> bytes:
    from docx import Document

    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    return _saved(document)


def odt_of(text: str) -> bytes:
    from odfdo import Document, Paragraph

    document = Document("text")
    document.body.clear()
    for line in text.splitlines():
        document.body.append(Paragraph(line))
    return _saved(document)


def pdf_of(text: str) -> bytes:
    """Return a PDF with one line of text on each page, made by hand: no writer of PDFs is worth a dependency here."""
    lines = text.splitlines()
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(lines)))
    objects += [f"<< /Type /Pages /Count {len(lines)} /Kids [{kids}] >>"]
    objects += ["<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for at, line in enumerate(lines):
        drawn = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    out, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("ascii")


def locked_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of("Dear Ben,"))))
    writer.encrypt("secret")
    return _saved(writer, "write")


def scan() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    return _saved(writer, "write")


def parquet_of(rows: list[dict[str, str]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), file)
    return file.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return file.getvalue()


def mixed_folder(root: Path) -> None:
    """Write thirty files: letters of five clients, and what cannot be read."""
    rtf = (
        r"{\rtf1\ansi Dear Ben,\par It makes sense that May was hard. Caf\'e9 shut.\par You must call them today.\par}"
    )
    page = "<html><head><title>x</title></head><body>{}<script>alert(1)</script></body></html>"
    mail = (
        b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
        b"Content-Transfer-Encoding: 8bit\n\nDear Ben,\nthe caf\xe9 was kind. You are allowed to be tired.\n"
    )
    table = (
        'id,client,date,text\nr1,cara,2026-01-01,"You did your best, and it hurt."\n'
        'r2,cara,2026-02-01,"=1+1 You should stop whining."\n=cmd,cara,2026-03-01,"I know how tired you are."\n'
        "r4,cara,2026-04-01,\n"
    )
    lines = (
        '{"text": "You are worn out, and no wonder.", "client": "dan", "date": "2026-01-05"}\nnot json\n'
        '{"text": 5}\n{"text": "half a character \\ud800"}\n'
    )
    word = docx_of(BEN)  # made once: the time is in it
    files: dict[str, bytes] = {
        "ana/2026-01-10.txt": CALM.encode(),
        "ana/2026-02-11.md": ("# Second letter\n\n" + CALM.replace("baby", "twins")).encode(),
        "ana/2026-03-12.txt": b"Dear Ana,\nyou should get over it. Other mothers manage.\n",
        "ben/2026-03-01.docx": word,
        "ben/2026-04-02.odt": odt_of(BEN.replace("March", "April")),
        "ben/2026-05-03.rtf": rtf.encode(),
        "ben/2026-06-04.html": page.format("".join(f"<p>{line}</p>" for line in URGENT.splitlines())).encode(),
        "ben/2026-07-05.eml": mail,
        "ben/2026-08-06.pdf": pdf_of("Dear Ben,\nYou carried the boxes alone, and it was a long day."),
        "copy/2026-03-01.docx": word,
        "deep/er/still/2026-09-09.txt": b"Sam,\nit is no shame to be afraid of the scan.\n",
        "upper.TXT": b"Dear Kim,\nyou kept going, and it cost you.\n",
        "latin.txt": "Dear Ana,\nthe café closed and the naïve plan fell through. That hurt.\n".encode("latin-1"),
        "utf16.txt": "Dear Ana,\nyou are not alone in this.\n".encode("utf-16"),
        "bom.txt": "Dear Ana,\nI am with you.\n".encode("utf-8-sig"),
        "french.txt": "Chère Anna, je suis triste que tu sois seule avec tout cela, et tu peux pleurer.\n".encode(),
        "empty.txt": b"",
        "blank.txt": b" \n\n",
        "binary.txt": bytes(range(256)) * 4,
        "broken.docx": b"PK\x03\x04nothing",
        "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "notrtf.rtf": b"just words",
        "scan.pdf": scan(),
        "locked.pdf": locked_pdf(),
        "table.csv": table.encode(),
        "bad.csv": b'id,text\na,"never closed\nb,hello\n',
        "nocolumn.csv": b"id,letter\na,hello\n",
        "rows.jsonl": lines.encode(),
        "table.parquet": parquet_of([{"text": "You carried your mother up the stairs.", "client": "fay"}]),
        "box.zip": zip_of(
            {"../../etc/evil.txt": b"You tried so hard.", "eve/a.md": b"Just get over it.", "eve/x.bin": b"?"}
        ),
    }
    for name, raw in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(raw)


def _saved(document: object, how: str = "save") -> bytes:
    file = io.BytesIO()
    getattr(document, how)(file)
    return file.getvalue()
