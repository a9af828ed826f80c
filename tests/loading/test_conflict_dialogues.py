"""A conflict belongs to the dialogues of its record, as far as its key says: the same as rights have it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.loading.conflict_dialogues import conflicts_within, dialogues_of
from initiatives.loading.kinds import KINDS
from initiatives.models import ENTRIES, Initiative, LoadConflict, Participant, Theme
from initiatives.recording.merging import merge
from initiatives.recording.permissions import belongs_to
from initiatives.recording.renaming import rename
from tests import make
from tests.people import client_of, make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

LIST = "/admin/initiatives/loadconflict/"
OTHER = """\
dialogues:
  - {id: other, name: The Other, goals: [Peace], members: [jp, kz], locator: head}
meeting: {id: other-1, dialogue: other, kind: summit, title: Other, outcomes: [A plan], locator: 1}
initiatives:
  - {id: railway, title: Railway, dialogue: other, act: proposed, by: [kz], builds_on: [university], locator: 2}
discrepancies:
  - {id: whose, topic: Who came, meeting: other-1, resolution: open, locator: 3, says: Kazakhstan}
"""


def load_two() -> None:
    load_texts(VOCABULARY, report(body=FULL))
    load_texts(report("second", body=OTHER))
    make.criterion(initiative=Initiative.objects.get(slug="railway"))


def every_record() -> list[tuple[str, str, Any]]:
    models = [*(kind.model for kind in KINDS.values()), *ENTRIES]
    return [
        (str(model._meta.model_name), "/".join(row.natural_key()), row)
        for model in models
        for row in model._base_manager.all()
    ]


def test_keys_say_what_rights_say() -> None:
    load_two()
    records = every_record()
    assert {kind for kind, _key, _row in records} == {
        *KINDS,
        *(m._meta.model_name for m in ENTRIES),
    }
    found = dialogues_of([(kind, key) for kind, key, _row in records])
    for kind, key, row in records:
        # Countries and areas belong to all dialogues, so to none alone.
        expected = frozenset() if isinstance(row, Participant | Theme) else belongs_to(row)
        assert found[kind, key] == expected, (kind, key)
    assert len({frozenset(value) for value in found.values()}) >= 3


def test_what_is_asked_does_not_grow_with_the_conflicts(
    django_assert_max_num_queries: Any,
) -> None:
    load_two()
    records = [(kind, key) for kind, key, _row in every_record()]
    with django_assert_max_num_queries(20):
        dialogues_of(records)


def test_a_record_that_is_gone_or_has_another_id_is_where_its_owner_is() -> None:
    load_two()
    university = Initiative.objects.get(slug="university")
    own = {university.dialogue_id}
    rename(by=None, row=university, key="academy", reason="Its name now.")
    assert dialogues_of([("target", "university/students")]) == {
        ("target", "university/students"): own
    }
    kept = make.initiative("kept")
    merge(by=None, kept=kept, gone=university, reason="One and the same.")
    found = dialogues_of([("initiative", "university"), ("role", "academy/lead/jp")])
    assert list(found.values()) == [{kept.dialogue_id}] * 2
    assert dialogues_of([("initiative", "nothing"), ("nonsense", "x")]) == {
        ("initiative", "nothing"): set(),
        ("nonsense", "x"): set(),
    }


@pytest.fixture
def conflicts() -> dict[str, LoadConflict]:
    load_two()
    return {
        slug: LoadConflict.objects.create(source="r", kind="initiative", key=slug, title=slug)
        for slug in ("university", "railway")
    }


def test_who_works_on_some_dialogues_finds_their_conflicts(
    conflicts: dict[str, LoadConflict],
) -> None:
    own = Initiative.objects.get(slug="railway").dialogue
    client = client_of(make_person("Publisher", dialogues=[own]))
    assert listed(client, "?dialogues=mine") == ["Initiative: railway"]
    assert len(listed(client)) == 2
    assert in_inbox(client, "/admin/") == (1, ["Initiative: railway"])
    count, titles = in_inbox(client, "/admin/?scope=all")
    assert (count, sorted(titles)) == (2, ["Initiative: railway", "Initiative: university"])
    everybody = client_of(make_person("Publisher"))
    assert in_inbox(everybody, "/admin/")[0] == 2
    assert (
        LoadConflict.objects.count() == conflicts_within(LoadConflict.objects.all(), None).count()
    )


def listed(client: Client, query: str = "") -> list[str]:
    page = client.get(LIST + query)
    assert page.status_code == 200
    return [page.context["cl"].model_admin.name(row) for row in page.context["cl"].result_list]


def in_inbox(client: Client, url: str) -> tuple[int, list[str]]:
    inbox = client.get(url).context["inbox"]
    (queue,) = [queue for queue in inbox.queues if queue.name == "conflicts"]
    sections = client.get(queue.url).context["inbox"].sections
    return queue.count, [item.title for section in sections for item in section.items]
