"""Countries and organisations in the admin."""

from __future__ import annotations

from django.contrib import admin

from ..models import Participant
from .records import RecordAdmin


@admin.register(Participant)
class ParticipantAdmin(RecordAdmin[Participant]):
    fields = ("name", "code", "kind", "official_name")
    key_fields = ("code",)
    list_display = ("name", "code", "kind", "official_name")
    list_filter = ("kind",)
    search_fields = ("name", "=code", "official_name")
