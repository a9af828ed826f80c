import datetime
import gettext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.http import QueryDict
from django.template import Context, Engine, Template
from django.utils.translation import override, trans_real
from langcodes import Language

from initiatives.as_of.current import CurrentView
from initiatives.languages import written
from initiatives.models import Dialogue, Initiative
from initiatives.models.amounts import quantity
from initiatives.query.filters import InitiativeFilter
from initiatives.templatetags import page_head, tracker
from tests import make


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2022", '<time datetime="2022">2022</time>'),
        ("2022-04", '<time datetime="2022-04">April 2022</time>'),
        ("2022-04-05", '<time datetime="2022-04-05">5 April 2022</time>'),
        (None, "undated"),
    ],
)
def test_a_date_is_as_precise_as_it_is(date: str | None, expected: str) -> None:
    assert tracker.partial_date(date, "undated") == expected


def test_a_span_of_one_day_is_one_date() -> None:
    assert tracker.date_range("2022", "2022") == tracker.partial_date("2022")
    assert tracker.date_range("2022", None) == tracker.partial_date("2022")
    assert " – " in tracker.date_range("2022", "2023")
    assert tracker.date_range(None, None) == ""


def test_nothing_of_a_page_is_written_once_a_language() -> None:
    template = Template(
        "{% load i18n languages %}{{ of_page }}{% once_a_language %}:"
        '{% translate "Themes" %}{{ of_page }}{% end_once_a_language %}'
    )
    assert template.render(Context({"of_page": "first"})) == "first:Themes"
    assert template.render(Context({"of_page": "second"})) == "second:Themes"
    with override("ja"):
        assert template.render(Context({"of_page": "third"})) == "third:分野"


@pytest.mark.django_db
def test_boxes_are_those_of_what_is_recorded_now() -> None:
    dialogue = make.dialogue("d1", name="会议", language="zh")
    make.initiative(dialogue=dialogue)

    def box(query: str = "") -> str:
        filters = InitiativeFilter.read(QueryDict(query), Initiative.objects.public())
        template = Template("{% load facets %}{% facets filters %}")
        return template.render(Context({"filters": filters}))

    assert '<span lang="zh">会议</span> <span class="count">1</span>' in box()
    assert '<span lang="zh">会议</span> <span class="count">0</span>' in box("q=xylophone")
    assert 'value="d1" checked>' in box("dialogue=d1")
    assert '<span class="count">1 chosen</span>' in box("dialogue=d1")
    Dialogue.objects.update(language="ja")
    assert '<span lang="ja">会议</span> <span class="count">1</span>' in box()
    with override("ja"):
        assert "<span>会议</span>" in box()


@pytest.mark.parametrize(
    ("title", "tag", "expected"),
    [
        ("共同声明", "ja", "ja"),
        ("Japanese press release – “2nd meeting”", "ja", ""),
        ("Совместное заявление", "ru", "ru"),
        ("Oʻzbekiston", "uz-Latn", "uz-Latn"),
        ("Ўзбекистон", "uz-Cyrl", "uz-Cyrl"),
        ("Joint statement", "en", ""),
    ],
)
def test_a_title_is_marked_with_the_language_that_it_can_be_in(
    title: str, tag: str, expected: str
) -> None:
    assert tracker.title_language(title, tag) == expected
    with override("ja"):
        assert tracker.title_language(title, tag) == ("" if expected == "ja" else expected or "en")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("uz-Latn", "Uzbek (Latin)"),
        ("pt-BR", "Portuguese (Brazil)"),
        ("sr-Latn-ME", "Serbian (Latin, Montenegro)"),
        ("ja", "Japanese"),
        ("", "unknown language"),
    ],
)
def test_languages_have_names(tag: str, expected: str) -> None:
    assert tracker.language(tag) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en-gb", "12,345 1,204 0"),
        ("ja", "12,345 1,204 0"),
        ("ru", "12\xa0345 1\xa0204 0"),
        ("kk", "12\xa0345 1\xa0204 0"),
    ],
)
def test_templates_write_numbers_as_the_language_does(code: str, expected: str) -> None:
    template = Template(
        "{% load languages %}{{ a|count }} {{ b|count }} {{ c|count }}{{ none|count }}"
    )
    with override(code):
        assert template.render(Context({"a": 12345, "b": 1204, "c": 0})) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en-gb", "1,234.5 people"), ("ja", "1,234.5 people"), ("kk", "1\xa0234,5 people")],
)
def test_amounts_are_written_so_too(code: str, expected: str) -> None:
    with override(code):
        assert quantity(Decimal("1234.5000"), "people", "") == expected


@pytest.mark.parametrize(
    ("url", "address", "host"),
    [
        ("https://www.mofa.go.jp/a", "https://www.mofa.go.jp/a", "mofa.go.jp"),
        ("HTTP://example.org", "HTTP://example.org", "example.org"),
        ("javascript:alert(1)", "", ""),
        ("//evil.example", "", ""),
        ("", "", ""),
    ],
)
def test_only_the_web_is_linked_to(url: str, address: str, host: str) -> None:
    assert tracker.web_address(url) == address
    assert tracker.host(url) == host


def test_the_address_of_a_filtered_list_is_encoded() -> None:
    def listing(route: str, **filters: str) -> str:
        return page_head.list_address(Context(), route, **filters)

    assert listing("initiative_list", theme="a&b", group="") == "/initiatives/?theme=a%26b"
    assert listing("report_list") == "/reports/"


def test_on_a_page_of_a_day_the_list_of_initiatives_is_of_that_day() -> None:
    context = Context({"view": CurrentView(datetime.date(2024, 8, 9))})
    found = page_head.list_address(context, "initiative_list", group="delivered")
    assert found == "/initiatives/?group=delivered&as_of=2024-08-09"
    assert page_head.list_address(context, "report_list") == "/reports/"


@pytest.mark.django_db
def test_where_an_initiative_was_raised_is_said_in_a_line() -> None:
    meeting = make.meeting(title="Second Summit", starts_on="2023-05-14")
    dialogue = make.dialogue(name="Nine and one")
    assert tracker.raised_in(make.initiative(raised_at=meeting)) == "Second Summit, 2023"
    undated = make.meeting(title="Third Summit", starts_on=None)
    assert tracker.raised_in(make.initiative(raised_at=undated)) == "Third Summit"
    assert tracker.raised_in(make.initiative(dialogue=dialogue)) == "Nine and one"


@pytest.mark.django_db
def test_a_template_asks_a_record_once_for_what_it_has() -> None:
    row = make.initiative(title="Plan")
    assert row["title"] == "Plan"
    with pytest.raises(AttributeError):
        row["colour"]
    written = Template("{{ row.title }}|{{ row.status.label }}|{{ row.colour }}|{{ row.0 }}")
    assert written.render(Context({"row": row})) == "Plan|Not yet reviewed||"


def test_the_catalogues_of_all_english_are_empty() -> None:
    """So that nothing is lost by not looking into them (``forget_empty_catalogues``)."""
    english: Any = trans_real.translation(settings.LANGUAGE_CODE)
    assert english._fallback is None
    places = [Path(app.path, "locale") for app in apps.get_app_configs()]
    for path in (path for place in places for path in place.glob("en/LC_MESSAGES/django.mo")):
        with path.open("rb") as file:
            catalogue: Any = gettext.GNUTranslations(file)
        assert [*catalogue._catalog] == [""], path


def test_what_languages_are_called_needs_no_table_of_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written._language_name.cache_clear()
    monkeypatch.setattr(Language, "display_name", lambda *_names: pytest.fail("asked for all"))
    for tag in ("en", "ja", "kk", "ky", "ru", "tg", "tk", "uz", "uz-Cyrl", "zh-Hant", "fa", "ko"):
        assert tracker.language(tag)[0].isupper()


SAID = (
    '{% translate "Due" %}',
    '{% translate "Due" context "a date" %}',
    '{% translate "Due" as due %}[{{ due }}]',
    '{% translate "Due"|upper %}',
    '{% translate "100%" %}',
    '{% translate "Due" noop %}',
    "{% translate word %}",
    "{% translate word context of %}",
    '{% translate "Due" context of %}',
    "{% blocktranslate %}Search{% endblocktranslate %}",
    "{% blocktranslate trimmed %}\n Search\n {% endblocktranslate %}",
    '{% blocktranslate context "button" %}Search{% endblocktranslate %}',
    "{% blocktranslate asvar words %}Search{% endblocktranslate %}[{{ words }}]",
    "{% blocktranslate %}{{ word }} of it{% endblocktranslate %}",
    "{% blocktranslate count n=count %}Theme{% plural %}Themes{% endblocktranslate %}",
)


@pytest.mark.parametrize("source", SAID)
def test_what_is_translated_is_what_django_says(source: str) -> None:
    django = Engine(libraries={"i18n": "django.templatetags.i18n"})
    ours, theirs = (
        Template("{% load i18n %}" + source, engine=engine)
        for engine in (Engine.get_default(), django)
    )
    for code in ("en-gb", "ja", "ru", "en-gb"):
        for values in (
            {"word": "Due", "of": "a date", "count": 1},
            {"word": "<b>", "of": "none", "count": 2},
        ):
            with override(code):
                assert ours.render(Context(values)) == theirs.render(Context(values))


def test_what_holds_no_values_is_translated_once_a_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    known = trans_real.DjangoTranslation.gettext

    def noted(self: Any, message: str) -> str:
        asked.append(message)
        return str(known(self, message))

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", noted)
    template = Template(
        '{% load i18n %}{% translate "Due" %}{% blocktranslate %}Search{% endblocktranslate %}'
    )
    for code in ("ja", "ru", "ja", "ru"):
        with override(code):
            template.render(Context())
    assert asked == ["Due", "Search"] * 2
