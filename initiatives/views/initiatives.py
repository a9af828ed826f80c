from __future__ import annotations

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..filters import InitiativeFilter
from ..meanings import RELATION_FROM_EARLIER, STANDING_MEANING, STATUS_MEANING
from ..models import (
    Discrepancy,
    Initiative,
    Lineage,
    Mention,
    Role,
    RoleKind,
    StatusUpdate,
    Target,
)
from ..paging import leaf, paginate_counted
from ..parameters import read_page_number
from ..reasons import reasons
from ..sources import attach_sources
from .public_page import public_page
from .rows import as_rows, mark_matches

ENTRIES = 50


@public_page
def initiative_list(request: HttpRequest) -> HttpResponse:
    filters = InitiativeFilter.read(request.GET, Initiative.objects.public())
    page = paginate_counted(
        filters.total,
        lambda first, last: filters.rows(first, last, as_rows),
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )
    if filters.text:
        mark_matches(page.rows, filters.text)
    ctx = {"filters": filters, "page": page}
    return render(request, "initiatives/initiative_list.html", ctx)


@public_page
def initiative_detail(request: HttpRequest, slug: str) -> HttpResponse:
    initiative = get_object_or_404(
        Initiative.objects.public().select_related(
            "dialogue", "raised_at", "standing_report", "latest_update_report"
        ),
        slug=slug,
    )
    mentions = leaf(
        Mention.objects.public()
        .current()
        .filter(initiative=initiative)
        .select_related("report")
        .prefetch_related("by")
        .order_by(F("report__published_on").asc(nulls_first=True), "recorded_at", "pk"),
        read_page_number(request.GET, "mentions"),
        per=ENTRIES,
        address=lambda number: f"?mentions={number}#mentions",
    )
    updates = leaf(
        StatusUpdate.objects.public()
        .current()
        .filter(initiative=initiative)
        .select_related("report", "participant")
        .newest_first(),
        read_page_number(request.GET, "updates"),
        per=ENTRIES,
        address=lambda number: f"?updates={number}#updates",
    )
    roles = list(Role.objects.public().filter(initiative=initiative).select_related("participant"))
    roles.sort(key=lambda role: (RoleKind.values.index(role.role), role.participant.name))
    targets = list(Target.objects.public().filter(initiative=initiative))
    links = list(
        Lineage.objects.public()
        .filter(Q(earlier=initiative) | Q(later=initiative))
        .select_related("earlier", "later")
        .order_by("relation", "pk")
    )
    discrepancies = list(Discrepancy.objects.public().filter(initiative=initiative))
    attach_sources(updates.rows, roles, targets, links, discrepancies)
    ctx = {
        "initiative": initiative,
        "themes": list(initiative.themes.public()),
        "standing_meaning": STANDING_MEANING[initiative.standing],
        "status_meaning": STATUS_MEANING[initiative.delivery_status],
        "standing_rests_on": _rests_on(initiative, mentions.rows),
        "status_rests_on": _status_rests_on(initiative, updates.rows),
        "reasons": reasons(initiative),
        "roles": roles,
        "targets": targets,
        "mentions": mentions,
        "updates": updates,
        "earlier": [
            (link.get_relation_display(), link.earlier, link)
            for link in links
            if link.later_id == initiative.pk
        ],
        "later": [
            (RELATION_FROM_EARLIER[link.relation], link.later, link)
            for link in links
            if link.earlier_id == initiative.pk
        ],
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/initiative_detail.html", ctx)


def _rests_on(initiative: Initiative, mentions: list[Mention]) -> Mention | None:
    """The mention that gives the initiative its standing, where it is on the page."""
    candidates = [m for m in mentions if m.report_id == initiative.standing_report_id]
    strongest = [m for m in candidates if m.act == initiative.standing]
    return next(iter(strongest or candidates), None)


def _status_rests_on(initiative: Initiative, updates: list[StatusUpdate]) -> StatusUpdate | None:
    """The update that gives the initiative its status, where it is on the page."""
    candidates = [
        update
        for update in updates
        if update.status == initiative.delivery_status
        and update.report_id == initiative.latest_update_report_id
        and update.on == initiative.latest_update_on
    ]
    # Updates of the whole initiative go before those of one participant's own part.
    candidates.sort(key=lambda update: update.participant_id is not None)
    return next(iter(candidates), None)
