"""Who is responsible for an initiative, when it is looked at next, and desk notes: of one, or of many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import FollowUpPlan, Initiative
from ...models.initiatives import FIRST_DAY
from ...recording import permissions
from ...recording.follow_up_plans import UNCHANGED, plan_all
from ..base.filters import MyDialoguesFilter
from ..base.records import RecordAdmin, admin_url, person, text_column
from ..base.widgets import DayField, is_key

# More than one page shows; the same number as of statuses that are recorded at once.
MAX_INITIATIVES = 200


def staff() -> Any:
    """Who can be responsible."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("username")


def plan_of(key: str) -> FollowUpPlan | None:
    """The plan of an initiative, given by its key in an address."""
    if not is_key(Initiative, key):
        return None
    plans = FollowUpPlan.objects.select_related("responsible")
    return plans.filter(initiative=int(key)).first()


class FollowUpPlanForm(forms.ModelForm[FollowUpPlan]):
    """Of an initiative that is planned already, its own form; whoever is responsible and has left can stay."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "responsible" in self.fields:
            field: Any = self.fields["responsible"]
            own = self.instance.responsible_id
            field.queryset = staff() | User.objects.filter(pk__in=[own] if own else [])
            field.empty_label = gettext("Nobody")


@admin.register(FollowUpPlan)
class FollowUpPlanAdmin(RecordAdmin[FollowUpPlan]):
    form = FollowUpPlanForm
    fields = ("initiative", "responsible", "next_review_on", "notes")
    list_display = (
        "initiative",
        "responsible",
        "next_review_on",
        text_column("notes", _("desk notes")),
    )
    list_select_related = ("initiative", "responsible")
    list_filter = (MyDialoguesFilter, ("responsible", admin.RelatedOnlyFieldListFilter))
    search_fields = ("initiative__title", "notes")
    autocomplete_fields = ("initiative",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: FollowUpPlan | None = None
    ) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["initiative"] if obj else [])]

    def response_post_save_add(
        self, request: HttpRequest, obj: FollowUpPlan
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(admin_url(obj.initiative))

    def response_post_save_change(
        self, request: HttpRequest, obj: FollowUpPlan
    ) -> HttpResponseRedirect:
        return self.response_post_save_add(request, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("of/<int:pk>/", view(self.of_view), name="initiatives_followupplan_of"),
            path("many/", view(self.many_view), name="initiatives_followupplan_many"),
            *super().get_urls(),
        ]

    def of_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the plan of an initiative: the one there is, or a new one."""
        initiative = Initiative.objects.filter(pk=pk).first() if is_key(Initiative, pk) else None
        if initiative is None:
            raise Http404
        permissions.require(person(request), "view", FollowUpPlan)
        plan = FollowUpPlan.objects.filter(initiative=pk).first()
        if plan:
            return HttpResponseRedirect(admin_url(plan))
        add_url = reverse("admin:initiatives_followupplan_add")
        return HttpResponseRedirect(f"{add_url}?{urlencode({'initiative': pk})}")

    # --- Many at once -----------------------------------------------------------------------------

    def many_view(self, request: HttpRequest) -> HttpResponse:
        """Show what can be set for the chosen initiatives, and set it for all of them or for none."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        values = (posted if posted is not None else request.GET).getlist("initiative")
        keys = {int(key) for key in values if is_key(Initiative, key)}
        initiatives = list(Initiative.objects.filter(pk__in=list(keys)[: MAX_INITIATIVES + 1]))
        to_list = HttpResponseRedirect(reverse("admin:initiatives_initiative_changelist"))
        if len(keys) > MAX_INITIATIVES:
            self.message_user(request, too_many_message(), messages.ERROR)
            return to_list
        if not initiatives:
            self.message_user(request, _("Choose initiatives of the list."), messages.WARNING)
            return to_list
        form = PlanManyForm(posted)
        if posted is not None and form.is_valid() and self._plan_all(request, form, initiatives):
            return to_list
        context = {
            **self.admin_site.each_context(request),
            "title": _("Set responsible person and next review"),
            "opts": self.opts,
            "form": form,
            "initiatives": initiatives,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/plan_many.html", context)

    def _plan_all(
        self, request: HttpRequest, form: PlanManyForm, initiatives: list[Initiative]
    ) -> bool:
        try:
            count = plan_all(by=person(request), initiatives=initiatives, **form.given())
        except PermissionDenied as error:
            form.add_error(None, " ".join(map(str, error.args)))
            return False
        message = ngettext(
            "Saved for %(count)d initiative.", "Saved for %(count)d initiatives.", count
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)
        return True


class PlanManyForm(forms.Form):
    """What is left as it is changes nothing."""

    KEEP, NOBODY = "keep", "nobody"
    responsible = forms.ChoiceField(label=_("Responsible"))
    next_review = forms.ChoiceField(
        label=_("Next review"),
        choices=[
            (KEEP, _("Leave as it is")),
            ("set", _("On this day")),
            (NOBODY, _("On no day")),
        ],
        initial=KEEP,
    )
    next_review_on = DayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.choices = [
            (self.KEEP, _("Leave as it is")),
            (self.NOBODY, _("Nobody")),
            *((str(user.pk), str(user)) for user in staff()),
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        day = values.get("next_review_on")
        if values.get("next_review") == "set" and "next_review_on" not in self.errors and not day:
            self.add_error("next_review_on", _("Choose the day."))
        if day and day < FIRST_DAY:
            self.add_error("next_review_on", _("Choose a later day."))
        if day and values.get("next_review") == self.KEEP:
            # Somebody who types a day means it.
            values["next_review"] = "set"
        if {values.get("responsible"), values.get("next_review")} == {self.KEEP}:
            self.add_error(None, _("Choose what to set."))
        return values

    def given(self) -> dict[str, Any]:
        """What to set, as ``plan_all`` takes it."""
        values = self.cleaned_data
        who, when = values["responsible"], values["next_review"]
        responsible, day = UNCHANGED, UNCHANGED
        if who != self.KEEP:
            responsible = None if who == self.NOBODY else User.objects.get(pk=int(who))
        if when != self.KEEP:
            day = values["next_review_on"] if when == "set" else None
        return {"responsible": responsible, "next_review_on": day}


def too_many_message() -> str:
    return gettext("At most %(most)d initiatives at once; choose fewer.") % {
        "most": MAX_INITIATIVES
    }


def redirect_to_plan_many(admin: Any, request: HttpRequest, rows: Any) -> HttpResponse | None:
    """From the chosen rows of the list to the page; None, with a message, where they are too many."""
    keys = list(rows.order_by("sort_key", "pk").values_list("pk", flat=True)[: MAX_INITIATIVES + 1])
    if len(keys) > MAX_INITIATIVES:
        admin.message_user(request, too_many_message(), messages.ERROR)
        return None
    url = reverse("admin:initiatives_followupplan_many")
    return HttpResponseRedirect(f"{url}?{urlencode({'initiative': keys}, doseq=True)}")
