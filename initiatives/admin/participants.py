"""Countries and organisations in the admin."""

from __future__ import annotations

from django.contrib import admin

from ..models import Participant
from .base.records import RecordAdmin


@admin.register(Participant)
class ParticipantAdmin(RecordAdmin[Participant]):
    fields = ("name", "code", "kind", "official_name")
    key_fields = ("code",)
    # Initiatives are found by the names of who is in them.
    derivation_columns = ("name", "official_name")
    initiative_path = "involvements__participant"
    list_display = ("name", "code", "kind", "official_name")
    list_filter = ("kind",)
    search_fields = ("name", "=code", "official_name")
