"""Pages as of a day: ``?as_of=2024-08-09`` in their address, and what is shown then."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ..as_of.current import LATEST_NEWS, CurrentView, Dress
from ..as_of.past import PastRecord
from ..as_of.past_index import PastIndex, past_index
from ..models import Dialogue, Initiative, Meeting, MeetingState, Participant, Report
from ..models.dialogues import MeetingQuerySet
from ..models.initiatives import InitiativeQuerySet
from .parameters import bad_parameters

SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# No record of this kind is older, and a day of the first century is nobody's question.
FIRST_DAY = datetime.date(1900, 1, 1)


class DayField(forms.Field):
    """A day from ``FIRST_DAY`` to today as ISO 8601 has it in full; empty becomes None."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> datetime.date | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            day = datetime.date.fromisoformat(text if SHAPE.fullmatch(text) else "")
        except ValueError:
            raise forms.ValidationError(expected_day(), code="invalid") from None
        if not FIRST_DAY <= day <= timezone.localdate():
            raise forms.ValidationError(expected_day(), code="invalid")
        return day


def expected_day() -> str:
    """What ``as_of`` has to be, in words."""
    return _("a day from 1900 on, today or earlier, written like 2024-08-09")


def read_view(data: QueryDict, using: str = "default") -> CurrentView:
    """What a page shows: as of today, or of the day that its address asks for; raises BadParameters."""
    day = day_in(data)
    if day is None and data.get("as_of", "").strip():
        raise bad_parameters(data, {"as_of": expected_day()})
    return view_on(day, using)


def day_in(data: Mapping[str, str] | None) -> datetime.date | None:
    """The day that a query string asks for; None without one, and for what is no day."""
    try:
        day: datetime.date | None = DayField().clean((data or {}).get("as_of"))
    except forms.ValidationError:
        return None
    return day


def view_on(day: datetime.date | None, using: str = "default") -> CurrentView:
    """What is known at the end of a day; of today where there is none. Not meant for days to come."""
    if day is None or day >= timezone.localdate():
        return CurrentView(day, using)
    return PastView(day, using)


def permalink(initiative: Initiative, day: datetime.date | None = None) -> str:
    """The path of an initiative's page as of a day, today unless given; “Cite this” says what it keeps."""
    address = initiative.get_absolute_url().partition("?")[0]
    return f"{address}?as_of={(day or timezone.localdate()).isoformat()}"


class PastView(PastRecord):
    """An earlier day with its lists and counts."""

    @cached_property
    def index(self) -> PastIndex:
        return past_index(self)

    def first(
        self, rows: InitiativeQuerySet, count: int, dress: Dress, **selection: Sequence[str]
    ) -> list[Initiative]:
        keys = self.index.matching(selection)
        return self.read(self.index.page(keys, LATEST_NEWS, 0, count, using=self.using), dress)

    def read(self, keys: Sequence[int], dress: Dress) -> list[Initiative]:
        """The initiatives of these keys in their order, as they were known."""
        public = Initiative.objects.using(self.using).public().order_by()
        found = dress(public).in_bulk(keys)
        return self.put(found[key] for key in keys if key in found)

    def attended(self, rows: MeetingQuerySet, count: int) -> tuple[list[Meeting], int]:
        found = [one for one in self.meetings(rows.order_by()) if not self.is_to_come(one)]
        return newest_first(found)[:count], len(found)

    def deadlines(self, rows: InitiativeQuerySet, count: int) -> list[Initiative]:
        order = (F("due_on").asc(nulls_last=True), "title", "slug")
        keys = self.index.page(self.index.ahead, order, 0, count, using=self.using)
        return self.read(keys, lambda rows: rows)

    def next_meetings(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        found = [
            one
            for one in self._meetings_in_all
            if one.state == MeetingState.PLANNED
            and not (one.starts_on and one.starts_on.ends_before(self.iso))
        ]
        return oldest_first(found)[:count]

    def latest_meetings(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        found = [
            one
            for one in self._meetings_in_all
            if one.state == MeetingState.HELD and one.starts_on and one.starts_on <= self.iso
        ]
        return newest_first(found)[:count]

    def raising(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        found = [one for one in self._meetings_in_all if self.index.value("meeting", one.slug)]
        return newest_first(found)[:count]

    def figures(self) -> dict[str, int]:
        using = self.using
        dialogues = Dialogue.objects.using(using).public().order_by()
        participants = Participant.objects.using(using).public().order_by()
        if self.was_shown:
            dialogues, participants = self._existing(dialogues), self._existing(participants)
        begun = [
            one
            for one in dialogues
            if self.was_shown
            or (one.launched_on and one.launched_on <= self.iso)
            or self.index.value("dialogue", one.slug)
        ]
        return {
            "dialogues": len(begun),
            "meetings": len(self._meetings_in_all),
            "participants": participants.count(),
            "reports": self.reports(Report.objects.using(using).public()).order_by().count(),
        }

    @cached_property
    def _meetings_in_all(self) -> list[Meeting]:
        """All meetings that were known, with their dialogues."""
        rows = Meeting.objects.using(self.using).public().order_by().select_related("dialogue")
        return self.meetings(rows)


def newest_first(meetings: Sequence[Meeting]) -> list[Meeting]:
    """Meetings in the order that their list has by itself, those without a date last."""
    found = sorted(meetings, key=lambda one: one.slug)
    return sorted(found, key=lambda one: one.starts_on or "", reverse=True)


def oldest_first(meetings: Iterable[Meeting]) -> list[Meeting]:
    """The other way round; those without a date last, too."""
    return sorted(meetings, key=lambda one: (not one.starts_on, one.starts_on or "", one.slug))
