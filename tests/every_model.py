"""A maker of a row for every model of the tracker, so that a rule can be tried on all of them."""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps

from initiatives.models import (
    Attendance,
    Citation,
    Correction,
    Criterion,
    Delegate,
    Dialogue,
    Discrepancy,
    Initiative,
    Involvement,
    Line,
    Lineage,
    LoadedFact,
    Meeting,
    Membership,
    Mention,
    Participant,
    Record,
    Report,
    Role,
    SearchText,
    StatusUpdate,
    Target,
    Theme,
)
from initiatives.recording import actions
from tests import make


def make_membership() -> Membership:
    return make.dialogue(members=[make.participant()]).memberships.get()


def make_loaded_fact() -> LoadedFact:
    return LoadedFact.objects.get_or_create(
        source="r", kind="theme", key="water", defaults={"values": {"name": "W"}}
    )[0]


def make_correction() -> Correction:
    update = make.update()
    actions.withdraw(by=None, entry=update, reason="Misread.")
    return Correction.objects.get(key=update.ref)


MAKERS: dict[type[Record], Callable[[], Record]] = {
    Attendance: make.attendance,
    Citation: lambda: make.citation(meeting=make.meeting()),
    Delegate: make.delegate,
    Correction: make_correction,
    Criterion: make.criterion,
    Dialogue: make.dialogue,
    Discrepancy: make.discrepancy,
    Initiative: make.initiative,
    Involvement: lambda: Involvement.objects.get(initiative=make.role().initiative),
    Line: make.line,
    Lineage: make.lineage,
    LoadedFact: make_loaded_fact,
    Meeting: make.meeting,
    Membership: make_membership,
    Mention: make.mention,
    Participant: make.participant,
    Report: make.report,
    Role: make.role,
    SearchText: lambda: SearchText.objects.get(initiative=make.initiative()),
    StatusUpdate: make.update,
    Target: make.target,
    Theme: make.theme,
}


def every_record() -> set[type[Record]]:
    """The models of people's data: all of the app's but the change history."""
    models = apps.get_app_config("initiatives").get_models()
    return {model for model in models if issubclass(model, Record)}
