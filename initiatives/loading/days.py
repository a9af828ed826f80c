"""Days of statuses in a load: none is still to come, and one before the proposal says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..models import Initiative, Meeting, Mention, Report
from ..partial_dates import PartialDate
from ..recording.days import is_before, is_to_come, proposal_day
from .kinds import CHUNK, Key, Values
from .problems import Problem
from .said import phrased

if TYPE_CHECKING:
    from .plan_types import Plan

Finals = Mapping[str, Mapping[Key, Values]]


def check_days(plan: Plan, finals: Finals) -> Iterator[Problem]:
    """A problem for each status to write that is of a day to come, or before the proposal and has no note."""
    updates = [
        to_write.statement
        for to_write in plan.entries.to_write
        if to_write.statement.kind == "statusupdate"
    ]
    unexplained = {
        u.initiative
        for u in updates
        if u.values.get("on") and u.values.get("status") and not u.values.get("note")
    }
    known = _KnownDays(plan, finals, unexplained)
    for update in updates:
        on, file = update.values.get("on"), update.document.name
        if not on:
            continue
        # The day of a review is checked once.
        if is_to_come(on) and update.path[0] != "looked":
            what = phrased("the status is of %(on)s, which is still to come", on=on)
            hint = phrased("a status says what has been done; correct the day")
            yield Problem(file, update.line("on"), what, hint)
        if update.values.get("note") or not update.values.get("status"):
            continue
        proposed = known.proposal_day(update.initiative, update.document.report)
        if is_before(on, proposed):
            what = phrased(
                "the status is of %(on)s, before the initiative was proposed (%(proposed)s)",
                on=on,
                proposed=proposed,
            )
            hint = phrased("correct the day, or say in a note why it is older, such as note: …")
            yield Problem(file, update.line("on"), what, hint)


class _KnownDays:
    """When initiatives were raised, and the documents that mention them published, as it will be after the load."""

    def __init__(self, plan: Plan, finals: Finals, initiatives: set[str]) -> None:
        raised_at: dict[str, str | None] = {}
        self.published_on: dict[str, dict[str, str | None]] = defaultdict(dict)
        slugs = sorted(initiatives)
        for start in range(0, len(slugs), CHUNK):
            some = slugs[start : start + CHUNK]
            rows = Initiative.objects.filter(slug__in=some)
            raised_at |= dict(rows.values_list("slug", "raised_at__slug"))
            mentions = Mention.objects.filter(initiative__slug__in=some, withdrawn_at=None)
            names = ("initiative__slug", "report__slug", "report__published_on")
            for slug, report, day in mentions.values_list(*names):
                self.published_on[slug][report] = day
        stated = finals["initiative"]
        raised_at |= {s: stated[s,].get("raised_at") for s in slugs if (s,) in stated}
        days = _days(Meeting, "starts_on", {m for m in raised_at.values() if m}, finals)
        self.raised_on = {slug: days.get(meeting or "") for slug, meeting in raised_at.items()}
        new = {
            (to_write.statement.initiative, to_write.statement.document.report)
            for to_write in plan.entries.to_write
            if to_write.statement.kind == "mention" and to_write.statement.initiative in initiatives
        }
        days = _days(Report, "published_on", {report for _slug, report in new}, finals)
        for slug, report in new:
            self.published_on[slug][report] = days.get(report)

    def proposal_day(self, initiative: str, cited: str) -> PartialDate | None:
        return proposal_day(self.raised_on.get(initiative), self.published_on[initiative], cited)


def _days(
    model: type[Meeting | Report], name: str, keys: set[str], finals: Finals
) -> dict[str, str | None]:
    """A day of each of these records as it will be after the load."""
    days: dict[str, str | None] = {}
    slugs = sorted(keys)
    for start in range(0, len(slugs), CHUNK):
        rows = model._default_manager.filter(slug__in=slugs[start : start + CHUNK])
        days |= dict(rows.values_list("slug", name))
    after = finals[str(model._meta.model_name)]
    return days | {slug: after[slug,].get(name) for slug in slugs if (slug,) in after}
