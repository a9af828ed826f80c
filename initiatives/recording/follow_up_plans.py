"""Who is responsible for initiatives and when they are looked at next, for many of them at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import FollowUpPlan, Initiative
from . import permissions
from .bulk_history import change_all, create_all

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# “No other”: None is nobody, and no day.
UNCHANGED: Any = object()
REASON = "Planned with others"


@transaction.atomic
def plan_all(
    *,
    by: User | None,
    initiatives: Sequence[Initiative],
    responsible: User | None = UNCHANGED,
    next_review_on: datetime.date | None = UNCHANGED,
) -> int:
    """Set what is given in the plans of initiatives, with a version each; return how many plans changed.

    Raises PermissionDenied, naming the initiative, where the person may not plan one of them.
    """
    # Whoever plans the same ones meanwhile waits until the end.
    keys = [initiative.pk for initiative in initiatives]
    list(Initiative.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    plans = {plan.initiative_id: plan for plan in FollowUpPlan.objects.filter(initiative__in=keys)}
    given = {"responsible": responsible, "next_review_on": next_review_on}
    given = {name: value for name, value in given.items() if value is not UNCHANGED}
    added: list[FollowUpPlan] = []
    changed: list[FollowUpPlan] = []
    for initiative in dict.fromkeys(initiatives):
        plan = plans.get(initiative.pk) or FollowUpPlan()
        plan.initiative = initiative
        if reason := by and permissions.refusal(by, "change" if plan.pk else "add", plan):
            named = {"initiative": initiative, "reason": reason}
            raise PermissionDenied(_("%(initiative)s: %(reason)s") % named)
        if all(getattr(plan, name) == value for name, value in given.items()):
            continue
        (changed if plan.pk else added).append(plan)
        for name, value in given.items():
            setattr(plan, name, value)
    create_all(added, by=by, reason=REASON)
    change_all(changed, given.keys(), by=by, reason=REASON)
    return len(added) + len(changed)
