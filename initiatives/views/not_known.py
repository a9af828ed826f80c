"""The answers for what was not known on a day, and for what has been removed for good."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..as_of.current import CurrentView
from ..models import (
    Correction,
    CorrectionSubject,
    Initiative,
    Meeting,
    Participant,
    Report,
)
from ..models.initiatives import InitiativeQuerySet


class Gone(Exception):
    """What was at an address has been removed; ``tombstone`` says when and why."""

    def __init__(self, tombstone: Correction) -> None:
        super().__init__(tombstone.key)
        self.tombstone = tombstone


def initiative_or_gone(rows: InitiativeQuerySet, slug: str) -> Initiative:
    """The initiative of that id; raises Gone for one that was removed, Http404 for any other that is not among them."""
    initiative = rows.filter(slug=slug).first()
    if initiative:
        return initiative
    lines = Correction.objects.using(rows.db).tombstones()
    tombstone = lines.filter(subject=CorrectionSubject.INITIATIVE, key=slug).first()
    if tombstone:
        raise Gone(tombstone)
    raise Http404(_("There is no public initiative of that id."))


def was_out(view: CurrentView, report: Report) -> bool:
    """Whether a document was known; today all are that are public."""
    return not view.is_past or view.reports().filter(pk=report.pk).exists()


def render_gone(request: HttpRequest, tombstone: Correction) -> HttpResponse:
    """The page, status 410, that is left of something removed."""
    return render(request, "initiatives/gone.html", {"tombstone": tombstone}, status=410)


def render_not_known(
    request: HttpRequest, view: CurrentView, record: Initiative | Meeting | Participant | Report
) -> HttpResponse:
    """The page, status 404, that says that nothing was known of a record on that day; leads to today's."""
    ctx = {"view": view, "record": record}
    return render(request, "initiatives/not_known.html", ctx, status=404)
