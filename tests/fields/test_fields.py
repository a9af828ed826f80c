"""No field of a public record is forgotten: each is wherever it belongs, or excused in `excuses.py`.

Rows are filled, and their values turn up on the page, in the table, in the history and so on, or do not.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.test import Client
from django.utils.html import escape

from initiatives.admin import translation_list
from initiatives.exports.streams import record
from initiatives.exports.tables import TABLES, translations
from initiatives.loading.sheets.layout import REF, SHEETS
from initiatives.models import Delegate, Entry, Line, Record, Target, Translated
from tests import workbooks
from tests.admin_forms import address
from tests.clock import Clock
from tests.fields.excuses import EXCUSES, FILES, INSIDE, PLACES
from tests.fields.probes import (
    MODELS,
    Probe,
    fields_of,
    fill,
    is_in,
    make_probes,
    pages_of,
    shares_words,
)
from tests.fields.report_file import full_texts
from tests.report_files import actions_of, load_texts

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


def test_every_field_is_on_a_page_and_as_it_was_on_pages_of_a_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    probes = make_probes()
    fill(probes, 0)
    first, before = _pages(client, probes), {probe.name: probe.html() for probe in probes}
    earlier = {probe.name: probe.plain() for probe in probes}
    clock.turn(4)
    fill(probes, 1)
    now, then = _pages(client, probes), _pages(client, probes, "?as_of=2024-03-02")
    unseen, undated = set(), set()
    for probe in probes:
        old, new = before[probe.name], probe.html()
        has_changed = probe.plain() != earlier[probe.name] and old != new
        # A word may stand on the page for something else: what counts is that it came.
        is_shown = _count(probe, new, now) > (_count(probe, new, first) if has_changed else 0)
        if shares_words(probe, probes):
            is_shown = is_in(probe, partial(_pages, client, [probe]))
        if not is_shown:
            unseen.add(probe.name)
        elif has_changed and not _is_as_it_was(probe, old, new, now, then):
            undated.add(probe.name)
    check(page=unseen, past=undated)


def _pages(client: Client, probes: list[Probe], query: str = "") -> dict[str, str]:
    addresses = {page for probe in probes for page in probe.pages}
    return {page: client.get(page + query).content.decode() for page in addresses}


def _count(probe: Probe, words: list[str], pages: Mapping[str, str]) -> int:
    return sum(pages[page].count(word) for page in probe.pages for word in words)


def _is_as_it_was(
    probe: Probe, old: list[str], new: list[str], now: Mapping[str, str], then: Mapping[str, str]
) -> bool:
    if not old:
        # What was not the case was not said.
        return _count(probe, new, then) < _count(probe, new, now)
    there = _count(probe, old, then)
    return there > _count(probe, old, now) or (
        there > 0 and _count(probe, new, then) < _count(probe, new, now)
    )


def test_every_field_is_exported() -> None:
    probes = make_probes()
    fill(probes, 0)
    first, before = _exports(), {probe.name: probe.plain() for probe in probes}
    fill(probes, 1)
    now = _exports()
    missing = set()
    for probe in probes:
        model, value = type(probe.row), probe.plain()
        there_before = first[model].count(value) if value != before[probe.name] else 0
        is_there = bool(value) and now[model].count(value) > there_before
        if shares_words(probe, probes):
            is_there = is_in(probe, _exports)
        if not is_there:
            missing.add(probe.name)
    check(export=missing)


def _exports() -> dict[type[Record], str]:
    """All tables of each model, as JSON has them."""
    texts: dict[type[Record], str] = dict.fromkeys(MODELS, "")
    for table in (table for table in TABLES.values() if table.model in texts):
        for chunk in table.chunks("https://example.org"):
            lines = [record(table.columns, line) for line in chunk]
            texts[table.model] = texts.get(table.model, "") + json.dumps(lines, ensure_ascii=False)
    return texts


def test_every_field_is_loaded_from_a_report_file_once() -> None:
    texts = full_texts()
    load_texts(*texts)
    assert actions_of(load_texts(*texts)) == {}
    missing = set()
    for model in MODELS:
        rows: Any = model._base_manager.all()
        for field in fields_of(model):
            empty = (None, "", None if field.many_to_many else field.get_default())
            if all(value in empty for value in rows.values_list(field.name, flat=True)):
                missing.add(f"{model._meta.model_name}.{field.name}")
    check(file=missing)


def test_every_field_is_in_the_workbook_and_comes_back() -> None:
    probes = make_probes()
    fill(probes, 0)
    before = {probe.name: probe.plain() for probe in probes}
    fill(probes, 1)
    book = openpyxl.load_workbook(io.BytesIO(workbooks.workbook()))
    missing, edited = set(), []
    for probe in probes:
        cell = _cell(book, probe)
        if cell is None:
            missing.add(probe.name)
        elif probe.is_typed and not _stays(probe):
            cell.value = before[probe.name]
            edited.append(probe)
    check(workbook=missing)
    saved = io.BytesIO()
    book.save(saved)
    workbooks.load_book(saved.getvalue())
    assert {probe.name: _now(probe) for probe in edited} == {
        probe.name: before[probe.name] for probe in edited
    }


def _stays(probe: Probe) -> bool:
    """An entry that cites another document is another entry; another text is another line, another name a delegate."""
    if isinstance(probe.row, Line | Delegate):
        return probe.field.name in ("kind", "text", "name")
    if isinstance(probe.row, Target):
        return probe.field.name in ("metric", "period", "unit", "currency")
    return isinstance(probe.row, Entry) and probe.field.name == "report"


def _now(probe: Probe) -> str:
    """What the row holds after the load; an entry that was edited is corrected by another one."""
    if isinstance(probe.row, Entry):
        model: Any = type(probe.row)
        return Probe(probe.field, model.objects.get(corrects=probe.row.pk), probe.pages).plain()
    return probe.plain()


def _cell(book: Any, probe: Probe) -> Any:
    """The cell of the row that holds the value; None where the row has none, or no sheet."""
    value = probe.plain()
    sheet = next((sheet for sheet in SHEETS if sheet.kind == probe.row._meta.model_name), None)
    if sheet is None or not value:
        return None
    if probe.field.name == "translations":
        rows = list(book["Translations"].iter_rows(min_row=2))
        own_key = str(probe.row.natural_key()[0])
        return next((r[4] for r in rows if (r[1].value, r[4].value) == (own_key, value)), None)
    page = book[sheet.title]
    row = type(probe.row)._base_manager.get(pk=probe.row.pk)
    key = [str(part) for part in (sheet.naming(row) if sheet.key else row.natural_key())]
    own = {column.name for column in sheet.columns if column.of == probe.field.name}
    for number in range(2, page.max_row + 1):
        cells = {name: workbooks.cell(page, number, name) for name in sheet.names}
        if [str(cells[name].value or "") for name in sheet.key or (REF,)] == key:
            # What names the row is called otherwise in a sheet.
            among = own or {*sheet.key, REF} & cells.keys()
            return next((cells[name] for name in among if str(cells[name].value) == value), None)
    return None


def test_every_field_is_in_the_history(admin_client: Client) -> None:
    probes = make_probes()
    fill(probes, 0)
    fill(probes, 1)
    pages: dict[str, str] = {}
    missing = set()
    for probe in probes:
        url = address(probe.row, "history")
        if url not in pages:
            pages[url] = admin_client.get(url).content.decode()
        label = escape(probe.label)
        words = [escape(word) for word in probe.words()]
        if label not in pages[url] or not any(word in pages[url] for word in words):
            missing.add(probe.name)
    check(history=missing)


def test_every_text_is_searched(client: Client) -> None:
    probes = make_probes()
    fill(probes, 0)
    missing = set()
    for probe in probes:
        # What belongs to initiatives is in their list too, which has filters.
        addresses = ["/search/"]
        if any(page.startswith("/initiatives/") for page in pages_of(probe.row)[:1]):
            addresses.append("/initiatives/")
        if probe.is_text and not all(_leads_there(client, page, probe) for page in addresses):
            missing.add(probe.name)
    check(search=missing)


def _leads_there(client: Client, address: str, probe: Probe) -> bool:
    """Whether a search for the text leads to a page that shows it."""
    html = client.get(address, {"q": f'"{probe.plain()}"'}).content.decode()
    row = type(probe.row)._base_manager.get(pk=probe.row.pk)
    return any(f'href="{page}"' in html for page in pages_of(row))


def test_every_field_is_in_the_form(admin_client: Client) -> None:
    missing = set()
    for model in MODELS:
        page = admin_client.get(address(model, "add"))
        in_form = page.context["adminform"].form.fields
        missing |= {
            f"{model._meta.model_name}.{field.name}"
            for field in fields_of(model)
            if field.name not in in_form
        }
    check(admin=missing)


# --- Excuses --------------------------------------------------------------------------------------


def check(**missing: Collection[str]) -> None:
    """Fail for every field that is missing in a place and not excused, and for every excuse that nothing needs."""
    faults = [fault for place, names in missing.items() for fault in _faults(place, names)]
    if faults:
        pytest.fail("\n".join(faults))


def _faults(place: str, missing: Collection[str]) -> Iterator[str]:
    patterns = [pattern for pattern, places in EXCUSES.items() if place in places]
    for name in sorted(missing):
        if not any(_covers(pattern, name) for pattern in patterns):
            yield f"{name} is not {_where(place, name)}, or excuse it in tests/fields/excuses.py"
    for pattern in patterns:
        if not any(_covers(pattern, name) for name in missing):
            yield f"{pattern} needs no excuse for “{place}” in tests/fields/excuses.py"


def _where(place: str, name: str) -> str:
    template, columns, form = FILES[name.partition(".")[0]]
    return PLACES[place].format(template=template, columns=columns, form=form)


def _covers(pattern: str, name: str) -> bool:
    wanted, own = pattern.split("."), name.split(".")
    return all(part in ("*", word) for part, word in zip(wanted, own, strict=True))


def test_every_model_is_looked_at_or_of_the_inside() -> None:
    models = apps.get_app_config("initiatives").get_models()
    names = {str(m._meta.model_name) for m in models if not m.__name__.startswith("Historical")}
    assert names == {*FILES, *INSIDE}
    assert set(FILES).isdisjoint(INSIDE)


def test_a_fault_names_a_file_that_is_there() -> None:
    assert FILES.keys() == {model._meta.model_name for model in MODELS}
    for model, place in itertools.product(FILES, PLACES):
        for path in re.findall(r"(?:templates|initiatives)/\S+", _where(place, f"{model}.name")):
            assert (ROOT / path).exists(), path


def test_whatever_is_translated_is_on_the_desk_and_in_the_table_of_translations() -> None:
    translated = {model for model in apps.get_models() if issubclass(model, Translated)}
    assert {*translation_list.KINDS.values()} == translated == {*translations.TRANSLATED.values()}
