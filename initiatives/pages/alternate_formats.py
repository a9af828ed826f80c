"""The same as a page in other formats, by the names of routes; and where a page is to be found for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml",
    "ics": "text/calendar",
    "bib": "application/x-bibtex",
    "csl": "application/vnd.citationstyles.csl+json",
}
# The formats of each list, by the name of its page; a route is named after both.
LISTS: dict[str, tuple[str, ...]] = {
    "initiatives": ("csv", "json", "xlsx", "atom", "ics"),
    "meetings": ("csv", "json", "xlsx", "atom", "ics"),
    "reports": ("csv", "json", "xlsx", "atom"),
    "participants": ("csv", "json", "xlsx", "atom"),
    "dialogues": ("csv", "json", "xlsx", "atom"),
    "themes": ("csv", "json", "xlsx", "atom"),
    "changes": ("atom",),
}
# Those of the pages of single things.
THINGS: dict[str, tuple[str, ...]] = {
    "initiative": ("json", "bib", "csl"),
    "dialogue": ("json",),
    "meeting": ("json", "ics"),
    "participant": ("json",),
    "theme": ("json",),
    "report": ("json",),
}
# Nobody follows the past.
OF_TODAY = {"atom", "ics"}


def site_of(request: HttpRequest) -> str:
    """Scheme and host, before every address in what is taken away."""
    return f"{request.scheme}://{request.get_host()}"


@dataclass(frozen=True)
class Twin:
    """A page in another format; ``address`` has the query string that gives the same rows."""

    extension: str
    type: str
    title: StrOrPromise
    address: str

    @property
    def name(self) -> str:
        return self.extension.upper()

    @property
    def follows(self) -> bool:
        """Whether programs come back for it, and people do not save it."""
        return self.extension in OF_TODAY


def titles() -> Mapping[str, str]:
    return {
        "csv": _("As CSV"),
        "json": _("As JSON"),
        "xlsx": _("As XLSX"),
        "atom": _("As a feed of what is new (Atom)"),
        "ics": _("As a calendar"),
        "bib": _("To cite: BibTeX"),
        "csl": _("To cite: CSL-JSON"),
    }


def twins(request: HttpRequest, query: str = "", *, dated: bool = True) -> Iterator[Twin]:
    """The other formats of the page that was asked for; ``query`` is the list’s own, without pages.

    ``dated`` is whether a meeting can be put into a calendar.
    """
    match = request.resolver_match
    name = match.url_name or "" if match else ""
    if name.endswith("_list"):
        extensions, arguments = LISTS.get(_plural(name), ()), []
    elif match and name.endswith("_detail"):
        extensions = THINGS.get(name.removesuffix("_detail"), ())
        arguments = list(match.kwargs.values())
        name = name.removesuffix("_detail")
        query = ""
    else:
        return
    words = titles()
    for extension in extensions:
        if extension == "ics" and not dated:
            continue
        address = reverse(f"initiatives:{name}_{extension}", args=arguments)
        asked = _today(query) if extension in OF_TODAY else query
        yield Twin(
            extension,
            TYPES[extension],
            words[extension],
            f"{address}?{asked}" if asked else address,
        )


def _plural(route: str) -> str:
    return f"{route.removesuffix('_list')}s"


def _today(query: str) -> str:
    data = QueryDict(query, mutable=True)
    data.pop("as_of", None)
    return data.urlencode()


def canonical(request: HttpRequest, context: Mapping[str, Any]) -> str:
    """The address of a page without what others put into it; empty for a page of the past, which is not to be found."""
    view = context.get("view")
    if request.resolver_match is None or (view and view.asked):
        return ""
    filters = context.get("filters")
    query = filters.query(page=filters.page) if filters else ""
    address = site_of(request) + request.path
    return f"{address}?{query}" if query else address
