"""Who may do what, decided here for the admin and for the actions alike.

Three things are asked, in this order: does one of the person's roles (groups) give the right; does the row belong to
the dialogues that the person works on; and, for whoever may not publish, is the row still a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from ..models import (
    ENTRIES,
    ENTRY_OF,
    AccountRole,
    Assignment,
    Attendance,
    Citation,
    Delegate,
    Dialogue,
    Discrepancy,
    Entry,
    FollowUpPlan,
    Initiative,
    Line,
    Lineage,
    Meeting,
    Membership,
    Participant,
    Publication,
    Published,
    Report,
    Role,
    Target,
    Theme,
)
from ..models.citations import SUBJECTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# --- Roles ----------------------------------------------------------------------------------------

EDITOR, PUBLISHER, ADMINISTRATOR = "Editor", "Publisher", "Administrator"
PUBLISH, LOAD, REMOVE = "initiatives.publish", "initiatives.load", "initiatives.remove"

# Names of models; a migration writes what follows from them into the groups, and a test holds the two together.
_SEEN = (
    "attendance",
    "citation",
    "criterion",
    "delegate",
    "dialogue",
    "discrepancy",
    "followupplan",
    "initiative",
    "line",
    "lineage",
    "loadedfact",
    "meeting",
    "membership",
    "mention",
    "participant",
    "report",
    "review",
    "role",
    "statusupdate",
    "target",
    "theme",
)
_DRAFTED = ("citation", "followupplan", "initiative", "lineage", "role", "target")
_SHARED = (
    "attendance",
    "delegate",
    "dialogue",
    "discrepancy",
    "line",
    "meeting",
    "membership",
    "participant",
    "theme",
)


def _codes(models: tuple[str, ...], *actions: str) -> frozenset[str]:
    return frozenset(f"initiatives.{action}_{model}" for model in models for action in actions)


_EDITOR = (
    _codes(_SEEN, "view")
    | _codes(_DRAFTED, "add", "change", "delete")
    # Entries are never deleted, and reports are there before a fact rests on them.
    | _codes((*ENTRY_OF, "report"), "add", "change")
)
_PUBLISHER = (
    _EDITOR | _codes(_SHARED, "add", "change", "delete") | {PUBLISH, "initiatives.delete_report"}
)
_ADMINISTRATOR = _PUBLISHER | {
    LOAD,
    REMOVE,
    "initiatives.view_assignment",
    "initiatives.add_assignment",
    "initiatives.change_assignment",
    "initiatives.delete_assignment",
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
    "auth.view_group",
    "axes.view_accessattempt",
    "axes.delete_accessattempt",
    "axes.view_accesslog",
}
# What each group may, as “app.codename”.
ROLES = {EDITOR: _EDITOR, PUBLISHER: _PUBLISHER, ADMINISTRATOR: _ADMINISTRATOR}

# --- Reasons to refuse ----------------------------------------------------------------------------

NO_ROLE = _("Your roles do not allow this.")
OTHER_DIALOGUE = _("You work on other dialogues; this belongs to one that is not yours.")
IS_PUBLIC = _(
    "This is public. Changing it needs the right to publish; what is new can be recorded as a draft."
)
MORE_RIGHTS = _("People are managed by who has at least their rights, in all dialogues.")
GONE = _("What this belongs to is gone.")


def refusal(user: Any, action: str, obj: Model | type[Model]) -> _StrPromise | None:
    """Why the person may not do that to a row, or to rows of a model at all; None where they may.

    ``action`` is view, add, change or delete, as in Django; or publish, for whatever shows a draft, returns it or takes
    it back; submit (of a draft, for review); correct (of an entry, by a new one); translate (of an entry);
    withdraw (of an entry or an initiative); remove (of either, for good).
    """
    if not user.has_perm(_permission(action, obj)):
        return NO_ROLE
    if action == "view" or user.is_superuser:
        return None
    if isinstance(obj, PEOPLE) or obj in PEOPLE:
        return None if _may_manage(user, obj) else MORE_RIGHTS
    try:
        if not _within_dialogues(user, action, obj):
            return OTHER_DIALOGUE
        if action in ("correct", "publish", "remove", "submit") or user.has_perm(PUBLISH):
            return None
        return IS_PUBLIC if isinstance(obj, Model) and is_public(obj) else None
    except ObjectDoesNotExist:
        return GONE


def may(user: Any, action: str, obj: Model | type[Model]) -> bool:
    """Whether the person may do that; ``refusal`` says what can be asked."""
    return refusal(user, action, obj) is None


def require(user: User | None, action: str, obj: Model | type[Model]) -> None:
    """Raise PermissionDenied with the reason, unless the person may; a program (None) may do all."""
    reason = user and refusal(user, action, obj)
    if reason:
        raise PermissionDenied(reason)


def may_load(user: Any) -> bool:
    """Whether the person may load report files, which may speak of any dialogue."""
    return bool(user.has_perm(LOAD)) and dialogues_of(user) is None


def role_of(by: User | None) -> str:
    """In whose name the register says that something was done: the highest role of the account; none for a program."""
    if by is None:
        return ""
    rights = by.get_all_permissions()
    if REMOVE in rights:
        return AccountRole.ADMINISTRATOR
    return AccountRole.PUBLISHER if PUBLISH in rights else AccountRole.EDITOR


def _permission(action: str, obj: Model | type[Model]) -> str:
    if action in ("publish", "remove"):
        return {"publish": PUBLISH, "remove": REMOVE}[action]
    asked = {"correct": "add"} | dict.fromkeys(("withdraw", "submit", "translate"), "change")
    return f"{obj._meta.app_label}.{get_permission_codename(asked.get(action, action), obj._meta)}"


# --- People ---------------------------------------------------------------------------------------

PEOPLE = (User, Group, Assignment)


def _may_manage(by: User, obj: Model | type[Model]) -> bool:
    """Whether an administrator may write that: nothing by which they, or others, would gain what they have not."""
    if dialogues_of(by) is not None:
        return False
    if isinstance(obj, User) and obj.pk:
        return not obj.is_superuser and _granted(Q(user=obj) | Q(group__user=obj)) <= _own(by)
    return not isinstance(obj, Group) or _granted(Q(group=obj.pk)) <= _own(by)


def groups_to_grant(by: User) -> list[int]:
    """Primary keys of the groups that give nothing that the person has not."""
    own = _own(by)
    return [group.pk for group in Group.objects.all() if _granted(Q(group=group.pk)) <= own]


def _granted(to: Q) -> frozenset[str]:
    # Asked of the tables: of whoever is not active, Django says that they may nothing.
    codes = Permission.objects.filter(to).values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{codename}" for app, codename in codes)


def _own(by: User) -> frozenset[str]:
    if by.is_superuser:
        return _granted(Q())
    return frozenset(by.get_all_permissions())


# --- Dialogues ------------------------------------------------------------------------------------


def dialogues_of(user: Any) -> frozenset[int] | None:
    """Primary keys of the dialogues that the person works on; None where it is all of them."""
    if user.is_superuser:
        return None
    if not hasattr(user, "_dialogues"):
        # Asked for each model and row of a page, and of one request only.
        keys = Assignment.objects.filter(user=user.pk).values_list("dialogue", flat=True)
        user._dialogues = frozenset(keys) or None
    dialogues: frozenset[int] | None = user._dialogues
    return dialogues


def _within_dialogues(user: Any, action: str, obj: Model | type[Model]) -> bool:
    own = dialogues_of(user)
    if own is None:
        return True
    if not isinstance(obj, Model):
        # A new dialogue is nobody's; countries and themes belong to all dialogues.
        return not issubclass(obj, Participant | Theme) and (action, obj) != ("add", Dialogue)
    if isinstance(obj, Participant | Theme):
        return False
    return belongs_to(obj) <= own


def belongs_to(row: Model) -> frozenset[int]:
    """Primary keys of the dialogues that a row speaks of; none for a row that nothing ties to one yet."""
    match row:
        case Dialogue():
            return frozenset({row.pk or 0})
        case Initiative() | Meeting() | Membership():
            return frozenset({row.dialogue_id})
        case Role() | Target() | Entry() | FollowUpPlan():
            return frozenset({row.initiative.dialogue_id})
        case Attendance():
            return frozenset({row.meeting.dialogue_id})
        case Delegate():
            return belongs_to(row.attendance)
        case Lineage():
            # It is told on the page of the later one, and may come from anywhere.
            return frozenset({row.later.dialogue_id})
        case Discrepancy() | Line():
            # A form that is sent without any is shown again, with what is wrong.
            about = [row.dialogue, row.meeting, getattr(row, "initiative", None)]
            return frozenset().union(*(belongs_to(row) for row in about if row))
        case Citation():
            return belongs_to(row.subject) if _has_subject(row) else frozenset()
        case Report():
            return _dialogues_of_report(row)
    return frozenset()


def _has_subject(citation: Citation) -> bool:
    return any(getattr(citation, f"{name}_id") is not None for name in SUBJECTS)


def _dialogues_of_report(report: Report) -> frozenset[int]:
    dialogues = {report.meeting.dialogue_id} if report.meeting else set()
    if report.pk:
        initiatives = Initiative.objects.order_by()
        for model in ENTRIES:
            cited = initiatives.filter(**{f"{model.plural}__report": report.pk})
            dialogues |= set(cited.values_list("dialogue", flat=True))
        for citation in report.citations.all():
            dialogues |= belongs_to(citation.subject)
    return frozenset(dialogues)


# --- Drafts ---------------------------------------------------------------------------------------


def is_public(row: Model) -> bool:
    """Whether changing a row would change what the public sees, once the initiative that it is about is public.

    The gate itself is ``public()``; this says the same of one row, also before it is saved. One differs: an entry that
    was published stays so on a draft initiative.
    """
    match row:
        case Initiative() | Entry() | Published():
            return bool(row.publication == Publication.PUBLIC)
        case Attendance():
            return row.meeting.is_public
        case FollowUpPlan():
            # Of the desk alone, whatever it is about.
            return False
        case Role() | Target():
            return row.initiative.is_public
        case Lineage():
            return row.later.is_public and row.earlier.is_public
        case Discrepancy():
            about = (row.initiative, row.meeting)
            return all(other is None or other.is_public for other in about)
        case Citation():
            return not _has_subject(row) or is_public(row.subject)
    return True
