"""The description of what programs may ask holds for whatever it allows, and is itself what OpenAPI says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from initiatives.exports.made_files import make_files
from initiatives.exports.openapi import OF_PAGES
from initiatives.pages.alternate_formats import LIST_FORMATS
from initiatives.query.filters import InitiativeFilter, MeetingFilter, ReportFilter
from tests import make
from tests.extent import API_REQUESTS
from tests.kept_connection import kept_connection
from tests.world import hang_drafts_on, make_world
from tracker.wsgi import application

pytestmark = pytest.mark.django_db

ADDRESS = "/data/openapi.json"
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    world = make_world()
    make.initiatives(3, **world.shared)
    found: dict[str, Any] = client.get(ADDRESS).json()
    return found


def site(environ: Any, start_response: Any) -> list[bytes]:
    """The site as a server calls it, each answer taken whole and closed."""
    with kept_connection():
        response: Any = application(environ, start_response)
        try:
            return [b"".join(response)]
        finally:
            response.close()


def operations(description: dict[str, Any]) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(description)
    schema.config.update(base_url="http://localhost")
    schema.app = site
    for found in schema.get_all_operations():
        operation: Any = found
        yield operation.ok()


def ask(operation: Any, asked: dict[str, set[int]]) -> None:
    """Ask one address a few things that the description allows, and note how it answered."""

    @hypothesis.settings(
        max_examples=API_REQUESTS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(operation.as_strategy())
    def holds(case: Any) -> None:
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        asked.setdefault(operation.path, set()).add(response.status_code)

    holds()


def test_what_is_described_is_what_is_answered(
    description: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    make_files(at_once=True)
    # Guessed keys would all be missing.
    for path in description["paths"].values():
        for parameter in path["get"].get("parameters", []):
            if parameter["name"] == "key":
                known = parameter["schema"].pop("examples")
                parameter["schema"] = {"enum": [*known, "nothing"]}
    asked: dict[str, set[int]] = {}
    for operation in operations(description):
        ask(operation, asked)
    assert len(asked) == len(description["paths"]) > 60
    assert [path for path, codes in asked.items() if 200 not in codes] == []
    assert {code for codes in asked.values() for code in codes} == {200, 400, 404}


@pytest.mark.parametrize(
    ("table", "key", "wrong"),
    [
        ("themes", "name", {"type": "integer"}),
        ("updates", "status", {"enum": ["never"]}),
        ("mentions", "recorded_at", {"type": "string", "pattern": "^x"}),
    ],
)
def test_a_wrong_answer_would_be_found(
    description: dict[str, Any], table: str, key: str, wrong: dict[str, Any]
) -> None:
    description["components"]["schemas"][table]["properties"][key] = wrong
    path = f"/data/json/{table}.json"
    description["paths"] = {path: description["paths"][path]}
    (operation,) = operations(description)
    with pytest.raises(FailureGroup):
        ask(operation, {})


def test_every_address_of_data_is_described(description: dict[str, Any]) -> None:
    """Routes that answer with a file, by their endings."""
    described = {re.sub(r"{\w+}", "x", path) for path in description["paths"]}
    routes = [str(route.pattern) for route in get_resolver("initiatives.urls").url_patterns]
    files = [route for route in routes if re.search(r"\.(csv|json|xlsx|atom|ics|zip|bib)$", route)]
    assert len(files) > 30
    for route in files:
        if "<table:table>" in route:
            paths = {
                "/" + route.replace("<table:table>", name)
                for name in LIST_FORMATS
                if name != "changes"
            }
        else:
            paths = {"/" + re.sub(r"<[^>]+>", "x", route)}
        assert paths <= described, route


def test_every_parameter_of_a_list_is_described(description: dict[str, Any]) -> None:
    filters = {"initiatives": InitiativeFilter, "meetings": MeetingFilter, "reports": ReportFilter}
    for name, of_list in filters.items():
        for extension in LIST_FORMATS[name]:
            operation = description["paths"][f"/{name}.{extension}"]["get"]
            named = {one["name"] for one in operation["parameters"]}
            assert named >= {*of_list.base_filters, "sort"} - OF_PAGES
            assert not named & OF_PAGES


def test_every_value_that_is_offered_is_understood(
    client: Client, description: dict[str, Any]
) -> None:
    for name in ("initiatives", "meetings", "reports"):
        for parameter in description["paths"][f"/{name}.json"]["get"]["parameters"]:
            schema = parameter["schema"]
            values = schema.get("items", schema).get("enum", [])
            for value in values:
                query = urlencode({parameter["name"]: value})
                response = client.get(f"/{name}.json?{query}")
                assert response.status_code == 200, query
                assert b"".join(response)


def test_every_address_is_named_once(description: dict[str, Any]) -> None:
    names = [path["get"]["operationId"] for path in description["paths"].values()]
    assert len(set(names)) == len(names)
    assert description["openapi"].startswith("3.1")


def test_a_draft_is_not_offered(client: Client) -> None:
    hang_drafts_on(make_world(), "secret")
    assert "secret" not in json.dumps(client.get(ADDRESS).json())


def test_the_description_costs_the_same_whatever_there_is(client: Client) -> None:
    world = make_world()

    def queries() -> int:
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS)
        return len(asked)

    before = queries()
    make.initiatives(40, **world.shared)
    assert queries() == before <= 30


def test_an_empty_record_can_be_described(client: Client) -> None:
    assert client.get(ADDRESS).json()["paths"]
