"""The history of a row and of what belongs to it, field by field, and the way back to one of its versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, OperationalError, models, transaction
from django.forms.models import _get_foreign_key
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...languages import series
from ...models import Entry
from ...recording import permissions
from ...recording.diff import (
    Names,
    VersionValues,
    changes,
    current_values,
    in_words,
    version_name,
)
from ...recording.reversion import (
    BROUGHT_BACK,
    PartChange,
    changed_parts,
    restorable_versions,
    revert_with_parts,
    values_to_restore,
)
from ...serving.availability import hindrance_of
from .reasons import reasons_in_words
from .version_events import (
    HISTORY_TYPES,
    events_of,
    source_of,
    version_order,
    version_url,
)
from .widgets import is_key

# Versions in which the last change is looked for; between two edits lie those of what is derived.
MOST_VERSIONS_FOR_UNDO = 50
# Of these, as many are compared with what belongs to the row.
MOST_TRIED = 3


class Versioned(ModelAdmin[Any]):
    """An admin that shows what changed, and writes an old version anew."""

    history_list_per_page = 50

    # --- What changed -----------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        key = self._parse_key(object_id)
        row = self._get_row(request, key)
        parts = [
            (self.model, {"id": key}),
            *((model, {f"{name}_id": key}) for model, name in self._inline_models()),
        ]
        pages = Paginator(version_order(parts), self.history_list_per_page)
        page = pages.get_page(request.GET.get(PAGE_VAR))
        page.object_list = events_of(parts, list(page.object_list))
        latest = self._latest(key)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(row) if row else version_name(latest),
            "opts": self.opts,
            "object": row,
            "page_obj": page,
            "page_range": pages.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
            "is_entry": issubclass(self.model, Entry),
            "undo_url": self._undo_url(request, row, key),
            "media": self.media,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/initiatives/history.html", context)

    def _inline_models(self) -> list[tuple[type[models.Model], str]]:
        """The models of rows that are edited on the page of this one, each with its reference to it."""
        inline_models = []
        for inline in self.inlines:
            if hasattr(inline.model, "history") and getattr(inline, "can_delete", True):
                fk = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
                inline_models.append((inline.model, fk.name))
        return inline_models

    def _undo_url(self, request: HttpRequest, row: Any, key: Any) -> str:
        """The version before the last change that people typed, or the last one of a row that is gone."""
        if permissions.refusal(request.user, *self._permission_to_restore(row, None)):
            return ""
        versions = list(self.model.history.filter(id=key)[:MOST_VERSIONS_FOR_UNDO])
        before = next((version for version, _back in restorable_versions(row, versions)), None)
        of_parts = self._before_parts_changed(key, versions) if row else None
        both = [version for version in (before, of_parts) if version]
        if not both:
            return ""
        return version_url(max(both, key=lambda version: version.history_date))

    def _before_parts_changed(self, key: Any, versions: list[Any]) -> Any:
        """The version before what belongs to the row was changed last, where it is otherwise now."""
        parts = self._inline_models()
        histories: list[Any] = [(model, name) for model, name in parts]
        moments = [
            model.history.filter(**{f"{name}_id": key}).aggregate(last=models.Max("history_date"))
            for model, name in histories
        ]
        last = max((moment["last"] for moment in moments if moment["last"]), default=None)
        if last is None:
            return None
        earlier = [version for version in versions if version.history_date < last]
        # The second may be of the same save, the first of one that brought nothing but what is derived.
        tried = earlier[:MOST_TRIED]
        return next((version for version in tried if changed_parts(parts, key, version)), None)

    def latest_versions(self, keys: Iterable[int]) -> str:
        """The newest version of these rows, and of those that belong to them, one number for each model."""
        rows = sorted(keys)
        parts = [
            (self.model, "id"),
            *((model, f"{name}_id") for model, name in self._inline_models()),
        ]
        newest = [
            model.history.filter(**{f"{column}__in": rows}).aggregate(
                newest=models.Max("history_id")
            )
            for model, column in parts
        ]
        return "-".join(str(of_model["newest"] or 0) for of_model in newest)

    # --- One version, and the way back to it ------------------------------------------------------

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        key, version_key = self._parse_key(object_id), self._parse_key(version_id)
        row = self._get_row(request, key)
        versions = self.model.history.select_related("history_user")
        version = get_object_or_404(versions, id=key, history_id=version_key)
        faults: list[str] = []
        if request.method == "POST":
            permissions.require(request.user, *self._permission_to_restore(row, version))  # type: ignore[arg-type]
            seen = request.POST.get("seen")
            is_stale = request.POST.get("now", "") != str(self._latest(key).history_id)
            if is_stale or (seen is not None and seen != self.latest_versions([key])):
                faults = [_("It was changed meanwhile; look again at what would change now.")]
            else:
                try:
                    return self._restore(request, version)
                except ValidationError as error:
                    faults = _error_messages(self.model, error)
                except (IntegrityError, OperationalError) as error:
                    if hindrance_of(error):
                        raise
                    faults = [_("Somebody else saved at the same moment. Look again.")]
        return self._version_page(request, row, version, faults, extra_context)

    def _restore(self, request: HttpRequest, version: Any) -> HttpResponse:
        with transaction.atomic():
            chosen = set(request.POST.getlist("part"))
            parts = [part for part in self._parts_of(version) if part.name in chosen]
            revert_with_parts(by=request.user, version=version, parts=parts)  # type: ignore[arg-type]
            row: Any = self.model._base_manager.get(pk=version.id)
            self.log_change(request, row, [{"changed": {"fields": [BROUGHT_BACK]}}])
        message = _("The version is brought back; the one before it stays in the history.")
        self.message_user(request, message, messages.SUCCESS)
        opts = self.opts
        page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(row.pk)])
        return HttpResponseRedirect(page)

    def _parts_of(self, version: Any) -> list[PartChange]:
        if issubclass(self.model, Entry):
            return []
        return changed_parts(self._inline_models(), version.id, version)

    def _part_rows(self, version: Any, names: Names) -> list[dict[str, Any]]:
        """What belongs to the row and would change with it, each with what that is."""
        rows, owners = [], dict(self._inline_models())
        for part in self._parts_of(version):
            model = part.model
            current = current_values(part.row, part.values) if part.row else None
            kind = capfirst(str(model._meta.verbose_name))
            rows.append(
                {
                    "value": part.name,
                    "label": f"{kind}: {part.row or _part_name(part.version, owners[model], names)}",
                    "is_added": part.version is None,
                    "is_gone": part.row is None,
                    "changes": changes(model, current, part.values, names) if part.version else [],
                }
            )
        return rows

    def _version_page(
        self, request: HttpRequest, row: Any, version: Any, faults: list[str], extra: Any
    ) -> HttpResponse:
        names = Names()
        values = VersionValues(self.model, [version], names).values(version)
        restored = values_to_restore(row, version)
        current = current_values(row, restored) if row else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("An earlier version"),
            "subtitle": str(row) if row else version_name(version),
            "opts": self.opts,
            "object": row,
            "version": version,
            "source": source_of(version),
            "reason": reasons_in_words([version])[version.pk],
            "action": HISTORY_TYPES[version.history_type],
            "contents": changes(self.model, None, values, names),
            "coming_back": changes(self.model, current, restored, names),
            "is_entry": issubclass(self.model, Entry),
            "parts": self._part_rows(version, names),
            "latest": self._latest(version.id),
            "seen": self.latest_versions([version.id]),
            "refusal": permissions.refusal(
                request.user, *self._permission_to_restore(row, version)
            ),
            "faults": faults,
            "media": self.media,
            **(extra or {}),
        }
        return TemplateResponse(request, "admin/initiatives/version.html", context)

    def _permission_to_restore(self, row: Any, version: Any) -> tuple[str, Any]:
        """The right that it takes to bring a version back."""
        if issubclass(self.model, Entry):
            return "publish", row or self.model
        if row is not None:
            return "change", row
        return "add", version.instance if version else self.model

    # --- What both pages need ---------------------------------------------------------------------

    def _parse_key(self, address_part: str) -> int:
        """A primary key of an address; an address that holds none is not found."""
        if not is_key(self.model, unquote(address_part)):
            raise Http404
        return int(unquote(address_part))

    def _get_row(self, request: HttpRequest, key: int) -> models.Model | None:
        """The row, None where it was deleted; not found where it never was, refused to who may not look."""
        row: Any = self.model._default_manager.filter(pk=key).first()
        if row is None and self._latest(key) is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row  # type: ignore[no-any-return]

    def _latest(self, key: Any) -> Any:
        return self.model.history.filter(id=key).first()


def _part_name(version: Any, owner: str, names: Names) -> str:
    """What a row was called that is gone, by what it said, without what it belonged to."""
    said = [
        in_words(field, getattr(version, field.attname), names)
        for field in version.tracked_fields
        if field.name != owner and field.editable and not field.primary_key
    ]
    return series(filter(None, said)) or version_name(version)


def _error_messages(model: Any, error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    labelled = []
    for name, faults in error.message_dict.items():
        label = (
            "" if name == "__all__" else f"{capfirst(model._meta.get_field(name).verbose_name)}: "
        )
        labelled += [f"{label}{fault}" for fault in faults]
    return labelled
