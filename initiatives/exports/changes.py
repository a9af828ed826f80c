"""The stream of what was recorded and withdrawn, to take away: the filters of its page, all of it, latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import Act, DeliveryStatus, Mention, StatusUpdate, Verifiability
from ..pages.alternate_formats import list_address
from ..pages.changes import WORDS, ChangeEvent, ChangeFilter, all_keys, read_events
from ..serving.routing import version_of
from ..serving.snapshot import snapshot
from .export_column import ExportColumn, Type, Words
from .lists import IDLE_SECONDS
from .streams import Chunks, csv_stream, json_stream
from .tables.base import CHUNK, TableRow, in_chunks, moment, words_of


def _column(
    name: str,
    label: Any,
    description: Any,
    read: Callable[[Any], Any],
    kind: Type = "text",
    words: Words | None = None,
) -> ExportColumn:
    """A column that is read from an entry; what it does not have is empty."""
    return ExportColumn(
        name, label, kind, description, lambda line: read(line.record.entry) or None, words or {}
    )


def _of(model: type[Any], name: str) -> Callable[[Any], Any]:
    """What entries of one kind alone have."""
    return lambda entry: getattr(entry, name) if isinstance(entry, model) else None


def _at(line: TableRow) -> str:
    return moment(line.record.at)


CHANGES = (
    ExportColumn("at", _("When"), "time", _("When it was recorded, or withdrawn, here."), _at),
    ExportColumn(
        "change",
        pgettext_lazy("what was done", "Change"),
        "word",
        _("What was done with the entry."),
        lambda line: "withdrawn" if line.record.is_withdrawal else "recorded",
        {"recorded": _("It was recorded."), "withdrawn": _("It was withdrawn.")},
    ),
    ExportColumn(
        "entry",
        _("Entry"),
        "word",
        _("What kind of entry it is."),
        lambda line: line.record.kind,
        WORDS,
    ),
    _column("ref", _("Id"), _("Permanently identifies the entry."), lambda entry: entry.ref),
    _column(
        "initiative.slug",
        _("Initiative: id"),
        _("The initiative: its id, as in its address."),
        lambda entry: entry.initiative.slug,
    ),
    _column(
        "initiative.title",
        _("Initiative"),
        _("The title of the initiative."),
        lambda entry: entry.initiative.title,
    ),
    ExportColumn(
        "initiative.address",
        _("Initiative: address"),
        "address",
        _("The page of the initiative."),
        lambda line: line.site + line.record.entry.initiative.get_absolute_url(),
    ),
    _column(
        "dialogue.slug",
        _("Dialogue: id"),
        _("Its dialogue: its id, as in its address."),
        lambda entry: entry.initiative.dialogue.slug,
    ),
    _column(
        "act",
        _("Act"),
        _("Of a mention: what the document does with the initiative."),
        _of(Mention, "act"),
        "word",
        words_of(Act.choices),
    ),
    _column(
        "status",
        _("Status"),
        _("Of a status update: what was done about the initiative."),
        _of(StatusUpdate, "status"),
        "word",
        words_of(DeliveryStatus.choices),
    ),
    _column(
        "verifiability",
        _("Verifiability"),
        _("Of a criterion: whether anybody could verify it."),
        lambda entry: getattr(entry, "verifiability", None),
        "word",
        words_of(Verifiability.choices),
    ),
    _column(
        "on",
        _("As of"),
        _("Of a status update: as of when, as the document gives it."),
        _of(StatusUpdate, "on"),
        "date",
    ),
    _column(
        "what",
        _("What"),
        _("What happened, or what would count as delivered, in our words; of a mention the quote."),
        lambda entry: entry.quote if isinstance(entry, Mention) else entry.what,
    ),
    _column(
        "report.slug",
        _("Document: id"),
        _("The document that says so: its id."),
        lambda entry: entry.report and entry.report.slug,
    ),
    _column(
        "report.title",
        _("Document"),
        _("The title of the document."),
        lambda entry: entry.report and entry.report.title,
    ),
    _column(
        "report.publisher",
        _("Document: publisher"),
        _("Who published it."),
        lambda entry: entry.report and entry.report.publisher,
    ),
    _column(
        "report.published_on",
        _("Document: published"),
        _("When it was published, as precisely as it says."),
        lambda entry: entry.report and entry.report.published_on,
        "date",
    ),
    _column(
        "report.original",
        _("Document: original"),
        _("Where the document itself is published; empty where it is not on the web."),
        lambda entry: entry.report and entry.report.url,
        "address",
    ),
    _column("locator", _("Place"), _("Where in the document."), lambda entry: entry.locator),
    ExportColumn(
        "reason",
        _("Reason"),
        "text",
        _("Why it was withdrawn."),
        lambda line: (line.record.is_withdrawal and line.record.entry.withdrawal_reason) or None,
    ),
)


@dataclass(frozen=True)
class ChangeExport:
    """``data`` is a query string that the page understands, ``site`` the scheme and host of the addresses in it."""

    data: QueryDict
    site: str

    def filters(self) -> ChangeFilter:
        """Raises BadParameters for a query string that it does not understand."""
        return ChangeFilter.read(self.data, StatusUpdate.objects.public())

    def csv(self) -> Iterator[bytes]:
        with snapshot(StatusUpdate.objects.db, idle_seconds=IDLE_SECONDS):
            yield from csv_stream(CHANGES, self._chunks(self.filters()))

    def json(self) -> Iterator[bytes]:
        using = StatusUpdate.objects.db
        with snapshot(using, idle_seconds=IDLE_SECONDS):
            filters = self.filters()
            page = list_address("changes") + (f"?{filters.whole}" if filters.whole else "")
            about = {
                "title": filters.title(_("Changes")),
                "address": self.site + page,
                "read_at": timezone.now().isoformat(timespec="seconds"),
                "as_of": filters.view.day.isoformat(),
                "data_version": str(version_of(using)),
            }
            yield from json_stream(about, "changes", CHANGES, self._chunks(filters))

    def _chunks(self, filters: ChangeFilter) -> Chunks:
        view = filters.view
        for keys in in_chunks(all_keys(filters), CHUNK):
            events: list[ChangeEvent] = read_events(view, keys, with_dialogue=True)
            yield [TableRow(event, self.site, view.day) for event in events]
