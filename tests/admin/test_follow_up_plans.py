"""Who is responsible, the next review and desk notes: set on the desk, with their history, and told nowhere else."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from initiatives.models import FollowUpPlan, Initiative
from initiatives.recording.follow_up_plans import plan_all
from initiatives.recording.merging import merge
from initiatives.recording.separation import separate
from initiatives.serving.data_version import data_version
from tests import make
from tests.admin_forms import address, delete, filled
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

MANY = "/admin/initiatives/followupplan/many/"
DAY = datetime.date(2026, 12, 1)


def plan_url(initiative: Initiative) -> str:
    return f"/admin/initiatives/followupplan/of/{initiative.pk}/"


def test_an_editor_plans_a_public_initiative() -> None:
    initiative, editor = make.initiative(), make_person("Editor")
    client = client_of(editor)
    assert f'href="{plan_url(initiative)}"' in client.get(address(initiative, "change")).text
    page = client.get(plan_url(initiative), follow=True)
    typed = {"responsible": editor.pk, "next_review_on": "2026-12-01", "notes": "Ask the embassy."}
    answer = client.post(page.redirect_chain[-1][0], filled(page, **typed))
    assert answer.headers["Location"] == address(initiative, "change")
    plan = FollowUpPlan.objects.get()
    assert (plan.initiative, plan.responsible, plan.next_review_on) == (initiative, editor, DAY)
    page = client.get(address(initiative, "change"))
    assert "Ask the embassy." in page.text
    assert "1 December 2026" in page.text
    # From now on the same address leads to what is there, and its history tells who changed it.
    page = client.get(plan_url(initiative), follow=True)
    assert page.redirect_chain[-1][0] == address(plan, "change")
    client.post(page.redirect_chain[-1][0], filled(page, notes="Asked on Monday."))
    history = client.get(address(plan, "history")).text
    assert "Asked on Monday." in history
    assert editor.username in history


@pytest.mark.parametrize("language", ["", "/ja", "/ru"])
def test_a_day_is_the_same_whatever_language_the_desk_is_read_in(
    admin_client: Client, language: str
) -> None:
    plan = FollowUpPlan.objects.create(initiative=make.initiative(), next_review_on=DAY)
    page = admin_client.get(url := language + address(plan, "change"))
    assert 'type="date" name="next_review_on" value="2026-12-01"' in page.text
    assert admin_client.post(url, filled(page, next_review_on="05/06/2027")).status_code == 200
    assert admin_client.post(url, filled(page, next_review_on="2027-06-05")).status_code == 302
    plan.refresh_from_db()
    assert plan.next_review_on == datetime.date(2027, 6, 5)


def test_saving_a_plan_changes_nothing_that_the_public_sees() -> None:
    initiative = make.initiative()
    before, versions = data_version(), initiative.history.count()
    plan = FollowUpPlan.objects.create(initiative=initiative, notes="Ask.")
    plan.notes = "Ask again."
    plan.save()
    plan_all(by=None, initiatives=[initiative], next_review_on=DAY)
    plan.delete()
    assert data_version() == before
    assert initiative.history.count() == versions


def test_who_saves_second_is_shown_both_versions() -> None:
    plan = FollowUpPlan.objects.create(initiative=make.initiative(), notes="First.")
    client = client_of(make_person("Editor"))
    page = client.get(address(plan, "change"))
    plan.notes = "Meanwhile."
    plan.save()
    answer = client.post(address(plan, "change"), filled(page, notes="Mine."))
    assert answer.status_code == 200
    assert "Meanwhile." in answer.text
    assert "Mine." in answer.text
    plan.refresh_from_db()
    assert plan.notes == "Meanwhile."


def test_whoever_has_left_can_stay_responsible_but_is_not_chosen_anew() -> None:
    left = make_person("Editor", is_active=False)
    plan = FollowUpPlan.objects.create(initiative=make.initiative(), responsible=left)
    client = client_of(make_person("Editor"))
    page = client.get(address(plan, "change"))
    client.post(address(plan, "change"), filled(page, notes="Still theirs."))
    plan.refresh_from_db()
    assert (plan.notes, plan.responsible) == ("Still theirs.", left)
    other = FollowUpPlan.objects.create(initiative=make.initiative())
    page = client.get(address(other, "change"))
    answer = client.post(address(other, "change"), filled(page, responsible=left.pk))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"responsible"}


def test_the_plan_of_another_dialogue_is_read_and_not_written() -> None:
    own, other = make.dialogue(), make.dialogue()
    plan = FollowUpPlan.objects.create(initiative=make.initiative(dialogue=other), notes="Ask.")
    client = client_of(make_person("Editor", dialogues=[own]))
    assert "Ask." in client.get(address(plan, "change")).text
    assert client.post(address(plan, "change"), {"notes": "No."}).status_code == 403


def test_a_plan_goes_with_its_draft() -> None:
    draft = make.initiative(publication="draft")
    plan = FollowUpPlan.objects.create(initiative=draft, notes="Ask.")
    client = client_of(make_person("Editor"))
    delete(client, draft)
    assert not Initiative.objects.exists()
    assert FollowUpPlan.history.filter(id=plan.pk, history_type="-").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "2026-13-01", "soon", "\0", "9" * 400])
def test_a_day_that_is_none_comes_back_with_what_is_wrong(day: str) -> None:
    plan = FollowUpPlan.objects.create(initiative=make.initiative())
    client = client_of(make_person("Editor"))
    page = client.get(address(plan, "change"))
    answer = client.post(address(plan, "change"), filled(page, next_review_on=day))
    assert answer.status_code == 200
    assert answer.context["errors"]
    answer = client.post(MANY, many(plan.initiative, next_review="set", next_review_on=day))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert FollowUpPlan.objects.get().next_review_on is None


def test_a_merge_folds_two_plans_and_undoing_it_brings_both_back() -> None:
    kept, gone = make.initiative(), make.initiative()
    person = make_person("Editor")
    FollowUpPlan.objects.create(initiative=kept, notes="Ours.")
    FollowUpPlan.objects.create(initiative=gone, responsible=person, notes="Theirs.")
    done = merge(by=None, kept=kept, gone=gone, reason="One thing.")
    plan = FollowUpPlan.objects.get()
    assert (plan.initiative, plan.responsible, plan.notes) == (kept, person, "Ours.")
    again = separate(by=None, merge=done, reason="Two things.")
    notes = {plan.initiative.pk: plan.notes for plan in FollowUpPlan.objects.all()}
    assert notes == {kept.pk: "Ours.", again.pk: "Theirs."}
    assert FollowUpPlan.objects.get(initiative=kept).responsible is None


# --- Many at once ---------------------------------------------------------------------------------


def many(*initiatives: Initiative, **typed: Any) -> dict[str, Any]:
    kept = {"responsible": "keep", "next_review": "keep", "next_review_on": ""}
    return kept | {"initiative": [row.pk for row in initiatives]} | typed


def test_rows_of_the_list_get_a_responsible_person_and_a_day() -> None:
    editor, other = make_person("Editor"), make_person("Editor")
    first, second = make.initiative(), make.initiative()
    FollowUpPlan.objects.create(initiative=first, responsible=other, notes="Ask.")
    client = client_of(editor)
    chosen = {"action": "plan_rows", "_selected_action": [first.pk, second.pk]}
    page = client.post(address(Initiative, "changelist"), chosen, follow=True)
    assert page.redirect_chain[-1][0].startswith(MANY)
    assert first.title in page.text
    typed = {"responsible": str(editor.pk), "next_review": "set", "next_review_on": "2026-12-01"}
    answer = client.post(MANY, many(first, second, **typed), follow=True)
    assert "Saved for 2 initiatives." in answer.text
    plans = {plan.initiative_id: plan for plan in FollowUpPlan.objects.all()}
    assert {plan.responsible for plan in plans.values()} == {editor}
    assert {plan.next_review_on for plan in plans.values()} == {DAY}
    assert plans[first.pk].notes == "Ask."
    assert FollowUpPlan.history.filter(history_user=editor).count() == 2
    # What is left as it is stays, and what holds already is not written again.
    client.post(MANY, many(first, second, responsible="nobody"))
    plans = {plan.initiative_id: plan for plan in FollowUpPlan.objects.all()}
    assert {plan.responsible for plan in plans.values()} == {None}
    assert {plan.next_review_on for plan in plans.values()} == {DAY}
    answer = client.post(MANY, many(first, second, responsible="nobody"), follow=True)
    assert "Saved for 0 initiatives." in answer.text
    assert FollowUpPlan.history.filter(history_user=editor).count() == 4


def test_all_are_planned_or_none() -> None:
    own, other = make.dialogue(), make.dialogue()
    mine, theirs = make.initiative(dialogue=own), make.initiative("theirs", dialogue=other)
    editor = make_person("Editor", dialogues=[own])
    answer = client_of(editor).post(MANY, many(mine, theirs, responsible=str(editor.pk)))
    assert answer.status_code == 200
    assert f"{theirs.title}: You work on other dialogues" in answer.text
    assert not FollowUpPlan.objects.exists()
    with pytest.raises(PermissionDenied):
        plan_all(by=editor, initiatives=[theirs], next_review_on=timezone.localdate())


@pytest.mark.every_case
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"responsible": "\0"},
        {"responsible": "99999999999999999999"},
        {"next_review": "set"},
        {"next_review": "abc"},
    ],
)
def test_what_makes_no_sense_is_said(typed: dict[str, str]) -> None:
    initiative = make.initiative()
    answer = client_of(make_person("Editor")).post(MANY, many(initiative, **typed))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not FollowUpPlan.objects.exists()


def test_nothing_chosen_and_too_many_lead_back_to_the_list(client: Client) -> None:
    client = client_of(make_person("Editor"))
    for query in ("", "?initiative=abc&initiative=%C2%B2", "?initiative=99999999999999999999"):
        assert client.get(MANY + query).status_code == 302
    make.initiative()
    more = "&".join(f"initiative={number}" for number in range(1, 300))
    answer = client.get(f"{MANY}?{more}", follow=True)
    assert "At most 200 initiatives at once" in answer.text
    assert client.get(plan_url(Initiative(pk=99999))).status_code == 404
