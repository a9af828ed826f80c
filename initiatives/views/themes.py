from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.status_counts import longest_of, tallies_within, tally_within
from ..models import Theme
from ..models.sort_keys import said_key
from ..pages.other_languages import in_other_languages
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import attach_involved, dialogue_bars

INITIATIVES = 25
BARS = 12


@public_page([AS_OF])
def theme_list(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Theme.objects.db)
    themes = sorted(Theme.objects.public(), key=said_key)
    tallies = tallies_within(view.index, "theme", (theme.slug for theme in themes))
    ctx = {
        "view": view,
        "themes": [(theme, tallies[theme.slug]) for theme in themes],
        "longest": longest_of(tallies.values()),
    }
    return render(request, "initiatives/theme_list.html", ctx)


@public_page([AS_OF])
def theme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.public(), slug=slug)
    return theme_page(request, read_view(request.GET, Theme.objects.db), theme)


def theme_page(request: HttpRequest, view: CurrentView, theme: Theme) -> HttpResponse:
    """The page of a theme as a view of the record shows it."""
    facets, slug = view.index, theme.slug
    keys = facets.having("theme", slug)
    ctx = {
        "view": view,
        "theme": theme,
        "other_languages": in_other_languages(theme),
        "tally": tally_within(facets, keys),
        "by_dialogue": dialogue_bars(facets, keys, {"theme": slug}, BARS),
        "initiatives": attach_involved(
            view, view.first_initiatives(keys, LATEST_NEWS, INITIATIVES)
        ),
    }
    return render(request, "initiatives/theme_detail.html", ctx)
