"""An initiative is withdrawn with its entries, a withdrawal is undone by a new record; the register tells of both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from initiatives.models import Correction, Initiative, Mention, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.publication import publish, unpublish
from initiatives.recording.withdrawal import reinstate, withdraw_initiative
from tests import make
from tests.clock import Clock
from tests.people import make_person

pytestmark = pytest.mark.django_db

REASON = "The document speaks of another campus."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, "2026-05-01")


@pytest.fixture
def initiative(clock: Clock) -> Initiative:
    initiative = make.initiative(
        "campus", title="Campus", summary="A university.", proposers=[make.participant("jp")]
    )
    make.mention(initiative=initiative, act="adopted")
    make.update(initiative=initiative, status="delivered", on="2026-04", what="It opened.")
    return initiative


def lines() -> list[tuple[str, str]]:
    return list(Correction.objects.order_by("at", "pk").values_list("kind", "subject"))


# --- Withdrawn ------------------------------------------------------------------------------------


def test_an_initiative_goes_with_its_entries_for_one_reason(initiative: Initiative) -> None:
    draft = make.update(initiative=initiative, what="A draft.", publication="draft")
    withdraw_initiative(by=None, initiative=initiative, reason=f" {REASON} ")
    initiative.refresh_from_db()
    assert initiative.withdrawal_reason == REASON
    entries = [Mention.objects.get(), StatusUpdate.objects.exclude(pk=draft.pk).get()]
    for entry in entries:
        assert (entry.withdrawn_at, entry.withdrawal_reason) == (initiative.withdrawn_at, REASON)
    draft.refresh_from_db()
    assert (draft.publication, draft.withdrawn_at) == ("draft", None)
    assert lines() == [("withdrawn", "initiative")]


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_takes_a_reason(initiative: Initiative, reason: str) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        withdraw_initiative(by=None, initiative=initiative, reason=reason)
    assert Initiative.objects.public().exists()


def test_what_was_never_public_is_not_withdrawn() -> None:
    draft = make.initiative(publication="draft")
    with pytest.raises(ValidationError, match="never seen"):
        withdraw_initiative(by=None, initiative=draft, reason=REASON)


def test_it_is_withdrawn_once_and_nothing_more_is_recorded(initiative: Initiative) -> None:
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    with pytest.raises(ValidationError, match="withdrawn already"):
        withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    for record in (make.update, make.mention):
        with pytest.raises(ValidationError, match="withdrawn"):
            record(initiative=initiative)


def test_an_editor_may_not(initiative: Initiative) -> None:
    editor, publisher = make_person("Editor"), make_person("Publisher")
    with pytest.raises(PermissionDenied):
        withdraw_initiative(by=editor, initiative=initiative, reason=REASON)
    withdraw_initiative(by=publisher, initiative=initiative, reason=REASON)
    assert Correction.objects.get().role == "publisher"


@pytest.mark.parametrize(
    "values",
    [
        {"withdrawn_at": timezone.now()},
        {"withdrawal_reason": REASON},
        {"withdrawn_at": timezone.now(), "withdrawal_reason": REASON, "publication": "draft"},
    ],
)
def test_the_database_holds_withdrawals_to_the_rule(
    initiative: Initiative, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Initiative.objects.filter(pk=initiative.pk).update(**values)


def test_it_leaves_everything_but_its_own_page(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    clock.turn(1)
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    for address in (
        "/initiatives/",
        "/initiatives/?q=campus",
        "/initiatives.json",
        "/initiatives.atom",
        "/changes/",
        "/changes.atom",
        "/",
        "/matrix/",
        f"/dialogues/{initiative.dialogue.slug}/",
        "/data/csv/initiatives.csv",
        "/data/csv/mentions.csv",
        "/data/csv/withdrawn_updates.csv",
        "/sitemap-initiatives.xml",
    ):
        response = client.get(address)
        text = b"".join(response).decode() if response.streaming else response.text
        assert response.status_code in (200, 404), address
        assert "/initiatives/campus/" not in text, address
    page = client.get("/initiatives/campus/")
    assert page.status_code == 200
    assert REASON in page.text
    assert 'name="robots" content="noindex"' in page.text
    found = client.get("/initiatives/campus.json").json()
    assert (found["withdrawal_reason"], found["mentions"], found["updates"]) == (REASON, [], [])
    assert [len(found[f"withdrawn_{name}"]) for name in ("mentions", "updates")] == [1, 1]


def test_on_a_day_before_it_stands(client: Client, initiative: Initiative, clock: Clock) -> None:
    clock.turn(2)
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    clock.turn(2)
    before, after = {"as_of": "2026-05-02"}, {"as_of": "2026-05-03"}
    for query, is_there in ((before, True), (after, False)):
        shown = client.get("/initiatives/", query | {"dialogue": initiative.dialogue.slug})
        assert ('href="/initiatives/campus/' in shown.text) == is_there, query
        page = client.get("/initiatives/campus/", query)
        assert page.status_code == 200
        assert (REASON in page.text) != is_there
    for address in ("/initiatives.csv", "/matrix.csv", "/participants/jp/", "/matrix/"):
        for query, is_there in ((before, True), (after, False)):
            response = client.get(address, query)
            text = b"".join(response).decode() if response.streaming else response.text
            assert ("/initiatives/campus/" in text) == is_there, (address, query)
    for query, count in ((before, 1), (after, 0)):
        found = json.loads(b"".join(client.get("/initiatives.json", query | {"participant": "jp"})))
        assert (found["count"], len(found["initiatives"])) == (count, count)
    found = client.get("/initiatives/campus.json", before).json()
    assert (len(found["mentions"]), len(found["updates"])) == (1, 1)
    assert found["initiative"]["delivery_status"] == "delivered"


# --- Undone ---------------------------------------------------------------------------------------


def test_an_entry_is_recorded_anew_with_a_ref_of_its_own(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    old = StatusUpdate.objects.get()
    citation = make.citation(status_update=old)
    clock.turn(1)
    actions.withdraw(by=None, entry=old, reason=REASON)
    clock.turn(1)
    new = reinstate(by=None, row=old, reason="It was this campus.")
    old.refresh_from_db()
    citation.refresh_from_db()
    assert old.is_withdrawn
    assert (new.reinstates, new.what, new.status, new.ref) == (
        old,
        old.what,
        "delivered",
        f"{old.ref}/2",
    )
    assert citation.status_update == new
    assert lines() == [("withdrawn", "status_update"), ("reinstated", "status_update")]
    last = Correction.objects.get(kind="reinstated")
    assert (last.key, last.key_before) == (new.ref, old.ref)
    # The past is not rewritten.
    clock.turn(1)
    for day, stands in (("2026-05-01", 1), ("2026-05-02", 0), ("2026-05-03", 1)):
        found = client.get("/initiatives/campus.json", {"as_of": day}).json()
        assert len(found["updates"]) == stands, day


def test_an_entry_is_recorded_anew_once(initiative: Initiative) -> None:
    old = make.mention(initiative=initiative, by=None, quote="A quote.", quote_language="en")
    with pytest.raises(ValidationError, match="not withdrawn"):
        reinstate(by=None, row=old, reason="So.")
    actions.withdraw(by=None, entry=old, reason=REASON)
    reinstate(by=None, row=old, reason="So.")
    with pytest.raises(ValidationError, match="already"):
        reinstate(by=None, row=old, reason="So.")


def test_an_initiative_comes_back_with_what_went_with_it(
    client: Client, initiative: Initiative, clock: Clock
) -> None:
    earlier = make.update(initiative=initiative, what="Withdrawn before.")
    actions.withdraw(by=None, entry=earlier, reason=REASON)
    clock.turn(1)
    withdraw_initiative(by=None, initiative=initiative, reason=REASON)
    clock.turn(1)
    reinstate(by=None, row=initiative, reason="It holds.")
    initiative.refresh_from_db()
    assert (initiative.withdrawn_at, initiative.delivery_status) == (None, "delivered")
    standing = StatusUpdate.objects.public().current()
    assert [update.what for update in standing] == ["It opened."]
    clock.turn(1)
    for day, is_there in (("2026-05-01", True), ("2026-05-02", False), ("2026-05-03", True)):
        page = client.get("/initiatives/", {"as_of": day})
        assert ('href="/initiatives/campus/' in page.text) == is_there, day


# --- No draft again -------------------------------------------------------------------------------


def test_what_the_public_has_seen_is_no_draft_again(initiative: Initiative) -> None:
    for row in (initiative, StatusUpdate.objects.get()):
        with pytest.raises(ValidationError, match="Withdraw it with a reason"):
            unpublish(by=None, row=row)
    hidden = make.initiative(publication="draft")
    unseen = make.update(initiative=hidden)
    unpublish(by=None, row=unseen)
    unseen.refresh_from_db()
    assert unseen.publication == "draft"


# --- The register ---------------------------------------------------------------------------------


def test_a_correction_tells_what_was_and_is(initiative: Initiative) -> None:
    editor = make_person("Editor")
    publisher = make_person("Publisher")
    old = StatusUpdate.objects.get()
    new = make.update(
        initiative=initiative,
        status="under_way",
        on="2026-04",
        what="It will open.",
        corrects=old,
        report=old.report,
        publication="draft",
        by=editor,
    )
    assert lines() == []
    publish(by=publisher, row=new)
    line = Correction.objects.get()
    assert (line.kind, line.role, line.key, line.key_before) == (
        "corrected",
        "publisher",
        new.ref,
        old.ref,
    )
    assert line.differences == [
        ["Status", "Delivered", "Under way"],
        ["What happened", "It opened.", "It will open."],
    ]


def test_nobody_learns_of_drafts(initiative: Initiative) -> None:
    hidden = make.initiative(publication="draft")
    old = make.update(initiative=hidden, what="zzsecret")
    make.update(initiative=hidden, what="other", corrects=old)
    actions.withdraw(by=None, entry=make.mention(initiative=hidden), reason="zzsecret")
    draft = make.update(initiative=initiative, what="zzsecret", publication="draft")
    make.update(initiative=initiative, what="fine", corrects=draft)
    hidden.title = "zzsecret"
    hidden.save()
    assert lines() == []
