"""Drafts in the admin: shown for review, published, returned with a reason, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import Decision, Entry, Initiative, Mention, Publication, Record, Review
from ...recording import permissions, reviews
from ...recording.publication import publish, unpublish
from ...recording.publication_rules import Superseded, mention_to_publish
from ...recording.removal import remove
from ...recording.withdrawal import reinstate, withdraw_initiative
from ..base.locking import is_form_restored
from ..base.records import RecordAdmin, admin_url, link_to, person
from ..base.widgets import is_key

M = TypeVar("M", bound=Record)


def textarea(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


class SubmitForm(forms.Form):
    note = textarea(_("Note"), _("What whoever looks at it should know."), required=False)


class ReturnForm(forms.Form):
    reason = textarea(_("Reason"), _("What is to be done before it can be public."), required=True)


class PublishForm(forms.Form):
    """Asks nothing; publishing is one button."""


class WithdrawInitiativeForm(forms.Form):
    reason = textarea(_("Reason"), _("Why it does not hold. Everybody can read it."), required=True)


class ReinstateForm(forms.Form):
    reason = textarea(
        _("Reason"), _("Why it holds after all. Everybody can read it."), required=True
    )


class RemovalForm(forms.Form):
    reason = textarea(
        _("Reason"),
        _("Everybody can read it, for good: name the rule, and nothing of what is removed."),
        required=True,
    )


class Step(NamedTuple):
    permission: str
    form_class: type[forms.Form]
    title: Any
    message: Any
    # What whoever takes it should know first.
    warning: Any = ""


# By the last part of the address.
STEPS = {
    "submit": Step(
        "submit", SubmitForm, _("Show for review"), _("The draft waits for review now.")
    ),
    "publish": Step("publish", PublishForm, _("Publish"), _("It is public now.")),
    "return": Step("publish", ReturnForm, _("Return the draft"), _("The draft is returned.")),
    "reinstate": Step(
        "publish",
        ReinstateForm,
        _("Record anew"),
        _("It is public again."),
        _(
            "What was withdrawn stays so, struck through; the same is recorded anew from now on, and the register of "
            "corrections says why."
        ),
    ),
    "remove": Step(
        "remove",
        RemovalForm,
        _("Remove for good"),
        _("It is removed."),
        _(
            "For law and personal data only. The text is erased everywhere, with its history, what loads keep, all "
            "uploaded files and all forms that are kept for people who were signed out; with an initiative goes all "
            "that hangs on it, with an entry what it corrected. Nothing brings it back. Backups are yours to clear."
        ),
    ),
}
# An entry has a page of its own for that.
INITIATIVE_STEPS = {
    **STEPS,
    "withdraw": Step(
        "withdraw",
        WithdrawInitiativeForm,
        _("Withdraw"),
        _("The initiative is withdrawn."),
        _(
            "It is withdrawn with its entries. It leaves lists, counts, exports and search; its page stays and says so "
            "with your reason, and so does the register of corrections."
        ),
    ),
}


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

    @admin.action(description=_("Show for review"), permissions=["submit"])
    @transaction.atomic
    def submit_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = self._apply_to_rows(request, queryset, reviews.submit)
        message = ngettext("%(count)d draft waits now.", "%(count)d drafts wait now.", count)
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
        return [
            path(
                f"<int:pk>/{step}/",
                self.admin_site.admin_view(self.step_view),
                {"step": step},
                name=f"initiatives_{self.opts.model_name}_{step}",
            )
            for step in self.steps
        ] + super().get_urls()

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
        # Whoever publishes has nobody to show it to.
        submits = not (waits or permissions.may(request.user, "publish", row))
        is_possible = {"submit": is_draft and submits, "publish": is_draft, "return": waits}
        is_possible |= self._possible_ends(row)
        steps = [
            (name, step.title)
            for name, step in self.steps.items()
            if is_possible[name] and permissions.may(request.user, step.permission, row)
        ]
        may_not = permissions.refusal(request.user, "change", row)
        return {"review": review if is_draft else None, "steps": steps, "may_not": may_not}

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
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_valid() and not is_form_restored(self, request):
            try:
                more = self._apply_step(step, row, person(request), form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, refusal_message(error))
            else:
                self.message_user(request, f"{message} {more}".strip(), messages.SUCCESS)
                if step == "remove":
                    return HttpResponseRedirect(self._list_url())
                self.log_change(request, row, gettext("Step taken: %(step)s.") % {"step": title})
                return HttpResponseRedirect(admin_url(row))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "review": Review.objects.of(row).select_related("asked_by").waiting().first(),
            "form": form,
            "warning": warning,
            "mention_preview": self._mention_preview(row) if step == "publish" else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)

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
        if mention is None:
            return ""
        message = gettext("Its earliest mention becomes public with it: {}")
        return format_html(message, link_to(mention, str(mention.report)))

    def _apply_step(self, step: str, row: Any, by: Any, values: dict[str, Any]) -> str:
        """Take the step; return what more it has done than its words say."""
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
        elif mention := publish(by=by, row=row):
            return mention_published_message(mention)
        return ""


def mention_published_message(mention: Mention) -> str:
    """What is said of the mention that became public with its initiative."""
    message = gettext("Its earliest mention became public with it: “%(report)s”.")
    return message % {"report": mention.report}
