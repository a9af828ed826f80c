"""The register of corrections."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..exports.atom import CONTENT_TYPE, ENTRIES, FeedEntry, of_correction, write_feed
from ..exports.stable_ids import name_of
from ..exports.tables import TABLES
from ..models import Correction
from ..models.corrections import with_records
from ..pages.alternate_formats import list_address, site_of
from ..pages.corrections import with_words
from ..query.filters import CorrectionFilter
from ..query.pagination import get_page
from .public_page import public_file, public_page


@public_page(CorrectionFilter.parameters())
def correction_list(request: HttpRequest) -> HttpResponse:
    filters = CorrectionFilter.read(request.GET, Correction.objects.public())
    rows = filters.qs.select_related("initiative", "dialogue", "report")
    page = get_page(rows, filters)
    with_words(with_records(page.rows))
    ctx = {"filters": filters, "page": page}
    return render(request, "initiatives/correction_list.html", ctx)


@public_file(CorrectionFilter.parameters())
def correction_list_atom(request: HttpRequest) -> HttpResponse:
    filters = CorrectionFilter.read(request.GET, Correction.objects.public())
    site, page = site_of(request), list_address("corrections")
    rows = TABLES["corrections"].dress(filters.qs)
    lines = rows.order_by("-at", "-pk")[:ENTRIES]
    feed = write_feed(
        filters.title(_("Corrections")),
        _("What was corrected, withdrawn, removed, recorded anew or merged, when and why."),
        site + page + (f"?{filters.whole}" if filters.whole else ""),
        site + request.get_full_path(),
        (_feed_entry(line, site) for line in with_records(lines)),
    )
    return HttpResponse(feed, content_type=CONTENT_TYPE)


def _feed_entry(line: Correction, site: str) -> FeedEntry:
    title, words = of_correction(line)
    subject = line.about or line.dialogue
    page = subject.get_absolute_url() if subject else list_address("corrections")
    return FeedEntry(
        name=str(name_of(line)),
        title=title,
        address=site + page,
        updated=line.at,
        published=line.at,
        words=words,
    )
