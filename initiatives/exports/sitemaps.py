"""Which pages there are, for search engines: in files of some thousand addresses, each with when it changed last."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse

from ..models import Dialogue, Initiative, Meeting, Participant, Record, Report, Theme
from .last_modified import Moments, last, moments

# Addresses of a file. The protocol allows 50,000; this many are in memory at once.
FILE = 5_000


class PageSitemap(Sitemap[str]):
    """The pages that are not about one thing."""

    def items(self) -> list[str]:
        routes = (
            "home",
            "initiative_list",
            "dialogue_list",
            "meeting_list",
            "participant_list",
            "theme_list",
            "report_list",
            "matrix",
            "change_list",
            "correction_list",
            "data",
            "data_dictionary",
            "method",
        )
        return [reverse(f"initiatives:{route}") for route in routes]

    def location(self, item: str) -> str:
        return item


class _Page(Paginator[Any]):
    """Knows of each row of a page when it changed last; one query for each source."""

    def page(self, number: Any) -> Any:
        page = super().page(number)
        rows = list(page.object_list)
        changed_at: Moments = moments(type(rows[0]), [row.pk for row in rows]) if rows else {}
        for row in rows:
            row.changed_at = changed_at.get(row.pk)
        page.object_list = rows
        return page


class RecordSitemap(Sitemap[Any]):
    """The pages of all things of one kind."""

    limit = FILE

    def __init__(self, model: type[Record]) -> None:
        self.model = model

    @property
    def paginator(self) -> Paginator[Any]:
        return _Page(self.items(), self.limit)

    def items(self) -> QuerySet[Any]:
        manager: Any = self.model._default_manager
        key = self.model.natural_key_fields[0]
        rows: QuerySet[Any] = manager.public().order_by("pk").only("pk", key)
        return rows

    def lastmod(self, item: Any) -> datetime.datetime | None:
        changed: datetime.datetime | None = item.changed_at
        return changed

    def get_latest_lastmod(self) -> datetime.datetime | None:
        return last(self.model)


MODELS: dict[str, type[Record]] = {
    "initiatives": Initiative,
    "dialogues": Dialogue,
    "meetings": Meeting,
    "participants": Participant,
    "themes": Theme,
    "reports": Report,
}


def sections() -> dict[str, type[Sitemap[Any]] | Sitemap[Any]]:
    """The files by their names; made for each request, since they remember what they have read."""
    return {
        "pages": PageSitemap(),
        **{name: RecordSitemap(model) for name, model in MODELS.items()},
    }
