"""A document that is added together with the entry that cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from ..models import EvidenceGrade, Report
from ..models.reports import suggest_slug
from . import permissions
from .bulk_history import create_all
from .refs import free_ref

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def add_report(
    *,
    by: User | None,
    url: str,
    title: str,
    publisher: str,
    kind: EvidenceGrade | str,
    language: str,
    published_on: str | None = None,
) -> tuple[Report, bool]:
    """The report at an address and whether it is new: what is there already is used as it is.

    Raises ValidationError, with the field where there is one, and writes nothing.
    """
    permissions.require(by, "add", Report)
    # One at a time: else two people who add the same document at once would both find none.
    of_reports = ContentType.objects.filter(app_label="initiatives", model="report")
    of_reports.select_for_update(no_key=True).first()
    if report := Report.objects.at_address(url).first():
        return report, False
    report = Report(
        url=url,
        title=title.strip(),
        publisher=publisher.strip(),
        kind=kind,
        language=language,
        published_on=published_on or None,
    )
    base = suggest_slug(report)
    slugs = Report.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    report.slug = free_ref(base, set(slugs), joined_by="-")
    report.full_clean()
    create_all([report], by=by, reason="Added with what cites it")
    return report, True
