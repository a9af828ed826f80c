"""Report files brought to the desk: uploaded, their plan looked at, conflicts decided, loaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..exports.limits import TooManyAtWork, limited
from ..exports.workbook import CONTENT_TYPE
from ..languages import count, series
from ..loading import kept_words, uploads
from ..loading.id_lines import NotWritten
from ..loading.merge import Action
from ..loading.same_as import ANOTHER
from ..loading.sheets.write import TooManyRows, write_csv, write_workbook
from ..loading.show import WORDS
from ..loading.stubs import stubs
from ..models import Dialogue, Upload, UploadState
from ..recording import permissions
from .base.lists import ListAdmin
from .base.records import EMPTY_VALUE, admin_url, person
from .base.widgets import is_key


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, at least one; a file without content is refused by its own name."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]
        label=gettext_lazy("Files"),
        allow_empty_file=True,
        max_length=None,
        help_text=gettext_lazy(
            "Report files (.yaml), one or several; or one workbook (.xlsx) or sheet (.csv) made from a template."
        ),
    )

    def __init__(self, request: HttpRequest) -> None:
        posted = request.method == "POST"
        super().__init__(request.POST if posted else None, request.FILES if posted else None)
        self.is_too_large = getattr(request, "upload_is_too_large", False)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.is_too_large:
            # What was read of them was dropped, and so the field calls them missing.
            self._errors = forms.utils.ErrorDict()
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            message = _("The files are larger than %(limit)s together; upload fewer at a time.")
            self.add_error("files", ValidationError(message % {"limit": limit}))


class WorkbookForm(forms.Form):
    """What of the data is to be edited in a spreadsheet, and in which."""

    dialogue = forms.ModelChoiceField(
        label=gettext_lazy("Dialogue"),
        queryset=Dialogue.objects.order_by("sort_key", "slug"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("all of them"),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[
            ("xlsx", gettext_lazy("a workbook with everything (XLSX)")),
            ("csv", gettext_lazy("one sheet with the updates (CSV)")),
        ],
    )


@admin.register(Upload)
class UploadAdmin(ListAdmin[Upload]):
    """Uploads, newest first. They are made by an upload and end by being loaded or dropped; no form edits them."""

    list_display = ("name", "state_now", "result", "uploaded_by", "uploaded_at", "loaded_at")
    list_display_links = ("name",)
    list_filter = ("state",)
    list_select_related = ("uploaded_by",)
    actions = None

    # --- Rights -----------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_load(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return permissions.may_load(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_load(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        is_kept = obj is not None and (obj.is_working or obj.state == UploadState.LOADED)
        return permissions.may_load(request.user) and not is_kept

    # --- The list ---------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        # The plans, faults and contents of fifty uploads would be megabytes.
        numbers = {name: F(f"plan__{name}") for name in ("new", "changed", "conflicts")}
        rows = self._visible(request).with_names().defer("plan", "problems")
        return rows.annotate(**numbers).order_by("-uploaded_at", "-pk")

    def _visible(self, request: HttpRequest) -> Any:
        """All but what is kept for somebody else until they are signed in again."""
        theirs = uploads.kept_for_later().exclude(uploaded_by=person(request))
        return Upload.objects.exclude(pk__in=theirs.values("pk"))

    @admin.display(description=gettext_lazy("files"))
    def name(self, upload: Upload) -> str:
        return str(upload)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, upload: Upload) -> str:
        return _("Interrupted") if upload.is_silent else upload.get_state_display()

    @admin.display(description=gettext_lazy("plan"))
    def result(self, upload: Any) -> str:
        return EMPTY_VALUE if upload.new is None else plan_summary(vars(upload))

    # --- Addresses --------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("workbook/", page(self.workbook_view), name="initiatives_upload_workbook"),
            path("<path:object_id>/apply/", page(self.apply_view), name="initiatives_upload_apply"),
            path(
                "<path:object_id>/compare/",
                page(self.compare_view),
                name="initiatives_upload_compare",
            ),
            path(
                "<path:object_id>/files/<int:number>/",
                page(self.with_ids_view),
                name="initiatives_upload_with_ids",
            ),
            *super().get_urls(),
        ]

    def _get_upload(self, request: HttpRequest, object_id: str) -> Upload:
        """The upload of that address, given up if its program is gone; raises Http404 or PermissionDenied."""
        if not permissions.may_load(request.user):
            raise PermissionDenied
        key = unquote(object_id)
        upload: Any = (
            is_key(Upload, key) and self._visible(request).with_names().filter(pk=key).first()
        )
        if not upload:
            raise Http404
        if upload.is_silent and uploads.release(upload):
            return self._get_upload(request, object_id)
        return upload  # type: ignore[no-any-return]

    # --- Pages ------------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take files in, and begin to compare them."""
        if not permissions.may_load(request.user):
            raise PermissionDenied
        form = UploadForm(request)
        if request.method == "POST" and form.is_valid():
            files = [(file.name or "", file.read()) for file in form.cleaned_data["files"]]
            uploads.drop_old()
            upload = uploads.store(files, by=person(request))
            uploads.compare(upload)
            return HttpResponseRedirect(admin_url(upload))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Load report files"),
            "opts": self.opts,
            "form": form,
            "workbook": WorkbookForm(),
            "media": self.media,
            "limit": settings.UPLOAD_MAX_BYTES,
        }
        return TemplateResponse(request, "admin/initiatives/upload_add.html", context)

    def workbook_view(self, request: HttpRequest) -> HttpResponseBase:
        """The data of now as a workbook, or the updates as CSV, to edit and to upload again."""
        if not permissions.may_load(request.user):
            raise PermissionDenied
        form = WorkbookForm(request.GET)
        if not form.is_valid():
            self.message_user(request, _("Choose a dialogue of the list."), messages.WARNING)
            return HttpResponseRedirect(reverse("admin:initiatives_upload_add"))
        dialogue = form.cleaned_data["dialogue"]
        scope = dialogue.slug if dialogue else "all"
        try:
            if form.cleaned_data["format"] == "csv":
                content = write_csv(dialogue)
                name = f"updates-{scope}-{timezone.localdate()}.csv"
                headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
                return HttpResponse(
                    content, content_type="text/csv; charset=utf-8", headers=headers
                )
            with limited():
                file = write_workbook(dialogue)
        except TooManyRows as error:
            message = _(
                "There are more than %(most)s rows for the sheet %(sheet)s; choose a dialogue."
            )
            values = {"most": count(settings.UPLOAD_MAX_ROWS), "sheet": error}
            self.message_user(request, message % values, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:initiatives_upload_add"))
        except TooManyAtWork:
            message = _("Many files are being made just now; try again in half a minute.")
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:initiatives_upload_add"))
        name = f"tracker-{scope}-{timezone.localdate()}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPE)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """How far an upload is: the work on it, its plan or its faults, what became of it."""
        upload = self._get_upload(request, object_id)
        plan = kept_words.plan(upload.plan) if upload.plan else None
        return TemplateResponse(
            request,
            "admin/initiatives/upload.html",
            {
                **self.admin_site.each_context(request),
                "title": str(upload),
                "opts": self.opts,
                "original": upload,
                "upload": upload,
                "step": kept_words.step(upload),
                "problems": kept_words.faults(upload),
                "files": upload.files.all(),
                "stubs": stubs(problem.get("missing") for problem in upload.problems),
                "with_made_ids": uploads.has_made_ids(upload),
                "plan": plan,
                "plan_summary": plan_summary(upload.plan) if upload.plan else "",
                "has_conflicts": bool(upload.plan and upload.plan["choices"]),
                "sections": _sections(plan) if plan else [],
                "columns": [WORDS[action] for action in Action],
                "may_drop": self.has_delete_permission(request, upload),
                "media": self.media,
            },
        )

    def apply_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Load it as its plan says, and as was decided about its conflicts."""
        upload = self._get_upload(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(admin_url(upload))
        choices = upload.plan["choices"] if upload.plan else []
        agreed = upload.digest and request.POST.get("digest") == upload.digest
        chosen = [
            tuple(choice["key"])
            for number, choice in enumerate(choices)
            if request.POST.get(f"take-{number}") == "file"
        ]
        settle = "settle" in request.POST
        if not agreed:
            message = _("The plan has changed since this page was made. Look at it again.")
            self.message_user(request, message, messages.WARNING)
        elif not uploads.apply(upload, by=person(request), chosen=chosen, settle=settle):
            message = _("Somebody works on this already, or it is loaded.")
            self.message_user(request, message, messages.WARNING)
        return HttpResponseRedirect(admin_url(upload))

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make its plan anew, with what was answered about rows that look as if they were here already."""
        upload = self._get_upload(request, object_id)
        if request.method == "POST" and not uploads.compare(upload, _answers(request, upload)):
            message = _("Somebody works on this already, or it is loaded.")
            self.message_user(request, message, messages.WARNING)
        return HttpResponseRedirect(admin_url(upload))

    def with_ids_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponseBase:
        """One of its files with the ids that the plan made for it, and else as it was uploaded."""
        upload = self._get_upload(request, object_id)
        file = upload.files.filter(number=number).first()
        if not file or number not in uploads.has_made_ids(upload):
            raise Http404
        try:
            text = uploads.with_made_ids(upload, file)
        except NotWritten:
            message = _(
                "The ids do not fit into this file as it is laid out; type those of the plan."
            )
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(admin_url(upload))
        headers = {"Content-Disposition": content_disposition_header(True, file.name) or ""}
        return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


def _answers(request: HttpRequest, upload: Upload) -> dict[str, str]:
    """What each row that the page asks about is: the same as the known one, or another one."""
    answers = {}
    for number, problem in enumerate(upload.problems if upload.asks_back else ()):
        answer = request.POST.get(f"answer-{number}")
        if answer in ("same", "another"):
            answers[problem["row"]] = problem["known"] if answer == "same" else ANOTHER
    return answers


def _sections(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """What the plan does, one section for each action, in the order in which people look at them."""
    titles = {
        Action.CONFLICT: _("In conflict"),
        Action.CHANGED: _("Changed"),
        Action.NEW: _("New"),
        Action.KEPT: _("Kept as they stand"),
        Action.REMOVED: _("Gone from the file; they are taken out"),
        Action.GONE: _("Gone from the file; they stay"),
    }
    return [
        {
            "action": action,
            "title": titles[Action(action)],
            "items": items,
            "count": len(items) + plan["more"].get(action, 0),
            "more": plan["more"].get(action, 0),
        }
        for action, items in plan["items"].items()
        if action != Action.CONFLICT
        or not plan["choices"]
        or any(item["changes"] for item in items)
    ]


def plan_summary(plan: dict[str, Any]) -> str:
    """What the plan writes, in one line."""
    if not plan["new"] and not plan["changed"]:
        message = _("0 changes")
    else:
        message = _("%(new)s new, %(changed)s changed") % {
            "new": count(plan["new"]),
            "changed": count(plan["changed"]),
        }
    conflicts = plan["conflicts"]
    if conflicts:
        words = ngettext("%(count)s conflict", "%(count)s conflicts", conflicts)
        message = series([message, words % {"count": count(conflicts)}])
    return message
