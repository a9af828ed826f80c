"""Countries, ministries and organisations in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..models import Participant
from ..views.participants import participant_page
from .base.filters import RelatedFilter
from .base.merging import MergeAdmin
from .base.published import PublishedAdmin
from .base.records import name_column
from .base.translating import TranslatedAdmin


@admin.register(Participant)
class ParticipantAdmin(
    TranslatedAdmin[Participant], MergeAdmin[Participant], PublishedAdmin[Participant]
):
    fields = (
        "name",
        "code",
        "kind",
        "part_of",
        "official_name",
        "other_names",
        "language",
        "translations",
    )
    key_fields = ("code",)
    list_display = (name_column("name", _("name")), "code", "kind", "part_of", "official_name")
    list_select_related = ("part_of",)
    list_filter = ("kind", ("part_of", RelatedFilter))
    search_fields = ("name", "=code", "official_name", "other_names")
    autocomplete_fields = ("part_of",)

    def public_page(
        self, request: HttpRequest, view: CurrentView, row: Participant
    ) -> HttpResponse:
        return participant_page(request, view, row)
