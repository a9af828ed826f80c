"""Two people in one form: the second is shown both versions and loses nothing of what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from initiatives.admin.base.form_merge import EditConflict
from initiatives.models import Initiative, Meeting, Report, Role, Target
from tests import make
from tests.admin_forms import address, errors, filled, saved
from tests.extent import in_turn

pytestmark = pytest.mark.django_db


def told(page: Any) -> EditConflict:
    """The conflict of a form that was sent back for one."""
    assert "Somebody else has saved this since you opened it" in errors(page)
    assert "Saved by somebody else meanwhile" in page.text
    conflict: EditConflict = page.context["conflict"]
    return conflict


def shown(page: Any) -> dict[str, tuple[str, str, str, str]]:
    return {
        each.label: (each.before, each.mine, each.theirs, each.changed_by)
        for each in told(page).differences
    }


def test_the_second_save_of_a_row_gets_both_versions_and_keeps_what_was_typed(
    admin_client: Client,
) -> None:
    initiative = make.initiative(title="Before")
    url = address(initiative, "change")
    form = filled(admin_client.get(url))
    saved(admin_client, url, title="Theirs")
    page = admin_client.post(url, form | {"title": "Mine"})
    assert shown(page) == {"Title": ("Before", "Mine", "Theirs", "both")}
    assert told(page).latest.history_user.username == "admin"
    assert 'value="Mine"' in page.text
    initiative.refresh_from_db()
    assert initiative.title == "Theirs"
    # Now knowingly.
    assert admin_client.post(url, filled(page)).status_code == 302
    initiative.refresh_from_db()
    assert initiative.title == "Mine"
    assert "Theirs" in initiative.history.values_list("title", flat=True)


def test_whoever_saves_again_is_told_again_if_it_changed_again(admin_client: Client) -> None:
    theme = make.theme(name="Before")
    url = address(theme, "change")
    form = filled(admin_client.get(url))
    saved(admin_client, url, name="Theirs")
    page = admin_client.post(url, form | {"name": "Mine"})
    again = filled(page)
    saved(admin_client, url, name="Theirs again")
    assert shown(admin_client.post(url, again))["Name"] == (
        "Theirs",
        "Mine",
        "Theirs again",
        "both",
    )


def test_what_only_the_other_changed_is_not_taken_back(admin_client: Client) -> None:
    initiative = make.initiative(title="Before", summary="Old\r\nlines")
    themes = [make.theme(), make.theme()]
    meeting = make.meeting(dialogue=initiative.dialogue)
    url = address(initiative, "change")
    form = filled(admin_client.get(url))
    new = {"themes": [theme.pk for theme in themes], "raised_at": meeting.pk, "kind": "pledge"}
    saved(admin_client, url, summary="New", **new)
    page = admin_client.post(url, form | {"title": "Mine"})
    found = shown(page)
    assert {label: by for label, (*_words, by) in found.items()} == {
        "Title": "mine",
        "Summary": "theirs",
        "Raised at": "theirs",
        "Themes": "theirs",
        "Kind": "theirs",
    }
    assert found["Raised at"][2] == str(meeting)
    assert found["Kind"][2] == "Pledge"
    assert admin_client.post(url, filled(page)).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary) == ("Mine", "New")
    assert (initiative.raised_at, initiative.kind) == (meeting, "pledge")
    assert set(initiative.themes.all()) == set(themes)


def test_the_rows_of_an_inline_are_merged(admin_client: Client) -> None:
    """One is changed by both, one by each, one is added by each, two are deleted by one."""
    initiative = make.initiative()
    for metric in ("both", "mine", "theirs", "gone", "gone but changed", "dropped"):
        make.target(initiative=initiative, metric=metric, value=1)
    at = {metric: n for n, metric in enumerate(initiative.targets.values_list("metric", flat=True))}
    url = address(initiative, "change")
    form = filled(admin_client.get(url))
    targets = initiative.targets
    targets.filter(metric="both").update(value=2)
    targets.filter(metric="theirs").update(unit="km")
    targets.filter(metric__startswith="gone").delete()
    make.target(initiative=initiative, metric="added by them", value=3)
    mine: dict[str, Any] = {
        f"targets-{at['both']}-value": "5",
        f"targets-{at['mine']}-unit": "USD",
        f"targets-{at['gone but changed']}-note": "Still needed.",
        f"targets-{at['dropped']}-DELETE": "on",
        "targets-6-metric": "added by me",
        "targets-6-bound": "exactly",
        "targets-6-value": "7",
        "targets-6-initiative": initiative.pk,
        "targets-TOTAL_FORMS": 7,
    }
    page = admin_client.post(url, form | mine)
    found = shown(page)
    assert found["Target “both: 2”: Value"] == ("1", "5", "2", "both")
    assert found["Target “added by them: 3”"][2] == "added by somebody else"
    again = admin_client.post(url, filled(page) | deletions(page))
    assert again.status_code == 302, errors(again)
    now: dict[str, Any] = {t.metric: (t.value, t.unit, t.note) for t in Target.objects.all()}
    assert now == {
        "both": (5, "", ""),
        "mine": (1, "", ""),
        "theirs": (1, "km", ""),
        "gone but changed": (1, "", "Still needed."),
        "added by them": (3, "", ""),
        "added by me": (7, "", ""),
    }


def deletions(page: Any) -> dict[str, str]:
    """The ticks for deletion in the inlines of a page."""
    bound = [form for each in page.context["inline_admin_formsets"] for form in each.formset.forms]
    return {
        form["DELETE"].html_name: "on"
        for form in bound
        if "DELETE" in form.fields and form["DELETE"].value()
    }


def test_a_role_changed_on_its_own_page_is_a_conflict_on_its_initiatives(
    admin_client: Client,
) -> None:
    role, japan = make.role(), make.participant(name="Japan")
    url = address(role.initiative, "change")
    form = filled(admin_client.get(url))
    saved(admin_client, address(role, "change"), participant=japan.pk)
    page = admin_client.post(url, form | {"roles-0-role": "funder"})
    found = shown(page)
    assert [values[2] for label, values in found.items() if label.endswith("Participant")] == [
        "Japan"
    ]
    assert admin_client.post(url, filled(page)).status_code == 302
    role.refresh_from_db()
    assert (role.participant, role.role) == (japan, "funder")


def test_a_status_recorded_meanwhile_is_no_conflict(admin_client: Client) -> None:
    initiative = make.initiative()
    url = address(initiative, "change")
    form = filled(admin_client.get(url))
    make.update(initiative=initiative)
    assert admin_client.post(url, form | {"title": "New"}).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, initiative.delivery_status) == ("New", "under_way")


def test_a_report_with_citations_is_saved_without_a_conflict(admin_client: Client) -> None:
    report = make.report()
    make.citation(report=report, meeting=make.meeting())
    saved(admin_client, address(report, "change"), title="New", note="Two\nlines")
    saved(admin_client, address(report, "change"), note="Two\nlines")
    assert Report.objects.get().title == "New"


def test_after_a_mistake_it_is_still_the_version_that_was_opened(admin_client: Client) -> None:
    meeting = make.meeting(title="Before")
    url = address(meeting, "change")
    page = admin_client.post(url, filled(admin_client.get(url), starts_on="nonsense"))
    assert "Write 2022" in errors(page)
    saved(admin_client, url, title="Theirs")
    assert (
        shown(admin_client.post(url, filled(page) | {"starts_on": "2022"}))["Title"][3] == "theirs"
    )
    assert Meeting.objects.get().title == "Theirs"


def test_a_person_and_a_group_are_saved_over_nobodys_head(admin_client: Client) -> None:
    person = User.objects.create_user("clerk", is_staff=True)
    group = Group.objects.create(name="Readers")
    for row, name in ((person, "first_name"), (group, "name")):
        url = reverse(f"admin:auth_{row._meta.model_name}_change", args=[row.pk])
        form = filled(admin_client.get(url))
        assert "_version" in form
        assert admin_client.post(url, form | {name: "Theirs"}).status_code == 302
        page = admin_client.post(url, form | {name: "Mine"})
        assert [values[1:] for values in shown(page).values()] == [("Mine", "Theirs", "both")]
        assert "pbkdf2" not in page.text
        assert admin_client.post(url, filled(page)).status_code == 302
        row.refresh_from_db()
        assert getattr(row, name) == "Mine"


@pytest.mark.parametrize("version", [None, "", "x", "\0", "a:b:c", "x" * 100_000])
def test_a_form_without_its_version_saves_over_nobodys_head(
    admin_client: Client, version: str | None
) -> None:
    initiative = make.initiative(title="There")
    url = address(initiative, "change")
    form = filled(admin_client.get(url), title="Mine", _version=version)
    page = admin_client.post(url, form)
    assert shown(page)["Title"] == ("", "Mine", "There", "both")
    assert "not known" in page.text
    assert admin_client.post(url, filled(page)).status_code == 302
    assert Initiative.objects.get().title == "Mine"


def test_the_version_of_another_row_is_none(admin_client: Client) -> None:
    one, other = make.theme(), make.theme()
    version = filled(admin_client.get(address(other, "change")))["_version"]
    url = address(one, "change")
    form = filled(admin_client.get(url), name="New", _version=version)
    assert not told(admin_client.post(url, form)).is_known


VALUES = ["\0", "99999999999999999999", "abc", "-1", "[" * 20_000, "²", ""]


def test_a_conflict_takes_any_values(admin_client: Client) -> None:
    role = make.role()
    make.target(initiative=role.initiative)
    url = address(role.initiative, "change")
    form = filled(admin_client.get(url))
    saved(admin_client, url, title="Theirs")
    Role.objects.all().delete()
    places = (
        [name for name in form if name != "_version" and not name.endswith("_FORMS")],
        [name for name in form if name.endswith("_FORMS")],
        [name for name in form if name != "_version"],
        ["targets-0-id", "roles-0-id"],
        ["targets-0-initiative", "roles-0-initiative"],
    )
    for number, value in enumerate(VALUES):
        for names in in_turn(number, places, 2):
            answer = admin_client.post(url, form | dict.fromkeys(names, value))
            assert answer.status_code == 200, (names, value)
