"""Participants and themes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ...models import Participant, ParticipantKind, Theme
from ..export_column import ExportColumn
from .base import IN_LANGUAGES, Table, address, column, other_names, words_of

PARTICIPANTS = Table(
    "participants",
    _("Participants"),
    _("Countries and organisations that take part."),
    (
        column(
            "code",
            _("Code"),
            _("ISO 3166-1 alpha-2 in lower case for a state, a short name for others."),
        ),
        address(_("The page of the participant.")),
        column("name", _("Name"), _("What it is commonly called.")),
        column("official_name", _("Official name"), _("What it calls itself in documents.")),
        *IN_LANGUAGES,
        column(
            "kind",
            _("Kind"),
            _("State, group of states, ministry, international organisation …"),
            "word",
            words=words_of(ParticipantKind.choices),
        ),
        other_names(_("Other names and acronyms, in any language.")),
        column(
            "part_of.code",
            _("Part of: code"),
            _("Of a ministry its country and the like: its code."),
        ),
        column("part_of.name", _("Part of"), _("The name of that participant.")),
    ),
    lambda rows: rows.select_related("part_of").order_by("sort_key", "code"),
    Participant,
    key=("code",),
    refers={"part_of.code": ("participants", "code")},
)

THEMES = Table(
    "themes",
    _("Themes"),
    _("Areas of cooperation."),
    (
        column("slug", _("Id"), _("Permanently identifies the theme, as in its address.")),
        address(_("The page of the theme.")),
        column("name", _("Name"), _("What it is called.")),
        *IN_LANGUAGES,
        ExportColumn(
            "sdgs",
            _("SDGs"),
            "integer",
            _("The Sustainable Development Goals that it serves, by number."),
            lambda line: list(line.record.sdgs),
            many=True,
        ),
        ExportColumn(
            "sdg_targets",
            _("SDG targets"),
            "text",
            _(
                "Of the targets of these goals those that it serves, as the 2030 Agenda numbers them."
            ),
            lambda line: list(line.record.sdg_targets),
            many=True,
        ),
    ),
    lambda rows: rows.order_by("sort_key", "slug"),
    Theme,
)
