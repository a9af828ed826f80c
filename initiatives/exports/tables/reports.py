"""Documents, what they are cited for, and where they disagree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ...models import Citation, Coverage, Discrepancy, Report
from ...pages.citations import SUBJECTS_NAMED
from ...pages.glossary import GRADE_MEANING
from ..export_column import ExportColumn, Value
from .base import Table, TableRow, address, column, several, words_of

OF_REPORT = (
    column("report.slug", _("Document: id"), _("The document that says so: its id.")),
    column("report.title", _("Document"), _("The title of the document.")),
)
LOCATOR = column("locator", _("Place"), _("Where in the document."))

REPORTS = Table(
    "reports",
    _("Reports"),
    _("Published documents that facts come from."),
    (
        column("slug", _("Id"), _("Permanently identifies the document, as in its address.")),
        address(_("The page of the document here.")),
        column("title", _("Title"), _("What it is called.")),
        column("publisher", _("Publisher"), _("Who published it.")),
        column(
            "kind",
            _("Kind"),
            _("What kind of evidence it is."),
            "word",
            words=GRADE_MEANING,
        ),
        several(
            "issued_by.code",
            _("Issued by: codes"),
            _("Whose document it is: their codes."),
            "issued_by",
            "code",
        ),
        several(
            "issued_by.name",
            _("Issued by"),
            _("Their names, in the same order."),
            "issued_by",
            "name",
        ),
        column("published_on", pgettext_lazy("a date", "Published"), _("When."), "date"),
        column("language", _("Language"), _("BCP 47 tag of the language it is in.")),
        column("url", _("Original"), _("The address of the document itself."), "address"),
        column(
            "archived_url", _("Archived copy"), _("The address of a copy that stays."), "address"
        ),
        column("meeting.slug", _("Meeting: id"), _("The meeting that it belongs to: its id.")),
        column("meeting.title", _("Meeting"), _("The title of that meeting.")),
        column(
            "translation_of.slug",
            _("Language version of: id"),
            _(
                "The same document in another language, to which all its versions point: its id. That says"
                " nothing of which text is authentic."
            ),
        ),
        ExportColumn(
            "authentic",
            _("Authentic"),
            "word",
            _(
                "Whether a document or its publisher says that the text in this language is authentic."
            ),
            lambda line: "yes" if line.record.authentic else "no",
            {
                "yes": _("The text in this language is said to be authentic; several may be."),
                "no": _("Nothing of the kind is recorded."),
            },
        ),
        column(
            "coverage",
            _("Read"),
            _("How much of it was read."),
            "word",
            words=words_of(Coverage.choices),
        ),
        column("note", _("Note"), _("How we read it, where it is not plain.")),
    ),
    lambda rows: rows.select_related("meeting", "translation_of").prefetch_related("issued_by"),
    Report,
    refers={
        "meeting.slug": ("meetings", "slug"),
        "translation_of.slug": ("reports", "slug"),
    },
)


# What is an initiative among what citations are about.
OF_INITIATIVES = ("__initiative", "__earlier", "__later")


def _key_of_subject(line: TableRow) -> Value:
    return [str(key) for key in line.record.subject.natural_key()]


CITATIONS = Table(
    "citations",
    _("Citations"),
    _("Documents that bear out a fact which is not an entry itself: who came, a role, a target."),
    (
        column("ref", _("Id"), _("Permanently identifies the citation.")),
        *OF_REPORT,
        LOCATOR,
        column("says", _("Says"), _("What the document says of it, in our words.")),
        column(
            "subject",
            _("Kind of fact"),
            _("What kind of fact it bears out."),
            "word",
            at="subject_name",
            words={
                "dialogue": _("A dialogue: the key is its id."),
                "membership": _("A membership: dialogue, participant, capacity."),
                "meeting": _("A meeting: the key is its id."),
                "line": _("A line of a meeting or a dialogue: the key is its id."),
                "attendance": _("An attendance: meeting, participant."),
                "delegate": _("A delegate: the key is its id."),
                "role": _("A role: initiative, role, participant."),
                "lineage": _("A lineage: later initiative, relation, earlier initiative."),
                "target": _("A target: the key is its id."),
                "status_update": _("A status update: the key is its id."),
                "discrepancy": _("A discrepancy: the key is its id."),
            },
        ),
        ExportColumn(
            "key",
            _("Fact"),
            "text",
            _("The key of that fact, in its parts."),
            _key_of_subject,
            many=True,
        ),
        column(
            "field",
            _("Field"),
            _("The one field that it bears out, where it is cited for one; “says” is the value."),
        ),
        column(
            "position",
            _("Position"),
            _("Of a line or a delegate: its position among its kind in the document."),
            "integer",
        ),
    ),
    lambda rows: (
        rows.select_related("report", *SUBJECTS_NAMED)
        .defer(*(f"{path}__summary" for path in SUBJECTS_NAMED if path.endswith(OF_INITIATIVES)))
        .order_by("ref")
    ),
    Citation,
    key=("ref",),
    refers={"report.slug": ("reports", "slug")},
)

DISCREPANCIES = Table(
    "discrepancies",
    _("Discrepancies"),
    _("Where documents disagree; citations hold the reading of each."),
    (
        column("slug", _("Id"), _("Permanently identifies the discrepancy.")),
        column("topic", _("Topic"), _("What they disagree on.")),
        column("resolution", _("Reading"), _("How we read it; empty while it is open.")),
        column("dialogue.slug", _("Dialogue: id"), _("The dialogue that it is about.")),
        column("meeting.slug", _("Meeting: id"), _("The meeting that it is about.")),
        column("initiative.slug", _("Initiative: id"), _("The initiative that it is about.")),
    ),
    lambda rows: (
        rows.select_related("dialogue", "meeting", "initiative")
        .defer("initiative__summary")
        .order_by("slug")
    ),
    Discrepancy,
    refers={
        "dialogue.slug": ("dialogues", "slug"),
        "meeting.slug": ("meetings", "slug"),
        "initiative.slug": ("initiatives", "slug"),
    },
)
