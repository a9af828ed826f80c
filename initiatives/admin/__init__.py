"""The admin, one file for each file of models; entries are written through `actions.py` here too."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import citations, dialogues, follow_up, initiatives, participants, people, reports

__all__ = [
    "citations",
    "dialogues",
    "follow_up",
    "initiatives",
    "participants",
    "people",
    "reports",
]

admin.site.site_header = _("Initiative tracker")
admin.site.site_title = _("Initiative tracker")
admin.site.index_title = _("Desk")
