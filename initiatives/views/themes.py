from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import Initiative, Theme
from ..tallies import tally, tally_by
from .public_page import public_page
from .rows import as_rows, latest_news_first

INITIATIVES = 25


@public_page
def theme_list(request: HttpRequest) -> HttpResponse:
    tallies = tally_by(Initiative.objects.public(), "themes")
    ctx = {"themes": [(theme, tallies[theme.pk]) for theme in Theme.objects.public()]}
    return render(request, "initiatives/theme_list.html", ctx)


@public_page
def theme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.public(), slug=slug)
    initiatives = Initiative.objects.public().filter(themes=theme)
    ctx = {
        "theme": theme,
        "tally": tally(initiatives),
        "initiatives": list(as_rows(initiatives).order_by(*latest_news_first())[:INITIATIVES]),
    }
    return render(request, "initiatives/theme_detail.html", ctx)
