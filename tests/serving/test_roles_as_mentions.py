"""What becomes of roles of proposers and supporters of the first edition, case by case.

`test_first_edition.py` migrates a whole database; here the step is taken alone, on rows as that edition wrote them.
"""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import override_settings

from initiatives.loading.data_checks import derived_columns, facts_without_a_source, who_is_in_it
from initiatives.models import (
    Citation,
    Initiative,
    Involvement,
    LoadedFact,
    Mention,
    Participant,
    Report,
    Role,
)
from initiatives.recording import actions
from tests import make
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

migration: Any = import_module("initiatives.migrations.0019_roles_as_mentions")
PLAIN = report(
    body=DIALOGUE
    + """\
initiatives:
  - id: corridor
    title: A corridor
    dialogue: dialogue
    act: adopted
    locator: para 3
"""
)
WITH_ROLES = PLAIN.replace(
    "    locator: para 3", "    roles: {proposer: [jp, uz], supporter: [kz]}\n    locator: para 3"
)


def migrate() -> None:
    Involvement.objects.all().delete()
    # All that it asks of a schema editor.
    editor = SimpleNamespace(connection=connection)
    # The models of a migration keep no history by themselves.
    with override_settings(SIMPLE_HISTORY_ENABLED=False):
        migration.move_roles(apps, editor)
        migration.fill_involvement(apps, editor)


def first_edition(*roles: tuple[str, str]) -> Initiative:
    """An initiative whose file stated these roles (kind and code), as the first edition kept them."""
    load_texts(VOCABULARY, PLAIN)
    initiative = Initiative.objects.get()
    for kind, code in roles:
        stated_role(initiative, kind, code)
    actions.refresh([initiative.pk])
    return initiative


def stated_role(initiative: Initiative, kind: str, code: str, *, cited: bool = True) -> Role:
    key = f"{initiative.slug}/{kind}/{code}"
    participant = Participant.objects.get(code=code)
    role = Role.objects.create(initiative=initiative, role=kind, participant=participant)
    LoadedFact.objects.create(source="statement", kind="role", key=key, values={})
    if cited:
        citation = Citation(report=Report.objects.get(slug="statement"), role=role)
        citation.locator, citation.ref = "para 3", f"statement/role/{key}"
        citation.save()
        values = {"locator": "para 3"}
        LoadedFact.objects.create(
            source="statement", kind="citation", key=citation.ref, values=values
        )
    return role


def said() -> dict[str, list[str]]:
    """Who acts in the mentions that stand, by act."""
    mentions = Mention.objects.current().exclude(act="adopted").prefetch_related("by")
    return {mention.act: sorted(p.code for p in mention.by.all()) for mention in mentions}


def load_again(text: str) -> dict[str, str]:
    """What a load does, but for the check sum of the file."""
    plan = actions_of(load_texts(text))
    plan.pop("report statement", None)
    return plan


ALL = (("proposer", "jp"), ("proposer", "uz"), ("supporter", "kz"))


def test_roles_of_a_file_are_mentions_of_its_document_and_load_again_without_a_change() -> None:
    initiative = first_edition(*ALL)
    migrate()
    assert said() == {"proposed": ["jp", "uz"], "supported": ["kz"]}
    assert {mention.locator for mention in Mention.objects.all()} == {"para 3"}
    assert not Role.objects.exists()
    assert list(derived_columns()) == list(who_is_in_it()) == []
    assert load_again(WITH_ROLES) == {}
    initiative.refresh_from_db()
    assert initiative.standing == "adopted"
    assert not LoadedFact.objects.filter(kind__in=["role", "citation"], key__contains="/proposer/")


def test_what_somebody_deleted_stays_deleted() -> None:
    first_edition(*ALL)
    Role.objects.filter(role="supporter").delete()
    Role.objects.filter(participant__code="jp").delete()
    migrate()
    assert said() == {"proposed": ["uz"]}
    assert set(load_again(WITH_ROLES).values()) == {"kept"}
    assert said() == {"proposed": ["uz"]}


def test_nobody_is_said_to_propose_twice_in_one_document() -> None:
    initiative = first_edition()
    proposal = PLAIN.replace("act: adopted", "act: proposed\n    by: [jp]")
    load_texts(proposal)
    stated_role(initiative, "proposer", "jp", cited=False)
    actions.refresh([initiative.pk])
    migrate()
    assert said() == {"proposed": ["jp"]}
    assert not Role.objects.exists()
    assert load_again(proposal) == {}


def test_a_role_goes_with_its_proposal_that_was_withdrawn() -> None:
    initiative = first_edition()
    make.mention(initiative=initiative, act="mentioned", report=make.report())
    uz = Participant.objects.get(code="uz")
    statement = Report.objects.get(slug="statement")
    proposal = make.mention(initiative=initiative, report=statement, participants=[uz])
    actions.withdraw(by=None, entry=proposal, reason="Misread.")
    stated_role(initiative, "proposer", "uz", cited=False)
    migrate()
    assert "proposed" not in said()
    assert not Role.objects.exists()


def test_a_typed_role_goes_to_the_document_cited_for_it_with_its_place() -> None:
    initiative = make.initiative()
    make.earlier_mention(initiative)
    role = make.role(initiative=initiative, role="proposer")
    document = make.report()
    make.citation(role=role, report=document, locator="p. 7", says="Its minister said so.")
    migrate()
    mention = Mention.objects.get(report=document)
    assert (mention.act, mention.locator, mention.note) == (
        "proposed",
        "p. 7",
        "Its minister said so.",
    )
    assert list(mention.by.all()) == [role.participant]
    initiative.refresh_from_db()
    assert (initiative.standing, initiative.standing_report) == ("proposed", document)
    assert list(derived_columns()) == list(who_is_in_it()) == []


def test_a_typed_role_without_a_document_stays_and_is_named() -> None:
    initiative = make.initiative("plan")
    make.earlier_mention(initiative)
    role = make.role(initiative=initiative, participant=make.participant("jp"), role="proposer")
    migrate()
    assert list(Role.objects.all()) == [role]
    assert ("role plan/proposer/jp", "no report is cited for it") in list(facts_without_a_source())
    assert Involvement.objects.get().capacity == "proposer"
    assert list(who_is_in_it()) == []


def test_a_role_of_a_draft_is_a_draft() -> None:
    role = make.role(initiative=make.initiative(publication="draft"), role="proposer")
    make.citation(role=role)
    migrate()
    assert Mention.objects.get().publication == "draft"
