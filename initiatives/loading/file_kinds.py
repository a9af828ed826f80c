"""What a file is that is neither a report file nor a sheet, by its first bytes, and the way to go with it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import suppress

from .problems import LoadError, Problem
from .said import phrased

HEAD = 4096
COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# What OLE calls the parts of a file, in UTF-16.
LOCKED, OLD_WORD, MAIL = (
    name.encode("utf-16-le") for name in ("EncryptedPackage", "WordDocument", "__substg1.0")
)

WRITE = phrased(
    "write what it says into a report file (.yaml), or into the workbook of “Edit in a spreadsheet”"
)
AS_XLSX = phrased("open it, save it as Excel workbook (.xlsx), and upload that")
EDIT = phrased(
    "it is made for reading; download “Edit in a spreadsheet” on the page “Load report files” and edit that"
)
UNPACK = phrased("unpack it, and load the report files (.yaml) or the one workbook (.xlsx) in it")

Named = tuple[str, str]

# Bytes that a file begins with.
BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", phrased("a PDF"), WRITE),
    (rb"{\rtf", phrased("a text of a word processor (RTF)"), WRITE),
    (b"\x89PNG", phrased("a picture (PNG)"), WRITE),
    (b"\xff\xd8\xff", phrased("a picture (JPEG)"), WRITE),
    (b"GIF8", phrased("a picture (GIF)"), WRITE),
    (b"BM", phrased("a picture (BMP)"), WRITE),
    (b"II*\0", phrased("a picture (TIFF)"), WRITE),
    (b"MM\0*", phrased("a picture (TIFF)"), WRITE),
    (b"\x1f\x8b", phrased("an archive (GZIP)"), UNPACK),
    (b"7z\xbc\xaf\x27\x1c", phrased("an archive (7Z)"), UNPACK),
    (b"Rar!", phrased("an archive (RAR)"), UNPACK),
    (b"SQLite format 3\0", phrased("a database (SQLite)"), WRITE),
)
# What the text of a file begins with: space, marks, and the declarations and comments of XML aside.
TEXTS: tuple[tuple[str, str, str], ...] = (
    (r"BEGIN:VCALENDAR", phrased("a calendar (ICS)"), EDIT),
    (r"<(feed|rss)\b", phrased("a feed (Atom or RSS)"), EDIT),
    (r"<(!doctype )?html\b", phrased("a web page (HTML)"), WRITE),
    (r"<(!doctype )?svg\b", phrased("a picture (SVG)"), WRITE),
    (r"<Workbook\b", phrased("a workbook of 2003 (XML)"), AS_XLSX),
    (r"(from|received|return-path|mime-version|message-id): ", phrased("an e-mail"), WRITE),
)
# How the archives of office programs tell what they are: a part that they have.
PARTS: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", phrased("a binary workbook (XLSB)"), AS_XLSX),
    ("word/", phrased("a document of Word (DOCX)"), WRITE),
    ("ppt/", phrased("a presentation (PPTX)"), WRITE),
    ("datapackage.json", phrased("the public data as one archive (ZIP)"), EDIT),
)
OPEN_DOCUMENT = {
    "spreadsheet": (phrased("a workbook of LibreOffice (ODS)"), AS_XLSX),
    "text": (phrased("a text of LibreOffice (ODT)"), WRITE),
    "presentation": (phrased("a presentation (ODP)"), WRITE),
}


def refuse_other_kinds(name: str, data: bytes) -> None:
    """Raise LoadError for a file that is something else, in one fault that says what it is and what to do."""
    if kind := name_kind(data):
        raise LoadError([Problem(name, 0, phrased("this is %(kind)s", kind=kind[0]), kind[1])])


def name_kind(data: bytes) -> Named | None:
    """What the file is, and what to do with it; None where it may be a report file, a sheet or a workbook."""
    if data.startswith(ZIP):
        return _of_archive(data)
    if data.startswith(OLE):
        return _of_ole(data)
    for beginning, what, cure in BEGINNINGS:
        # Two letters alone may begin a text as well.
        if data.startswith(beginning) and (beginning != b"BM" or b"\0" in data[:30]):
            return what, cure
    if data[4:8] == b"ftyp" or (data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE", b"AVI ")):
        return phrased("a picture, a film or a sound"), WRITE
    return _of_text(data[:HEAD])


def _of_text(head: bytes) -> Named | None:
    # Of UTF-16 this leaves what is ASCII.
    text = head.replace(b"\0", b"").decode("latin-1").lstrip("\xff\xfeï»¿ \t\r\n")
    is_xml, text = text.startswith("<?xml"), COMMENT.sub("", text)
    while text.startswith("<?"):
        text = text.partition("?>")[2].lstrip()
    for beginning, what, cure in TEXTS:
        if re.match(beginning, text, re.IGNORECASE):
            return what, cure
    if is_xml:
        return "XML", WRITE
    if text.startswith("{") and re.search(r'"(read_at|data_version)"\s*:', text):
        title = re.search(r'"title"\s*:\s*("(?:[^"\\]|\\.)*")', text)
        with suppress(ValueError):
            if title:
                name = json.loads(title[1].encode("latin-1").decode("utf-8", "replace"))
                return phrased("the public list “%(name)s” as JSON", name=name[:60]), EDIT
        return phrased("public data as JSON"), EDIT
    return None


def _of_archive(data: bytes) -> Named | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                media = archive.read("mimetype").decode("ascii", "replace").strip()
                if match := re.search(r"opendocument\.([a-z]+)", media):
                    return OPEN_DOCUMENT.get(match[1], (phrased("a file of LibreOffice"), WRITE))
    except Exception:
        # Damaged, or packed in a way of its own: who reads workbooks says so.
        return None
    for part, what, cure in PARTS:
        if any(name.startswith(part) for name in names):
            return what, cure
    is_workbook = any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names)
    return None if is_workbook else (phrased("an archive (ZIP)"), UNPACK)


def _of_ole(data: bytes) -> Named:
    if LOCKED in data:
        return phrased("a file with a password"), phrased(
            "take the password off, and save it as .xlsx"
        )
    if OLD_WORD in data:
        return phrased("an old document of Word (.doc)"), WRITE
    if MAIL in data:
        return phrased("an e-mail (.msg)"), WRITE
    return phrased("an old workbook (.xls)"), AS_XLSX
