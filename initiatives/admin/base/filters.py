"""What the lists of the admin can be narrowed by."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ...facets.registry import years_of_column
from ...models import ENTRIES, ENTRY_OF, FLAGS, FollowUpPlan
from ...models.follow_up_plans import followed_by
from ...models.initiatives import SOON
from ...recording import permissions
from .widgets import Picker, is_key, labelled

# More rows than this are not listed beside a list but searched.
MOST_LINKS = 15


class RelatedFilter(admin.RelatedFieldListFilter):
    """By a related row: a list of links while there are few to choose from, a search box beyond that."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[Any, Any]]:
        rows = field.remote_field.model._default_manager.all()[: MOST_LINKS + 1]
        choices = [(row.pk, str(row)) for row in rows]
        self.searched = len(choices) > MOST_LINKS
        if self.searched:
            self.template = "admin/initiatives/search_filter.html"
        self.request, self.model_admin = request, model_admin
        return choices

    @property
    def picker(self) -> SafeString:
        """The search box, with the row that is chosen now."""
        related: Any = self.field.related_model
        picker = Picker(self.field, self.model_admin.admin_site)
        rows = related._default_manager.all()
        field: Any = labelled(forms.ModelChoiceField(rows, required=False, widget=picker))
        chosen = (self.lookup_val or [""])[-1]
        html: SafeString = field.widget.render(
            self.lookup_kwarg, chosen, {"id": f"filter-{self.field_path}"}
        )
        return html

    @property
    def chosen_row(self) -> Any:
        """The row that is chosen in the search box; None where links name it."""
        related: Any = self.field.related_model
        chosen = (self.lookup_val or [""])[-1] if self.searched else ""
        return (
            related._default_manager.filter(pk=chosen).first() if is_key(related, chosen) else None
        )

    @property
    def other_parameters(self) -> list[tuple[str, str]]:
        """The rest of the query string, to send along with the choice."""
        replaced = {self.lookup_kwarg, self.lookup_kwarg_isnull, "p", "e"}
        return [
            (key, value)
            for key, values in self.request.GET.lists()
            if key not in replaced
            for value in values
        ]


class FlagFilter(admin.SimpleListFilter):
    """By what statuses and dates say together: overdue, no recent news …"""

    title = _("flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(FLAGS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        flag = self.value()
        return queryset.flagged(flag) if flag in FLAGS else None  # type: ignore[attr-defined]


class DueFilter(admin.SimpleListFilter):
    """By whether the due date is near, or has passed and nobody has looked; where somebody has, it is a flag."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("soon", _("Within %(days)d days") % {"days": SOON}),
            ("unreviewed", _("Passed, not yet reviewed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        rows: Any = queryset
        match self.value():
            case "soon":
                return rows.due_soon()  # type: ignore[no-any-return]
            case "unreviewed":
                return rows.due_unreviewed()  # type: ignore[no-any-return]
        return None


class ResponsibleFilter(admin.SimpleListFilter):
    """By who follows an initiative up: what the inbox calls mine, what is mine by name, nobody’s, or one person’s."""

    title = _("responsible")
    parameter_name = "responsible"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        of_person = FollowUpPlan.objects.filter(responsible=OuterRef("pk"))
        people = User.objects.filter(Exists(of_person)).order_by("username")
        return [
            ("mine", _("In my inbox")),
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            *((str(other.pk), str(other)) for other in people if other != request.user),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        value, me = self.value(), request.user
        if value == "mine":
            return queryset.filter(followed_by(me, permissions.dialogues_of(me)))  # type: ignore[arg-type]
        if value == "nobody":
            return queryset.filter(~Q(follow_up_plan__responsible__is_active=True))
        known = {key for key, _label in self.lookup_choices}
        if value not in known:
            return None
        return queryset.filter(follow_up_plan__responsible=me.pk if value == "me" else int(value))


# Where the dialogue of a row is found, by model; of several paths one leads there.
DIALOGUE_PATHS = {
    "initiative": ("dialogue",),
    "followupplan": ("initiative__dialogue",),
    **dict.fromkeys(ENTRY_OF, ("initiative__dialogue",)),
    "review": (
        "initiative__dialogue",
        *(f"{model.subject}__initiative__dialogue" for model in ENTRIES),
    ),
}


def of_dialogues(rows: QuerySet[Any], dialogues: frozenset[int] | None) -> QuerySet[Any]:
    """The rows that belong to these dialogues (primary keys; None for all of them)."""
    if dialogues is None:
        return rows
    paths = DIALOGUE_PATHS[str(rows.model._meta.model_name)]
    return rows.filter(reduce(or_, (Q(**{f"{path}__in": dialogues}) for path in paths)))


class MyDialoguesFilter(admin.SimpleListFilter):
    """The dialogues that the person works on; offered to whoever works on some only."""

    title = _("my dialogues")
    parameter_name = "dialogues"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.dialogues = permissions.dialogues_of(request.user)
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("My dialogues"))] if self.dialogues is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return of_dialogues(queryset, self.dialogues) if self.value() == "mine" else None


class YearFilter(admin.SimpleListFilter):
    """By the years that occur in a column of partial dates; use it through ``by_year``."""

    column: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = years_of_column(model_admin.model._default_manager.all(), self.column)
        return [(year, year) for year in sorted(years, reverse=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        year = self.value() or ""
        is_choice = any(year == choice for choice, _label in self.lookup_choices)
        return queryset.filter(**{f"{self.column}__in_year": year}) if is_choice else None


def by_year(column: str, title: Any) -> type[YearFilter]:
    return type(
        "YearFilter",
        (YearFilter,),
        {"column": column, "parameter_name": f"{column}_year", "title": title},
    )
