from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import LATEST_NEWS
from ..facets.index import Index, index
from ..facets.status_counts import Bar, tallies_within, tally_within
from ..models import Dialogue, Initiative, Theme
from .public_page import public_page
from .rows import as_rows

INITIATIVES = 25
BARS = 12


@public_page
def theme_list(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.public())
    tallies = tallies_within(index(Theme.objects.db), "theme", (one.slug for one in themes))
    ctx = {"themes": [(theme, tallies[theme.slug]) for theme in themes]}
    return render(request, "initiatives/theme_list.html", ctx)


@public_page
def theme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.public(), slug=slug)
    held = index(Theme.objects.db)
    initiatives = Initiative.objects.public().filter(themes=theme)
    ctx = {
        "theme": theme,
        "tally": tally_within(held, held.value("theme", slug)),
        "by_dialogue": _by_dialogue(held, theme),
        "initiatives": list(as_rows(initiatives).order_by(*LATEST_NEWS)[:INITIATIVES]),
    }
    return render(request, "initiatives/theme_detail.html", ctx)


def _by_dialogue(held: Index, theme: Theme) -> list[Bar]:
    """The dialogues that serve a theme, those with the most initiatives first."""
    dialogues = held.keep("dialogues", lambda: list(Dialogue.objects.public()))
    of_theme = held.value("theme", theme.slug)
    bars = [
        Bar(
            one.name,
            one.get_absolute_url(),
            f"dialogue={one.slug}&theme={theme.slug}",
            tally_within(held, of_theme & held.value("dialogue", one.slug)),
        )
        for one in dialogues
    ]
    return sorted((one for one in bars if one.tally.total), key=lambda one: -one.tally.total)[:BARS]
