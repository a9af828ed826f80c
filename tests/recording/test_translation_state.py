"""Which translations are older than their originals, as the history tells it."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.models import Initiative, Participant, StatusUpdate, Theme
from initiatives.recording import actions
from initiatives.recording.bulk_history import change_all
from initiatives.recording.missing_translations import (
    count_missing,
    missing_in,
    texts_said,
    to_translate,
)
from initiatives.recording.translation import confirm, translate
from initiatives.recording.translation_state import all_older_translations, older_translations
from tests import make
from tests.report_files import DIALOGUE, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db


def change(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def older(row: Any) -> list[str]:
    """By both ways: of the row alone, and among all rows of its model."""
    alone = older_translations(type(row), [row.pk]).get(row.pk, {})
    assert all_older_translations(type(row)).get(row.pk, {}) == alone
    return sorted(alone)


def test_an_original_that_changed_since_makes_its_translation_older() -> None:
    row = make.initiative(title="University", summary="Plan")
    change(row, translations={"title": {"ja": "大学", "ru": "Вуз"}, "summary": {"ja": "計画"}})
    assert older(row) == []
    change(row, title="The University")
    assert older(row) == ["title.ja", "title.ru"]
    told = older_translations(Initiative, [row.pk])[row.pk]["title.ja"]
    assert told.original == "University"
    assert told.changed_at == row.history.latest("history_date").history_date
    row.say_in("title.ja", "その大学")
    row.save()
    assert older(row) == ["title.ru"]
    # It says again what was translated.
    change(row, title="University")
    assert older(row) == ["title.ja"]


def test_both_changed_at_once_are_of_one_age() -> None:
    row = make.theme(name="Water", translations={"name": {"ja": "水"}})
    change(row, name="Rivers", translations={"name": {"ja": "川"}})
    assert older(row) == []


def test_nothing_is_said_where_no_version_tells_it() -> None:
    row = make.theme(name="Water", translations={"name": {"ja": "水"}})
    Theme.objects.filter(pk=row.pk).update(name="Rivers", translations={"name": {"ja": "川"}})
    assert older(row) == []
    row.history.all().delete()
    assert older(row) == []
    # The first version that there is holds both.
    row.refresh_from_db()
    row.save()
    assert older(row) == []


def test_a_translation_that_still_holds_is_confirmed_and_stays_as_it_is() -> None:
    row = make.initiative(title="University", translations={"title": {"ja": "大学", "ru": "Вуз"}})
    change(row, title="A University")
    assert not confirm(by=None, row=row, names=["title.kk"])
    assert confirm(by=None, row=row, names=["title.ja"])
    row.refresh_from_db()
    assert (row.translations["title"]["ja"], older(row)) == ("大学", ["title.ru"])
    change(row, title="Universities")
    assert older(row) == ["title.ja", "title.ru"]


def test_a_correction_of_an_entry_changes_its_original() -> None:
    update = make.update(what="It opened.")
    translate(by=None, entry=update, translations={"what": {"ja": "開校した。"}})
    common: dict[str, Any] = {"by": None, "initiative": update.initiative, "status": update.status}
    common |= {"report": update.report, "locator": "para 1"}
    kept = {"what": {"ja": "開校した。"}}
    first = actions.record_status(**common, what="It opened.", translations=kept, corrects=update)
    assert older(first) == []
    second = actions.record_status(**common, what="It closed.", translations=kept, corrects=first)
    assert older(second) == ["what.ja"]
    assert older_translations(StatusUpdate, [second.pk])[second.pk]["what.ja"].original == (
        "It opened."
    )
    translate(by=None, entry=second, translations={"what": {"ja": "閉校した。"}})
    assert older(second) == []


def test_a_load_that_changes_only_the_original_makes_the_translation_older() -> None:
    told = "{id: uni, dialogue: dialogue, title: TITLE, act: proposed, by: [uz], locator: para 1}"
    text = report(body=f"{DIALOGUE}initiatives:\n  - {told}\n")

    def load(title: str) -> Initiative:
        load_texts(VOCABULARY, text.replace("TITLE", title))
        return Initiative.objects.get(slug="uni")

    assert older(load("{en: The University, ja: 大学}")) == []
    row = load("{en: A School, ja: 大学}")
    assert (row.title, older(row)) == ("A School", ["title.ja"])
    assert older(load("{en: A School, ja: 学校}")) == []


def test_many_rows_are_told_in_a_few_queries(django_assert_num_queries: Any) -> None:
    rows = [make.theme(name=f"Theme {n}", translations={"name": {"ja": "水"}}) for n in range(5)]
    for row in rows[:3]:
        row.name += "!"
    change_all(rows[:3], ["name"], by=None, reason="Renamed")
    with django_assert_num_queries(3):
        assert all_older_translations(Theme).keys() == {row.pk for row in rows[:3]}


def test_what_the_database_counts_as_missing_is_what_is_said_of_each_row() -> None:
    make.initiative(title="One", summary="")
    make.initiative(title="Two", summary="", translations={"title": {"ja": "二"}})
    make.initiative(title="三", summary="", language="ja", translations={"title": {"ru": "Три"}})
    make.initiative(title="Four", summary="S", translations={"title": {"ja": "四"}})
    make.initiative(title="Five", summary="S", translations={"summary": {"uz-Latn": "Besh"}})
    make.participant("uz", name="Uzbekistan")
    make.participant("jp", name="Japan", official_name="State of Japan")
    make.participant("un", name="UN", kind="international_organisation")
    make.participant("mofa", name="MOFA", kind="ministry", translations={"name": {"ja": "外務省"}})
    for model in (Initiative, Participant):
        rows = to_translate(model)
        tags = ["en", "ja", "ru", "uz-Latn", "de"]
        counted = count_missing(rows, tags)
        for tag in tags:
            lacking = {row.pk for row in rows if len(set(map(len, texts_said(row, tag)))) > 1}
            assert {row.pk for row in missing_in(rows, tag)} == lacking, (model, tag)
            assert counted[tag] == len(lacking)
