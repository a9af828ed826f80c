from __future__ import annotations

from collections.abc import Callable

import pytest

from initiatives.models import DeliveryStatus, InitiativeKind, Verifiability
from tests import make


@pytest.fixture(scope="module")
def mixed(for_module: Callable[[Callable[[], None]], None]) -> None:
    """Rows that take seconds: made once for a module."""
    for_module(make_mixed)


def make_mixed() -> None:
    """Twenty initiatives that differ in everything that they can be filtered by."""
    dialogues = [make.dialogue(f"d{n}", stale_after_days=100 * n + 1) for n in range(3)]
    meetings = [
        make.meeting(f"m{n}", dialogue=dialogues[n % 3], starts_on=f"20{n + 10}-05")
        for n in range(4)
    ]
    participants = [make.participant(f"p{n}") for n in range(3)]
    themes = [make.theme(f"t{n}", sdgs=[n + 1, n + 4]) for n in range(3)]
    reports = [make.report(kind=kind) for kind in ("joint", "statement", "press")]
    for n in range(20):
        initiative = make.initiative(
            f"i{n}",
            title=f"Water {n}" if n % 3 else f"Energy {n}",
            dialogue=dialogues[n % 3],
            raised_at=meetings[n % 4] if n % 5 else None,
            themes=themes[: n % 4],
            proposers=participants[: n % 3],
            due_on=f"20{n + 12}-11" if n % 2 else None,
            publication="draft" if n == 7 else "public",
            kind=list(InitiativeKind)[n % 7],
        )
        if n % 4:
            status = list(DeliveryStatus)[n % 12]
            make.update(
                initiative=initiative, status=status, report=reports[n % 3], on=f"20{n + 8:02}"
            )
        if n % 5 < 3:
            words = list(Verifiability)[n % 3]
            make.criterion(initiative=initiative, verifiability=words, why="So it is.")
        if n % 3 == 0:
            make.mention(
                initiative=initiative,
                act=("supported", "adopted", "undertaken")[n % 9 // 3],
                participants=participants[n % 2 :],
            )
        make.role(
            initiative=initiative,
            participant=participants[n % 3],
            role=("lead", "implementer", "funder", "beneficiary")[n % 4],
        )
