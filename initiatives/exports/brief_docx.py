"""The brief as a document (DOCX) that a delegation edits: headings, tables and styles, on A4.

The same brief gives the same bytes. Nobody is named as its author.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .. import languages
from ..models import DeliveryStatus, EvidenceGrade, Meeting, Report
from ..models.readings import VALUE_REPORTED
from ..pages.brief import Brief, BriefSection
from ..pages.brief_lines import TITLE, WHAT, BriefLine, clip, print_width
from ..pages.brief_meetings import AttendanceSummary
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, phrase
from .cells import writable

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARGIN, WIDTH, SIZE = 18, 210, 8.5
# Columns of print that fit one line of the one page (``print_width``).
ONE_LINE = 94
# Those of the four pages that fit two lines beside status and source.
TWO_LINES = 110
# The first day that a ZIP file can say.
NO_TIME = (1980, 1, 1, 0, 0, 0)
INTRODUCTION = gettext_lazy(
    "From the public record as of %(day)s. Every line names the document that it rests on. Dates are only as"
    " precise as in the document. What nobody has reviewed, and what there is no public information on, counts"
    " neither as success nor as failure."
)
LINK, SOFT = RGBColor(0x1C, 0x51, 0x87), RGBColor(0x4D, 0x5A, 0x69)
# Of the lines of tables, eighths of a point wide.
LINE = "D5DCE4"


def write(
    brief: Brief,
    attendance: AttendanceSummary | None,
    next_meeting: Meeting | None,
    site: str,
    page: str,
) -> bytes:
    """The document; ``site`` is scheme and host of the addresses in it, ``page`` the path of the brief."""
    document = Document()
    _set_up(document, brief)
    _head_and_foot(document, brief, site + page)
    document.add_heading(writable(brief.title), level=0)
    _paragraph(document, INTRODUCTION % {"day": brief.view.in_words})
    _meetings(document, brief, next_meeting, site)
    if brief.is_full and brief.dialogue:
        _attendance(document, attendance, site)
    if brief.is_full:
        document.add_heading(_("Where things stand"), level=1)
    _standings(document, brief, site)
    for section in brief.sections:
        _section(document, section, site, is_full=brief.is_full)
    return _packed(document)


def _set_up(document: Any, brief: Brief) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin = section.bottom_margin = Mm(12)
    # What stands there pushes the text away where it has no room in the margin.
    section.header_distance = section.footer_distance = Mm(6)
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(SIZE)
    # So that a line of Chinese characters is no higher than one of Latin letters.
    styles["Normal"].paragraph_format.line_spacing = Pt(1.25 * SIZE)
    for name in ("Title", "Heading 1", "Heading 2"):
        styles[name].paragraph_format.line_spacing = 1.0
    styles["Normal"].paragraph_format.space_after = Pt(1 if brief.is_full else 0)
    styles["Title"].font.size, styles["Heading 1"].font.size = Pt(2 * SIZE - 1), Pt(SIZE + 2.5)
    styles["Heading 2"].font.size = Pt(SIZE + 1.5)
    styles["Heading 1"].paragraph_format.space_before = Pt(8 if brief.is_full else 5)
    language = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    for script in ("w:val", "w:eastAsia"):
        language.set(qn(script), _language())
    # Word's own template has a picture of itself, and a note on what wrote it.
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    day = datetime.datetime.combine(brief.view.day, datetime.time.min)
    about = document.core_properties
    about.title, about.language = writable(brief.title)[:255], _language()
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.subject = writable(str(brief.dialogue or ""))[:255]
    about.created = about.modified = day
    about.revision = 1


def _language() -> str:
    """The tag of the language that the document is written in; of English with whose spelling it is."""
    tag = languages.language_tag()
    return "en-GB" if tag == "en" else tag


def _head_and_foot(document: Any, brief: Brief, address: str) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = writable(brief.title) if brief.is_full else ""
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH - 2 * MARGIN), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{brief.view.in_words} · ")
    _link(foot, address, address)
    foot.add_run("\t")
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")


def _meetings(document: Any, brief: Brief, next_meeting: Meeting | None, site: str) -> None:
    if brief.is_full:
        document.add_heading(_("Meetings"), level=1)
    rows: list[tuple[str, Meeting | None]] = [(_("Last meeting"), brief.previous)]
    if brief.meeting:
        rows.insert(0, (_("This meeting"), brief.meeting))
    if next_meeting and next_meeting != brief.meeting:
        label = pgettext("a meeting", "Running now") if next_meeting.runs else _("Next meeting")
        rows.append((label, next_meeting))
    for label, meeting in rows:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        if meeting is None:
            paragraph.add_run(_("none is recorded as held."))
            continue
        _link(paragraph, clip(str(meeting), TITLE), site + meeting.get_absolute_url())
        state = meeting.state_in_words.lower()
        paragraph.add_run(f"{languages.comma()}{_dates(meeting)} ({state})")


def _attendance(document: Any, attendance: AttendanceSummary | None, site: str) -> None:
    if attendance is None:
        _paragraph(document, _("No recorded document says who came."))
        return
    document.add_heading(_("Who came last time"), level=2)
    paragraph = document.add_paragraph()
    _link(
        paragraph,
        clip(str(attendance.meeting), TITLE),
        site + attendance.meeting.get_absolute_url(),
    )
    paragraph.add_run(languages.comma() + _dates(attendance.meeting))
    table = _table(document, [_("Participant"), _("Head of delegation")], (62, 112))
    for delegation in attendance.delegations:
        _row(table, [delegation.name, delegation.head or "–"])
    if attendance.more:
        _paragraph(
            document, _("and %(number)s more") % {"number": languages.count(attendance.more)}
        )
    for report in attendance.reports:
        source = document.add_paragraph(_("Source") + ": ")
        _link(source, report.title, site + report.get_absolute_url())


def _dates(meeting: Meeting) -> str:
    dates = [date for date in (meeting.starts_on, meeting.ends_on) if date]
    return " – ".join(dict.fromkeys(PartialDate(date).in_words for date in dates)) or _(
        "date not set"
    )


def _standings(document: Any, brief: Brief, site: str) -> None:
    if not brief.tally.total:
        _paragraph(document, _("No initiative is recorded here."))
        return
    words = ngettext(
        "%(count)s initiative: %(groups)s.", "%(count)s initiatives: %(groups)s.", brief.tally.total
    )
    _paragraph(
        document,
        words
        % {"count": languages.count(brief.tally.total), "groups": brief.tally.groups_in_words},
    )
    if brief.tally.unrated:
        _paragraph(document, brief.tally.unrated_in_words)
    if brief.tally.parts:
        words = _("Parts of these, in the list and not counted here again: %(count)s.")
        _paragraph(document, words % {"count": languages.count(brief.tally.parts)})
    if brief.is_full:
        paragraph = document.add_paragraph(_("The list:") + " ")
        _link(paragraph, site + brief.list_address, site + brief.list_address)


def _section(document: Any, section: BriefSection, site: str, *, is_full: bool) -> None:
    heading = document.add_heading(f"{section.title} ({languages.count(section.total)})", level=1)
    if not section.total:
        _paragraph(document, section.none)
        return
    if section.groups:
        run = heading.add_run(f"  {section.groups}")
        run.font.size, run.font.bold, run.font.color.rgb = Pt(SIZE), False, SOFT
    if section.note and is_full:
        _paragraph(document, section.note).paragraph_format.keep_with_next = True
    if section.lines and is_full:
        table = _table(document, [_("Initiative"), _("Status"), _("Source")], (88, 27, 59))
        for line in section.lines:
            _line(table, line, site)
    elif section.lines:
        table = _table(document, [], (24, 150))
        for line in section.lines:
            _short_line(table, line, site)
    if section.above or section.more:
        _rest(document, section, site, is_full=is_full)


def _rest(document: Any, section: BriefSection, site: str, *, is_full: bool) -> None:
    """How many a section does not list, and where they are."""
    listed, address = section.listed or _("the whole list"), site + section.address
    numbers = {
        "above": languages.count(section.above),
        "more": languages.count(section.more),
        "listed": listed,
    }
    if not section.more:
        words = ngettext("%(above)s is listed above.", "%(above)s are listed above.", section.above)
        _paragraph(document, words % numbers)
        return
    if section.above and is_full:
        words = ngettext(
            "%(above)s is listed above, and %(more)s more; %(listed)s:",
            "%(above)s are listed above, and %(more)s more; %(listed)s:",
            section.above,
        )
    elif section.above:
        words = ngettext(
            "%(above)s is listed above, and %(more)s more:",
            "%(above)s are listed above, and %(more)s more:",
            section.above,
        )
    elif is_full:
        words = _("and %(more)s more; %(listed)s:")
    else:
        words = _("and %(more)s more:")
    paragraph = _paragraph(document, words % numbers + " ")
    _link(paragraph, address if is_full else listed, address)


def _short_line(table: Any, line: BriefLine, site: str) -> None:
    cells = _cells(table)
    _small(cells[0].paragraphs[0], _status(line))
    paragraph = cells[1].paragraphs[0]
    _link(paragraph, line.title, site + line.initiative.get_absolute_url())
    if facts := "; ".join([line.act, *line.facts] if line.act else line.facts):
        _small(paragraph, f" – {clip(facts, 2 * ONE_LINE - TITLE)}")
    source = cells[1].add_paragraph()
    if not line.report:
        _small(source, clip(line.look, ONE_LINE) or _("No document is recorded yet."))
        return
    about = languages.series(["", *_about(line, line.report)])
    title = clip(line.report.title, ONE_LINE - print_width(about))
    _link(source, title, site + line.report.get_absolute_url())
    _small(source, about)


def _status(line: BriefLine) -> str:
    return str(DeliveryStatus(line.status).label if line.status else VALUE_REPORTED)


def _about(line: BriefLine, report: Report) -> list[str]:
    """Where in the document, of which kind it is and its date."""
    about = [line.locator, str(EvidenceGrade(report.kind).label)]
    about += [report.published_on.in_words] if report.published_on else []
    return [words for words in about if words]


def _line(table: Any, line: BriefLine, site: str) -> None:
    cells = _cells(table)
    paragraph = cells[0].paragraphs[0]
    _link(paragraph, line.title, site + line.initiative.get_absolute_url())
    if line.facts:
        _small(cells[0].add_paragraph(), clip("; ".join(line.facts), TWO_LINES))
    status = cells[1].paragraphs[0]
    if line.act:
        status.add_run(writable(line.act)).bold = True
        status = cells[1].add_paragraph(_("status:") + " ")
    status.add_run(_status(line))
    if line.on:
        _small(cells[1].add_paragraph(), phrase(AS_OF, line.on))
    if not line.report:
        _small(cells[2].paragraphs[0], clip(line.look, WHAT) or _("No document is recorded yet."))
        return
    _link(cells[2].paragraphs[0], line.source, site + line.report.get_absolute_url())
    _small(cells[2].add_paragraph(), languages.series(_about(line, line.report)))


# --- What python-docx has no word for -------------------------------------------------------------


def _paragraph(document: Any, text: str) -> Any:
    return document.add_paragraph(writable(text))


def _small(paragraph: Any, text: str) -> None:
    paragraph.add_run(writable(text)).font.size = Pt(SIZE)


def _table(document: Any, head: list[str], widths: Iterable[int]) -> Any:
    """A table with light lines between its rows; a head is repeated on each page and said to be one."""
    widths = list(widths)
    table = document.add_table(rows=1 if head else 0, cols=len(widths))
    table.autofit = False
    borders = OxmlElement("w:tblBorders")
    for side in ("w:top", "w:bottom", "w:insideH"):
        line = OxmlElement(side)
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    if not head:
        return table
    row = table.rows[0]
    for cell, word in zip(row.cells, head, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run(word)
        run.font.size, run.font.color.rgb = Pt(SIZE), SOFT
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader"):
        properties.append(OxmlElement(name))
    return table


def _cells(table: Any) -> Any:
    """The cells of a new row, which stays on one page."""
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row.cells


def _row(table: Any, words: list[str]) -> None:
    for cell, word in zip(_cells(table), words, strict=True):
        cell.text = writable(word)


def _link(paragraph: Any, words: str, address: str) -> None:
    """Add words that lead to a web address."""
    link = OxmlElement("w:hyperlink")
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), key)
    run = paragraph.add_run(writable(words))
    run.font.color.rgb, run.font.underline = LINK, True
    link.append(run._r)
    paragraph._p.append(link)


def _field(paragraph: Any, name: str) -> None:
    """Add what the reader's program counts: PAGE, NUMPAGES."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)


def _packed(document: Any) -> bytes:
    """The bytes of the document, with no time of writing in them."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return packed.getvalue()
