"""A meeting with its delegations in one form: each participant with its delegates, one a line."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.admin.delegations import as_line, read_line, read_lines
from initiatives.models import Delegate, Meeting
from initiatives.recording.delegations import Delegation
from tests import make
from tests.admin_forms import address, errors, saved, send

pytestmark = pytest.mark.django_db


def who_came(meeting: Meeting) -> dict[str, list[tuple[str, str, bool]]]:
    return {
        row.participant.code: [(d.name, d.title, d.is_head) for d in row.delegates.order_by("ref")]
        for row in meeting.attendances.all()
    }


@pytest.mark.parametrize(
    "delegate",
    [
        Delegation("A. Abe", "Prime Minister", True),
        Delegation("A. Abe", "", False),
        Delegation("", "Ambassador to Astana", False),
    ],
)
def test_a_line_is_read_as_it_is_written(delegate: Delegation) -> None:
    assert read_line(as_line(delegate)) == delegate


def test_lines_are_read_as_people_type_them() -> None:
    text = "*A. Abe ;Prime Minister\r\n\r\n  B. Baba;  Director; of water \n;\n"
    assert read_lines(text) == [
        Delegation("A. Abe", "Prime Minister", True),
        Delegation("B. Baba", "Director; of water", False),
    ]


def test_full_width_signs_are_read_as_the_others() -> None:
    assert read_lines("＊安倍；首相\n馬場； 局長\n；") == [
        Delegation("安倍", "首相", True),
        Delegation("馬場", "局長", False),
    ]


def test_a_new_meeting_comes_with_its_delegations(admin_client: Client) -> None:
    japan, kazakhstan = make.participant("jp"), make.participant("kz")
    report = make.report()
    saved(
        admin_client,
        address(Meeting, "add"),
        title="Summit",
        dialogue=make.dialogue().pk,
        kind="summit",
        document=report.pk,
        place="annex",
        **{
            "attendances-0-participant": japan.pk,
            "attendances-0-delegates": "* A. Abe; Prime Minister\nB. Baba",
            "attendances-1-participant": kazakhstan.pk,
        },
    )
    meeting = Meeting.objects.get()
    assert who_came(meeting) == {
        "jp": [("A. Abe", "Prime Minister", True), ("B. Baba", "", False)],
        "kz": [],
    }
    # The document of the form states them too.
    citation = Delegate.objects.get(name="A. Abe").citations.get()
    assert (citation.report, citation.locator) == (report, "annex")


def test_who_is_there_already_stays_and_the_others_go(admin_client: Client) -> None:
    meeting = make.meeting()
    attendance = make.attendance(meeting=meeting, heads=["A. Abe"])
    stays = attendance.delegates.get()
    make.citation(delegate=stays)
    make.delegate(attendance=attendance, name="B. Baba")
    lines = "* A. Abe; Prime Minister\r\nC. Chiba"
    saved(admin_client, address(meeting, "change"), **{"attendances-0-delegates": lines})
    (now,) = who_came(meeting).values()
    assert now == [("A. Abe", "Prime Minister", True), ("C. Chiba", "", False)]
    kept = Delegate.objects.get(name="A. Abe")
    assert (kept.pk, kept.citations.count()) == (stays.pk, 1)


def test_a_form_that_changes_nothing_writes_nothing(admin_client: Client) -> None:
    meeting = make.meeting()
    make.attendance(meeting=meeting, heads=["A. Abe"])
    versions = Delegate.history.count()
    saved(admin_client, address(meeting, "change"))
    assert Delegate.history.count() == versions


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("A\nA", "“A” is there twice."),
        ("A" * 201, "longer than 200 characters"),
        ("\n".join(f"Person {number}" for number in range(201)), "more delegates"),
    ],
)
def test_lines_that_cannot_be_are_told(admin_client: Client, lines: str, fault: str) -> None:
    meeting = make.meeting()
    make.attendance(meeting=meeting)
    changes: dict[str, Any] = {"attendances-0-delegates": lines}
    assert fault in errors(send(admin_client, address(meeting, "change"), **changes))
    assert not Delegate.objects.exists()
