"""Participants and themes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ...models import Participant, ParticipantKind, Theme
from ..columns import ExportColumn
from .base import Table, address, column, words_of

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
        column(
            "kind",
            _("Kind"),
            _("State, organisation or group."),
            "word",
            words=words_of(ParticipantKind.choices),
        ),
    ),
    lambda rows: rows.order_by("sort_key", "code"),
    Participant,
    key=("code",),
)

THEMES = Table(
    "themes",
    _("Themes"),
    _("Areas of cooperation."),
    (
        column("slug", _("Id"), _("Names the theme for good, as in its address.")),
        address(_("The page of the theme.")),
        column("name", _("Name"), _("What it is called.")),
        ExportColumn(
            "sdgs",
            _("SDGs"),
            "integer",
            _("The Sustainable Development Goals that it serves, by number."),
            lambda line: list(line.record.sdgs),
            many=True,
        ),
    ),
    lambda rows: rows.order_by("sort_key", "slug"),
    Theme,
)
