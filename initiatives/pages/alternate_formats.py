"""The same as a page in other formats, by the names of routes, and in other languages; and where it is for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import get_script_prefix
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..languages import ENGLISH, in_english
from ..models.addresses import page_address

TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml",
    "ics": "text/calendar",
    "bib": "application/x-bibtex",
    "csl": "application/vnd.citationstyles.csl+json",
}
TITLES = {
    "csv": _("As CSV"),
    "json": _("As JSON"),
    "xlsx": _("As XLSX"),
    "atom": _("As a feed of news (Atom)"),
    "ics": _("As a calendar"),
    "bib": _("To cite: BibTeX"),
    "csl": _("To cite: CSL-JSON"),
}
# The formats of each list, by the name of its table.
LIST_FORMATS: dict[str, tuple[str, ...]] = {
    "initiatives": ("csv", "json", "xlsx", "atom", "ics"),
    "meetings": ("csv", "json", "xlsx", "atom", "ics"),
    "reports": ("csv", "json", "xlsx", "atom"),
    "participants": ("csv", "json", "xlsx", "atom"),
    "dialogues": ("csv", "json", "xlsx", "atom"),
    "themes": ("csv", "json", "xlsx", "atom"),
    "changes": ("csv", "json", "atom"),
    "corrections": ("csv", "json", "xlsx", "atom"),
}
# Those of the pages of single records.
RECORD_FORMATS: dict[str, tuple[str, ...]] = {
    "initiative": ("json", "bib", "csl"),
    "dialogue": ("json",),
    "meeting": ("json", "ics"),
    "participant": ("json",),
    "theme": ("json",),
    "report": ("json",),
}
# They are of today, whatever day the page shows.
OF_TODAY = {"atom", "ics"}


def site_of(request: HttpRequest) -> str:
    """Scheme and host, before every address in what is taken away."""
    return f"{request.scheme}://{request.get_host()}"


def list_route(table: str) -> str:
    """The name of the page of a list; the route of a format adds its extension: “meeting_list_csv”."""
    return f"{table.removesuffix('s')}_list"


FORMATS_OF_ROUTES = {list_route(table): formats for table, formats in LIST_FORMATS.items()}


def list_address(table: str) -> str:
    """The path of the page of a list."""
    return page_address(list_route(table))


def without_day(query: QueryDict) -> QueryDict:
    """A query string for what follows today, whatever day it asks for: nobody follows the past."""
    query = query.copy()
    query.pop("as_of", None)
    return query


@dataclass(frozen=True)
class AlternateFormat:
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


def alternate_formats(
    request: HttpRequest, query: str = "", *, dated: bool = True
) -> Iterator[AlternateFormat]:
    """The other formats of the page that was asked for; ``query`` is the list’s own, without pages.

    ``dated`` is whether a meeting can be put into a calendar.
    """
    match = request.resolver_match
    if match is None or match.url_name is None:
        return
    name, arguments = match.url_name.removesuffix("_detail"), list(match.kwargs.values())
    if name != match.url_name:
        extensions, query = RECORD_FORMATS.get(name, ()), ""
    else:
        extensions = FORMATS_OF_ROUTES.get(name, ())
    for extension in extensions:
        if extension == "ics" and not dated:
            continue
        address = page_address(f"{name}_{extension}", *arguments)
        parameters = without_day(QueryDict(query)).urlencode() if extension in OF_TODAY else query
        yield AlternateFormat(
            extension,
            TYPES[extension],
            TITLES[extension],
            f"{address}?{parameters}" if parameters else address,
        )


def canonical(request: HttpRequest, context: Mapping[str, Any]) -> str:
    """The address of a page without what others put into it; empty for a page of the past, which is not to be found."""
    view = context.get("view")
    if request.resolver_match is None or (view and (view.as_of or view.is_preview)):
        return ""
    filters = context.get("filters")
    query = filters.query(page=filters.page) if filters else ""
    address = site_of(request) + request.path
    return f"{address}?{query}" if query else address


def paths_by_language(request: HttpRequest) -> dict[str, str]:
    """The path of the page that was asked for in each language, by codes."""
    return in_each_language(escape_uri_path(request.path_info).lstrip("/"))


def in_each_language(path: str) -> dict[str, str]:
    """A path below the place of the site in each language, by codes: of “initiatives/” “/ja/initiatives/”."""
    root = in_english(get_script_prefix())
    return {
        code: f"{root}{path}" if code == ENGLISH else f"{root}{code}/{path}"
        for code, _name in settings.LANGUAGES
    }
