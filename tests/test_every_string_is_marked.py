"""What people read in English comes from a message for translators: in every template, page, feed and file."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.utils.functional import Promise
from django.utils.text import capfirst
from pytest_django import Settings

from initiatives.admin.base.reasons import REASONS
from initiatives.models import (
    ENTRIES,
    Act,
    Correction,
    CorrectionSubject,
    DeliveryStatus,
    Dialogue,
    Initiative,
    Meeting,
    Participant,
    Report,
    Theme,
    Verifiability,
)
from initiatives.models.addresses import DATA
from initiatives.models.initiatives import InitiativeKind
from initiatives.models.translations import TranslationsField
from initiatives.pages.field_labels import OF_FIELDS, OF_RECORDS
from initiatives.partial_dates import PartialDateField
from initiatives.recording.diff import typed_fields
from tests.addresses import addresses
from tests.exports.test_exports import leave
from tests.extent import in_turn
from tests.fields.probes import fill, make_probes
from tests.pseudo_language import (
    BEGIN,
    PREFIX,
    Style,
    longer_and_accented,
    pseudo_language,
    right_to_left,
)
from tests.unmarked import (
    outside,
    unmarked_of_page,
    unmarked_of_python,
    unmarked_of_script,
    unmarked_of_template,
)
from tests.world import World, make_world

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"


# Columns of codes, not of text.
CODES = {
    "slug",
    "code",
    "ref",
    "key",
    "key_before",
    "language",
    "quote_language",
    "currency",
    "time_zone",
    "field",
    "sha256",
}
ARMENIAN = str.maketrans({chr(ord("a") + n): chr(0x561 + n) for n in range(26)}) | str.maketrans(
    {chr(ord("A") + n): chr(0x531 + n) for n in range(26)}
)
QUERIES = {
    "/initiatives/": (
        "?as_of=2024-08-09",
        "?view=table&sort=due",
        "?flag=overdue&flag=stale&status=delivered",
        "?dialouge=x",
        "?page=99",
    ),
    "/search/": ("?q=թծ", "?q=օօօօ", "?q=.", "?kind=meeting&q=խ"),
    "/compare/": ("?participant=jp&participant=rolesxa", "?dialogue=ca-japan"),
    "/matrix/": ("?participant=jp",),
    "/changes/": ("?kind=mention", "?since=2024"),
    "/meetings/": ("?state=planned&kind=summit",),
    "/": ("?as_of=2021-01-01",),
    "/initiatives/university/": ("?as_of=2020-01-01", "?as_of=2999-01-01", "?as_of=x"),
    "/embed/university/": ("?as_of=2024-08-09",),
}
NOWHERE = ("/nowhere/", "/initiatives/nothing/", "/initiatives/withdrawn/")


# Words of ours that lines of the register keep as values.
OURS = {
    "Yes",
    "No",
    *(
        str(label)
        for words in (Act, DeliveryStatus, InitiativeKind, Verifiability)
        for label in words.labels
    ),
}


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".svg"))


def unmarked_of_templates() -> dict[str, list[str]]:
    found = {
        str(path.relative_to(TEMPLATES)): unmarked_of_template(path.read_text(encoding="utf-8"))
        for path in templates()
    }
    return {name: words for name, words in found.items() if words}


def test_every_word_of_a_template_is_in_a_message() -> None:
    assert not unmarked_of_templates()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Open{% if a %} again{% endif %}</p>", ["Open again"]),
        ('{% translate "Open" %}{# Open #}<code>open</code>', []),
        ('<a title="Open it" class="open" data-open="open">', ["Open it"]),
        ('{% include "a.html" with name="All of it" key="all" %}', ["All of it"]),
        ('{% include "a.html" with name=_("All of it") %}', []),
        ('{{ n }} {% translate "day" %}{{ n|pluralize }}', ["a plural by hand"]),
        ('{{ place|default:"nowhere" }} {{ place|default:_("nowhere") }}', ["nowhere"]),
        ("{% blocktranslate %}Open <b>it</b>{% endblocktranslate %}", []),
        ('{{ day|date:"j F Y" }} {{ day|date:"Y-m-d" }}', ["a day as English has it"]),
        (
            "{% block bodyclass %}form wide{% endblock %}{% block title %}Open{% endblock %}",
            ["Open"],
        ),
        ('<i class="a {{ b|yesno:"open,shut" }}">{{ b|yesno:"open,shut" }}</i>', ["open,shut"]),
        ('<a data-word="{{ b|default:"all of it" }}">', ["all of it"]),
    ],
)
def test_words_of_a_template_are_told_from_its_tags(template: str, words: list[str]) -> None:
    assert unmarked_of_template(template) == words


def test_scripts_show_what_templates_hand_them() -> None:
    paths = (ROOT / "initiatives" / "static").rglob("*.js")
    found = {path.name: unmarked_of_script(path.read_text(encoding="utf-8")) for path in paths}
    assert "site.js" in found
    assert not {name: words for name, words in found.items() if words}


def test_words_of_a_script_are_told_from_its_names() -> None:
    script = """// "Not shown" to anybody.
    "use strict";
    form.querySelector("form input[name=a]").addEventListener("input", () => {
      message.textContent = isKept ? "It is kept." : `Not saved ${why}`; /* "Nor this" */
    });
    """
    assert unmarked_of_script(script) == ["It is kept.", "Not saved ${why}"]


# --- Modules --------------------------------------------------------------------------------------

# Their texts are printed by commands alone, or are words that people type.
FOR_COMMANDS = ("countries", "data_checks", "show", "suggestions", "typed", "wording_checks")
# What stands nowhere but in exceptions, permissions of Django, and SQL.
NOT_READ = {
    "Can load report files",
    "Can publish, return and withdraw",
    "Can remove what was public, for good",
    "SUBSTR(…, 1, 4) > %s AND SUBSTR(…, …, 4) BETWEEN '1000' AND %s",
    "a date and “…” are not compared: make it a PartialDate",
    "the data has changed since the plan was shown",
    "… is not a flag",
    "… is said in one language only",
    # The words of OGP, which are theirs.
    "No Evidence Available",
    "Not Started",
    # Of schema_faults.py, which puts its own in its place; of load_report.
    "“{key}” is missing",
    "…: …, in … places…",
}
# What origins.py keeps in English, and kept_words.py reads.
ORIGINS = {"loaded from … on …", "by … on …"}
WINGS = ("loading", "models", "partial_dates", "recording")


def modules_of_the_desk() -> Iterator[Path]:
    """What is below the desk and makes texts that it shows."""
    for wing in WINGS:
        for path in sorted((TEMPLATES.parent / "initiatives" / wing).rglob("*.py")):
            if path.stem not in FOR_COMMANDS:
                yield path


def is_a_reason(text: str) -> bool:
    """Whether histories keep that, or begin with it, in English, and admin/base/reasons.py says it."""
    kept = [re.sub(r"%\(\w+\)s", "…", message) for message in REASONS]
    return text in OF_RECORDS or any(
        reason.startswith(text) or reason.endswith(text.lstrip("…")) for reason in kept
    )


def test_every_text_of_a_module_is_in_a_message() -> None:
    found = {
        (path.name, text)
        for path in modules_of_the_desk()
        for text in unmarked_of_python(path.read_text(encoding="utf-8"))
        if text not in NOT_READ | ORIGINS and not is_a_reason(text)
    }
    assert not found


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('Problem(name, 0, "the file is empty")', ["the file is empty"]),
        ('Problem(name, 0, phrased("the file is empty"))', []),
        ('ValidationError({"a": f"{name} is empty here"})', ["… is empty here"]),
        ('help_text=_("Where in the document.")', []),
        ('"""What a module says of itself."""', []),
        ('re.compile("one or two")', []),
    ],
)
def test_texts_of_a_module_are_told_from_its_code(source: str, words: list[str]) -> None:
    assert unmarked_of_python(source.replace("help_text=", "help_text = ")) == words


# Fields that no form, list or history of the desk has.
NO_FIELDS_OF_PEOPLE = {
    *("ID", "answers", "attempt", "beat at", "digest", "has moved", "is edit", "plan", "problems"),
    *("sort key", "step", "step rows"),
}


def test_what_the_desk_calls_records_and_fields_is_in_a_message() -> None:
    models_of_the_desk = [
        model for model in admin.site._registry if model._meta.app_label == "initiatives"
    ]
    assert len(models_of_the_desk) > 20
    for model in models_of_the_desk:
        assert isinstance(model._meta.verbose_name, Promise), model
        assert isinstance(model._meta.verbose_name_plural, Promise), model
        fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
        plain = {f.verbose_name for f in fields if not isinstance(f.verbose_name, Promise)}
        assert plain <= NO_FIELDS_OF_PEOPLE, model


# --- Pages ----------------------------------------------------------------------------------------


def make_record() -> World:
    """A record with all fields filled, whose own texts are in another alphabet: what is Latin then is the site’s."""
    fill(make_probes(), 0)
    for model in apps.get_app_config("initiatives").get_models():
        fields = [field for field in model._meta.concrete_fields if is_text(field)]
        for row in model._base_manager.all() if fields else ():
            values = {field.name: in_armenian(getattr(row, field.name)) for field in fields}
            # Past the model: entries are append-only.
            models.QuerySet(model).filter(pk=row.pk).update(**values)
    for line in Correction.objects.all():
        # A line of the register keeps values in words: texts of the record become Armenian, words of ours do not.
        line.differences = [
            [label, *(value if value in OURS else in_armenian(value) for value in values)]
            for label, *values in line.differences
        ]
        line.save()
    initiative, earlier = (Initiative.objects.get(slug=slug) for slug in ("university", "earlier"))
    return World(
        participant=Participant.objects.get(code="jp"),
        theme=Theme.objects.get(slug="education"),
        dialogue=Dialogue.objects.get(slug="ca-japan"),
        meeting=Meeting.objects.get(slug="fm-8"),
        report=Report.objects.get(slug="statement"),
        initiative=initiative,
        earlier=earlier,
    )


def is_text(field: Any) -> bool:
    if isinstance(field, TranslationsField):
        return True
    of_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    other = isinstance(field, models.URLField | PartialDateField)
    return of_text and not other and not field.unique and field.name not in CODES


def in_armenian(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: in_armenian(text) for name, text in value.items()}
    return value.translate(ARMENIAN) if value else value


def unmarked(content_type: str, content: bytes) -> Iterator[str]:
    """What the pseudo-language did not mark in an answer for people; data for programs has no language."""
    kind = content_type.partition(";")[0]
    if kind in ("text/html", "image/svg+xml"):
        yield from unmarked_of_page(content.decode())
    elif kind == "application/atom+xml":
        feed = re.sub(r"<(id|uri|updated|published|rights)>.*?</\1>", "", content.decode())
        for text in unmarked_of_page(feed):
            yield from unmarked_of_page(text)
    elif kind == "text/calendar":
        unfolded = content.decode().replace("\r\n ", "")
        for line in re.findall(r"(?m)^(?:SUMMARY|DESCRIPTION|NAME|LOCATION):(.*)\r", unfolded):
            yield from outside(line.replace(r"\n", " "))
    elif kind.endswith("wordprocessingml.document"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                if re.search("(document|header1|footer1)[.]xml$", name):
                    yield from unmarked_of_page(packed.read(name).decode())


def every_address(world: World) -> list[str]:
    known = list(dict.fromkeys(addresses(world, every_table=False)))
    return [*known, *NOWHERE, *(page + query for page in QUERIES for query in QUERIES[page])]


@pytest.mark.django_db
def test_every_word_of_a_page_is_in_a_message(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME, settings.CONTACT_EMAIL = "Օ", "a@example.org"
    world = make_record()
    found: dict[str, set[str]] = defaultdict(set)
    marked = 0
    with pseudo_language():
        for address in every_address(world):
            leave(client.get(address))
            response: Any = client.get(PREFIX + address)
            content: bytes = response.getvalue()
            marked += BEGIN.encode() in content
            for text in unmarked(response.headers["Content-Type"], content):
                found[text].add(address)
            leave(response)
    assert marked > 60
    assert not found, "\n".join(f"{text} – on {sorted(found[text])[0]}" for text in sorted(found))


def test_the_register_knows_the_name_of_every_field() -> None:
    """What it keeps in English is told in other languages by these names."""
    names = {
        capfirst(str(model._meta.get_field(name).verbose_name))
        for subject in CorrectionSubject
        if subject != CorrectionSubject.LOAD
        for model in [apps.get_model("initiatives", subject.replace("_", ""))]
        for name in typed_fields(model)
    }
    assert names == OF_FIELDS
    entries = {capfirst(str(model._meta.verbose_name_plural)) for model in ENTRIES}
    assert entries <= OF_RECORDS


@pytest.mark.django_db
@pytest.mark.parametrize("style", [longer_and_accented, right_to_left])
def test_messages_of_any_length_and_direction_break_no_page(client: Client, style: Style) -> None:
    world = make_world()
    of_people = [address for address in every_address(world) if not DATA.fullmatch(address)]
    with pseudo_language(style):
        for number, address in enumerate(of_people):
            if style in in_turn(number, (longer_and_accented, right_to_left)):
                english, other = client.get(address), client.get(PREFIX + address)
                assert other.status_code == english.status_code, address
                if other.headers["Content-Type"].startswith("text/html"):
                    text = other.content.decode()
                    assert style("Initiative tracker") in text, address
                    assert "%(" not in text, address
                for response in (english, other):
                    leave(response)
