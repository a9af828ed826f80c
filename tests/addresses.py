"""Every public address, from the routes themselves: one that is added later is tested without being told."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from initiatives.exports.sitemaps import sections
from initiatives.exports.tables import TABLES
from tests.extent import in_turn
from tests.world import World


def routes() -> list[URLPattern]:
    """The routes of the public pages."""
    _prefix, resolver = get_resolver().namespace_dict["initiatives"]
    return [route for route in resolver.url_patterns if isinstance(route, URLPattern)]


def addresses(
    world: World, *, more: tuple[str, ...] = (), every_table: bool = True
) -> Iterator[str]:
    """The address of each route: where it takes a name, for what has such a page, and for things of another kind.

    ``more`` are further names to try, of things that may not have one. Of other kinds, and without ``every_table`` of
    tables, some runs take one in turn (tests/extent.py).
    """
    of_kind = {
        "initiative": world.initiative.slug,
        "dialogue": world.dialogue.slug,
        "meeting": world.meeting.slug,
        "participant": world.participant.code,
        "theme": world.theme.slug,
        "report": world.report.slug,
    }
    for number, route in enumerate(routes()):
        names = list(route.pattern.converters)
        if not names:
            yield reverse(f"initiatives:{route.name}")
            continue
        (name,) = names
        kind = route.name.partition("_")[0]  # type: ignore[union-attr]
        own = of_kind.get(kind, world.initiative.slug)
        others = [value for value in of_kind.values() if value != own]
        tables = {"table": list(TABLES), "section": list(sections())}.get(name)
        if tables is None:
            values = [own, *in_turn(number, others), *more]
        else:
            values = tables if every_table else [*in_turn(number, tables)]
        for value in values:
            try:
                yield reverse(f"initiatives:{route.name}", kwargs={name: value})
            except NoReverseMatch:
                raise AssertionError(f"{route.name} does not take {value}") from None
