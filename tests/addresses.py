"""Every public address, from the routes themselves: one that is added later is tested without being told."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from initiatives.exports.sitemaps import sections
from initiatives.exports.tables import TABLES
from tests.world import World


def routes() -> list[URLPattern]:
    """The routes of the public pages."""
    _prefix, resolver = get_resolver().namespace_dict["initiatives"]
    return [route for route in resolver.url_patterns if isinstance(route, URLPattern)]


def addresses(world: World, *, more: tuple[str, ...] = ()) -> Iterator[str]:
    """The address of each route: where it takes a name, for everything in the world that has such a page.

    ``more`` are further names to try, of things that may not have one.
    """
    of_kind = {
        "initiative": world.initiative.slug,
        "dialogue": world.dialogue.slug,
        "meeting": world.meeting.slug,
        "participant": world.participant.code,
        "theme": world.theme.slug,
        "report": world.report.slug,
    }
    for route in routes():
        names = list(route.pattern.converters)
        if not names:
            yield reverse(f"initiatives:{route.name}")
            continue
        (name,) = names
        values = {
            "table": list(TABLES),
            "section": list(sections()),
        }.get(name, [*of_kind.values(), *more])
        for value in values:
            try:
                yield reverse(f"initiatives:{route.name}", kwargs={name: value})
            except NoReverseMatch:
                raise AssertionError(f"{route.name} does not take {value}") from None
