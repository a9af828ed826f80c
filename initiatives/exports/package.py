"""The description of all tables as a Frictionless Data Package (specs.frictionlessdata.io, version 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ..partial_dates import PATTERN
from .export_column import ExportColumn, in_sheets
from .tables import TABLES, Table

NAME = "initiative-tracker"
TYPES = {"integer": "integer", "number": "number", "time": "datetime"}


def csv_path(table: Table) -> str:
    return f"csv/{table.name}.csv"


def json_path(table: Table) -> str:
    return f"json/{table.name}.json"


def describe(
    site: str, version: str, files: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """The descriptor; ``files`` adds size and hash by path, where they are known."""
    paths = files or {}
    return {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": _("Initiative tracker"),
        "description": _(
            "What governments promise one another in their standing dialogues, and what became of it, with the document"
            " that each fact rests on."
        ),
        "homepage": f"{site}/",
        "version": version,
        "licenses": [settings.DATA_LICENCE],
        "resources": [
            resource(table) | dict(paths.get(csv_path(table), {})) for table in TABLES.values()
        ],
    }


def resource(table: Table) -> dict[str, Any]:
    """The descriptor of one table: its file and its schema."""
    schema: dict[str, Any] = {
        "fields": [field(column, table) for column in in_sheets(table.columns)],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.refers:
        schema["foreignKeys"] = [
            # A table refers to itself by an empty name.
            {
                "fields": [name],
                "reference": {"resource": "" if other == table.name else other, "fields": [key]},
            }
            for name, (other, key) in table.refers.items()
        ]
    return {
        "name": table.name,
        "profile": "tabular-data-resource",
        "title": str(table.title),
        "description": str(table.description),
        "path": csv_path(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def field(column: ExportColumn, table: Table) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.name in table.key:
        constraints["required"] = True
    if column.words and not column.many:
        constraints["enum"] = [str(word) for word in column.words]
    if column.type == "date" and not column.many:
        constraints["pattern"] = PATTERN
    description = str(column.description)
    if column.many:
        description = _("%(description)s Several values have “; ” between them.") % {
            "description": description
        }
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string" if column.many else TYPES.get(column.type, "string"),
        "title": str(column.label),
        "description": description,
    }
    return field | ({"constraints": constraints} if constraints else {})
