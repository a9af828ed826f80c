"""A maker of a row for every model of the tracker, so that a rule can be tried on all of them."""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps

from initiatives.models import (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
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
from tests.makers import (
    make_attendance,
    make_citation,
    make_dialogue,
    make_discrepancy,
    make_initiative,
    make_lineage,
    make_meeting,
    make_mention,
    make_participant,
    make_report,
    make_role,
    make_target,
    make_theme,
    make_update,
)


def make_membership() -> Membership:
    return make_dialogue(members=[make_participant()]).memberships.get()


def make_loaded_fact() -> LoadedFact:
    return LoadedFact.objects.create(source="r", kind="theme", key="water", values={"name": "W"})


MAKERS: dict[type[Record], Callable[[], Record]] = {
    Attendance: make_attendance,
    Citation: lambda: make_citation(meeting=make_meeting()),
    Dialogue: make_dialogue,
    Discrepancy: make_discrepancy,
    Initiative: make_initiative,
    Lineage: make_lineage,
    LoadedFact: make_loaded_fact,
    Meeting: make_meeting,
    Membership: make_membership,
    Mention: make_mention,
    Participant: make_participant,
    Report: make_report,
    Role: make_role,
    SearchText: lambda: SearchText.objects.get(initiative=make_initiative()),
    StatusUpdate: make_update,
    Target: make_target,
    Theme: make_theme,
}


def every_record() -> set[type[Record]]:
    """The models of people's data: all of the app's but the change history."""
    models = apps.get_app_config("initiatives").get_models()
    return {model for model in models if issubclass(model, Record)}
