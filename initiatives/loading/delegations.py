"""Delegations that only a delegate speaks of: no document is said to name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .problems import Problem
from .said import phrased

if TYPE_CHECKING:
    from .plan_types import Plan


def check_delegations(plan: Plan) -> Iterator[Problem]:
    """A problem for delegates in a workbook whose delegation is neither known nor in the sheet of attendance."""
    new = [item for item in plan.records["attendance"] if item.pk is None and plan.is_edit]
    if not new:
        return
    cited = {s.subject for item in plan.records["citation"] for s in item.statements}
    for item in new:
        if ("attendance", item.item.key) not in cited:
            meeting, participant = item.item.key
            statement = item.statements[0]
            what = phrased(
                "%(participant)s is not known to have come to %(meeting)s",
                participant=participant,
                meeting=meeting,
            )
            hint = phrased("add a row to Attendance, with the document that says so")
            yield Problem(statement.document.name, statement.line("participant"), what, hint)
