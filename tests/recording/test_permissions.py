"""Roles, dialogues of one's own, and what makes a row public: the rules themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from initiatives.models import (
    Assignment,
    Initiative,
    Mention,
    Publication,
    Record,
    Review,
    Role,
    StatusUpdate,
)
from initiatives.recording import actions, permissions
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR, PUBLISHER, ROLES
from initiatives.recording.publication import publish
from tests import make
from tests.admin_forms import address, deletion, filled
from tests.every_model import MAKERS
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def names(group: Group) -> set[str]:
    found = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


@pytest.mark.parametrize("role", ROLES)
def test_the_groups_of_the_migration_are_those_of_the_rules(role: str) -> None:
    assert names(Group.objects.get(name=role)) == ROLES[role]


def test_a_role_may_what_the_one_before_may() -> None:
    assert ROLES[EDITOR] < ROLES[PUBLISHER] < ROLES[ADMINISTRATOR]


def test_every_right_of_a_role_exists() -> None:
    found = Permission.objects.values_list("content_type__app_label", "codename")
    assert set().union(*ROLES.values()) <= {f"{app}.{codename}" for app, codename in found}


# --- What is public -------------------------------------------------------------------------------


HANGING: list[Callable[[Initiative], Record]] = [
    lambda initiative: initiative,
    lambda initiative: make.role(initiative=initiative),
    lambda initiative: make.target(initiative=initiative),
    lambda initiative: make.lineage(later=initiative),
    lambda initiative: make.lineage(earlier=initiative),
    lambda initiative: make.citation(role=make.role(initiative=initiative)),
    lambda initiative: make.citation(target=make.target(initiative=initiative)),
    lambda initiative: make.mention(initiative=initiative, publication=initiative.publication),
    lambda initiative: make.update(initiative=initiative, publication=initiative.publication),
]


@pytest.mark.parametrize("maker", HANGING)
@pytest.mark.parametrize("publication", Publication)
def test_the_rule_says_what_the_gate_says(
    maker: Callable[[Initiative], Record], publication: Publication
) -> None:
    row = maker(make.initiative(publication=publication))
    shown = type(row)._default_manager.public().filter(pk=row.pk).exists()  # type: ignore[attr-defined]
    assert permissions.is_public(row) == shown == (publication == Publication.PUBLIC)


SHOWN: list[Callable[..., Record]] = [
    make.report,
    make.participant,
    make.theme,
    make.meeting,
    lambda **kwargs: make.attendance(meeting=make.meeting(**kwargs)),
    lambda **kwargs: make.discrepancy(meeting=make.meeting(**kwargs)),
    lambda **kwargs: make.citation(meeting=make.meeting(**kwargs)),
    lambda **kwargs: make.citation(attendance=make.attendance(meeting=make.meeting(**kwargs))),
]


@pytest.mark.parametrize("maker", SHOWN)
@pytest.mark.parametrize("publication", Publication)
def test_the_rule_says_what_the_gate_says_of_what_is_shown_once_something_public_rests_on_it(
    maker: Callable[..., Record], publication: Publication
) -> None:
    row = maker(publication=publication)
    shown = type(row)._default_manager.public().filter(pk=row.pk).exists()  # type: ignore[attr-defined]
    assert permissions.is_public(row) == shown == (publication == Publication.PUBLIC)


@pytest.mark.every_case
@pytest.mark.parametrize("model", list(MAKERS))
def test_what_is_never_a_draft_is_public(model: type[Record]) -> None:
    assert permissions.is_public(MAKERS[model]())


# --- Dialogues ------------------------------------------------------------------------------------


def test_every_row_belongs_to_its_dialogue() -> None:
    dialogue = make.dialogue(members=[make.participant()])
    meeting = make.meeting(dialogue=dialogue, attended_by=[make.participant()])
    initiative = make.initiative(raised_at=meeting)
    rows: list[Record] = [
        dialogue,
        dialogue.memberships.get(),
        meeting,
        meeting.attendances.get(),
        initiative,
        make.role(initiative=initiative),
        make.target(initiative=initiative),
        make.lineage(later=initiative),
        make.mention(initiative=initiative),
        make.update(initiative=initiative),
        make.citation(meeting=meeting),
        make.report(meeting=meeting),
    ]
    assert [permissions.belongs_to(row) for row in rows] == [{dialogue.pk}] * len(rows)


def test_a_report_belongs_to_the_dialogues_of_all_its_facts() -> None:
    report = make.report()
    assert permissions.belongs_to(report) == frozenset()
    about = [make.mention(report=report).initiative, make.update(report=report).initiative]
    cited = make.citation(report=report, meeting=make.meeting())
    assert cited.meeting is not None
    expected = {initiative.dialogue_id for initiative in about} | {cited.meeting.dialogue_id}
    assert permissions.belongs_to(report) == expected


def test_who_has_no_dialogue_of_their_own_works_on_all() -> None:
    initiative = make.initiative(publication=Publication.DRAFT)
    everywhere, elsewhere = make_person(EDITOR), make_person(EDITOR, dialogues=[make.dialogue()])
    assert permissions.may(everywhere, "change", initiative)
    assert permissions.refusal(elsewhere, "change", initiative) == permissions.OTHER_DIALOGUE


@pytest.mark.parametrize("is_superuser", [True, False])
def test_who_is_inactive_may_nothing(is_superuser: bool) -> None:
    person = make_person(ADMINISTRATOR, is_active=False, is_superuser=is_superuser)
    for action in ("view", "add", "change", "delete", "publish"):
        assert permissions.refusal(person, action, make.initiative()) == permissions.NO_ROLE


def test_who_may_change_may_not_therefore_see() -> None:
    person = make_person()
    person.user_permissions.add(Permission.objects.get(codename="change_initiative"))
    initiative = make.initiative()
    assert permissions.may(person, "change", type(initiative))
    assert not permissions.may(person, "view", initiative)


def test_a_dialogue_that_somebody_works_on_is_kept() -> None:
    """Else the last one to go would open all the others to them."""
    dialogue = make.dialogue()
    make_person(EDITOR, dialogues=[dialogue])
    with pytest.raises(ProtectedError):
        dialogue.delete()


def test_a_dialogue_is_given_to_a_person_once() -> None:
    dialogue = make.dialogue()
    person = make_person(EDITOR, dialogues=[dialogue])
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(user=person, dialogue=dialogue)


def test_nobody_moves_a_row_to_a_dialogue_that_is_not_theirs() -> None:
    own, other = make.dialogue(), make.dialogue()
    initiative = make.initiative(dialogue=own, publication=Publication.DRAFT)
    client = client_of(make_person(PUBLISHER, dialogues=[own]))
    url = address(initiative, "change")
    page = client.post(url, filled(client.get(url), dialogue=other.pk, title="Typed"))
    assert page.status_code == 200
    assert str(permissions.OTHER_DIALOGUE) in page.text
    # What was typed is still there to send again.
    assert 'value="Typed"' in page.text
    initiative.refresh_from_db()
    assert initiative.dialogue == own


@pytest.mark.parametrize("model", [Mention, StatusUpdate, Role])
def test_nobody_adds_to_an_initiative_of_another_dialogue(model: type[Record]) -> None:
    theirs = make.initiative(publication=Publication.DRAFT)
    client = client_of(make_person(EDITOR, dialogues=[make.dialogue()]))
    typed = {
        "initiative": theirs.pk,
        "report": make.report().pk,
        "act": "proposed",
        "status": "under_way",
        "what": "Work has begun.",
        "locator": "para 1",
        "role": "lead",
        "participant": make.participant().pk,
    }
    url = address(model, "add")
    page = client.post(url, filled(client.get(url), **typed))
    assert page.status_code == 200
    assert str(permissions.OTHER_DIALOGUE) in page.text
    assert not model._default_manager.exists()


def test_many_statuses_at_once_are_refused_where_one_is_of_another_dialogue() -> None:
    own = make.initiative()
    theirs = make.initiative()
    person = make_person(PUBLISHER, dialogues=[own.dialogue])
    updates = [
        StatusUpdate(
            initiative=initiative,
            status="under_way",
            what="Work has begun.",
            report=make.report(),
            locator="para 1",
        )
        for initiative in (own, theirs)
    ]
    with pytest.raises(PermissionDenied):
        actions.record_statuses(by=person, updates=updates)
    assert not StatusUpdate.objects.exists()


def test_an_action_on_a_list_skips_rows_of_other_dialogues_and_says_so() -> None:
    own = make.initiative(publication=Publication.DRAFT)
    theirs = make.initiative(publication=Publication.DRAFT)
    make.mention(initiative=own)
    client = client_of(make_person(PUBLISHER, dialogues=[own.dialogue]))
    page = client.post(
        address(Initiative, "changelist"),
        {"action": "publish_rows", "_selected_action": [own.pk, theirs.pk]},
        follow=True,
    )
    assert f"{theirs}: {permissions.OTHER_DIALOGUE}" in [
        str(each) for each in page.context["messages"]
    ]
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.publication, theirs.publication) == ("public", "draft")


def test_rows_of_other_dialogues_are_not_deleted_from_a_list() -> None:
    theirs = make.initiative(publication=Publication.DRAFT)
    client = client_of(make_person(PUBLISHER, dialogues=[make.dialogue()]))
    assert client.post(*deletion(client, theirs, by_list=True)).status_code == 403
    assert Initiative.objects.filter(pk=theirs.pk).exists()


def test_a_version_from_before_publication_does_not_let_an_editor_change_what_is_public() -> None:
    initiative = make.initiative(publication=Publication.DRAFT)
    initiative.title = "Before"
    initiative.save()
    version = initiative.history.latest()
    make.mention(initiative=initiative)
    publish(by=None, row=initiative)
    client = client_of(make_person(EDITOR))
    url = address(initiative, "simple_history", version.pk)
    assert client.post(url, {"title": "After"}).status_code == 403


# --- People ---------------------------------------------------------------------------------------


def user_page(person: User, page: str = "change") -> str:
    return reverse(f"admin:auth_user_{page}", args=[person.pk])


def user_form(response: Any, **changes: Any) -> dict[str, Any]:
    data = filled(response, **changes)
    # Django writes a moment as two boxes, or not at all where it is shown only.
    return {name: value for name, value in data.items() if not name.startswith("password")}


def test_an_administrator_gives_roles_and_dialogues() -> None:
    client, dialogue = client_of(make_person(ADMINISTRATOR)), make.dialogue()
    person = make_person()
    page = client.get(user_page(person))
    assert "is_superuser" not in page.text
    assert "user_permissions" not in page.text
    group = Group.objects.get(name=EDITOR)
    typed = user_form(page, groups=[group.pk], is_superuser="on")
    typed |= {"assignments-TOTAL_FORMS": 1, "assignments-0-dialogue": dialogue.pk}
    typed |= {"user_permissions": [Permission.objects.all()[0].pk]}
    assert client.post(user_page(person), typed).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert list(person.groups.all()) == [group]
    assert permissions.dialogues_of(person) == frozenset({dialogue.pk})
    assert not person.is_superuser
    assert not person.user_permissions.exists()


def test_an_administrator_gives_no_group_that_has_more_than_they() -> None:
    more = Group.objects.create(name="More")
    more.permissions.add(Permission.objects.get(codename="delete_group"))
    client, person = client_of(make_person(ADMINISTRATOR)), make_person()
    page = client.post(
        user_page(person), user_form(client.get(user_page(person)), groups=[more.pk])
    )
    assert page.status_code == 200
    assert not person.groups.exists()


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("page", ["change", "password_change", "two_factor"])
def test_an_administrator_does_not_touch_who_has_more_rights(page: str, is_active: bool) -> None:
    """Else they would set the password of a superuser, or bring back one who has left."""
    chief = User.objects.create_superuser("chief", is_active=is_active)
    more = make_person(ADMINISTRATOR, is_active=is_active)
    more.user_permissions.add(Permission.objects.get(codename="delete_group"))
    client = client_of(make_person(ADMINISTRATOR))
    for person in (chief, more):
        assert client.post(user_page(person, page), {}).status_code == 403


def test_people_are_made_inactive_and_not_deleted() -> None:
    client, person = client_of(User.objects.create_superuser("chief")), make_person()
    assert client.post(user_page(person, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_loading_is_for_administrators_of_all_dialogues() -> None:
    assert permissions.may_load(make_person(ADMINISTRATOR))
    assert not permissions.may_load(make_person(ADMINISTRATOR, dialogues=[make.dialogue()]))
    assert not permissions.may_load(make_person(PUBLISHER))


def test_reviews_tell_no_stranger_of_drafts() -> None:
    review = Review.objects.create(ref="x", initiative=make.initiative())
    client = client_of(make_person())
    assert (
        client.get(reverse("admin:initiatives_review_change", args=[review.pk])).status_code == 403
    )
