"""Initiatives, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..as_of.preview import PreviewView
from ..languages import series
from ..models import (
    FLAGS,
    AnyEntry,
    Criterion,
    FollowUpPlan,
    Initiative,
    Mention,
    StatusUpdate,
)
from ..pages.due_story import due_in_words
from ..recording import actions, permissions
from ..recording.derivation import DERIVED
from ..recording.publication import publish
from ..views.initiatives import initiative_page_of, with_relations
from .base.filters import (
    DueFilter,
    FlagFilter,
    MyDialoguesFilter,
    RelatedFilter,
    ResponsibleFilter,
)
from .base.merging import MergeAdmin
from .base.preview import PreviewAdmin
from .base.records import (
    EMPTY_VALUE,
    admin_url,
    date_column,
    link_to,
    name_column,
    person,
)
from .base.translating import TranslatedAdmin
from .base.widgets import is_key
from .follow_up.entry_lists import entry_lists_context
from .follow_up.plans import plan_of, redirect_to_plan_many
from .follow_up.publication import (
    PublicationAdmin,
    mention_published_message,
    refusal_message,
)
from .follow_up.record_many import record_many_view, redirect_to_record_many
from .follow_up.review_page import draft_entries
from .follow_up.steps import INITIATIVE_STEPS
from .new_initiative import NewInitiativeAdmin
from .relations import EarlierInline, LaterInline, RoleInline
from .targets import TargetInline

OF_WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawal_reason")
# What is recorded of an initiative from its page, by the last part of the address.
RECORDED: dict[str, type[AnyEntry]] = {
    "status": StatusUpdate,
    "mention": Mention,
    "criterion": Criterion,
}


@admin.register(Initiative)
class InitiativeAdmin(
    TranslatedAdmin[Initiative],
    NewInitiativeAdmin[Initiative],
    MergeAdmin[Initiative],
    PreviewAdmin[Initiative],
    PublicationAdmin[Initiative],
):
    typed_fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "slug",
                    "other_names",
                    "kind",
                    "summary",
                    "dialogue",
                    "raised_at",
                    "themes",
                )
            },
        ),
        (_("Languages"), {"fields": ("language", "texts")}),
    )
    derived_fieldset = (
        _("Where it stands, from its public entries"),
        {
            "fields": (
                "publication",
                *OF_WITHDRAWAL,
                "standing",
                "standing_report",
                "delivery_status",
                "status_grade",
                ("as_of", "latest_update_report"),
                "delivered",
                "last_heard",
                "due",
                "condition",
                "flags",
            )
        },
    )
    key_fields = ("slug",)
    key_from = "title"
    list_display = (
        name_column("title", _("title")),
        "delivery_status",
        date_column("due_on", _("due")),
        "flags",
        date_column("last_heard_on", _("last heard of")),
        "dialogue_name",
        "responsible",
        "publication",
        "record_status_link",
    )
    list_select_related = ("dialogue", "raised_at", "follow_up_plan__responsible")
    list_filter = (
        ResponsibleFilter,
        MyDialoguesFilter,
        FlagFilter,
        DueFilter,
        "delivery_status",
        "standing",
        "verifiability",
        "publication",
        "kind",
        ("dialogue", RelatedFilter),
        ("themes", RelatedFilter),
        ("raised_at", RelatedFilter),
    )
    search_fields = ("title", "other_names", "slug", "summary")
    autocomplete_fields = ("dialogue", "raised_at", "themes")
    inlines = (RoleInline, TargetInline, EarlierInline, LaterInline)
    # A public initiative has been seen, and is withdrawn.
    actions: Any = ("record_statuses", "plan_rows", "submit_rows", "publish_rows")
    steps = INITIATIVE_STEPS

    # --- What is typed, and what the entries decide -----------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Initiative | None = None) -> Any:
        if obj is None or self.is_translating(request):
            return super().get_fieldsets(request, obj)
        title, part = self.derived_fieldset
        left_out = () if obj.is_withdrawn else OF_WITHDRAWAL
        names = [name for name in part["fields"] if name not in left_out]
        return (*self.typed_fieldsets, (title, {"fields": names}))

    def get_inlines(self, request: HttpRequest, obj: Initiative | None) -> Any:
        # Nothing comes of an initiative yet that is not there.
        return self.inlines if obj else (RoleInline, TargetInline, EarlierInline)

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["initiatives/initiative_form.js"])

    def get_readonly_fields(self, request: HttpRequest, obj: Initiative | None = None) -> Any:
        names: list[str] = []
        for name in self.derived_fieldset[1]["fields"]:
            names += [name] if isinstance(name, str) else name
        return [*super().get_readonly_fields(request, obj), *names]

    @admin.display(description=_("flags"))
    def flags(self, initiative: Initiative) -> str:
        return series(FLAGS[flag] for flag in initiative.flags()) or EMPTY_VALUE

    as_of = staticmethod(date_column("latest_update_on", _("as of")))
    delivered = staticmethod(date_column("delivered_on", _("delivered on")))
    last_heard = staticmethod(date_column("last_heard_on", _("last heard of")))

    @admin.display(description=_("due"))
    def due(self, initiative: Initiative) -> str:
        words = due_in_words(initiative)
        speaking = Mention.objects.current().filter(publication="public", initiative=initiative.pk)
        if words and not speaking.speaking_of_due_date().exists():
            words = gettext("%(due)s, no document recorded") % {"due": words}
        return words or EMPTY_VALUE

    @admin.display(description=_("dialogue"), ordering="dialogue")
    def dialogue_name(self, initiative: Initiative) -> str:
        return initiative.dialogue.short_name or initiative.dialogue.name

    @admin.display(description=_("responsible"), ordering="follow_up_plan__responsible__username")
    def responsible(self, initiative: Initiative) -> str:
        plan = getattr(initiative, "follow_up_plan", None)
        return str(plan.responsible) if plan and plan.responsible else EMPTY_VALUE

    @admin.display(description=_("next step"))
    def record_status_link(self, initiative: Initiative) -> str:
        url = reverse("admin:initiatives_initiative_record_status", args=[initiative.pk])
        label = gettext("Record status: %(title)s") % {"title": initiative.title}
        return format_html(
            '<a href="{}" aria-label="{}">{}</a>', url, label, gettext("Record status")
        )

    def has_record_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "add", StatusUpdate)

    @admin.action(description=_("Record status"), permissions=["record"])
    def record_statuses(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return redirect_to_record_many(self, request, queryset)

    def has_plan_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "add", FollowUpPlan)

    @admin.action(description=_("Set responsible person and next review"), permissions=["plan"])
    def plan_rows(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return redirect_to_plan_many(self, request, queryset)

    # --- Saving -----------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Initiative, form: Any, change: bool) -> None:
        """Save what was typed; a version from the history brings no old status or publication back."""
        names = ["publication", *OF_WITHDRAWAL, *DERIVED]
        stored = Initiative.objects.filter(pk=obj.pk).only(*names).first()
        for name in names:
            field: Any = Initiative._meta.get_field(name)
            value = getattr(stored, field.attname) if stored else field.get_default()
            setattr(obj, field.attname, value)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # What is derived rests on where it was raised; themes and roles are words to find it by.
        actions.refresh([form.instance.pk], by=person(request))
        if "_publish" in request.POST and self.has_publish_permission(request):
            self._publish(request, form.instance)

    def _publish(self, request: HttpRequest, initiative: Initiative) -> None:
        """Publish what was saved, or say why it stays a draft; where it has more drafts, they are offered first."""
        drafts = draft_entries(initiative)
        if any(not isinstance(entry, Mention) for entry in drafts) or len(drafts) > 1:
            request.__dict__["_offers_drafts"] = True
            return
        try:
            mention = publish(by=person(request), row=initiative)
        except ValidationError as error:
            message = gettext("Saved as a draft, and not public: %(reason)s")
            self.message_user(request, message % {"reason": refusal_message(error)}, messages.ERROR)
            return
        message = gettext("The initiative is public now.")
        more = mention_published_message(mention) if mention else ""
        self.message_user(request, f"{message} {more}".strip(), messages.SUCCESS)

    def response_add(
        self, request: HttpRequest, obj: Initiative, post_url_continue: Any = None
    ) -> HttpResponse:
        self._tell_draft(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Initiative) -> HttpResponse:
        if "_offers_drafts" in request.__dict__:
            message = gettext(
                "Saved as a draft. Choose which of its entries are published with it."
            )
            self.message_user(request, message, messages.INFO)
            return HttpResponseRedirect(admin_url(obj, "review"))
        self._tell_draft(request, obj)
        return super().response_change(request, obj)

    def _tell_draft(self, request: HttpRequest, initiative: Initiative) -> None:
        initiative.refresh_from_db(fields=["publication"])
        if not initiative.is_public:
            words = self.message_draft(request, initiative)
            message = format_html("{}: {}", link_to(initiative), words)
            self.message_user(request, message, messages.INFO)

    # --- Views ------------------------------------------------------------------------------------

    def preview_rows(self, view: PreviewView) -> Any:
        return with_relations(Initiative.objects.all(), view)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(
                "record-statuses/",
                view(self.record_statuses_view),
                name="initiatives_initiative_record_statuses",
            ),
            *(
                path(
                    f"<int:pk>/record-{name}/",
                    view(self.record_view),
                    {"model": model},
                    name=f"initiatives_initiative_record_{name}",
                )
                for name, model in RECORDED.items()
            ),
            *super().get_urls(),
        ]

    def record_statuses_view(self, request: HttpRequest) -> HttpResponse:
        return record_many_view(self.admin_site.get_model_admin(StatusUpdate), request)

    def record_view(self, request: HttpRequest, pk: int, model: Any) -> HttpResponse:
        if not is_key(Initiative, pk):
            raise Http404
        initiative = self.get_row_or_deleted(request, pk)
        entry_admin: Any = self.admin_site.get_model_admin(model)
        response: HttpResponse = entry_admin.record_view(request, initiative=initiative)
        return response

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "may_publish": self.has_publish_permission(request)}
        response: HttpResponse = super().add_view(request, form_url, extra)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {
            **(extra_context or {}),
            **entry_lists_context(request, "initiative", object_id),
            "may_publish": self.has_publish_permission(request),
            "may_see_plan": permissions.may(request.user, "view", FollowUpPlan),
            "plan": plan_of(object_id),
        }
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def view_on_site(self, obj: Initiative) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None

    def public_page(self, request: HttpRequest, view: CurrentView, row: Initiative) -> HttpResponse:
        return initiative_page_of(request, view, row)
