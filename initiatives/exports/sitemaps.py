"""Which pages there are, for search engines: in files of some thousand addresses, each with when it changed last."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.functional import cached_property
from pyroaring import BitMap

from ..facets.index import index
from ..models import Dialogue, Initiative, Meeting, Participant, Record, Report, Theme
from .last_modified import last, moments
from .tables.base import page_of

# Addresses of a file. The protocol allows 50,000; so many are made in a tenth of a second.
FILE = 1_000


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
            "compare",
            "change_list",
            "correction_list",
            "data",
            "data_dictionary",
            "about",
            "method",
            "privacy",
            "accessibility",
        )
        return [reverse(f"initiatives:{route}") for route in routes]

    def location(self, item: str) -> str:
        return item


# The key of a record, and when it changed last.
Line = tuple[str, datetime.datetime | None]


class _Lines(Sequence[Line]):
    """The records of one kind in the order of their primary keys; columns only, a query for each source and part."""

    def __init__(self, model: type[Record]) -> None:
        manager: Any = model._default_manager
        self.rows = manager.public().order_by("pk")
        is_known = model is Initiative
        self.keys = (
            index(self.rows.db).all if is_known else BitMap(self.rows.values_list("pk", flat=True))
        )

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, part: Any) -> Any:
        keys = self.keys[part]
        changed_at = moments(self.rows.model, keys)
        names = self.rows.filter(pk__range=(keys[0], keys[-1])) if keys else self.rows.none()
        columns = names.values_list("pk", self.rows.model.natural_key_fields[0])
        return [(name, changed_at.get(key)) for key, name in columns]


class RecordSitemap(Sitemap[Line]):
    """The pages of all things of one kind."""

    limit = FILE

    def __init__(self, model: type[Record]) -> None:
        self.model = model

    @cached_property
    def lines(self) -> _Lines:
        return _Lines(self.model)

    def items(self) -> Any:
        return self.lines

    def location(self, item: Line) -> str:
        return page_of(self.model, item[0])

    def lastmod(self, item: Line) -> datetime.datetime | None:
        return item[1]

    def get_latest_lastmod(self) -> datetime.datetime | None:
        return last(self.lines.rows, self.lines.keys)


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
