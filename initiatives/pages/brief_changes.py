"""What became known of a dialogue's initiatives after one of its meetings: status updates and mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from ..as_of.current import CurrentView
from ..as_of.past import view_on
from ..models import (
    DeliveryStatus,
    Dialogue,
    Meeting,
    Mention,
    Participant,
    Report,
    StatusUpdate,
)
from ..partial_dates import sort_key
from .due_story import attach_due_words
from .language_versions import said_again

# Of so few the entries are counted one document after the other: of those since the last meeting, say.
FEW_DOCUMENTS = 50
# Of an entry, 0 for none.
DOCUMENT = Coalesce("report", 0)


class EntriesSinceMeeting:
    """Entries that stand on the day of ``view`` and were not known at the end of the latest of ``meetings``.

    What was known then is what the record showed on that day; before the record begins (``as_of/past.py``), what
    documents published by then told. Documents of these meetings are no news, though many are published a few days
    after them; nor is one whose date does not tell, nor what a further language version says again.
    """

    def __init__(
        self,
        view: CurrentView,
        meetings: Sequence[Meeting],
        dialogue: Dialogue | None,
        participant: Participant | None = None,
    ) -> None:
        self.view = view
        latest = meetings[0]
        ends = latest.last_date
        self.last_day = min(ends.last_day, view.day) if ends else view.day
        before = view_on(self.last_day, view.using)
        of_initiatives = Q(initiative__dialogue=dialogue) if dialogue else Q()
        if participant:
            of_initiatives &= Q(initiative__in=view.initiatives_with(participant))
        own = [meeting.pk for meeting in meetings]
        updates: Any = view.updates().exclude(status=DeliveryStatus.NOT_REVIEWED)
        self._standing: list[Any] = [
            rows.filter(of_initiatives) for rows in (updates, view.mentions())
        ]
        self._repeated = [said_again(view, rows.model) for rows in self._standing]
        self.updates, self.mentions = (
            rows.exclude(report__meeting__in=own).exclude(pk__in=repeated)
            for rows, repeated in zip(self._standing, self._repeated, strict=True)
        )
        self._name = f"of {dialogue.pk if dialogue else ''} {participant.pk if participant else ''}"
        self._documents = (
            None if before.was_shown else Report.objects.exclude(meeting__in=own).order_by()
        )
        if before.was_shown:
            self.updates = self.updates.filter(before.shown_later(StatusUpdate))
            self.mentions = self.mentions.filter(before.shown_later(Mention))
        else:
            # “2022” is not after a day of 2022, for nobody can tell.
            after = self._after("report__published_on")
            undated = Q(report__published_on__isnull=True) & self._after("on")
            self.updates = self.updates.filter(after | undated)
            self.mentions = self.mentions.filter(after)

    def _after(self, date: str) -> Q:
        return Q(**{f"{date}__isnull": False}) & ~Q(**{f"{date}__starts_by": self.last_day})

    @cached_property
    def _counts(self) -> Counter[int]:
        """How many there are by document, 0 for those of none or of one without a date; a query or two for each kind.

        Of many documents all entries that stand are counted and documents looked at afterwards: the other way round
        takes several times as long.
        """
        if self._documents is None:
            return _by_document(self.updates, self.mentions)
        if len(self._dated) <= FEW_DOCUMENTS:
            some = Q(report__in=list(self._dated))
            counts = _by_document(self.updates.filter(some), self.mentions.filter(some))
        else:
            counts = self._counts_of_all()
        undated = self._documents.filter(published_on__isnull=True).values_list("pk", flat=True)
        of_none = self.updates.filter(Q(report__isnull=True) | Q(report__in=list(undated)))
        return Counter({key: counts[key] for key in self._dated}) + Counter({0: of_none.count()})

    def _counts_of_all(self) -> Counter[int]:
        """How many entries stand by document, whatever its date: the same for all meetings of the dialogue."""
        counts: Counter[int] = Counter()
        for rows, repeated in zip(self._standing, self._repeated, strict=True):
            name = f"{rows.model.plural} by document {self._name}"
            counts += self.view.index.count(name, rows, DOCUMENT)
            if repeated:
                counts -= _by_document(rows.filter(pk__in=repeated))
        return counts

    @cached_property
    def _dated(self) -> dict[int, str | None]:
        """The documents of all that there may be, newest first, with their dates."""
        if self._documents is None:
            rows = Report.objects.filter(pk__in=[key for key in self._counts if key])
        else:
            rows = self._documents.filter(self._after("published_on"))
        return dict(rows.newest_first().values_list("pk", "published_on"))

    def count(self) -> int:
        return self._counts.total()

    def first(self, count: int) -> list[StatusUpdate | Mention]:
        """The newest of them; of one day, what was done before what was said."""
        if not count:
            return []
        newest = F("report__published_on").desc(nulls_last=True)
        documents = self._newest_documents(count)
        updates = self.updates.filter(documents).select_related("report", "participant", "target")
        mentions = self.mentions.filter(documents).select_related("report", "due_at")
        mentions = mentions.prefetch_related("by")
        entries: list[StatusUpdate | Mention] = [
            *updates.order_by(newest, F("on").desc(nulls_last=True), "-pk")[:count],
            *mentions.order_by(newest, "-pk")[:count],
        ]
        entries.sort(key=_published_on, reverse=True)
        first = entries[:count]
        attach_due_words((e for e in first if isinstance(e, Mention)), self.view.mentions())
        return first

    def _newest_documents(self, count: int) -> Q:
        """The condition for entries of the newest documents, all of a day, that have so many; none where all have less.

        So that not all entries are put in order for the first few.
        """
        in_order = (item for item in self._dated.items() if self._counts[item[0]])
        keys: list[int] = []
        for _date, of_date in groupby(in_order, itemgetter(1)):
            keys += [key for key, _published_on in of_date]
            if sum(self._counts[key] for key in keys) >= count:
                return Q(report__in=keys)
        return Q()


def _by_document(*kinds: Any) -> Counter[int]:
    counts: Counter[int] = Counter()
    for rows in kinds:
        # Not by the column alone: SQLite would read all entries along its index.
        by_document = rows.order_by().annotate(document=DOCUMENT)
        counts.update(dict(by_document.values_list("document").annotate(Count("pk"))))
    return counts


def _published_on(entry: StatusUpdate | Mention) -> str:
    return sort_key(entry.report.published_on) if entry.report else ""
