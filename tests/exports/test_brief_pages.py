"""How many pages of A4 the brief takes as a document, whatever is written in it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from tests import make
from tests.long_brief import TEXTS, fill

pytestmark = pytest.mark.django_db

# Each brief, and the most pages that it may take.
BRIEFS = {
    "/dialogues/long/brief.docx": 4,
    "/dialogues/long/brief.docx?participant=jp": 4,
    "/participants/jp/brief.docx": 4,
    "/dialogues/long/brief.docx?length=page": 1,
    "/dialogues/long/brief.docx?participant=jp&length=page": 1,
    "/participants/jp/brief.docx?length=page": 1,
}
# Of the size of the letters: how high a line is, and how wide they are in Calibri.
LINE, WIDE, NARROW = 1.22, 1.0, 0.5
# Words as they are, and characters that take two columns each; letters that are all as wide as W are in no document.
WRITTEN = {
    "plain": "Joint work on water and energy between the countries of the region ",
    "wide": TEXTS["wide"],
}


@pytest.fixture(params=[*WRITTEN.values()], ids=[*WRITTEN])
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def documents(client: Client, text: str) -> dict[str, bytes]:
    dialogue = make.dialogue("long", name=(text * 300)[:300], stale_after_days=1)
    fill(dialogue, make.participant("jp", name=(text * 200)[:200]), text)
    return {address: client.get(address).content for address in BRIEFS}


def test_no_document_is_higher_than_its_pages(documents: dict[str, bytes]) -> None:
    """Reckoned from its lines, since not every machine has a program that counts pages."""
    for address, most in BRIEFS.items():
        opened: Any = Document(io.BytesIO(documents[address]))
        section = opened.sections[0]
        room = section.page_height.pt - section.top_margin.pt - section.bottom_margin.pt
        assert 0.5 * most < sum(heights(opened)) / room <= most, address


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_libreoffice_counts_no_more_pages(documents: dict[str, bytes], tmp_path: Path) -> None:
    paths = {address: tmp_path / f"{n}.docx" for n, address in enumerate(documents)}
    folder, written = str(tmp_path), [str(path) for path in paths.values()]
    for address, path in paths.items():
        path.write_bytes(documents[address])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, *written],
        check=True,
        capture_output=True,
        timeout=300,
    )
    counts = {address: pages(path.with_suffix(".pdf")) for address, path in paths.items()}
    assert {address: n for address, n in counts.items() if n > BRIEFS[address]} == {}


def pages(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


def heights(opened: Any) -> Iterator[float]:
    """Of each paragraph and each row of a table, in points."""
    width = (opened.sections[0].page_width.pt) - 2 * opened.sections[0].left_margin.pt
    for part in opened.element.body:
        if part.tag.endswith("}p"):
            yield height(Paragraph(part, opened), width)
        elif part.tag.endswith("}tbl"):
            table = Table(part, opened)
            for row in table.rows:
                yield max(
                    sum(height(one, column.width.pt - 11) for one in cell.paragraphs)
                    for cell, column in zip(row.cells, table.columns, strict=True)
                )


def height(paragraph: Any, width: float) -> float:
    style = paragraph.style
    size: float = next(
        s.font.size.pt for s in (style, paragraph.part.styles["Normal"]) if s.font.size
    )
    runs = [run for part in paragraph.iter_inner_content() for run in getattr(part, "runs", [part])]
    sizes = [run.font.size.pt for run in runs if run.font.size]
    wide = sum(map(width_of, paragraph.text)) * (
        max(sizes) if sizes and len(runs) == len(sizes) else size
    )
    around = [style.paragraph_format.space_before, style.paragraph_format.space_after]
    spaces: float = sum(space.pt for space in around if space)
    return max(1, ceil(wide / width)) * size * LINE + spaces


def width_of(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    is_wide = unicodedata.east_asian_width(character) in "WF" or character in "WMЩШЖЮ﷽"
    return WIDE if is_wide else NARROW
