"""Countries and organisations in the admin."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin

from ..models import Initiative, Participant
from .base.records import RecordAdmin


@admin.register(Participant)
class ParticipantAdmin(RecordAdmin[Participant]):
    fields = ("name", "code", "kind", "official_name")
    key_fields = ("code",)
    # Initiatives are found by the names of who has a role in them.
    derivation_columns = ("name", "official_name")
    list_display = ("name", "code", "kind", "official_name")
    list_filter = ("kind",)
    search_fields = ("name", "=code", "official_name")

    def initiatives_derived_from(self, rows: Iterable[Participant]) -> Iterable[int]:
        keys = [participant.pk for participant in rows]
        initiatives = Initiative.objects.filter(roles__participant__in=keys)
        return initiatives.values_list("pk", flat=True)
