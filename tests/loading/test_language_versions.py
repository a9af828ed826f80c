"""Files of language versions: whatever version each of them names, all versions of a document point to one report."""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from initiatives.loading.problems import LoadError
from initiatives.models import LoadedFact, Report
from tests import make
from tests.report_files import load_texts, report

pytestmark = pytest.mark.django_db

JAPANESE = report("ja", language="ja", authentic="true")
ENGLISH = report("en", translation_of="ja", authentic="true")
RUSSIAN = report("ru", language="ru", translation_of="en")


def heads() -> dict[str, str | None]:
    return dict(Report.objects.values_list("slug", "translation_of__slug"))


def test_all_versions_point_to_one_report_and_several_are_authentic() -> None:
    load_texts(RUSSIAN, ENGLISH, JAPANESE)
    assert heads() == {"ja": None, "en": "ja", "ru": "ja"}
    assert {row.slug for row in Report.objects.filter(authentic=True)} == {"ja", "en"}
    assert not load_texts(RUSSIAN, ENGLISH, JAPANESE).changed


def test_a_version_may_name_one_that_was_loaded_before() -> None:
    load_texts(ENGLISH, JAPANESE)
    load_texts(RUSSIAN)
    assert heads()["ru"] == "ja"
    assert not load_texts(RUSSIAN).changed


def test_a_group_may_be_turned_round_by_loading_all_of_it() -> None:
    load_texts(report("ja", language="ja"), report("en", translation_of="ja"))
    moved = report("ja", language="ja", translation_of="kk")
    load_texts(moved, report("kk", language="kk"), report("en", translation_of="ja"))
    assert heads() == {"ja": "kk", "kk": None, "en": "kk"}


def test_what_other_versions_point_to_is_no_version_itself() -> None:
    load_texts(report("ja", language="ja"), report("en", translation_of="ja"))
    moved = report("ja", language="ja", translation_of="kk")
    with pytest.raises(LoadError) as raised:
        load_texts(moved, report("kk", language="kk"))
    (problem,) = raised.value.problems
    assert problem.what == "“ja” is a language version of “kk”, and “en” of “ja”"
    assert problem.expected == "let translation_of of “en” name “kk” too"


def test_a_file_that_says_nothing_of_it_takes_nothing_back() -> None:
    load_texts(ENGLISH, JAPANESE)
    load_texts(report("en"), report("ja", language="ja"))
    assert heads()["en"] == "ja"
    assert Report.objects.filter(authentic=True).count() == 2


# --- The migration ---------------------------------------------------------------------------------


def migrate() -> None:
    migration = importlib.import_module("initiatives.migrations.0046_language_versions")
    migration.point_to_heads(apps, SimpleNamespace(connection=connection))


def test_chains_of_before_come_along_with_their_versions_and_bases() -> None:
    load_texts(RUSSIAN, ENGLISH, JAPANESE)
    russian = Report.objects.get(slug="ru")
    russian.translation_of = Report.objects.get(slug="en")
    russian.save()
    base = LoadedFact.objects.get(kind="report", key="ru")
    base.values["translation_of"] = "en"
    base.save()
    versions = russian.history.count()
    migrate()
    assert heads() == {"ja": None, "en": "ja", "ru": "ja"}
    assert russian.history.count() == versions + 1
    assert russian.history.first().translation_of.slug == "ja"
    assert not load_texts(RUSSIAN, ENGLISH, JAPANESE).changed
    migrate()
    assert russian.history.count() == versions + 1


def test_a_circle_of_before_gets_a_head() -> None:
    rows = [make.report(slug) for slug in ("one", "two", "three")]
    for row, other in zip(rows, [*rows[1:], rows[0]], strict=True):
        Report.objects.filter(pk=row.pk).update(translation_of=other)
    migrate()
    assert heads() == {"one": None, "two": "one", "three": "one"}
