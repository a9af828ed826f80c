"""Whatever is wrong with a file, what is right in it can be read; nothing else comes of it than stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from initiatives.loading.file_part import FilePart
from initiatives.loading.mending import STAND_IN, mend
from initiatives.loading.review_schema import ReviewFile
from initiatives.loading.schema import ReportFile
from initiatives.loading.schema_faults import model_in
from initiatives.loading.sheet_schema import SheetFile
from initiatives.loading.vocabulary_schema import VocabularyFile

WRONG: list[Any] = ["Wrong Value!", ["x y", {"x": "y"}], {"x": "y"}, "x" * 30_000, "2030-02-30"]


def faulty(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Mappings that have nothing, only what is unknown, or one key with a wrong value."""
    yield {}
    yield {"unheard_of": "x"}
    for name, field in model.model_fields.items():
        yield from ({name: wrong} for wrong in WRONG)
        if inner := model_in(field.annotation):
            yield from ({name: part} for part in faulty(inner))
            yield from ({name: [part, "x", part]} for part in faulty(inner))


@pytest.mark.parametrize("schema", [ReportFile, ReviewFile, VocabularyFile, SheetFile])
def test_every_fault_can_be_mended(schema: type[FilePart]) -> None:
    for tree in faulty(schema):
        if error := fault_in(schema, tree):
            assert mend(schema, tree, error), tree


def fault_in(schema: type[FilePart], tree: dict[str, Any]) -> ValidationError | None:
    try:
        schema.model_validate(tree)
    except ValidationError as error:
        return error
    return None


def test_what_is_right_keeps_its_place_and_the_file_is_left_as_it_is() -> None:
    good = {"initiative": "a", "status": "stalled", "what": "x", "locator": "p"}
    tree: dict[str, Any] = {
        "report": {"id": "r", "title": "T", "publisher": "P", "kind": "joint", "language": "en"},
        "updates": ["x", good | {"of": "x" * 301}, good | {"status": "done", "of": "adb"}],
        "initiatives": [{"id": "a", "act": "proposed", "by": ["uz", "x" * 301, "adb"]}],
    }
    with pytest.raises(ValidationError) as caught:
        ReportFile.model_validate(tree)
    content = mend(ReportFile, tree, caught.value)
    assert content
    assert [(update.initiative, update.of) for update in content.updates] == [
        (STAND_IN, None),
        ("a", STAND_IN),
        ("a", "adb"),
    ]
    assert content.initiatives[0].by == ["uz", "adb"]
    assert tree["updates"][0] == "x"
