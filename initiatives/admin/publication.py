"""Publishing and taking back in the lists of the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import actions
from ..models import Publication, Record
from .records import RecordAdmin, person

M = TypeVar("M", bound=Record)


class PublishedAdmin(RecordAdmin[M]):
    """Rows that are drafts or public, changed by the actions and never typed."""

    actions = ("publish_rows", "unpublish_rows")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self.may_change(request)

    @admin.action(description=_("Publish"), permissions=["publish"])
    @transaction.atomic
    def publish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.PUBLIC)
        count = self._each(request, rows, actions.publish)
        said = ngettext("%(count)d row is public now.", "%(count)d rows are public now.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    @transaction.atomic
    def unpublish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.DRAFT)
        count = self._each(request, rows, actions.unpublish)
        said = ngettext("%(count)d row is a draft now.", "%(count)d rows are drafts now.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Any], action: Callable[..., None]
    ) -> int:
        """How many rows the action took; why it refused the others is told."""
        rows = list(queryset)
        refused = 0
        for row in rows:
            try:
                action(by=person(request), row=row)
            except ValidationError as error:
                refused += 1
                self.message_user(request, f"{row}: {' '.join(error.messages)}", messages.ERROR)
        return len(rows) - refused
