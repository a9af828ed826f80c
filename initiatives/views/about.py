from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..models import (
    FLAGS,
    Act,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    InvolvementCapacity,
    Standing,
    StatusGroup,
    Verifiability,
)
from ..pages import glossary
from ..pages.balance import balance_rows
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page


@public_page()
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "initiatives/about.html", _whose())


@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "initiatives/privacy.html", _whose())


@public_page()
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "initiatives/accessibility.html", _whose())


def _whose() -> dict[str, str]:
    """Who runs the site and how to write to them; empty texts where the settings do not say it."""
    return {
        "operator_name": settings.OPERATOR_NAME,
        "operator_url": settings.OPERATOR_URL,
        "privacy_url": settings.PRIVACY_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "contact_url": settings.CONTACT_URL.replace("{page}", ""),
    }


@public_page([AS_OF])
def method(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Initiative.objects.db)
    ctx = {
        "view": view,
        "balance": balance_rows(view),
        "groups": [(group, glossary.GROUP_MEANING[group]) for group in StatusGroup],
        "statuses": [
            (status, glossary.STATUS_MEANING[status], glossary.IATI_NAME.get(status.iati or "", ""))
            for status in DeliveryStatus
        ],
        "standings": [(standing, glossary.STANDING_MEANING[standing]) for standing in Standing],
        "grades": [(grade, glossary.GRADE_MEANING[grade]) for grade in EvidenceGrade],
        "verifiabilities": [(word, glossary.VERIFIABILITY_MEANING[word]) for word in Verifiability],
        "acts": [(act, glossary.ACT_MEANING[act]) for act in Act],
        "capacities": [(row, glossary.CAPACITY_MEANING[row]) for row in InvolvementCapacity],
        "flags": [(flag, label, glossary.FLAG_MEANING[flag]) for flag, label in FLAGS.items()],
    }
    return render(request, "initiatives/method.html", ctx | _whose())
