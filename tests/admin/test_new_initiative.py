"""A new initiative in one form: with its first mention, who does what, what is promised and by when."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import Initiative, Meeting, Mention, Report, Target
from initiatives.recording import actions
from initiatives.recording.permissions import EDITOR
from tests import make
from tests.admin_forms import address, errors, filled, send
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

ADD = address(Initiative, "add")


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Centre for clean water",
        "dialogue": make.dialogue().pk,
        "mention_act": "adopted",
        "mention_locator": "para 6",
        **changes,
    }


def test_all_of_it_is_written_at_once_and_published(admin_client: Client) -> None:
    japan, kazakhstan = make.participant("jp"), make.participant("kz")
    report = make.report()
    answer = send(
        admin_client,
        ADD,
        **typed(
            report=report.pk,
            mention_by=[japan.pk, kazakhstan.pk],
            mention_quote="共同",
            mention_quote_language="ja",
            mention_due_on="2030",
            _publish="1",
            **{
                "roles-0-role": "lead",
                "roles-0-participant": japan.pk,
                "targets-0-metric": "people",
                "targets-0-value": "600",
            },
        ),
    )
    assert answer.status_code == 302, errors(answer)
    initiative, mention = Initiative.objects.get(), Mention.objects.get()
    assert (initiative.publication, initiative.standing) == ("public", "adopted")
    assert initiative.due_on == "2030"
    assert (mention.report, mention.publication, mention.quote) == (report, "public", "共同")
    assert set(mention.by.all()) == {japan, kazakhstan}
    assert initiative.roles.get().participant == japan
    assert Target.objects.get().value == 600


def test_the_report_may_be_new_and_gives_the_language_of_the_quote(admin_client: Client) -> None:
    values = typed(
        report_url="https://example.org/new",
        report_title="Statement",
        report_publisher="Ministry",
        report_kind="joint",
        report_language="ja",
        mention_quote="共同",
    )
    answer = send(admin_client, ADD, **values)
    assert answer.status_code == 302, errors(answer)
    mention = Mention.objects.get()
    assert (mention.report, mention.quote_language) == (Report.objects.get(), "ja")
    assert mention.publication == "draft"


def test_an_initiative_may_wait_for_its_document_as_a_draft(admin_client: Client) -> None:
    values = {"title": "Canal", "dialogue": make.dialogue().pk}
    page = admin_client.post(ADD, filled(admin_client.get(ADD), **values), follow=True)
    assert "Saved as a draft. The public does not see this initiative yet." in page.text
    assert not Mention.objects.exists()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "Give the document that says so."),
        ({"report": "?", "mention_due_on": "2030", "mention_due_at": "?"}, "one of them"),
        ({"report": "?", "mention_due_on": "31.31.2030"}, "mention_due_on"),
        ({"report": "999999"}, "This is not a valid choice any more"),
        ({"report": "?", "mention_quote": "x", "mention_quote_language": "??"}, "language tag"),
        ({"report": "?", "mention_by": ["999999"]}, "mention_by"),
    ],
)
def test_what_is_wrong_is_told_at_its_box_and_nothing_is_written(
    admin_client: Client, changes: dict[str, Any], fault: str
) -> None:
    rows = {"report": make.report, "mention_due_at": make.meeting}
    given = {
        name: rows[name]().pk if value == "?" else value
        for name, value in changes.items()
        if name in rows or value != "?"
    }
    answer = send(admin_client, ADD, **typed(**given))
    assert fault in errors(answer)
    assert not Initiative.objects.exists()
    assert not Mention.objects.exists()
    assert 'value="para 6"' in answer.text


def test_what_the_action_refuses_is_told_in_the_form(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ValidationError

    def refuse(**_values: Any) -> None:
        raise ValidationError({"act": "Not so."})

    monkeypatch.setattr(actions, "record_mention", refuse)
    answer = send(admin_client, ADD, **typed(report=make.report().pk))
    assert "Not so." in errors(answer)
    assert not Initiative.objects.exists()


def test_save_and_add_another_keeps_what_several_have_in_common(admin_client: Client) -> None:
    meeting, report = make.meeting(), make.report()
    themes = [make.theme(), make.theme()]
    answer = send(
        admin_client,
        ADD,
        **typed(
            dialogue=meeting.dialogue.pk,
            raised_at=meeting.pk,
            themes=[theme.pk for theme in themes],
            report=report.pk,
            _addanother="1",
        ),
    )
    form = admin_client.get(answer.headers["Location"]).context["adminform"].form
    assert str(form["dialogue"].value()) == str(meeting.dialogue.pk)
    assert str(form["raised_at"].value()) == str(meeting.pk)
    assert str(form["report"].value()) == str(report.pk)
    assert {str(key) for key in form["themes"].value()} == {str(theme.pk) for theme in themes}
    assert not form["title"].value()


def test_what_follows_from_a_report_or_a_meeting_is_there(admin_client: Client) -> None:
    meeting = make.meeting()
    report = make.report(meeting=meeting)
    form = admin_client.get(ADD, {"report": report.pk}).context["adminform"].form
    assert str(form["raised_at"].value()) == str(meeting.pk)
    assert str(form["dialogue"].value()) == str(meeting.dialogue.pk)
    # An address that names nothing is no error.
    for value in ("x", "9" * 30, "0"):
        assert admin_client.get(ADD, {"report": value, "raised_at": value}).status_code == 200


def test_without_scripts_the_meetings_of_the_dialogue_are_offered(admin_client: Client) -> None:
    own, other = make.meeting(title="Own summit"), make.meeting(title="Other summit")
    page = admin_client.get(ADD)
    assert f'<option value="{own.dialogue.pk}">' in page.text
    assert "Own summit" not in page.text
    data = filled(page, title="Canal", dialogue=own.dialogue.pk, _offer="1")
    answer = admin_client.post(ADD, data)
    assert "Choose from the lists. Nothing is saved yet." in answer.text
    assert errors(answer) == ""
    assert "Own summit" in answer.text
    assert str(other) not in answer.text
    assert 'value="Canal"' in answer.text
    assert not Initiative.objects.exists()


def test_with_scripts_the_box_finds_the_meetings_of_the_dialogue(admin_client: Client) -> None:
    own, other = make.meeting(), make.meeting()
    query = {"app_label": "initiatives", "model_name": "initiative", "field_name": "raised_at"}

    def found(**more: Any) -> set[str]:
        rows = admin_client.get("/admin/autocomplete/", query | more).json()["results"]
        return {row["id"] for row in rows}

    assert found() == {str(own.pk), str(other.pk)}
    assert found(dialogue=own.dialogue.pk) == {str(own.pk)}
    for value in ("x", "9" * 30, "-1", "²"):
        assert found(dialogue=value) == found()
    assert Meeting.objects.count() == 2


def test_an_editors_is_a_draft_with_its_mention() -> None:
    editor = client_of(make_person(EDITOR))
    answer = send(editor, ADD, **typed(report=make.report().pk, _publish="1"))
    assert answer.status_code == 302
    assert Initiative.objects.get().publication == "draft"
    assert Mention.objects.get().publication == "draft"


def test_an_editor_adds_nothing_to_the_dialogue_of_others() -> None:
    own = make.dialogue()
    editor = client_of(make_person(EDITOR, dialogues=[own]))
    answer = send(editor, ADD, **typed(report=make.report().pk))
    assert "belongs to one that is not yours" in errors(answer)
    assert not Mention.objects.exists()
