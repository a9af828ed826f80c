"""What records and their fields are called at the desk: Django makes these names of those in the program.

The names of fields that the public is told of as well are in pages/field_labels.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.functional import lazystr
from django.utils.text import capfirst
from django.utils.translation import pgettext_lazy

from ..pages.field_labels import OF_FIELDS, OF_RECORDS, label_in_words

# One row, and several.
KINDS = {
    "assignment": (
        pgettext_lazy("one record", "assignment"),
        pgettext_lazy("several records", "assignments"),
    ),
    "attendance": (
        pgettext_lazy("one record", "attendance"),
        pgettext_lazy("several records", "attendance"),
    ),
    "citation": (
        pgettext_lazy("one record", "citation"),
        pgettext_lazy("several records", "citations"),
    ),
    "correction": (
        pgettext_lazy("one record", "correction"),
        pgettext_lazy("several records", "corrections"),
    ),
    "criterion": (
        pgettext_lazy("one record", "criterion"),
        pgettext_lazy("several records", "criteria"),
    ),
    "delegate": (
        pgettext_lazy("one record", "delegate"),
        pgettext_lazy("several records", "delegates"),
    ),
    "dialogue": (
        pgettext_lazy("one record", "dialogue"),
        pgettext_lazy("several records", "dialogues"),
    ),
    "discrepancy": (
        pgettext_lazy("one record", "discrepancy"),
        pgettext_lazy("several records", "discrepancies"),
    ),
    "follow-up plan": (
        pgettext_lazy("one record", "follow-up plan"),
        pgettext_lazy("several records", "follow-up plans"),
    ),
    "initiative": (
        pgettext_lazy("one record", "initiative"),
        pgettext_lazy("several records", "initiatives"),
    ),
    "involvement": (
        pgettext_lazy("one record", "involvement"),
        pgettext_lazy("several records", "involvements"),
    ),
    "line": (
        pgettext_lazy("one record", "line"),
        pgettext_lazy("several records", "lines"),
    ),
    "lineage": (
        pgettext_lazy("one record", "lineage"),
        pgettext_lazy("several records", "lineage"),
    ),
    "load": (
        pgettext_lazy("one record", "load"),
        pgettext_lazy("several records", "loads"),
    ),
    "load conflict": (
        pgettext_lazy("one record", "load conflict"),
        pgettext_lazy("several records", "load conflicts"),
    ),
    "loaded fact": (
        pgettext_lazy("one record", "loaded fact"),
        pgettext_lazy("several records", "loaded facts"),
    ),
    "meeting": (
        pgettext_lazy("one record", "meeting"),
        pgettext_lazy("several records", "meetings"),
    ),
    "membership": (
        pgettext_lazy("one record", "membership"),
        pgettext_lazy("several records", "memberships"),
    ),
    "mention": (
        pgettext_lazy("one record", "mention"),
        pgettext_lazy("several records", "mentions"),
    ),
    "participant": (
        pgettext_lazy("one record", "participant"),
        pgettext_lazy("several records", "participants"),
    ),
    "report": (
        pgettext_lazy("one record", "report"),
        pgettext_lazy("several records", "reports"),
    ),
    "review": (
        pgettext_lazy("one record", "review"),
        pgettext_lazy("several records", "reviews"),
    ),
    "role": (
        pgettext_lazy("one record", "role"),
        pgettext_lazy("several records", "roles"),
    ),
    "search text": (
        pgettext_lazy("one record", "search text"),
        pgettext_lazy("several records", "search texts"),
    ),
    "status update": (
        pgettext_lazy("one record", "status update"),
        pgettext_lazy("several records", "status updates"),
    ),
    "target": (
        pgettext_lazy("one record", "target"),
        pgettext_lazy("several records", "targets"),
    ),
    "theme": (
        pgettext_lazy("one record", "theme"),
        pgettext_lazy("several records", "themes"),
    ),
    "upload": (
        pgettext_lazy("one record", "upload"),
        pgettext_lazy("several records", "uploads"),
    ),
}
FIELDS = {
    "SHA-256": pgettext_lazy("field", "SHA-256"),
    "asked at": pgettext_lazy("field", "asked at"),
    "asked by": pgettext_lazy("field", "asked by"),
    "attendance": pgettext_lazy("field", "attendance"),
    "bound": pgettext_lazy("field", "bound"),
    "capacity": pgettext_lazy("field", "capacity"),
    "changed": pgettext_lazy("field", "changed"),
    "code": pgettext_lazy("field", "code"),
    "condition report": pgettext_lazy("field", "condition report"),
    "corrects": pgettext_lazy("field", "corrects"),
    "criterion recorded on": pgettext_lazy("field", "criterion recorded on"),
    "criterion": pgettext_lazy("field", "criterion"),
    "currency": pgettext_lazy("field", "currency"),
    "decided at": pgettext_lazy("field", "decided at"),
    "decided by": pgettext_lazy("field", "decided by"),
    "decision": pgettext_lazy("field", "decision"),
    "delegate": pgettext_lazy("field", "delegate"),
    "delivered on": pgettext_lazy("field", "delivered on"),
    "delivery status": pgettext_lazy("field", "delivery status"),
    "discrepancy": pgettext_lazy("field", "discrepancy"),
    "due dropped": pgettext_lazy("field", "due dropped"),
    "due moves": pgettext_lazy("field", "due moves"),
    "due note": pgettext_lazy("field", "due note"),
    "due on": pgettext_lazy("field", "due on"),
    "earlier": pgettext_lazy("field", "earlier"),
    "field": pgettext_lazy("field", "field"),
    "fields": pgettext_lazy("field", "fields"),
    "file": pgettext_lazy("field", "file"),
    "files": pgettext_lazy("field", "files"),
    "found at": pgettext_lazy("field", "found at"),
    "initiative": pgettext_lazy("field", "initiative"),
    "key": pgettext_lazy("field", "key"),
    "last heard on": pgettext_lazy("field", "last heard on"),
    "later": pgettext_lazy("field", "later"),
    "latest update on": pgettext_lazy("field", "latest update on"),
    "latest update report": pgettext_lazy("field", "latest update report"),
    "line": pgettext_lazy("field", "line"),
    "lineage": pgettext_lazy("field", "lineage"),
    "load": pgettext_lazy("field", "load"),
    "loaded at": pgettext_lazy("field", "loaded at"),
    "loaded by": pgettext_lazy("field", "loaded by"),
    "membership": pgettext_lazy("field", "membership"),
    "mention": pgettext_lazy("field", "mention"),
    "metric": pgettext_lazy("field", "metric"),
    "new": pgettext_lazy("field", "new"),
    "participants": pgettext_lazy("field", "participants"),
    "period": pgettext_lazy("field", "period"),
    "position": pgettext_lazy("field", "position"),
    "publication": pgettext_lazy("field", "publication"),
    "reason": pgettext_lazy("field", "reason"),
    "recorded at": pgettext_lazy("field", "recorded at"),
    "recorded by": pgettext_lazy("field", "recorded by"),
    "ref": pgettext_lazy("field", "ref"),
    "reinstates": pgettext_lazy("field", "reinstates"),
    "relation": pgettext_lazy("field", "relation"),
    "resolution": pgettext_lazy("field", "resolution"),
    "role": pgettext_lazy("field", "role"),
    "says": pgettext_lazy("field", "says"),
    "session": pgettext_lazy("field", "session"),
    "since": pgettext_lazy("field", "since"),
    "source": pgettext_lazy("field", "source"),
    "standing report": pgettext_lazy("field", "standing report"),
    "standing": pgettext_lazy("field", "standing"),
    "started at": pgettext_lazy("field", "started at"),
    "status grade": pgettext_lazy("field", "status grade"),
    "status recorded on": pgettext_lazy("field", "status recorded on"),
    "status update": pgettext_lazy("field", "status update"),
    "text": pgettext_lazy("field", "text"),
    "topic": pgettext_lazy("field", "topic"),
    "undo reason": pgettext_lazy("field", "undo reason"),
    "undone at": pgettext_lazy("field", "undone at"),
    "undone by": pgettext_lazy("field", "undone by"),
    "unit": pgettext_lazy("field", "unit"),
    "until": pgettext_lazy("field", "until"),
    "uploaded at": pgettext_lazy("field", "uploaded at"),
    "uploaded by": pgettext_lazy("field", "uploaded by"),
    "user": pgettext_lazy("field", "user"),
    "value": pgettext_lazy("field", "value"),
    "values": pgettext_lazy("field", "values"),
    "withdrawal reason": pgettext_lazy("field", "withdrawal reason"),
    "withdrawn at": pgettext_lazy("field", "withdrawn at"),
    "withdrawn by": pgettext_lazy("field", "withdrawn by"),
}


class _PublicLabel:
    """A name of a field in the language that is read, small as Django has it in English."""

    def __init__(self, english: str) -> None:
        self.english = english

    def __str__(self) -> str:
        label = label_in_words(self.english)
        return self.english if label == capfirst(self.english) else label


def say_names() -> None:
    """Let Django call them as the language of the reader does; called once, when all models are there.

    Migrations know what a model itself says, which stays as it is.
    """
    for model in apps.get_app_config("initiatives").get_models():
        meta: Any = model._meta
        if str(meta.verbose_name) in KINDS:
            meta.verbose_name, meta.verbose_name_plural = KINDS[str(meta.verbose_name)]
        for field in _named_by_django(meta):
            if capfirst(field.verbose_name) in OF_FIELDS | OF_RECORDS:
                field.verbose_name = lazystr(_PublicLabel(field.verbose_name))
            else:
                field.verbose_name = FIELDS.get(field.verbose_name, field.verbose_name)


def _named_by_django(meta: Any) -> Iterator[Any]:
    for field in (*meta.local_concrete_fields, *meta.local_many_to_many):
        if type(field.verbose_name) is str:
            yield field
