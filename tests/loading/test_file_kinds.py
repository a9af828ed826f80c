"""A file that is something else is told in one line that says what it is and what to do with it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client

from initiatives.loading.document import read_bytes
from initiatives.loading.file_kinds import name_kind
from initiatives.loading.problems import LoadError, Problem
from initiatives.loading.sheets import is_sheet, read_sheets
from tests.report_files import FULL, VOCABULARY, load_texts, report


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as content:
        for name, text in files.items():
            content.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return packed.getvalue()


def open_document(kind: str) -> bytes:
    return archive(mimetype=f"application/vnd.oasis.opendocument.{kind}", content_dot_xml="<x/>")


def ole(part: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + part.encode("utf-16-le") + bytes(99)


XML = b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by -->\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (rb"{\rtf1\ansi", "a text of a word processor (RTF)"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
        (b"GIF89a", "a picture (GIF)"),
        (b"\0\0\0\x18ftypheic", "a picture, a film or a sound"),
        (b"RIFF\0\0\0\0WEBPVP8", "a picture, a film or a sound"),
        (b"\x1f\x8b\x08", "an archive (GZIP)"),
        (b"7z\xbc\xaf\x27\x1c\0", "an archive (7Z)"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0", "a calendar (ICS)"),
        (XML + b"<feed xmlns='http://www.w3.org/2005/Atom'>", "a feed (Atom or RSS)"),
        (XML + b"<html>", "a web page (HTML)"),
        (b"\n<!DOCTYPE html>\n<html lang=en>", "a web page (HTML)"),
        ("<!doctype html>".encode("utf-16"), "a web page (HTML)"),
        (XML + b"<Workbook xmlns='urn:x'>", "a workbook of 2003 (XML)"),
        (XML + b"<iati-activities>", "XML"),
        (XML + b"<svg>", "a picture (SVG)"),
        (b"From: a@example.org\nSubject: x\n", "an e-mail"),
        (open_document("spreadsheet"), "a workbook of LibreOffice (ODS)"),
        (open_document("text"), "a text of LibreOffice (ODT)"),
        (archive(word__document_dot_xml="<x/>"), "a document of Word (DOCX)"),
        (archive(ppt__x="<x/>"), "a presentation (PPTX)"),
        (archive(xl__workbook_dot_bin="x"), "a binary workbook (XLSB)"),
        (archive(a_dot_yaml="report: {}"), "an archive (ZIP)"),
        (ole("Workbook"), "an old workbook (.xls)"),
        (ole("WordDocument"), "an old document of Word (.doc)"),
        (ole("EncryptedPackage"), "a file with a password"),
        (ole("__substg1.0_001A001E"), "an e-mail (.msg)"),
    ],
)
@pytest.mark.parametrize("ending", [".yaml", ".csv", ".xlsx"])
def test_each_kind_is_named_whatever_the_file_is_called(
    data: bytes, kind: str, ending: str
) -> None:
    problem = refused(f"file{ending}", data)
    assert problem.what == f"this is {kind}"
    assert problem.expected


def refused(name: str, data: bytes) -> Problem:
    """The one fault of a file that is given to the desk."""
    read = read_sheets if is_sheet(name, data) else read_bytes
    with pytest.raises(LoadError) as caught:
        read(name, data)
    (problem,) = caught.value.problems
    return problem


def test_report_files_and_sheets_are_no_other_kind() -> None:
    for text in (report(), VOCABULARY, '{"report": {"id": "a"}}', "BMW,id\n", "from,to\n", ""):
        assert name_kind(text.encode()) is None
    # Comments without an end are looked through once, not once for each way to take them apart.
    assert name_kind(b"<!--" + b"<!---->" * 20_000) is None


def test_a_workbook_for_the_command_line_is_sent_to_the_desk() -> None:
    data = archive(xl__workbook_dot_xml="<x/>")
    with pytest.raises(LoadError, match="this is a workbook") as caught:
        read_bytes("book.xlsx", data)
    assert "desk" in caught.value.problems[0].expected


@pytest.mark.django_db
def test_what_comes_from_the_public_pages_is_recognised(make_all: Callable[[], list[str]]) -> None:
    load_texts(VOCABULARY, report(body=FULL))
    make_all()
    client = Client(headers={"host": "localhost"})
    for address, told in {
        "/initiatives.csv": "the public list “Initiatives” (initiatives)",
        "/initiatives.xlsx": "the public list “Initiatives” (initiatives)",
        "/initiatives.json": "the public list “Initiatives” as JSON",
        "/initiatives.atom": "a feed (Atom or RSS)",
        "/meetings.csv": "the public list “Meetings” (meetings)",
        "/meetings.xlsx": "the public list “Meetings” (meetings)",
        "/meetings.ics": "a calendar (ICS)",
        "/participants.csv": "the public list “Participants” (participants)",
        "/themes.xlsx": "the public list “Themes” (themes)",
        "/reports.csv": "the public list “Reports” (reports)",
        "/dialogues.csv": "the public list “Dialogues” (dialogues)",
        "/data/csv/updates.csv": "the public list “Status updates” (updates)",
        "/data/csv/memberships.csv": "the public list “Memberships” (memberships)",
        "/data/initiative-tracker.zip": "the public data as one archive (ZIP)",
        "/matrix.csv": "the matrix of initiatives and participants",
    }.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        data = answer.getvalue()
        problem = refused(address.rsplit("/", 1)[-1], data)
        assert problem.what == f"this is {told}", address
        assert "Edit in a spreadsheet" in problem.expected


@pytest.mark.django_db
def test_the_head_of_a_public_list_is_enough() -> None:
    head = "slug,address,title,dialogue.slug,dialogue.name\r\n"
    row = "a,https://example.org/{0}/a/,A,central-asia-japan,CA+J\r\n"
    for table in ("initiatives", "meetings"):
        problem = refused("list.csv", (head + row.format(table)).encode())
        assert f"({table})" in problem.what
