"""Drafts in the admin: shown for review, published, returned with a reason, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import Decision, Initiative, Mention, Publication, Record, Review
from ...recording import permissions, reviews
from ...recording.publication import publish, unpublish
from ...recording.publication_rules import Superseded, mention_to_publish
from ..base.locking import is_form_restored
from ..base.records import RecordAdmin, admin_url, link_to, person
from ..base.widgets import is_key

M = TypeVar("M", bound=Record)


def _text(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=box)


class SubmitForm(forms.Form):
    note = _text(_("Note"), _("What whoever looks at it should know."), required=False)


class ReturnForm(forms.Form):
    reason = _text(_("Reason"), _("What is to be done before it can be public."), required=True)


class PublishForm(forms.Form):
    """Asks nothing; publishing is one button."""


# By the last part of the address: the right that it takes, its form, its words.
STEPS: dict[str, tuple[str, type[forms.Form], Any, Any]] = {
    "submit": ("submit", SubmitForm, _("Show for review"), _("The draft waits for review now.")),
    "publish": ("publish", PublishForm, _("Publish"), _("It is public now.")),
    "return": ("publish", ReturnForm, _("Return the draft"), _("The draft is returned.")),
}


def words_of(error: PermissionDenied | ValidationError) -> str:
    """Why an action was refused, with a link to what stands in the place of a superseded draft."""
    if isinstance(error, Superseded):
        return format_html(str(error.message) % {"newest": "{}"}, link_to(error.newest))
    return " ".join(error.messages if isinstance(error, ValidationError) else map(str, error.args))


class PublishedAdmin(RecordAdmin[M]):
    """Rows that are drafts or public, changed by the actions and never typed."""

    actions = ("submit_rows", "publish_rows", "unpublish_rows")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "publish", self.model)

    def has_submit_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "submit", self.model)

    # --- Many rows of a list ----------------------------------------------------------------------

    @admin.action(description=_("Show for review"), permissions=["submit"])
    @transaction.atomic
    def submit_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = self._each(request, queryset, reviews.submit)
        said = ngettext("%(count)d draft waits now.", "%(count)d drafts wait now.", count)
        self._tell(request, said, count)

    @admin.action(description=_("Publish"), permissions=["publish"])
    @transaction.atomic
    def publish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.PUBLIC)
        count = self._each(request, rows, publish)
        said = ngettext("%(count)d row is public now.", "%(count)d rows are public now.", count)
        self._tell(request, said, count)

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    @transaction.atomic
    def unpublish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.DRAFT)
        count = self._each(request, rows, unpublish)
        said = ngettext("%(count)d row is a draft now.", "%(count)d rows are drafts now.", count)
        self._tell(request, said, count)

    def _tell(self, request: HttpRequest, said: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"count": count}, level)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Any], action: Callable[..., Any]
    ) -> int:
        """How many rows the action took; why it refused the others is told."""
        rows = list(queryset)
        refused = 0
        for row in rows:
            try:
                outcome = action(by=person(request), row=row)
                if isinstance(outcome, Mention):
                    self.message_user(request, f"{row}: {with_it(outcome)}")
            except (PermissionDenied, ValidationError) as error:
                refused += 1
                said = format_html("{}: {}", row, words_of(error))
                self.message_user(request, said, messages.ERROR)
        return len(rows) - refused

    # --- One row ----------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        return [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(self.step_view),
                {"step": step},
                name=f"initiatives_{self.opts.model_name}_{step}",
            )
            for step in STEPS
        ] + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), **self._review_of(request, object_id)}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def _review_of(self, request: HttpRequest, key: str) -> dict[str, Any]:
        """What the page says of a row's way to the public, and which steps the person may take."""
        row: Any = is_key(self.model, key) and self.model._default_manager.filter(pk=key).first()
        if not row:
            return {}
        if getattr(row, "is_superseded", False):
            return {"superseded_by": row.newest}
        found = Review.objects.of(row).select_related("asked_by", "decided_by").first()
        draft = row.publication == Publication.DRAFT and not getattr(row, "is_withdrawn", False)
        waits = found is not None and found.decision == Decision.WAITING
        asked = {"submit": draft and not waits, "publish": draft, "return": draft and waits}
        steps = [
            (step, STEPS[step][2])
            for step, possible in asked.items()
            if possible and permissions.may(request.user, STEPS[step][0], row)
        ]
        if permissions.may(request.user, "publish", row):
            # Whoever publishes has nobody to show it to.
            steps = [each for each in steps if each[0] != "submit"]
        may_not = permissions.refusal(request.user, "change", row)
        return {"review": found if draft else None, "steps": steps, "may_not": may_not}

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one of the steps with one row, after asking what it takes."""
        right, form_class, title, said = STEPS[step]
        if not is_key(self.model, pk):
            raise Http404
        row: Any = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), right, row)
        if getattr(row, "is_superseded", False):
            said = words_of(Superseded(row.newest))
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(admin_url(row))
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_valid() and not is_form_restored(self, request):
            try:
                more = self._take(step, row, person(request), form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, words_of(error))
            else:
                self.log_change(request, row, gettext("Step taken: %(step)s.") % {"step": title})
                self.message_user(request, f"{said} {more}".strip(), messages.SUCCESS)
                return HttpResponseRedirect(admin_url(row))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "review": Review.objects.of(row).select_related("asked_by").waiting().first(),
            "form": form,
            "with_it": self._with_it(row) if step == "publish" else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)

    def _with_it(self, row: Any) -> str:
        """What a publication takes along, or why it will be refused."""
        if not isinstance(row, Initiative):
            return ""
        try:
            mention = mention_to_publish(row)
        except ValidationError as error:
            return words_of(error)
        if mention is None:
            return ""
        said = gettext("Its earliest mention becomes public with it: {}")
        return format_html(said, link_to(mention, str(mention.report)))

    def _take(self, step: str, row: Any, by: Any, typed: dict[str, Any]) -> str:
        """Take the step; return what more it has done than its words say."""
        if step == "submit":
            reviews.submit(by=by, row=row, note=typed["note"])
        elif step == "return":
            reviews.give_back(by=by, row=row, reason=typed["reason"])
        elif mention := publish(by=by, row=row):
            return with_it(mention)
        return ""


def with_it(mention: Mention) -> str:
    """What is said of the mention that became public with its initiative."""
    said = gettext("Its earliest mention became public with it: “%(report)s”.")
    return said % {"report": mention.report}
