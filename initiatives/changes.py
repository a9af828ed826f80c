"""The stream of what was recorded: mentions and status updates, the day that was recorded last first."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from .filters import DIALOGUE, PARTICIPANT, THEME, dialogue_choices, participant_choices
from .list_parts import Sort
from .models import Act, DeliveryStatus, Initiative, Mention, Role, StatusUpdate, Theme
from .models.follow_up import MentionQuerySet, StatusUpdateQuerySet
from .parameters import AnyOf, ListFilter

ENTRIES = {"update": _("Status updates"), "mention": _("Mentions")}
INITIATIVE = _("the id of an initiative, as in its address under /initiatives/")


class ChangeFilter(ListFilter):
    """The parameters of the stream; each is asked of both kinds of entries.

    A status is what updates have and an act what mentions have: where one of them is asked for, the other kind of
    entries is there only if asked for too.
    """

    entry = AnyOf(label=_("What was recorded"), choices=list(ENTRIES.items()), method="of_kind")
    status = AnyOf(label=_("Delivery"), choices=DeliveryStatus.choices, method="with_status")
    act = AnyOf(label=_("What a document does"), choices=Act.choices, method="with_act")
    dialogue = AnyOf(label=_("Dialogue"), field_name="initiative__dialogue__slug", expects=DIALOGUE)
    participant = AnyOf(label=_("Participant"), method="with_participant", expects=PARTICIPANT)
    theme = AnyOf(label=_("Theme"), method="with_theme", expects=THEME)
    initiative = AnyOf(label=_("Initiative"), field_name="initiative__slug", expects=INITIATIVE)

    sorts = {"recorded": Sort(_("Latest recorded"), ("-recorded_at", "-pk"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("dialogue", dialogue_choices())
        self.offer("participant", participant_choices())
        self.offer("theme", list(Theme.objects.public().values_list("slug", "name")))
        asked = Initiative.objects.public().filter(slug__in=self.asked("initiative"))
        self.offer("initiative", asked.values_list("slug", "title"))

    @property
    def updates(self) -> StatusUpdateQuerySet:
        """The updates of the stream, latest recorded first."""
        found: Any = self.filter_queryset(StatusUpdate.objects.public().current())
        return found  # type: ignore[no-any-return]

    @property
    def mentions(self) -> MentionQuerySet:
        found: Any = self.filter_queryset(Mention.objects.public().current())
        return found  # type: ignore[no-any-return]

    def of_kind(self, rows: Any, _name: str, kinds: list[str]) -> Any:
        return rows if not kinds or _kind(rows) in kinds else rows.none()

    def with_status(self, rows: Any, _name: str, statuses: list[str]) -> Any:
        if not statuses or (_kind(rows) == "mention" and self.form.cleaned_data["act"]):
            return rows
        return rows.filter(status__in=statuses) if _kind(rows) == "update" else rows.none()

    def with_act(self, rows: Any, _name: str, acts: list[str]) -> Any:
        if not acts or (_kind(rows) == "update" and self.form.cleaned_data["status"]):
            return rows
        return rows.filter(act__in=acts) if _kind(rows) == "mention" else rows.none()

    def with_participant(self, rows: Any, _name: str, codes: list[str]) -> Any:
        """Who has a role in the initiative, and who says or does it itself."""
        if not codes:
            return rows
        roles = Role.objects.public().order_by().filter(participant__code__in=codes)
        if _kind(rows) == "update":
            own = Q(participant__code__in=codes)
        else:
            said = Mention.by.through._default_manager.filter(participant__code__in=codes)
            own = Q(pk__in=said.values("mention"))
        return rows.filter(own | Q(initiative__in=roles.values("initiative")))

    def with_theme(self, rows: Any, _name: str, slugs: list[str]) -> Any:
        if not slugs:
            return rows
        links = Initiative.themes.through._default_manager.filter(theme__slug__in=slugs)
        return rows.filter(initiative__in=links.values("initiative"))


def _kind(rows: QuerySet[Any]) -> str:
    return "mention" if rows.model is Mention else "update"


def stream(filters: ChangeFilter) -> QuerySet[Any, Any]:
    """Kind and key of each entry in the order of the page: by day, and within a day by what the documents are dated.

    A load records hundreds of entries in one second; the order in which it did is no order for readers.
    """
    return (
        _keys(filters.updates, "on")
        .union(_keys(filters.mentions, "report__published_on"), all=True)
        .order_by("-day", "-dated", "-recorded_at", "kind", "-pk")
    )


def latest(filters: ChangeFilter) -> QuerySet[Any, Any]:
    """Kind and key of each entry, the one that was recorded last first."""
    return (
        _keys(filters.updates, "on")
        .union(_keys(filters.mentions, "report__published_on"), all=True)
        .order_by("-recorded_at", "kind", "-pk")
    )


def _keys(rows: Any, dated: str) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind=Value(_kind(rows), CharField()),
            day=TruncDate("recorded_at"),
            dated=Coalesce(F(dated), Value(""), output_field=CharField()),
        )
        .values_list("kind", "pk", "recorded_at", "day", "dated")
    )
    return found


def entries(keys: list[tuple[Any, ...]]) -> list[StatusUpdate | Mention]:
    """The entries of a part of the stream, in its order, with all that a page or a feed says of them."""
    of_kind: dict[str, list[int]] = {"update": [], "mention": []}
    for kind, key, *_rest in keys:
        of_kind[kind].append(key)
    updates = StatusUpdate.objects.select_related("initiative", "report", "participant")
    mentions = Mention.objects.select_related("initiative", "report").prefetch_related("by")
    found: dict[str, Any] = {
        "update": updates.in_bulk(of_kind["update"]),
        "mention": mentions.in_bulk(of_kind["mention"]),
    }
    return [found[kind][key] for kind, key, *_rest in keys if key in found[kind]]
