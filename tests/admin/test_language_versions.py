"""Language versions on the desk: tied in the form of a report, and quoted in the form of a mention."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.models import Mention
from tests import make
from tests.admin_forms import address, errors, saved, send

pytestmark = pytest.mark.django_db


def test_a_version_names_no_version_and_no_report_with_versions_becomes_one(
    admin_client: Client,
) -> None:
    head = make.report("ja", title="Head", language="ja")
    version = make.report("en", title="Version", translation_of=head)
    other = make.report("ru", language="ru")
    url = address(other, "change")
    answer = send(admin_client, url, translation_of=version.pk)
    assert "“Version” is a language version itself: choose “Head”." in errors(answer)
    answer = send(admin_client, address(head, "change"), translation_of=other.pk)
    assert "Other language versions point to this document." in errors(answer)
    saved(admin_client, url, translation_of=head.pk, authentic="on")
    other.refresh_from_db()
    assert other.translation_of == head
    assert other.authentic


def test_no_version_is_in_the_language_of_its_original(admin_client: Client) -> None:
    head, other = make.report("head", language="ru"), make.report("other", language="RU-Cyrl")
    version = make.report("en", translation_of=head)
    answer = send(admin_client, address(other, "change"), translation_of=head.pk)
    assert "Language: that is the language of the original." in errors(answer)
    answer = send(admin_client, address(version, "change"), language="ru")
    assert "Language: that is the language of the original." in errors(answer)
    answer = send(admin_client, address(head, "change"), language="en")
    assert "It has translations into this language." in errors(answer)
    for wrong in ("", "tag?"):
        answer = send(admin_client, address(version, "change"), language=wrong)
        assert answer.status_code == 200
    saved(admin_client, address(version, "change"), language="ja")
    saved(admin_client, address(head, "change"), language="en")


def test_the_form_of_a_report_shows_its_versions(admin_client: Client) -> None:
    head = make.report("ja", title="共同声明", language="ja")
    version = make.report("en", title="Statement", translation_of=head)
    make.report("ru", title="Заявление", language="ru", translation_of=head)
    shown = admin_client.get(address(version, "change")).text
    assert "Japanese: <a" in shown
    assert "Russian: <a" in shown


def test_documents_of_the_same_meeting_are_offered_first_and_no_versions(
    admin_client: Client,
) -> None:
    dialogue = make.dialogue()
    meeting, other = (make.meeting(dialogue=dialogue) for _ in range(2))
    make.report(title="Statement A")
    make.report(title="Statement B", meeting=other)
    head = make.report(title="Statement C", meeting=meeting)
    make.report(title="Statement D", translation_of=head, meeting=meeting)
    asked = {
        "app_label": "initiatives",
        "model_name": "report",
        "field_name": "translation_of",
        "term": "statement",
    }

    def found(**more: str | int) -> list[str]:
        rows = admin_client.get("/admin/autocomplete/", {**asked, **more}).json()["results"]
        return [row["text"].split(" –")[0][-1] for row in rows]

    assert found(meeting=meeting.pk) == ["C", "B", "A"]
    assert sorted(found()) == ["A", "B", "C"]
    assert sorted(found(meeting="x" * 40)) == ["A", "B", "C"]


def test_the_quotes_of_all_languages_are_recorded_in_one_form(admin_client: Client) -> None:
    initiative, japan = make.initiative(), make.participant("jp")
    english = make.report("en")
    japanese = make.report("ja", language="ja", translation_of=english)
    said = {
        "initiative": initiative.pk,
        "report": english.pk,
        "act": "supported",
        "by": [japan.pk],
        "locator": "para 12",
        "quote": "It supports the university.",
        "quote_language": "en",
        "due_on": "2030",
    }
    url = address(Mention, "add")
    before = Mention.objects.count()
    answer = send(admin_client, url, **said)
    assert "Nothing saved yet." in answer.text
    assert "Quote in Japanese" in answer.text
    assert Mention.objects.count() == before
    box = f"quote_in_{japanese.pk}"
    said[box] = "大学を支持する。"
    answer = send(admin_client, f"{url}?report={english.pk}", **{**said, "locator": ""})
    assert "Give the place" in errors(answer)
    saved(admin_client, f"{url}?report={english.pk}", **said)
    one, two = Mention.objects.order_by("-pk")[:2][::-1]
    assert (one.report, two.report) == (english, japanese)
    assert (two.quote, two.quote_language) == ("大学を支持する。", "ja")
    assert (two.act, two.locator, list(two.by.all())) == ("supported", "para 12", [japan])
    # Its words of the due date are those of one language.
    assert one.due_on == "2030"
    assert two.due_on is None


def test_without_further_quotes_one_mention_is_recorded(admin_client: Client) -> None:
    initiative, english = make.initiative(), make.report("en")
    japanese = make.report("ja", language="ja", translation_of=english)
    before = Mention.objects.count()
    saved(
        admin_client,
        f"{address(Mention, 'add')}?report={english.pk}",
        initiative=initiative.pk,
        act="mentioned",
        quote="It.",
        quote_language="en",
        **{f"quote_in_{japanese.pk}": ""},
    )
    assert Mention.objects.count() == before + 1


def test_a_correction_asks_for_no_other_language(admin_client: Client) -> None:
    english = make.report("en")
    japanese = make.report("ja", language="ja", translation_of=english)
    mention = make.mention(report=english, quote="It.", quote_language="en")
    shown = admin_client.get(address(mention, "correct"))
    assert f"quote_in_{japanese.pk}" not in shown.text
    saved(admin_client, address(mention, "correct"), quote="That.")
    assert Mention.objects.get(corrects=mention).quote == "That."
