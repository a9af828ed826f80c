"""What the tests of loading share: small report files, loads of them, and what the database holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from initiatives.loading.apply import load
from initiatives.loading.document import Document, read_bytes
from initiatives.loading.merge import ConflictChoices, ConflictSide
from initiatives.loading.plan_types import Plan
from tests.rewriting import rewritten

VOCABULARY = """\
participants:
  - {code: jp, name: Japan}
  - {code: kz, name: Kazakhstan}
  - {code: uz, name: Uzbekistan}
themes:
  - {id: education, name: Education, sdgs: [4]}
  - {id: transport, name: Transport, sdgs: [9]}
  - {id: water, name: Water, sdgs: [6]}
"""


def report(slug: str = "statement", body: str = "", **fields: str) -> str:
    """A report file; ``fields`` are further or other lines of its head, ``body`` the sections below it."""
    head = {
        "id": slug,
        "title": f"Report {slug}",
        "publisher": "The Secretariat",
        "kind": "joint",
        "published": "2022-04-17",
        "language": "en",
    }
    lines = [f"  {name}: {value}" for name, value in (head | fields).items()]
    return "\n".join(["report:", *lines, body])


DIALOGUE = """\
dialogues:
  - {id: dialogue, name: The Dialogue, members: [jp, uz], locator: head}
"""

# An initiative with everything, a meeting and two updates.
FULL = (
    DIALOGUE
    + """\
meeting:
  id: fm-1
  dialogue: dialogue
  kind: foreign_ministers
  number: 1
  title: First meeting
  starts: 2022-04-15
  attendance:
    - {participant: uz, head: Sardor Umurzakov, locator: para 1}
  locator: para 1
initiatives:
  - id: university
    title: Digital university
    summary: A university without walls.
    dialogue: dialogue
    raised_at: fm-1
    themes: [education]
    act: proposed
    by: [uz]
    locator: para 6
    quote: We propose a university.
    quote_language: en
    roles: {funder: [jp]}
    targets:
      - {metric: students, value: 600}
updates:
  - initiative: university
    status: preparing
    on: 2022-04
    what: The parties agreed on a plan.
    locator: para 7
  - initiative: university
    status: under_way
    on: 2023
    what: Building has begun in Tashkent.
    locator: para 8
"""
)


def load_texts(
    *texts: str,
    take: ConflictSide | ConflictChoices | None = None,
    dry_run: bool = False,
    **kwargs: Any,
) -> Plan:
    """Load files with these contents in one call."""
    if not (take or dry_run or kwargs):
        return _load(*texts)
    return load(_documents(texts), take=take, dry_run=dry_run, **kwargs)


@rewritten
def _load(*texts: str) -> Plan:
    return load(_documents(texts))


def _documents(texts: Sequence[str]) -> list[Document]:
    return [
        read_bytes(f"file-{number}.yaml", text.encode()) for number, text in enumerate(texts, 1)
    ]


def every_model() -> list[type[Model]]:
    """The models of the tracker with their histories and the tables between them."""
    return list(apps.get_app_config("initiatives").get_models(include_auto_created=True))


def row_counts() -> dict[str, int]:
    """How many rows each table holds."""
    counts = (
        f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table}"
        for model in every_model()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def actions_of(plan: Plan) -> dict[str, str]:
    """What the plan does, by record: ``{"initiative university": "changed"}``; without what stays the same."""
    return {
        f"{item.kind} {item.name}": item.action.value
        for item in plan.items
        if item.action != "same"
    }
