"""What programs may ask of this site (OpenAPI 3.1), made from the filters and the columns that answer them.

Values that can be chosen are those of the data as it is now, as in the form on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Correction, Initiative, Meeting, Report, StatusUpdate
from ..models.records import SLUG_SHAPE
from ..pages.alternate_formats import LIST_FORMATS, OF_TODAY, TYPES, list_route
from ..pages.changes import ChangeFilter
from ..pages.matrix import MatrixFilter
from ..pages.search_results import HEADINGS
from ..pages.suggestions import MOST
from ..partial_dates import PATTERN
from ..query.as_of import DayField
from ..query.filters import CorrectionFilter, InitiativeFilter, MeetingFilter, ReportFilter
from ..query.list_filter import ListFilter
from ..query.parameters import MOST_TEXT, MOST_VALUES, AnyOf
from ..query.search_query import SearchQuery
from .changes import CHANGES
from .export_column import ExportColumn
from .single_records import PAGES
from .tables import TABLES, Table

Schema = dict[str, Any]

# What a whole file has no use for.
OF_PAGES = {"page", "per", "view"}
WORDS = {
    "csv": _("as CSV"),
    "json": _("as JSON"),
    "xlsx": _("as a workbook"),
    "atom": _("as a feed of news"),
    "ics": _("as a calendar"),
}
# The day that a citation is of.
AS_OF: Schema = {
    "name": "as_of",
    "in": "query",
    "schema": {"type": "string", "format": "date"},
}

# Every address refuses parameters that it does not have.
MISUNDERSTOOD: Schema = {"$ref": "#/components/responses/Misunderstood"}


def describe_site(site: str, version: str) -> dict[str, Any]:
    """The whole description; ``version`` is that of the data, whose values it lists."""
    filters = _filters()
    paths: dict[str, Any] = {}
    for name, extensions in LIST_FORMATS.items():
        for extension in extensions:
            route = f"initiatives:{list_route(name)}_{extension}"
            paths[reverse(route)] = {"get": _list(name, extension, filters.get(name))}
    paths[reverse("initiatives:matrix_csv")] = {"get": _list("matrix", "csv", filters["matrix"])}
    for kind, shape in PAGES.items():
        paths[f"/{shape.table}/{{key}}.json"] = {"get": _page(kind)}
    paths |= _of_one_thing()
    for name in TABLES:
        for extension in ("csv", "json"):
            address = reverse(f"initiatives:data_{extension}", args=[name])
            paths[address] = {"get": _table(name, extension)}
    paths[reverse("initiatives:suggestions")] = {"get": _suggestions()}
    paths |= _of_all_data()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Initiative tracker"),
            "version": version,
            "description": _(
                "What governments promise one another in their standing dialogues, and what became of it. No"
                " key is needed. Responses carry an ETag: send it back in If-None-Match, and what has not"
                " changed is not sent again."
            ),
            "license": {
                "name": settings.DATA_LICENCE["title"],
                "url": settings.DATA_LICENCE["path"],
            },
        },
        "servers": [{"url": site}],
        "paths": paths,
        "components": {
            "schemas": {
                **{name: row(table) for name, table in TABLES.items()},
                "changes": row_of(CHANGES) | {"description": _("What was recorded or withdrawn.")},
            },
            "responses": {
                "Misunderstood": _html(
                    _("A parameter, or its value, is not understood; the page names it.")
                ),
                "Missing": _html(_("There is no such thing, or it is not public.")),
                "Gone": _html(_("It has been permanently removed; the page says when and why.")),
                "Busy": _html(
                    _(
                        "The site is busy, or a file that is prepared in the background is not ready yet;"
                        " Retry-After says when to try again."
                    )
                ),
            },
        },
    }


def _filters() -> dict[str, ListFilter]:
    empty = QueryDict()
    return {
        "initiatives": InitiativeFilter.read(empty, Initiative.objects.public()),
        "meetings": MeetingFilter.read(empty, Meeting.objects.public()),
        "reports": ReportFilter.read(empty, Report.objects.public()),
        "matrix": MatrixFilter.read(empty, Initiative.objects.public()),
        "changes": ChangeFilter.read(empty, StatusUpdate.objects.public()),
        "corrections": CorrectionFilter.read(empty, Correction.objects.public()),
    }


# --- Paths ----------------------------------------------------------------------------------------


def _list(name: str, extension: str, filters: ListFilter | None) -> dict[str, Any]:
    others = {"changes": _("Changes"), "matrix": _("Matrix of initiatives and participants")}
    title = others.get(name) or str(TABLES[name].title)
    content = _rows_of(name) if extension == "json" else {"type": "string"}
    responses = {
        "200": _content(TYPES[extension], content),
        "400": MISUNDERSTOOD,
    }
    if extension == "xlsx" or name in ("initiatives", "matrix", "changes"):
        responses["503"] = {"$ref": "#/components/responses/Busy"}
    return {
        "operationId": f"{name}_{extension}",
        "summary": f"{title} {WORDS[extension]}",
        "parameters": [
            parameter
            for parameter in (parameters(filters) if filters else [AS_OF])
            if not (extension in OF_TODAY and parameter["name"] == AS_OF["name"])
        ],
        "responses": responses,
    }


def _page(kind: str) -> dict[str, Any]:
    shape = PAGES[kind]
    properties: Schema = {
        "address": {"type": "string"},
        "data_version": {"type": "string"},
        "flags_as_of": {"type": "string", "format": "date"},
        kind: {"$ref": f"#/components/schemas/{shape.table}"},
        **{
            name: {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
            for name in shape.tables
        },
        **{name: {"type": "string"} for name in shape.lists},
    }
    if kind == "initiative":
        text: Schema = {"type": ["string", "null"]}
        properties |= {"withdrawn_at": text, "withdrawal_reason": text}
    content = _object(properties)
    return _operation_for_one(
        f"{kind}_json", TABLES[shape.table], "application/json", content, AS_OF
    )


def _of_one_thing() -> dict[str, Any]:
    text: Schema = {"type": "string"}
    csl: Schema = {
        "type": "array",
        "items": {"type": "object", "required": ["id", "type", "title"]},
    }
    meetings, initiatives = TABLES["meetings"], TABLES["initiatives"]
    operations = {
        "/meetings/{key}.ics": _operation_for_one("meeting_ics", meetings, TYPES["ics"], text),
        "/initiatives/{key}.bib": _operation_for_one(
            "initiative_bib", initiatives, "application/x-bibtex", text, AS_OF
        ),
        "/initiatives/{key}.csl.json": _operation_for_one(
            "initiative_csl", initiatives, "application/vnd.citationstyles.csl+json", csl, AS_OF
        ),
        "/initiatives/{key}/badge.svg": _operation_for_one(
            "initiative_badge", initiatives, "image/svg+xml", text, AS_OF
        ),
    }
    return {address: {"get": operation} for address, operation in operations.items()}


def _operation_for_one(
    name: str, table: Table, content_type: str, content: Schema, *parameters: Schema
) -> dict[str, Any]:
    key = {"type": "string", "pattern": f"^{SLUG_SHAPE}$", "maxLength": 100}
    manager: Any = table.model._default_manager
    keys = list(manager.public().order_by("pk").values_list(table.key[0], flat=True)[:3])
    if keys:
        key["examples"] = keys
    return {
        "operationId": name,
        "summary": f"{table.title}: {_('one')}",
        "parameters": [
            {"name": "key", "in": "path", "required": True, "schema": key},
            *parameters,
        ],
        "responses": {
            "200": _content(content_type, content),
            "400": MISUNDERSTOOD,
            "404": {"$ref": "#/components/responses/Missing"},
            **(
                {"410": {"$ref": "#/components/responses/Gone"}}
                if table.model is Initiative
                else {}
            ),
        },
    }


def _table(name: str, extension: str) -> dict[str, Any]:
    content = _rows_of(name) if extension == "json" else {"type": "string"}
    return {
        "operationId": f"data_{name}_{extension}",
        "summary": f"{TABLES[name].title} {WORDS[extension]}",
        "description": str(TABLES[name].description),
        "responses": {"200": _content(TYPES[extension], content), "400": MISUNDERSTOOD},
    }


def _suggestions() -> dict[str, Any]:
    text: Schema = {"type": "string"}
    suggestion = _object(
        {
            "kind": {"type": "string", "enum": list(HEADINGS)},
            "kind_label": text,
            "name": text,
            "also_called": text,
            "address": {"type": "string", "format": "uri"},
        }
    )
    rows: Schema = {"type": "array", "items": suggestion, "maxItems": MOST}
    return {
        "operationId": "suggestions",
        "summary": _("Suggestions of records by name, as somebody types"),
        "parameters": [
            {
                "name": "q",
                "in": "query",
                "schema": {"type": "string", "maxLength": MOST_TEXT},
                "description": SearchQuery.expects("q"),
            }
        ],
        "responses": {
            "200": _content("application/json", _object({"q": text, "suggestions": rows})),
            "400": MISUNDERSTOOD,
        },
    }


def _of_all_data() -> dict[str, Any]:
    described: Schema = {"type": "object", "required": ["resources"]}
    busy = {"503": {"$ref": "#/components/responses/Busy"}}
    formats: dict[str, tuple[str, str, Schema, dict[str, Any]]] = {
        "data_archive": (_("Everything"), "application/zip", {"type": "string"}, busy),
        "data_package": (_("What each column means"), "application/json", described, {}),
        "openapi": (_("This description"), "application/json", {"type": "object"}, {}),
    }
    return {
        reverse(f"initiatives:{name}"): {
            "get": {
                "operationId": name,
                "summary": words,
                "responses": {
                    "200": _content(content_type, content),
                    "400": MISUNDERSTOOD,
                    **others,
                },
            }
        }
        for name, (words, content_type, content, others) in formats.items()
    }


# --- Parameters -----------------------------------------------------------------------------------


def parameters(filters: ListFilter) -> list[dict[str, Any]]:
    """What a list can be asked, from its form."""
    parameters = []
    for name, field in filters.form.fields.items():
        if name in OF_PAGES:
            continue
        filter_ = filters.filters.get(name)
        parameter = {
            "name": name,
            "in": "query",
            "schema": _value(field, getattr(filter_, "shape", "")),
            "description": filters.expects(name),
        }
        if isinstance(filter_, AnyOf):
            # The parameter once for each value.
            parameter |= {"style": "form", "explode": True}
        parameters.append(parameter)
    return parameters


def _value(field: forms.Field, shape: str) -> Schema:
    """``shape`` is of values beyond those in the form, where there are any."""
    match field:
        case forms.MultipleChoiceField():
            values = _chosen_from(field)
            if shape:
                item: Schema = {"type": "string", "pattern": f"^{shape}$"}
            else:
                # An empty list of words would allow nothing at all, and an empty value means all.
                item = {"type": "string", "enum": values or [""]}
            return {"type": "array", "items": item, "maxItems": MOST_VALUES}
        case forms.ChoiceField():
            return {"type": "string", "enum": [value for value in _chosen_from(field) if value]}
        case DayField():
            return {"type": "string", "format": "date"}
        case forms.RegexField():
            return {"type": "string", "pattern": field.regex.pattern}
        case forms.IntegerField():
            return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    return {"type": "string", "maxLength": MOST_TEXT}


def _chosen_from(field: Any) -> list[str]:
    return [str(value) for value, _label in field.choices]


# --- Answers --------------------------------------------------------------------------------------


def row(table: Table) -> Schema:
    """A row of a table as JSON has it."""
    return row_of(table.columns, table.key) | {"description": str(table.description)}


def row_of(of_row: Sequence[ExportColumn], key_columns: Sequence[str] = ()) -> Schema:
    """A row as JSON has it: dotted names nested, null for what is not there."""
    heads: dict[str, list[tuple[str, ExportColumn]]] = {}
    for column in of_row:
        head, _dot, key = column.name.partition(".")
        heads.setdefault(head, []).append((key, column))
    properties = {}
    for head, columns in heads.items():
        key, column = columns[0]
        if not key:
            properties[head] = _of_column(column, required=head in key_columns)
            continue
        inner = _object({key: _of_value(column) for key, column in columns})
        if column.many:
            properties[head] = {"type": "array", "items": inner}
        else:
            for name in inner["properties"].values():
                name["type"] = [name["type"], "null"]
                if "enum" in name:
                    name["enum"] = [*name["enum"], None]
            properties[head] = inner | {"type": ["object", "null"]}
    return _object(properties)


def _of_column(column: ExportColumn, *, required: bool) -> Schema:
    value = _of_value(column)
    if column.many:
        return {"type": "array", "items": value, "description": str(column.description)}
    if not required and column.type != "texts":
        value["type"] = [value["type"], "null"]
        if "enum" in value:
            value["enum"] = [*value["enum"], None]
    return value


def _of_value(column: ExportColumn) -> Schema:
    if column.type == "texts":
        of_field = {"type": "object", "additionalProperties": {"type": "string"}}
        return {
            "type": "object",
            "additionalProperties": of_field,
            "description": str(column.description),
        }
    kinds = {"integer": "integer", "number": "number"}
    value: Schema = {"type": kinds.get(column.type, "string")}
    if not column.many:
        value["description"] = str(column.description)
    if column.words:
        value["enum"] = [str(word) for word in column.words]
    if column.type == "date":
        value["pattern"] = PATTERN
    if column.type == "time":
        value["format"] = "date-time"
    return value


def _rows_of(name: str) -> Schema:
    """A whole file: what it says about itself, then its rows."""
    return {
        "type": "object",
        "required": ["title", "address", "data_version", name],
        "properties": {
            "title": {"type": "string"},
            "address": {"type": "string"},
            "read_at": {"type": "string", "format": "date-time"},
            "as_of": {"type": "string", "format": "date"},
            "data_version": {"type": "string"},
            "count": {"type": "integer", "minimum": 0},
            # Of initiatives.
            "count_of_parts": {"type": "integer", "minimum": 0},
            name: {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
        "additionalProperties": {"type": "string"},
    }


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _content(content_type: str, content: Schema) -> dict[str, Any]:
    return {"description": _("What was asked for."), "content": {content_type: {"schema": content}}}


def _html(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"text/html": {"schema": {"type": "string"}}}}
