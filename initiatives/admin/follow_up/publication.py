"""Drafts in the admin: submitted for review, published, sent back with a reason, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import AnyEntry, Decision, Entry, Initiative, Mention, Publication, Record, Review
from ...recording import permissions, reviews
from ...recording.publication import publish, unpublish
from ...recording.publication_rules import Superseded, mention_to_publish
from ...recording.removal import remove
from ...recording.withdrawal import reinstate, withdraw_initiative
from ..base.locking import is_form_restored
from ..base.records import RecordAdmin, admin_url, link_to, person
from ..base.widgets import is_key
from .review_page import PublishForm, draft_entries, onward_url, read_draft, still_seen
from .steps import ENDS, STEPS, ReturnForm

M = TypeVar("M", bound=Record)


def refusal_message(error: PermissionDenied | ValidationError) -> str:
    """Why an action was refused, with a link to what stands in the place of a superseded draft."""
    if isinstance(error, Superseded):
        return format_html(str(error.message) % {"newest": "{}"}, link_to(error.newest))
    return " ".join(error.messages if isinstance(error, ValidationError) else map(str, error.args))


class PublicationAdmin(RecordAdmin[M]):
    """Rows that are drafts or public, changed by the actions and never typed."""

    actions = ("submit_rows", "publish_rows", "unpublish_rows")
    steps = STEPS

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "publish", self.model)

    def has_submit_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "submit", self.model)

    # --- Many rows of a list ----------------------------------------------------------------------

    @admin.action(description=_("Submit for review"), permissions=["submit"])
    @transaction.atomic
    def submit_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = self._apply_to_rows(request, queryset, reviews.submit)
        message = ngettext(
            "%(count)d draft is submitted for review.",
            "%(count)d drafts are submitted for review.",
            count,
        )
        self._message_count(request, message, count)

    @admin.action(description=_("Publish"), permissions=["publish"])
    @transaction.atomic
    def publish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.PUBLIC)
        count = self._apply_to_rows(request, rows, publish)
        message = ngettext("%(count)d row is public now.", "%(count)d rows are public now.", count)
        self._message_count(request, message, count)

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    @transaction.atomic
    def unpublish_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = queryset.exclude(publication=Publication.DRAFT)
        count = self._apply_to_rows(request, rows, unpublish)
        message = ngettext("%(count)d row is a draft now.", "%(count)d rows are drafts now.", count)
        self._message_count(request, message, count)

    def _message_count(self, request: HttpRequest, message: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, message % {"count": count}, level)

    def _apply_to_rows(
        self, request: HttpRequest, queryset: QuerySet[Any], action: Callable[..., Any]
    ) -> int:
        """How many rows the action took; why it refused the others is told."""
        rows = list(queryset)
        refused = 0
        for row in rows:
            try:
                result = action(by=person(request), row=row)
                if isinstance(result, Mention):
                    self.message_user(request, f"{row}: {mention_published_message(result)}")
            except (PermissionDenied, ValidationError) as error:
                refused += 1
                message = format_html("{}: {}", row, refusal_message(error))
                self.message_user(request, message, messages.ERROR)
        return len(rows) - refused

    # --- One row ----------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        name = f"initiatives_{self.opts.model_name}"
        return (
            [
                path(
                    "<int:pk>/review/",
                    self.admin_site.admin_view(self.review_view),
                    name=f"{name}_review",
                )
            ]
            + [
                path(
                    f"<int:pk>/{step}/",
                    self.admin_site.admin_view(self.step_view),
                    {"step": step},
                    name=f"{name}_{step}",
                )
                for step in self.steps
            ]
            + super().get_urls()
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), **self._review_context(request, object_id)}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def _review_context(self, request: HttpRequest, key: str) -> dict[str, Any]:
        """What the page says of a row's way to the public, and which steps the person may take."""
        row: Any = is_key(self.model, key) and self.model._default_manager.filter(pk=key).first()
        if not row:
            return {}
        if getattr(row, "is_superseded", False):
            return {"superseded_by": row.newest}
        review = Review.objects.of(row).select_related("asked_by", "decided_by").first()
        is_draft = row.publication == Publication.DRAFT and not getattr(row, "is_withdrawn", False)
        waits = is_draft and review is not None and review.decision == Decision.WAITING
        may_publish = permissions.may(request.user, "publish", row)
        # Whoever publishes has nobody to submit it to, and answers on one page.
        is_possible = {"submit": is_draft and not (waits or may_publish)}
        is_possible |= {"publish": False, "return": False, **self._possible_ends(row)}
        steps = [("review", gettext("Review and publish"))] if is_draft and may_publish else []
        steps += [
            (name, step.title)
            for name, step in self.steps.items()
            if is_possible[name] and permissions.may(request.user, step.permission, row)
        ]
        context: dict[str, Any] = {
            "review": review if is_draft else None,
            "steps": [step for step in steps if step[0] not in ENDS],
            "ends": [step for name in ENDS for step in steps if step[0] == name],
            "may_not": permissions.refusal(request.user, "change", row),
        }
        if is_draft and not waits:
            context["draft_note"] = still_seen(row)
            if is_possible["submit"] and permissions.may(request.user, "submit", row):
                context["submit_url"] = onward_url(row, may_publish=False)
        return context

    def message_draft(self, request: HttpRequest, row: Any) -> str:
        """That a row was saved as a draft, what the public still sees, and the way on, in one message."""
        may_publish = permissions.may(request.user, "publish", row)
        onward = gettext("Review and publish") if may_publish else gettext("Submit for review")
        return format_html(
            '{} {} <a href="{}">{}</a>',
            gettext("Saved as a draft."),
            still_seen(row),
            onward_url(row, may_publish=may_publish),
            onward,
        )

    def _possible_ends(self, row: Any) -> dict[str, bool]:
        """Which steps are possible with what the public has seen."""
        is_public = row.publication == Publication.PUBLIC
        is_again = isinstance(row, Entry) and hasattr(row, "reinstatement")
        return {
            "withdraw": is_public and not row.is_withdrawn,
            "reinstate": is_public and row.is_withdrawn and not is_again,
            "remove": is_public or not isinstance(row, Initiative),
        }

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one of the steps with one row, after asking what it takes."""
        permission, form_class, title, message, warning = self.steps[step]
        if not is_key(self.model, pk):
            raise Http404
        row: Any = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), permission, row)
        if getattr(row, "is_superseded", False) and step != "remove":
            refusal = refusal_message(Superseded(row.newest))
            self.message_user(request, refusal, messages.WARNING)
            return HttpResponseRedirect(admin_url(row))
        form = _step_form(form_class, row, request.POST if request.method == "POST" else None)
        if form.is_valid() and not is_form_restored(self, request):
            try:
                more = self._apply_step(step, row, person(request), form)
            except ValidationError as error:
                form.add_error(None, refusal_message(error))
            else:
                self.message_user(request, f"{message} {more}".strip(), messages.SUCCESS)
                if step == "remove":
                    return HttpResponseRedirect(self._list_url())
                self.log_change(request, row, format_lazy("Step taken: {}.", title))
                return HttpResponseRedirect(admin_url(row))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "review": _waiting_review(row),
            "form": form,
            "warning": warning,
            "asks_nothing": form_class is PublishForm,
            "mention_preview": self._mention_preview(row) if step == "publish" else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a draft says and would change, with both answers on the page; then back to what else waits."""
        if not is_key(self.model, pk):
            raise Http404
        row: Any = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), "publish", row)
        if hindrance := _no_review(row):
            self.message_user(request, hindrance, messages.WARNING)
            return HttpResponseRedirect(admin_url(row))
        posted = request.POST if request.method == "POST" else None
        step = next((s for s in ("publish", "return") if posted and f"_{s}" in posted), "")
        publish_form = _step_form(PublishForm, row, posted if step == "publish" else None)
        return_form = ReturnForm(posted if step == "return" else None)
        form = {"publish": publish_form, "return": return_form}.get(step)
        if form and form.is_valid() and not is_form_restored(self, request):
            try:
                more = self._apply_step(step, row, person(request), form)
            except ValidationError as error:
                form.add_error(None, refusal_message(error))
            else:
                taken = self.steps[step]
                self.log_change(request, row, format_lazy("Step taken: {}.", taken.title))
                words = format_html("{}: {} {}", link_to(row, _title_of(row)), taken.message, more)
                self.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:index"))
        with_it = publish_form.chosen if publish_form.is_valid() or not step else []
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Review this draft"),
            "subtitle": _title_of(row),
            "opts": self.opts,
            "row": row,
            "initiative": row.initiative if isinstance(row, Entry) else row,
            "draft": read_draft(row, list(publish_form.drafts.values()), with_it),
            "review": _waiting_review(row),
            "publish_form": publish_form,
            "return_form": return_form,
            "mention_preview": self._mention_preview(row),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/review.html", context)

    def _list_url(self) -> str:
        return reverse(f"admin:initiatives_{self.opts.model_name}_changelist")

    def _mention_preview(self, row: Any) -> str:
        """What a publication takes along, or why it will be refused."""
        if not isinstance(row, Initiative):
            return ""
        try:
            mention = mention_to_publish(row)
        except ValidationError as error:
            return refusal_message(error)
        # Where it may be chosen, the form says so.
        if mention is None or draft_entries(row):
            return ""
        message = gettext("Its earliest mention becomes public with it: {}")
        return format_html(message, link_to(mention, str(mention.report)))

    def _apply_step(self, step: str, row: Any, by: Any, form: Any) -> str:
        """Take the step; return what more it has done than its words say."""
        values = form.cleaned_data
        if step == "submit":
            reviews.submit(by=by, row=row, note=values["note"])
        elif step == "return":
            reviews.give_back(by=by, row=row, reason=values["reason"])
        elif step == "withdraw":
            withdraw_initiative(by=by, initiative=row, reason=values["reason"])
        elif step == "reinstate":
            reinstate(by=by, row=row, reason=values["reason"])
        elif step == "remove":
            remove(by=by, row=row, reason=values["reason"])
        else:
            return published_message(publish(by=by, row=row, entries=form.chosen), form.chosen)
        return ""


def _step_form(form_class: Any, row: Any, data: Any) -> Any:
    return form_class(data, row=row) if form_class is PublishForm else form_class(data)


def _waiting_review(row: Any) -> Review | None:
    return Review.objects.of(row).select_related("asked_by").waiting().first()


def _title_of(row: Any) -> str:
    return f"{row.initiative}: {row}" if isinstance(row, Entry) else str(row)


def _no_review(row: Any) -> Any:
    """Why there is nothing to decide about a row; empty for a draft."""
    if getattr(row, "is_superseded", False):
        return refusal_message(Superseded(row.newest))
    if row.publication == Publication.PUBLIC:
        return gettext("This is public already.")
    return gettext("The entry is withdrawn already.") if row.is_withdrawn else ""


def published_message(mention: Mention | None, entries: Sequence[AnyEntry]) -> str:
    """What became public with an initiative."""
    if not entries:
        return mention_published_message(mention) if mention else ""
    words = ngettext(
        "%(count)d entry became public with it.",
        "%(count)d entries became public with it.",
        len(entries),
    ) % {"count": len(entries)}
    return f"{words} {mention_published_message(mention)}" if mention else words


def mention_published_message(mention: Mention) -> str:
    """What is said of the mention that became public with its initiative."""
    message = gettext("Its earliest mention became public with it: “%(report)s”.")
    return message % {"report": mention.report}
