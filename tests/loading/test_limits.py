"""What a report file may say is what the database can hold, and neither more nor less."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, example, given, reject, settings
from pydantic import TypeAdapter, ValidationError

from initiatives.loading import schema, target_schema, vocabulary_schema
from initiatives.loading.file_part import FilePart
from initiatives.loading.kinds import KINDS, plain
from initiatives.loading.mention_part import MentionPart
from initiatives.loading.scalars import Number
from initiatives.models import (
    DeliveryStatus,
    Mention,
    Record,
    StatusUpdate,
    Target,
)
from initiatives.partial_dates import PartialDateField
from tests import make
from tests.extent import TIMES
from tests.report_files import load_texts, report

STATED = {kind.part: kind for kind in KINDS.values() if kind.keys}
PARTS: dict[type[FilePart], type[Record]] = {
    **{part: kind.model for part, kind in STATED.items()},
    target_schema.UpdatePart: StatusUpdate,
}
OF_MENTION = {"due", *MentionPart.model_fields}


def column(part: type[FilePart], name: str) -> Any:
    """The column of text that a key is kept in; None for rows of their own, words of a list, dates."""
    model = PARTS[part]
    if part is schema.InitiativePart and name in OF_MENTION:
        model = Mention
    key = model.natural_key_fields[0] if name in ("id", "code") else name
    names = {field.name for field in model._meta.get_fields()}
    keys = STATED[part].keys if part in STATED else {}
    wanted = next((field for field, stated in keys.items() if stated == name), key)
    field: Any = model._meta.get_field(wanted) if wanted in names else None
    of_text = isinstance(field, models.CharField) and not isinstance(field, PartialDateField)
    return field if of_text and not field.choices else None


def limits(annotation: Any) -> Iterator[int]:
    """The lengths that a type such as ``Annotated[str, StringConstraints(max_length=60)] | None`` allows."""
    yield from _stated(getattr(annotation, "__metadata__", ()))
    for inner in getattr(annotation, "__args__", ()):
        yield from limits(inner)


def _stated(metadata: Iterable[Any]) -> Iterator[int]:
    for extra in metadata:
        if (limit := getattr(extra, "max_length", None)) is not None:
            yield limit


KEYS = [(part, name) for part in PARTS for name in part.model_fields if column(part, name)]


@pytest.mark.parametrize(("part", "name"), KEYS)
def test_a_text_may_be_as_long_in_a_file_as_in_its_column(part: type[FilePart], name: str) -> None:
    info = part.model_fields[name]
    # Pydantic keeps the outermost constraints beside the type.
    stated = [*_stated(info.metadata), *limits(info.annotation)]
    assert min(stated, default=None) == column(part, name).max_length


def test_every_text_of_limited_length_is_compared() -> None:
    assert len(KEYS) >= 30


@pytest.mark.django_db
def test_the_longest_ids_fit_into_every_ref() -> None:
    """PostgreSQL refuses a text that is too long for its column; SQLite would not."""
    slug, other, code, metric = "r" * 100, "i" * 100, "c" * 60, "m" * 200
    body = f"""\
dialogues:
  - {{id: {slug}, name: D, members: [{{participant: {code}, capacity: observer}}], locator: {"l" * 200}}}
initiatives:
  - id: {other}
    title: {"t" * 300}
    dialogue: {slug}
    act: not_taken_up
    by: [{code}]
    locator: head
    roles: {{implementer: [{code}]}}
    targets: [{{metric: {metric}, value: 1, unit: {"u" * 60}, period: 2022-04-15}}]
    superseded_by: [{"j" * 100}]
  - {{id: {"j" * 100}, title: J, dialogue: {slug}, act: mentioned, locator: head}}
updates:
  - {{initiative: {other}, status: partly_delivered, on: 2022-04-15, what: Once., locator: head}}
  - {{initiative: {other}, status: partly_delivered, on: 2022-04-15, what: Twice., locator: head}}
evidence:
  - {{update: {slug}/{other}/2022-04-15/2, locator: head}}
"""
    vocabulary = f"participants: [{{code: {code}, name: C}}]"
    plan = load_texts(vocabulary, report(slug, body, note="t" * 20_000))
    assert plan.new == 19
    assert load_texts(vocabulary, report(slug, body, note="t" * 20_000)).changed == 0


@pytest.mark.django_db
@settings(max_examples=30 * TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(0, 10**19, places=4) | st.integers(0, 10**19).map(Decimal))
@example(Decimal("-0"))
@example(Decimal("12345678901234.5678"))
@example(Decimal("1E+19"))
@example(Decimal("0.0001"))
@example(Decimal("99999999999.9999"))
@example(Decimal("999999999999999E+4"))
def test_a_number_that_a_file_may_state_comes_back_as_it_was(number: Decimal) -> None:
    try:
        checked = TypeAdapter(Number).validate_python(str(number))
    except ValidationError:
        reject()
    with transaction.atomic():
        initiative = make.initiative()
        target = Target.objects.create(initiative=initiative, metric="students", value=checked)
        target.refresh_from_db()
        assert plain(target.value) == plain(checked)
        transaction.set_rollback(True)


DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMAT = (DOCS / "report-format.md").read_text()
OF_FILES: list[Any] = [
    value
    for module in (schema, target_schema, vocabulary_schema)
    for value in vars(module).values()
]


def test_the_format_is_documented_key_by_key() -> None:
    parts = [part for part in OF_FILES if isinstance(part, type) and issubclass(part, FilePart)]
    keys = {name for part in parts for name in part.model_fields}
    assert len(keys) > 50
    undocumented = {key for key in keys if not re.search(rf"\b{key}\b", FORMAT)}
    assert undocumented == set()


@pytest.mark.parametrize(
    "words",
    [value for value in OF_FILES if isinstance(value, type(models.TextChoices))],
)
def test_the_format_is_documented_word_by_word(words: type[models.TextChoices]) -> None:
    # Statuses stand in one list, with what they mean, to which the format points.
    is_status = words is DeliveryStatus
    text = (DOCS / "exports.md").read_text() if is_status else FORMAT
    assert {word for word in words.values if not re.search(rf"\b{word}\b", text)} == set()
