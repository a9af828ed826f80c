"""Texts in other languages on the desk: typed row by row, merged by language, and kept in the history."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import Citation, Correction, Initiative, Meeting, StatusUpdate, Theme
from initiatives.recording.reversion import revert
from initiatives.recording.translation import translate
from tests import make
from tests.admin_forms import address, errors, filled, saved
from tests.entry_forms import RECORD_MANY
from tests.html_forms import boxes_of
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

# Tags that name no one language.
NONE = ("und", "mul", "mis", "zxx", "x-private", "und-Cyrl")
LATER = [("title", "ru", "Университет")]


def typed(*rows: tuple[str, str, str]) -> dict[str, str]:
    """What a browser sends for rows of field, language and text."""
    parts = ("field", "language", "text")
    return {
        f"translations-{number}-{part}": text
        for number, row in enumerate((*rows, ("title", "", "")))
        for part, text in zip(parts, row, strict=True)
    }


def test_rows_are_typed_changed_and_emptied(admin_client: Client) -> None:
    initiative = make.initiative(title="The University")
    url = f"{address(initiative, 'translate')}?language=ja"
    rows = [("title", "ja", " 大学 "), ("title", "uz-latn", "Universitet"), ("summary", "ja", "要")]
    saved(admin_client, url, **typed(*rows))
    initiative.refresh_from_db()
    assert initiative.translations == {
        "title": {"ja": "大学", "uz-Latn": "Universitet"},
        "summary": {"ja": "要"},
    }
    page = admin_client.get(url).text
    assert 'value="uz-Latn"' in page
    # Two texts in the language that is shown, and two in others, which go along unseen.
    assert page.count('name="translations-') == 3 * 3
    assert "大学" in client_text(admin_client, f"/initiatives/{initiative.slug}/")
    saved(admin_client, url, **typed(("title", "ja", "大學"), ("title", "uz-Latn", "")))
    initiative.refresh_from_db()
    assert initiative.translations == {"title": {"ja": "大學"}}
    # A form that says nothing of them, such as one of before, leaves them.
    saved(admin_client, address(initiative, "change"), due_note="soon")
    initiative.refresh_from_db()
    assert initiative.translations == {"title": {"ja": "大學"}}
    history = admin_client.get(address(initiative, "history")).text
    assert all(label in history for label in ("Title (ja)", "Title (uz-Latn)", "Summary (ja)"))
    added, edited = Correction.objects.order_by("pk")[:2]
    assert sorted(map(tuple, added.differences)) == [
        ("Summary (ja)", "", "要"),
        ("Title (ja)", "", "大学"),
        ("Title (uz-Latn)", "", "Universitet"),
    ]
    assert sorted(map(tuple, edited.differences)) == [
        ("Summary (ja)", "要", ""),
        ("Title (ja)", "大学", "大學"),
        ("Title (uz-Latn)", "Universitet", ""),
    ]
    before = initiative.history.filter(translations__title__ja="大学").first()
    revert(by=None, version=before)
    initiative.refresh_from_db()
    assert initiative.translations["title"]["uz-Latn"] == "Universitet"


def client_text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(admin_client: Client) -> None:
    theme = make.theme(name="Water")
    rows = [("name", "jp", "水"), ("name", "", "Вода"), ("name", "ja", "水"), ("name", "JA", "湖")]
    url = address(theme, "translate")
    page = admin_client.post(url, filled(admin_client.get(url)) | typed(*rows))
    assert "“jp” is not a language tag" in errors(page)
    assert "Say the language of “Вода”." in errors(page)
    assert "is there twice in JA" in errors(page)
    assert all(f">{text}</textarea>" in page.text for _field, _language, text in rows)
    for wrong, told in (
        ([("name", "en", "Water")], "language of the original"),
        ([("due", "ja", "水")], "“due” has no translations"),
        ([("name", "ja", "水" * 201)], "more than 200 characters"),
        ([("name", "ja", "水\0")], "control character"),
        ([("name", "ja", "\u200b\u2060\u3164")], "Name (ja) is empty"),
        *(([("name", tag, "水")], f"“{tag}” is not a language tag") for tag in NONE),
    ):
        page = admin_client.post(url, filled(admin_client.get(url)) | typed(*wrong))
        assert told in errors(page)
    theme.refresh_from_db()
    assert theme.translations == {}


@pytest.mark.parametrize("tag", NONE)
def test_nothing_is_asked_for_in_no_language(admin_client: Client, tag: str) -> None:
    page = admin_client.get(f"{address(make.theme(), 'translate')}?language={tag}")
    assert f"“{tag}” is not a language tag" in page.text
    assert page.context["page"].side.language == "ja"


def test_the_original_is_not_said_to_be_in_the_language_of_a_translation(
    admin_client: Client,
) -> None:
    theme = make.theme(name="Water", translations={"name": {"ja": "水"}})
    url = address(theme, "change")
    page = admin_client.post(url, filled(admin_client.get(url), language="ja"))
    assert "It has translations into this language." in errors(page)
    saved(admin_client, url, language="ru")
    theme.refresh_from_db()
    assert (theme.language, theme.translations) == ("ru", {"name": {"ja": "水"}})


@pytest.mark.parametrize(("desk", "tag"), [("", "en"), ("/ja", "ja"), ("/ru", "ru")])
def test_what_is_new_begins_in_the_language_of_the_desk_and_what_is_there_stays(
    admin_client: Client, desk: str, tag: str
) -> None:
    update, theme = make.update(language="uz-Latn"), make.theme(language="uz-Latn")
    initiative = update.initiative
    new = [
        *(address(model, "add") for model in (Initiative, Meeting, StatusUpdate, Theme)),
        address(initiative, "record_status"),
        address(initiative, "record_criterion"),
        f"{RECORD_MANY}?initiative={initiative.pk}",
    ]
    for url in new:
        form = admin_client.get(f"{desk}{url}").context["adminform"].form
        assert form["language"].value() == tag, url
        assert "report_language" not in form.fields or form["report_language"].value() == "en"
    for url in (address(update, "correct"), address(theme, "change")):
        form = admin_client.get(f"{desk}{url}").context["adminform"].form
        assert form["language"].value() == "uz-Latn"
    saved(admin_client, f"{desk}{address(Theme, 'add')}", name="水", slug="water")
    assert Theme.objects.get(slug="water").language == tag
    page = admin_client.get(f"{desk}{RECORD_MANY}?initiative={initiative.pk}")
    typed_in = {"status": "delivered", "on": "2022-04", "what": "完了", "locator": "1"}
    answer = admin_client.post(
        f"{desk}{RECORD_MANY}", boxes_of(page.text) | typed_in | {"report": make.report().pk}
    )
    assert answer.status_code == 302
    assert StatusUpdate.objects.get(what="完了").language == tag


def test_two_people_may_each_add_a_language(admin_client: Client) -> None:
    initiative = make.initiative(translations={"title": {"ja": "大学"}})
    url = f"{address(initiative, 'translate')}?language=ja"
    ja, kk, ru = ("title", "ja", "大学"), ("title", "kk", "Университеті"), ("title", "ru", "У")
    mine = filled(admin_client.get(url)) | typed(ja, ru)
    saved(admin_client, url, **typed(("title", "ja", "大學"), kk))
    page = admin_client.post(url, mine)
    told = {d.label: (d.before, d.mine, d.theirs, d.changed_by) for d in conflict(page)}
    assert told == {
        "Title (ja)": ("大学", "大学", "大學", "theirs"),
        "Title (kk)": ("", "", "Университеті", "theirs"),
        "Title (ru)": ("", "У", "", "mine"),
    }
    again = typed(("title", "ja", "大學"), kk, ru)
    assert ">大學</textarea>" in page.text
    assert all(f'value="{text}"' in page.text for text in ("Университеті", "У"))
    assert admin_client.post(url, filled(page) | again).status_code == 302
    initiative.refresh_from_db()
    assert initiative.translations["title"] == {"ja": "大學", "kk": "Университеті", "ru": "У"}
    # Where both changed one language, mine is in the form, and theirs beside it.
    mine = filled(admin_client.get(url)) | typed(("title", "ja", "私"), kk, ru)
    saved(admin_client, url, **typed(("title", "ja", "彼"), kk, ru))
    page = admin_client.post(url, mine)
    (both,) = conflict(page)
    assert (both.mine, both.theirs, both.changed_by) == ("私", "彼", "both")


def conflict(page: Any) -> Any:
    assert "Somebody else has saved this since you opened it" in errors(page)
    return page.context["conflict"].differences


def test_a_document_states_the_words_that_a_save_changes(admin_client: Client) -> None:
    meeting, report = make.meeting(), make.report()
    changes = typed(("title", "ja", "外相会合")) | {"document": report.pk, "place": "p. 1"}
    saved(admin_client, address(meeting, "translate"), **changes)
    citation = Citation.objects.get(meeting=meeting)
    assert (citation.field, citation.says) == ("title.ja", "外相会合")
    page = client_text(admin_client, meeting.get_absolute_url())
    assert '<span lang="ja" dir="auto">外相会合</span>' in page
    assert page.count(report.title) == 2


def test_an_entry_is_translated_without_a_correction(admin_client: Client) -> None:
    update = make.update(what="It opened.")
    url = address(update, "translate")
    page = admin_client.get(url)
    mine = {"_version": page.context["version"]} | typed(("what", "ja", "開校した。"))
    assert admin_client.post(url, mine).status_code == 302
    update.refresh_from_db()
    assert update.translations == {"what": {"ja": "開校した。"}}
    assert StatusUpdate.objects.count() == 1
    line = Correction.objects.get()
    assert (line.key, line.differences) == (update.ref, [["What happened (ja)", "", "開校した。"]])
    assert "What happened (ja)" in admin_client.get(address(update, "history")).text
    page = admin_client.post(url, mine | typed(("what", "ja", "開いた。")))
    assert "Saved by somebody else meanwhile" in page.text
    update.refresh_from_db()
    assert update.translations == {"what": {"ja": "開校した。"}}
    again = {"_version": page.context["version"]} | typed(("what", "ja", "開いた。"))
    assert admin_client.post(url, again).status_code == 302
    # Recorded with the entry, and carried by the form that corrects it.
    form = filled(admin_client.get(address(update, "correct")))
    form |= {"locator": "para 7"} | typed(("what", "ja", "開いた。"))
    assert admin_client.post(address(update, "correct"), form).status_code == 302
    correction = StatusUpdate.objects.get(corrects=update)
    assert correction.translations == {"what": {"ja": "開いた。"}}
    assert admin_client.get(url).status_code == 302


def test_who_may_not_change_what_is_public_translates_drafts_only() -> None:
    editor = client_of(make_person("Editor"))
    public, draft = make.update(), make.update(publication="draft")
    assert editor.get(address(public, "translate")).status_code == 403
    assert editor.get(address(draft, "translate")).status_code == 200
    # What nobody has seen is in no register.
    translate(by=None, entry=draft, translations={"what": {"ja": "始まった。"}})
    assert not Correction.objects.exists()
