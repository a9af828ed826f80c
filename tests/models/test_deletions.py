"""No row goes while facts rest on it, by whichever way somebody tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models.deletion import ProtectedError
from django.test import Client

from initiatives.admin.base.records import RecordAdmin
from initiatives.models import (
    Dialogue,
    Initiative,
    Meeting,
    Mention,
    Participant,
    Record,
    Report,
    Theme,
)
from initiatives.models.deletions import NAMED, naming
from tests import make
from tests.admin_forms import address, delete, deletion

pytestmark = pytest.mark.django_db


def said_by() -> Participant:
    make.mention(participants=[one := make.participant()])
    return one


def issuer() -> Participant:
    report = make.report()
    report.issued_by.set([one := make.participant()])
    return one


def cited_update() -> Any:
    make.citation(status_update=(update := make.update()))
    return update.initiative


# What is asked to go, and a word of what the page names as resting on it.
FACTS: dict[str, tuple[Callable[[], Any], str]] = {
    "a participant who said it": (said_by, "Mention"),
    "a participant who issued a report": (issuer, "Report"),
    "a participant with a role": (lambda: make.role().participant, "Role"),
    "a participant who came": (lambda: make.attendance().participant, "Attendance"),
    "a member": (
        lambda: make.dialogue(members=[make.participant()]).participants.get(),
        "Membership",
    ),
    "a theme": (lambda: make.initiative(themes=[make.theme()]).themes.get(), "Initiative"),
    "a dialogue with an initiative": (lambda: make.initiative().dialogue, "Initiative"),
    "a dialogue with a meeting": (lambda: make.meeting().dialogue, "Meeting"),
    "a meeting that raised one": (
        lambda: make.initiative(raised_at=make.meeting()).raised_at,
        "Initiative",
    ),
    "a meeting with a document": (lambda: make.report(meeting=make.meeting()).meeting, "Report"),
    "a report that mentions": (lambda: make.mention().report, "Mention"),
    "a report of an update": (lambda: make.update().report, "Status update"),
    "a report that is cited": (lambda: make.citation(meeting=make.meeting()).report, "Citation"),
    "a translated report": (
        lambda: make.report(translation_of=make.report()).translation_of,
        "Report",
    ),
    "an initiative that is mentioned": (lambda: make.mention().initiative, "Mention"),
    "an initiative with an update": (lambda: make.update().initiative, "Status update"),
    "an initiative with a discrepancy": (
        lambda: make.discrepancy(initiative=make.initiative()).initiative,
        "Discrepancy",
    ),
    "an initiative with a cited update": (cited_update, "Status update"),
}


@pytest.mark.parametrize("case", FACTS)
def test_what_facts_rest_on_stays_and_the_page_says_which(admin_client: Client, case: str) -> None:
    maker, kind = FACTS[case]
    row: Record = maker()
    page = admin_client.get(address(row, "delete"))
    named = [str(each) for each in page.context["protected"]]
    assert any(text.startswith(kind) for text in named), named
    assert delete(admin_client, row).status_code == 200
    with pytest.raises(ProtectedError), transaction.atomic():
        row.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).delete()
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_whoever_said_it_is_not_dropped_from_a_mention_in_silence() -> None:
    said_by()
    with pytest.raises(ProtectedError, match="other rows name it"), transaction.atomic():
        Participant.objects.all().delete()
    assert Mention.objects.get().by.count() == 1


def test_every_model_that_others_name_is_guarded() -> None:
    """The list in the module is written out; a new many-to-many field is to be added to it."""
    ours = [m for m in apps.get_app_config("initiatives").get_models() if issubclass(m, Record)]
    assert {model for model in ours if naming(model)} == set(NAMED)


@pytest.mark.parametrize("model", [Dialogue, Initiative, Meeting, Participant, Report, Theme])
def test_what_nothing_rests_on_may_go(model: type[Record]) -> None:
    maker: dict[type[Record], Callable[[], Record]] = {
        Dialogue: make.dialogue,
        Initiative: make.initiative,
        Meeting: make.meeting,
        Participant: make.participant,
        Report: make.report,
        Theme: make.theme,
    }
    maker[model]().delete()
    assert not model._default_manager.exists()


def test_a_fact_that_comes_meanwhile_keeps_the_row(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look does not see the fact, as if it were committed a moment later."""
    theme = make.theme()
    looked = RecordAdmin._links_to_referring_rows
    calls: list[Any] = []

    def late(self: Any, objs: Any) -> list[str]:
        calls.append(objs)
        # What was written before a deletion failed is undone with it, so it is written again.
        make.initiative(themes=[theme])
        return looked(self, objs) if len(calls) > 1 else []

    url, answer = deletion(admin_client, theme)
    monkeypatch.setattr(RecordAdmin, "_links_to_referring_rows", late)
    page = admin_client.post(url, answer)
    assert page.status_code == 200
    assert page.context["protected"]
