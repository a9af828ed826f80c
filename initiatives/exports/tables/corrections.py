"""The register of corrections: what was corrected, withdrawn, removed, recorded anew or merged."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ...as_of.current import CurrentView
from ...models import AccountRole, Correction, CorrectionKind, CorrectionSubject
from ...models.corrections import with_records
from ..export_column import ExportColumn, Value
from .base import Table, TableRow, column, words_of


def _side(place: int) -> ExportColumn:
    """What the fields that differ held, each as “Label: words”, in one order."""
    name, label, about = (
        ("was", _("Was"), _("What the fields that differ said before, each after its name.")),
        ("is", _("Is"), _("What they say now, in the same order; empty where nothing stands.")),
    )[place - 1]

    def read(line: TableRow) -> Value:
        return [f"{parts[0]}: {parts[place]}".strip() for parts in line.record.differences]

    return ExportColumn(name, label, "text", about, read, many=True)


def _name(line: TableRow) -> Value:
    correction: Correction = line.record
    is_named = correction.about or correction.subject == CorrectionSubject.LOAD
    return correction.title if is_named else None


def _find_records(lines: Sequence[Correction], _view: CurrentView) -> None:
    with_records(lines)


CORRECTIONS = Table(
    "corrections",
    _("Corrections"),
    _(
        "What the public had seen and was corrected, withdrawn, removed, recorded anew, merged or renamed, and why."
    ),
    (
        column("ref", _("Id"), _("Permanently identifies the line of the register.")),
        column("at", _("When"), _("When it was done here."), "time"),
        column(
            "kind",
            _("What was done"),
            _("What was done to it."),
            "word",
            words=words_of(CorrectionKind.choices),
        ),
        column(
            "subject",
            _("To what"),
            _("What it was done to."),
            "word",
            words=words_of(CorrectionSubject.choices),
        ),
        column("key", _("Of it: id"), _("The id of the record or of the entry, or the load.")),
        ExportColumn(
            "title",
            _("Of it: name"),
            "text",
            _(
                "What the record is called now; of an entry, its initiative; of a load, its number. Empty where it is "
                "not public any more."
            ),
            _name,
        ),
        column(
            "key_before",
            _("Before: id"),
            _(
                "The id of the entry whose place another one took, or that was recorded anew; of the record that was "
                "merged, or the id before."
            ),
        ),
        column(
            "initiative.slug", _("Initiative: id"), _("Of which initiative; empty once removed.")
        ),
        column("initiative.title", _("Initiative"), _("Its title now.")),
        column(
            "dialogue.slug",
            _("Dialogue: id"),
            _("Of which dialogue; empty for a load that speaks of several."),
        ),
        _side(1),
        _side(2),
        column("reason", _("Reason"), _("Why, where somebody has said so.")),
        column(
            "role",
            _("Role"),
            _("The role of the account that did it; never a person."),
            "word",
            words=words_of(AccountRole.choices),
        ),
        column("report.slug", _("Document: id"), _("The document in whose name a load did it.")),
    ),
    lambda rows: rows.select_related("initiative", "dialogue", "report").defer(
        "initiative__summary"
    ),
    Correction,
    key=("ref",),
    refers={"dialogue.slug": ("dialogues", "slug"), "report.slug": ("reports", "slug")},
    prepare=_find_records,
)
