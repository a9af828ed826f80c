"""Every model has its pages in the admin, and their cost does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.forms import ModelChoiceField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.admin.base.filters import MOST_LINKS
from initiatives.admin.base.widgets import MultiplePicker, Picker
from initiatives.models import (
    Attendance,
    Citation,
    Criterion,
    Delegate,
    Dialogue,
    Discrepancy,
    Initiative,
    Line,
    Lineage,
    LoadedFact,
    Meeting,
    Membership,
    Mention,
    Participant,
    Record,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
)
from tests import make
from tests.admin_forms import address

pytestmark = pytest.mark.django_db


def make_membership() -> Membership:
    return make.dialogue(members=[make.participant()]).memberships.get()


MAKERS: dict[type[Record], Callable[[], Record]] = {
    Attendance: make.attendance,
    Citation: lambda: make.citation(meeting=make.meeting()),
    Criterion: make.criterion,
    Delegate: make.delegate,
    Dialogue: make.dialogue,
    Discrepancy: make.discrepancy,
    Initiative: lambda: make.initiative(raised_at=make.meeting(), themes=[make.theme()]),
    Line: make.line,
    Lineage: make.lineage,
    Meeting: make.meeting,
    Membership: make_membership,
    Mention: make.mention,
    Participant: make.participant,
    Report: make.report,
    Role: make.role,
    StatusUpdate: make.update,
    Target: make.target,
    Theme: make.theme,
}
every_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)


def test_every_model_is_registered() -> None:
    ours = {model for model in site._registry if issubclass(model, Record)}
    assert ours == {*MAKERS, LoadedFact}


@every_model
@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_the_pages_of_a_model_open(
    admin_client: Client, model: type[Record], page: str, filled: bool
) -> None:
    if filled:
        MAKERS[model]()
    assert admin_client.get(address(model, page)).status_code == 200


@every_model
def test_the_pages_of_a_row_open(admin_client: Client, model: type[Record]) -> None:
    row = MAKERS[model]()
    assert str(row) in admin_client.get(address(row, "change")).text
    history = admin_client.get(address(row, "history"))
    assert history.status_code == 200
    for event in history.context["page_obj"]:
        assert admin_client.get(event.url).status_code == 200


@every_model
def test_a_list_can_be_searched_and_each_filter_used(
    admin_client: Client, model: type[Record]
) -> None:
    MAKERS[model]()
    page = admin_client.get(address(model, "changelist"), {"q": "a 2022 “б”"})
    assert page.status_code == 200
    page = admin_client.get(address(model, "changelist"))
    for spec in page.context["cl"].filter_specs:
        for choice in spec.choices(page.context["cl"]):
            answer = admin_client.get(address(model, "changelist") + choice["query_string"])
            assert answer.status_code == 200, choice


@every_model
def test_every_reference_is_picked_by_typing(admin_client: Client, model: type[Record]) -> None:
    """A plain select would hold every row there is."""
    page = admin_client.get(address(model, "add"))
    forms = [page.context["adminform"].form]
    forms += [inline.formset.empty_form for inline in page.context["inline_admin_formsets"]]
    fields = [field for form in forms for field in form.fields.values()]
    for field in fields:
        if isinstance(field, ModelChoiceField) and not field.widget.is_hidden:
            # What is no field of the model has no buttons around its picker.
            widget = getattr(field.widget, "widget", field.widget)
            assert isinstance(widget, Picker | MultiplePicker)


@every_model
def test_a_reference_is_found_by_typing(admin_client: Client, model: type[Record]) -> None:
    row = MAKERS[model]()
    for field in model._meta.get_fields():
        if not (field.concrete and field.is_relation and field.related_model in MAKERS):
            continue
        answer = admin_client.get(
            reverse("admin:autocomplete"),
            {
                "app_label": "initiatives",
                "model_name": row._meta.model_name or "",
                "field_name": field.name,
                "term": "a",
            },
        )
        assert answer.status_code == 200
        assert "results" in answer.json()


@pytest.mark.parametrize("model", [Initiative, Mention, StatusUpdate, Role, Citation])
def test_a_list_asks_as_much_for_10_rows_as_for_100(
    admin_client: Client, model: type[Record]
) -> None:
    meeting, report = make.meeting(), make.report()
    rest: dict[str, Any] = {"participant": make.participant(), "theme": make.theme()}

    def add(count: int) -> int:
        for initiative in make.initiatives(count, raised_at=meeting, report=report, **rest):
            make.citation(report=report, role=initiative.roles.get())
        with CaptureQueriesContext(connection) as queries:
            page = admin_client.get(address(model, "changelist"), {"all": ""})
        assert page.context["cl"].result_count >= count
        return len(queries)

    add(1)
    few = add(9)
    assert few <= 25
    assert add(90) == few


def test_many_rows_to_filter_by_are_searched_instead_of_listed(admin_client: Client) -> None:
    chosen, _other = make.initiative(), make.dialogue()
    listed = admin_client.get(address(Initiative, "changelist")).text
    assert f"dialogue__id__exact={chosen.dialogue.pk}" in listed
    for _ in range(MOST_LINKS):
        make.dialogue()
    kept = {"publication__exact": "public", "q": "initiative"}
    kept["dialogue__id__exact"] = str(chosen.dialogue.pk)
    page = admin_client.get(address(Initiative, "changelist"), kept)
    assert f'<option value="{chosen.dialogue.pk}" selected>' in page.text
    assert '<input type="hidden" name="publication__exact" value="public">' in page.text
    assert page.context["cl"].result_count == 1


def test_the_list_shows_flags_and_the_way_to_a_new_status(admin_client: Client) -> None:
    initiative = make.initiative(due_on="2020")
    make.update(initiative=initiative)
    page = admin_client.get(address(Initiative, "changelist"), {"flag": "overdue"})
    assert "Overdue" in page.text
    assert address(initiative, "record_status") in page.text


def test_what_a_load_wrote_is_there_to_read_only(admin_client: Client) -> None:
    fact = LoadedFact.objects.create(source="r", kind="theme", key="water", values={"name": "W"})
    assert admin_client.get(address(LoadedFact, "changelist")).status_code == 200
    assert admin_client.get(address(fact, "change")).status_code == 200
    assert admin_client.post(address(fact, "change"), {"source": "x"}).status_code == 403
    assert admin_client.post(address(fact, "delete"), {"post": "yes"}).status_code == 403
    assert admin_client.get(address(LoadedFact, "add")).status_code == 403


def test_the_desk_is_named_and_carries_the_content_policy(admin_client: Client) -> None:
    desk = admin_client.get(reverse("admin:index"))
    assert "Initiative tracker" in desk.text
    assert "script-src 'self'" in desk.headers["Content-Security-Policy"]


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    initiative, update = make.initiative(), make.update()
    for url in (
        address(initiative, "record_status"),
        address(initiative, "record_mention"),
        address(update, "correct"),
        address(update, "withdraw"),
    ):
        for response in (client.get(url), client.post(url)):
            assert response.status_code == 302
            assert "/login/" in response.headers["Location"]
