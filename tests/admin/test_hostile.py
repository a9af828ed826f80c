"""Whatever stands in an address or a form of the admin, the answer is never an error 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from initiatives.models import (
    ENTRIES,
    FollowUpPlan,
    Initiative,
    LoadConflict,
    LoadedFact,
    Meeting,
    Record,
    Report,
    StatusUpdate,
    Target,
    Translated,
)
from tests import make
from tests.admin_forms import address, filled
from tests.extent import in_turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows")]

MODELS = sorted(
    (m for m in site._registry if issubclass(m, Record | FollowUpPlan)), key=lambda m: m.__name__
)
TRANSLATED = [model for model in MODELS if issubclass(model, Translated)]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
HUGE = "99999999999999999999999"
VALUES = ("\0", HUGE, "abc", "-1", "[" * 20_000, "1e999999", "NaN")
KEYS = ["abc", HUGE, "²", "%00", "1/2", "0", "-1", "1.5", "None", "_5F", "'", "..", "é", " "]
QUERIES = [
    "q=%00",
    "q=" + "a+" * 1500,
    "q=" + "x" * 60_000,
    "q=%22unclosed",
    "q=%ff%fe",
    "q=%25_%5C",
    "o=abc",
    "o=1.2.-99.x",
    "o=" + HUGE,
    "p=abc",
    "p=-1",
    "p=" + HUGE,
    "all=x",
    "e=1",
    "_popup=1&_to_field=password",
    "_to_field=id",
    "_facets=True",
    "_changelist_filters=%25%25%3D%26",
    "nonsense=1",
    "nonsense__regex=(",
    "id=abc",
    "id=" + HUGE,
    "id__in=" + HUGE,
    "pk=abc",
    "id__regex=(",
    "slug__regex=(",
    "title__regex=(",
    "title__iregex=%5B",
    "ref__regex=(",
    "recorded_at__year__exact=99999",
    "recorded_at__date__exact=abc",
    "recorded_at__exact=abc",
    "recorded_at__exact=9999-12-31T23:59:59-10:00",
    "last_login=9999-12-31T23:59:59-10:00",
    "on__year=abc",
    "on__year__exact=" + HUGE,
    "on__exact=abc",
    "starts_on__ends_before=abc",
    "value__exact=1e999999",
    "value__exact=1e9999999",
    "value__exact=NaN",
    "number__exact=abc",
    "sdgs__exact=%7B",
    "values__a__b=1",
    "publication__exact=%C3%A9",
    "publication__in=" + ",".join("x" * 3000),
    "kind=abc",
    "flag=abc",
    "flag=overdue&flag=stale",
    "state=abc",
    "subject=abc",
    "on_year=abc",
    "published_on_year=" + HUGE,
    "starts_on_year=2022%27",
    "dialogue__id__exact=abc",
    "dialogue__id__exact=" + HUGE,
    "dialogue__isnull=abc",
    "dialogue__name__regex=(",
    "dialogue__exact=abc",
    "initiative__id__exact=abc",
    "initiative__dialogue__id__exact=" + HUGE,
    "recorded_by__password__startswith=a",
    "report__id__exact=%C2%B2",
    "themes__id__exact=abc",
    "history__id=1",
    "__=1",
    "=1",
]


@pytest.fixture(scope="module")
def rows(for_module: Callable[[Callable[[], None]], None]) -> None:
    for_module(make_rows)


def make_rows() -> None:
    make.mention()
    make.update(initiative=make.initiative(raised_at=make.meeting()))


@pytest.mark.parametrize("model", [Initiative, Meeting, StatusUpdate, Target, LoadedFact])
def test_a_list_takes_any_query(admin_client: Client, model: type[Record]) -> None:
    for query in QUERIES:
        answer = admin_client.get(f"{address(model, 'changelist')}?{query}", follow=True)
        assert answer.status_code in (200, 400), query


@pytest.mark.every_case
@every_model
def test_a_page_takes_any_key(admin_client: Client, model: type[Record]) -> None:
    base = address(model, "changelist")
    pages = ["change", "history", "delete", ""]
    for key in KEYS if model is Initiative else KEYS[:5]:
        for page in pages:
            answer = admin_client.get(f"{base}{key}/{page}/" if page else f"{base}{key}/")
            assert answer.status_code in (200, 301, 302, 400, 403, 404), (key, page)


@every_model
def test_a_version_that_is_not_there_is_not_found(
    admin_client: Client, model: type[Record]
) -> None:
    base = address(model, "changelist")
    if model is LoadedFact:
        return
    for page in ("abc/history/", "1/history/abc/", f"1/history/{HUGE}/", "abc/history/1/"):
        assert admin_client.get(base + page).status_code == 404


@every_model
def test_an_add_form_takes_any_first_values(admin_client: Client, model: type[Record]) -> None:
    names = [field.name for field in model._meta.get_fields()]
    for value in in_turn(MODELS.index(model), ("abc", HUGE, "²", "1,abc", "-1", "%ff"), 3):
        query = "&".join(f"{name}={value}" for name in names)
        answer = admin_client.get(f"{address(model, 'add')}?{query}")
        assert answer.status_code in (200, 403), value


@every_model
def test_an_action_takes_any_rows(admin_client: Client, model: type[Record]) -> None:
    for number, action in enumerate(("publish_rows", "delete_selected", "\0", "nonsense")):
        for key in in_turn(MODELS.index(model) + number, ("abc", "\0", HUGE, "-1", ""), 2):
            index = "0" if key else "abc"
            data = {"action": action, "_selected_action": key, "index": index}
            answer = admin_client.post(address(model, "changelist"), data)
            assert answer.status_code in (200, 302, 403), data


@every_model
def test_a_form_takes_any_values(admin_client: Client, model: type[Record]) -> None:
    page = admin_client.get(address(model, "add"))
    if page.status_code == 403:
        return
    alone = in_turn(MODELS.index(model), VALUES)
    for value in in_turn(MODELS.index(model), VALUES, 3):
        send_everywhere(admin_client, model, page, value, alone=value in alone)


def send_everywhere(
    admin_client: Client, model: type[Record], page: Any, value: str, *, alone: bool
) -> None:
    """Send it in every field of a form with its inlines; ``alone``: without these too, and in a window of its own."""
    form = filled(page)
    names = [*form, *page.context["adminform"].form.fields]
    kept = {name: form[name] for name in form if name.endswith("_FORMS")}
    data = dict.fromkeys(names, value) | kept
    if alone:
        assert admin_client.post(address(model, "add"), data).status_code == 200, value
    for inline in page.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": "2", f"{prefix}-INITIAL_FORMS": "1"}
        data |= {f"{prefix}-0-{name}": value for name in inline.formset.empty_form.fields}
    assert admin_client.post(address(model, "add"), data).status_code == 200, value
    if alone:
        data |= {"_to_field": value, "_popup": value}
        assert admin_client.post(address(model, "add"), data).status_code in (200, 400), value


@pytest.mark.parametrize("value", ["\0", HUGE, "abc", "-1"])
def test_a_form_takes_any_number_of_rows(admin_client: Client, value: str) -> None:
    url = address(make.initiative(), "change")
    form = filled(admin_client.get(url))
    counts = {name: value for name in form if name.endswith("_FORMS")}
    page = admin_client.post(url, form | counts)
    assert page.status_code in (200, 302)
    assert len(page.content) < 5_000_000


def test_a_form_takes_rows_that_nobody_has(admin_client: Client) -> None:
    """Of a row that is shown and not edited, such as a citation of a report, the key alone is sent."""
    report = make.report()
    make.citation(report=report, role=make.role())
    url = address(report, "change")
    for value in VALUES:
        form = filled(admin_client.get(url))
        keys = {
            name: value for name in form if name.startswith("citations") and name.endswith("-id")
        }
        assert keys
        assert admin_client.post(url, form | keys).status_code in (200, 302), value


@pytest.mark.parametrize("page", ["record_status", "record_mention", "record_criterion"])
def test_recording_takes_any_initiative(admin_client: Client, page: str) -> None:
    good = address(make.initiative(), page)
    for key in KEYS:
        url = "/".join([*good.split("/")[:-3], key, *good.split("/")[-2:]])
        assert admin_client.get(url).status_code in (302, 400, 404), url
        assert admin_client.post(url).status_code in (302, 400, 404, 405), url


@pytest.mark.every_case
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("page", ["correct", "withdraw", "review"])
def test_correcting_takes_any_entry(admin_client: Client, entry: Any, page: str) -> None:
    for key in KEYS:
        url = f"{address(entry, 'changelist')}{key}/{page}/"
        assert admin_client.get(url).status_code in (302, 400, 404), url
        assert admin_client.post(url).status_code in (302, 400, 404, 405), url


@pytest.mark.every_case
@pytest.mark.parametrize(
    "query",
    [
        "",
        "app_label=x",
        "app_label=initiatives&model_name=initiative&field_name=dialogue&term=%00",
        "app_label=initiatives&model_name=initiative&field_name=dialogue&page=abc",
        "app_label=initiatives&model_name=initiative&field_name=dialogue&page=" + HUGE,
        "app_label=initiatives&model_name=initiative&field_name=dialogue&term=" + "a+" * 1500,
        "app_label=initiatives&model_name=initiative&field_name=title&term=a",
        "app_label=initiatives&model_name=nonsense&field_name=dialogue",
        "app_label=initiatives&model_name=statusupdate&field_name=recorded_by&term=a",
        "app_label=auth&model_name=user&field_name=password",
        "app_label=initiatives&model_name=initiative&field_name=mentions&term=a",
        "app_label=initiatives&model_name=mention&field_name=correction&term=a",
        "app_label=initiatives&model_name=historicalinitiative&field_name=dialogue&term=a",
    ],
)
def test_the_search_of_a_picker_takes_anything(admin_client: Client, query: str) -> None:
    answer = admin_client.get(f"{reverse('admin:autocomplete')}?{query}")
    assert answer.status_code in (200, 400, 403, 404)


@pytest.mark.every_case
@pytest.mark.parametrize("model", TRANSLATED, ids=lambda model: model.__name__)
def test_the_page_of_translations_takes_any_language_and_any_rows(
    admin_client: Client, model: Any
) -> None:
    row = model.objects.first() or make.theme()
    url = address(row, "translate")
    for value in (*VALUES, "en", "ar", "x" * 40, "ja,ru"):
        assert admin_client.get(url, {"language": value}).status_code in (200, 400), value
    for value in VALUES:
        rows = {f"translations-0-{part}": value for part in ("field", "language", "text")}
        data = rows | {"_version": value, "_translations_hold": value}
        assert admin_client.post(url, data).status_code in (200, 400), value
    for key in (HUGE, "0"):
        answer = admin_client.get(f"{address(model, 'changelist')}{key}/translate/")
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ["kind", "language", "state", "dialogue", "page"])
def test_the_list_of_translations_takes_any_parameter(admin_client: Client, name: str) -> None:
    for value in VALUES:
        answer = admin_client.get(reverse("admin:translations"), {name: value})
        assert answer.status_code in (200, 400, 404), value


def test_a_version_of_a_changed_entry_page_number_may_be_anything(admin_client: Client) -> None:
    report = make.report()
    for number in ("abc", "-1", "0", HUGE):
        assert admin_client.get(address(report, "history"), {"p": number}).status_code == 200


def test_a_report_and_an_initiative_of_a_garbled_address(admin_client: Client) -> None:
    for model in (Report, Initiative):
        for key in KEYS:
            url = f"{address(model, 'changelist')}{key}/change/"
            assert admin_client.post(url).status_code in (302, 400, 404), url


@pytest.mark.parametrize("model", [User, Group])
def test_the_lists_of_people_take_any_query(admin_client: Client, model: Any) -> None:
    base = reverse(f"admin:auth_{model._meta.model_name}_changelist")
    for query in [*QUERIES, "username__regex=(", "name__regex=(", "last_login__year__exact=99999"]:
        assert admin_client.get(f"{base}?{query}", follow=True).status_code in (200, 400), query
    for key in ("abc", HUGE, "²"):
        data = {"action": "delete_selected", "_selected_action": key, "index": "0"}
        assert admin_client.post(base, data).status_code in (200, 302)
        for page in ("change", "history", "delete", "password", "two-factor"):
            assert admin_client.get(f"{base}{key}/{page}/").status_code in (302, 403, 404)


@pytest.mark.parametrize("value", VALUES)
def test_a_new_person_takes_any_role_and_dialogue(admin_client: Client, value: str) -> None:
    url = reverse("admin:auth_user_add")
    form = filled(admin_client.get(url), groups=value, dialogues=value)
    assert admin_client.post(url, form).status_code == 200


@pytest.mark.parametrize("value", VALUES)
def test_a_review_takes_any_answer(admin_client: Client, value: str) -> None:
    draft = make.initiative(publication="draft")
    make.mention(initiative=draft, publication="draft")
    url = address(draft, "review")
    for posted in ({"_publish": value, "entries": [value]}, {"_return": value, "reason": value}):
        assert admin_client.post(url, posted).status_code in (200, 302)


@pytest.mark.parametrize("value", VALUES)
def test_settling_a_conflict_takes_anything(admin_client: Client, value: str) -> None:
    # No load keeps what no column could hold.
    kept = value.replace("\0", "")
    fields = [{"field": kept, "base": kept, "ours": [kept], "theirs": {"x": kept}}]
    conflict = LoadConflict.objects.create(source="r", kind="initiative", key="x", fields=fields)
    url = f"/admin/initiatives/loadconflict/{conflict.pk}/"
    assert admin_client.get(f"{url}change/").status_code == 200
    posted = {"digest": value, "take-0": value}
    assert admin_client.post(f"{url}settle/", posted).status_code == 302
    for key in KEYS:
        wrong = f"/admin/initiatives/loadconflict/{key}/settle/"
        assert admin_client.post(wrong, posted).status_code in (302, 400, 404)


@pytest.mark.parametrize("value", VALUES)
def test_a_deletion_and_an_undo_take_any_version(admin_client: Client, value: str) -> None:
    row = make.initiative(publication="draft")
    page = admin_client.get(address(row, "delete"), {"seen": value})
    assert page.status_code == (400 if "\0" in value else 200)
    page = admin_client.post(address(row, "delete"), {"post": "yes", "_seen": value})
    assert page.status_code == 200
    latest = row.history.latest()
    posted = {"now": latest.pk, "seen": value, "part": [value]}
    assert admin_client.post(address(row, "simple_history", latest.pk), posted).status_code == 200
