from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_stubs_ext import StrOrPromise

from ..as_of.current import CurrentView
from ..exports.citation import cite
from ..models import (
    Correction,
    Discrepancy,
    Initiative,
    Lineage,
    LineageKind,
    Mention,
    StatusUpdate,
    Target,
)
from ..models.initiatives import InitiativeQuerySet
from ..models.translations import TextIn
from ..pages.alternate_formats import site_of
from ..pages.citations import attach_sources
from ..pages.criteria import criterion_that_holds
from ..pages.due_story import due_in_words, meeting_date_in_words, tell
from ..pages.flag_reasons import FlagReason, flag_reasons
from ..pages.glossary import RELATION_FROM_EARLIER, STANDING_MEANING, STATUS_MEANING
from ..pages.involvement import by_capacity, involved_with_sources
from ..pages.language_versions import with_versions
from ..pages.last_heard import attach_last_heard
from ..pages.other_languages import in_other_languages
from ..pages.parts import wholes_and_parts
from ..pages.related import related_initiatives
from ..pages.revision_log import revision_days, with_revision_days
from ..pages.search_results import did_you_mean
from ..pages.targets import shown_targets
from ..pages.timeline import in_story_order, timeline
from ..pages.verdict import TOLD, verdict
from ..pages.welcomes import attach_welcomes
from ..pages.wording import attach_wordings, is_rewording
from ..pictures import charts
from ..query.as_of import permalink, read_view
from ..query.filters import InitiativeFilter
from ..query.parameters import read_page_number
from ..query.understood import AS_OF
from .not_known import initiative_or_gone, render_not_known
from .public_page import public_page
from .rows import attach_involved, initiative_page, mark_matches

ENTRIES = 50

# What few initiatives have: looked for with the initiative itself, and read only where it is there.
RARE: dict[str, Callable[[CurrentView, Any], QuerySet[Any]]] = {
    "targets": lambda view, key: view.once_public(Target).filter(initiative=key),
    "links": lambda view, key: (
        view.once_public(Lineage)
        .filter(Q(earlier=key) | Q(later=key))
        .exclude(relation=LineageKind.PART_OF)
        .select_related("earlier", "later")
        .order_by("relation", "pk")
    ),
    "discrepancies": lambda view, key: view.once_public(Discrepancy).filter(initiative=key),
    "criteria": lambda view, key: (
        view.criteria(withdrawn=True).filter(initiative=key).with_related().newest_first()
    ),
    "withdrawn": lambda _view, key: (
        StatusUpdate.objects.once_public()
        .withdrawn()
        .filter(initiative=key)
        .select_related("participant")
        .order_by("-withdrawn_at")
    ),
    # Of its entries: it has none itself while it has a page.
    "tombstones": lambda _view, key: (
        Correction.objects.tombstones().filter(initiative=key).order_by("-at", "-pk")
    ),
}


@public_page(InitiativeFilter.parameters())
def initiative_list(request: HttpRequest) -> HttpResponse:
    filters = InitiativeFilter.read(request.GET, Initiative.objects.public())
    page = initiative_page(filters)
    attach_involved(filters.view, page.rows)
    attach_last_heard(filters.view, page.rows)
    if filters.text and filters.layout == "list":
        mark_matches(filters.view, page.rows, filters.text)
    ctx = {"filters": filters, "page": page, "view": filters.view, "without_meeting": False}
    if filters.text and not page.rows and not filters.view.is_past:
        ctx |= _meant(filters)
    return render(request, "initiatives/initiative_list.html", ctx)


def _meant(filters: InitiativeFilter) -> dict[str, Any]:
    """What may have been meant, where nothing is found, and the query string of the list that finds it."""
    index, others = filters.index, filters.within(without="q")

    def leads_somewhere(text: str) -> bool:
        found = index.find(text, using=filters.view.using).all
        return bool(index.matching(filters.selection, found if others is None else found & others))

    meant = did_you_mean(filters.view, filters.text, leads_somewhere)
    return {"meant": meant, "meant_query": filters.query(q=meant)} if meant else {}


@public_page([AS_OF, "page"], kept_by_parts=True)
def initiative_detail(request: HttpRequest, slug: str) -> HttpResponse:
    view = read_view(request.GET, Initiative.objects.db)
    named = view.read(_named, slug)
    initiative = named[0] if named else initiative_or_gone(Initiative.objects.none(), slug)
    if not view.as_known([initiative]):
        return render_not_known(request, view, initiative)
    return initiative_page_of(request, view, initiative)


def initiative_page_of(
    request: HttpRequest, view: CurrentView, initiative: Initiative
) -> HttpResponse:
    """The page of an initiative (``with_relations``) as a view of the record shows it."""
    themes = view.themes_of(initiative)
    ctx = {
        "view": view,
        "initiative": initiative,
        "other_languages": in_other_languages(initiative),
        "permalink": permalink(initiative, view.as_of),
        "themes": themes,
        "standing_meaning": STANDING_MEANING[initiative.standing],
        "status_meaning": STATUS_MEANING[initiative.delivery_status],
        "reasons": _reasons(initiative),
        "citation": cite(initiative, site_of(request), view.day).text,
        # The citation has both as they were written, in whatever language it is read.
        "cited": [
            TextIn(initiative.title, initiative.language),
            TextIn(initiative.dialogue.name, initiative.dialogue.language),
        ],
        **_facts(view, initiative, read_page_number(request.GET)),
    }
    if not view.is_past and not view.is_preview and not initiative.is_withdrawn:
        ctx["related"] = related_initiatives(view, initiative, themes)
        ctx["revision_days"] = revision_days(view, initiative)
    return render(request, "initiatives/initiative_detail.html", ctx)


def _reasons(initiative: Initiative) -> list[FlagReason]:
    """Of its flags those that the verdict does not give the reason of by itself."""
    if initiative.is_withdrawn:
        return []
    return [reason for reason in flag_reasons(initiative) if reason.flag not in TOLD]


def _named(view: CurrentView, slug: str) -> InitiativeQuerySet:
    return with_relations(Initiative.objects.once_public(), view).filter(slug=slug).order_by()


def with_relations(initiatives: InitiativeQuerySet, view: CurrentView) -> InitiativeQuerySet:
    """With what the page shows of single records, and whether there is any of what is ``RARE``."""
    rows = with_revision_days(initiatives).select_related(
        "dialogue",
        "raised_at",
        "standing_report",
        "latest_update_report",
        "condition_report",
        "due_at",
    )
    return rows.annotate(
        **{f"has_{name}": Exists(read(view, OuterRef("pk"))) for name, read in RARE.items()}
    )


def _facts(view: CurrentView, initiative: Initiative, number: int) -> dict[str, Any]:
    """What documents say of the initiative: a page of its story, and its roles, targets, lineage and so on."""
    steps = timeline(
        view,
        initiative,
        number,
        per=ENTRIES,
        address=lambda number: f"?{urlencode({**view.parameters, 'page': number})}#story",
    )
    mentions = [step.mention for step in steps.rows if step.mention]
    updates = [step.update for step in steps.rows if step.update]
    all_mentions, all_updates = with_versions(mentions), with_versions(updates)
    involved, roles = involved_with_sources(view, initiative, mentions)
    targets, links, discrepancies, criteria, withdrawn, tombstones = (
        _rare_rows(view, initiative, name) for name in RARE
    )
    due = tell(_terms(view, initiative, all_mentions if steps.is_whole else None), view)
    due.attach(mentions)
    attach_welcomes(view, initiative, mentions)
    if any(map(is_rewording, mentions)):
        quoted = view.mentions().filter(initiative=initiative).exclude(quote="")
        attach_wordings(all_mentions, in_story_order(quoted).select_related("report"))
    targets, links = view.as_known(targets), view.as_known(links)
    criteria = view.as_known(criteria)
    criterion = criterion_that_holds(criteria)
    family = wholes_and_parts(view, initiative)
    cited = (all_updates, roles, targets, links, family.links, discrepancies)
    attach_sources(view, *cited, withdrawn=initiative.is_withdrawn)
    for role in roles:
        involved[role.role, role.participant_id].sources += role.sources  # type: ignore[attr-defined]
    status_update = _status_update(initiative, updates)
    return {
        "verdict": verdict(
            initiative,
            view.day,
            involved=involved.values(),
            due=due,
            update=status_update,
        ),
        "steps": steps,
        "standing_rests_on": _standing_mention(initiative, mentions),
        "status_rests_on": status_update,
        "withdrawn_status": _withdrawn_status(initiative, view, withdrawn),
        "involved": by_capacity(involved.values()),
        "targets": shown_targets(targets, view),
        "discrepancies": view.as_known(discrepancies),
        "criteria": criteria,
        "criterion": criterion,
        "earlier_criteria": [earlier for earlier in criteria if earlier is not criterion],
        "due": due,
        "due_words": due_in_words(initiative),
        "due_date": initiative.due_at
        and meeting_date_in_words(initiative.due_on, initiative.due_at),
        "tombstones": tombstones,
        "family": family,
        **_lineage(initiative, links),
    }


def _lineage(initiative: Initiative, links: list[Lineage]) -> dict[str, Any]:
    """The earlier and the later initiatives, each with its relation in words and its link, and their picture."""
    earlier = [
        (link.get_relation_display(), link.earlier, link)
        for link in links
        if link.later_id == initiative.pk and not link.earlier.is_withdrawn
    ]
    later = [
        (RELATION_FROM_EARLIER[link.relation], link.later, link)
        for link in links
        if link.earlier_id == initiative.pk and not link.later.is_withdrawn
    ]
    picture = charts.lineage(str(initiative), _nodes(earlier), _nodes(later))
    return {"earlier": earlier, "later": later, "lineage": picture}


def _nodes(links: Iterable[tuple[StrOrPromise, Initiative, Lineage]]) -> list[tuple[str, str, str]]:
    return [(str(words), str(other), other.get_absolute_url()) for words, other, _link in links]


def _rare_rows(view: CurrentView, initiative: Initiative, name: str) -> list[Any]:
    """What the initiative has of a kind that few have; no query where it has none."""
    if not getattr(initiative, f"has_{name}"):
        return []
    return view.read(RARE[name], initiative.pk)


def _terms(
    view: CurrentView, initiative: Initiative, mentions: list[Mention] | None
) -> list[Mention]:
    """The mentions that stand and speak of the due date or a condition: of all where they are read, else asked for."""
    if mentions is not None:
        return [row for row in mentions if row.speaks_of_terms and not row.is_withdrawn]
    rows = view.mentions().filter(initiative=initiative).speaking_of_terms()
    return list(rows.select_related("report__translation_of", "due_at"))


def _standing_mention(initiative: Initiative, mentions: list[Mention]) -> Mention | None:
    """The mention that gives the initiative its standing, where it is on the page."""
    candidates = [
        mention
        for mention in mentions
        if initiative.standing_report_id in _documents(mention) and not mention.is_withdrawn
    ]
    strongest = [mention for mention in candidates if mention.act == initiative.standing]
    return next(iter(strongest or candidates), None)


def _documents(entry: Mention | StatusUpdate) -> set[int | None]:
    """The documents that say it: several where it is shown in several language versions."""
    return {entry.report_id, *(version.report_id for version in entry.versions)}


def _status_update(initiative: Initiative, updates: list[StatusUpdate]) -> StatusUpdate | None:
    """The update that gives the initiative its status, where it is on the page."""
    candidates = [
        update
        for update in updates
        if not update.is_withdrawn
        and update.status == initiative.delivery_status
        and initiative.latest_update_report_id in _documents(update)
        and update.on == initiative.latest_update_on
    ]
    # Updates of the whole initiative go before those of one participant's own part.
    candidates.sort(key=lambda update: update.participant_id is not None)
    return next(iter(candidates), None)


def _withdrawn_status(
    initiative: Initiative, view: CurrentView, withdrawn: list[StatusUpdate]
) -> StatusUpdate | None:
    """The update that was withdrawn last, where none stands."""
    updates = [row for row in view.as_known(withdrawn) if row.is_withdrawn and row.status]
    if not updates or view.updates().filter(initiative=initiative).exclude(status="").exists():
        return None
    return updates[0]
