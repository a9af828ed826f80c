"""What a SELECT reads, by its text: which tables, and of tables that are noted as initiatives which initiatives.

A SELECT names the initiatives whose rows it reads where its condition compares a column that holds their keys, or
those of their rows, with values or with a column of the SELECT around it. All else reads any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import count
from typing import Any, NamedTuple

from django.apps import apps

from ..models import Citation, Discrepancy, Initiative, Lineage, SearchPosting
from .triggers import PUBLIC, noted_rows

INITIATIVES = Initiative._meta.db_table
LINEAGE = Lineage._meta.db_table
# What stands in a column: the slugs of initiatives; keys of what has no part in any initiative.
SLUG, APART = "slug", ""
# Constraints say that a row of these is of one subject: where that is a meeting, it is no initiative.
OF_ONE_SUBJECT = (Citation, Discrepancy)


class Pin(NamedTuple):
    """The places of parameters that are keys of a table, of ``INITIATIVES`` or their rows, or SLUGs."""

    of: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class Statement:
    """What a statement reads: rows of ``tables``, as the triggers note them, and rows of the initiatives at ``pins``.

    ``everything`` where it reads what no trigger notes.
    """

    everything: bool = False
    tables: frozenset[str] = frozenset()
    pins: tuple[Pin, ...] = ()
    has_lineage: bool = False


class _Noted(NamedTuple):
    """How changes of a table are noted, and which of its columns hold keys of initiatives or of their rows."""

    as_initiatives: bool
    tables: frozenset[str]
    keys: dict[str, str]


@cache
def _noted_tables() -> dict[str, _Noted]:
    """Every table whose changes are noted; versions of rows are written with them and count as the rows."""
    tables = {SearchPosting._meta.db_table: _Noted(True, frozenset(), {})}
    owners = {model: INITIATIVES in noted_rows(model) for model in PUBLIC}
    for model in apps.get_app_config("initiatives").get_models(include_auto_created=True):
        keys: dict[str, str] = {}
        row_model: Any = getattr(model, "instance_type", model)
        if row_model not in owners:
            continue
        for column in model._meta.concrete_fields:
            other: Any = column.related_model
            name = str(column.column)
            if other is Initiative:
                keys[name] = INITIATIVES
            elif owners.get(other):
                keys[name] = other._meta.db_table
            elif other in owners and row_model in OF_ONE_SUBJECT and column.name != "report":
                keys[name] = APART
        if owners[row_model]:
            keys["id"] = row_model._meta.db_table
        if row_model is Initiative:
            keys["slug"] = SLUG
        noted = frozenset(noted_rows(row_model)) - {INITIATIVES}
        tables[model._meta.db_table] = _Noted(owners[row_model], noted, keys)
    return tables


def initiative_columns(table: str) -> list[str]:
    """The columns of a table that hold the keys of the initiatives whose its rows are."""
    return [column for column, of in _noted_tables()[table].keys.items() if of == INITIATIVES]


# --- The text of a statement ----------------------------------------------------------------------

PLACE = re.compile(r"%%|%s")
VALUES = re.compile(r"(?:IN |= ANY)\((%\d+(?:, %\d+)*)\)")
# So Django writes a column of the SELECT around it.
AROUND = re.compile(r"= \((\"?\w+\"?\.\"\w+\")\)")
TOKENS = re.compile(r"(\(SELECT |\bSELECT |\bUNION (?:ALL )?|\(|\))")
TABLE = re.compile(r"\b(?:FROM|JOIN) \"?(\w+)\"?(?: \"?([A-Z]+\d+)\b)?")
LIST_OF_TABLES = re.compile(r"\bFROM \"?\w+\"?(?: \w+)?,")
END = re.compile(r" (?:GROUP BY|HAVING|ORDER BY|LIMIT) ")
COMPARED = re.compile(r"\"?(\w+)\"?\.\"(\w+)\" (?:= %(\d+)|IN \[([%\d, ]+)\]|= <)")
BEFORE_SELECT = re.compile(r"\"?(\w+)\"?\.\"(\w+)\" IN $")


@dataclass(eq=False)
class _Group:
    """What stands between two parentheses, or a whole SELECT: texts and groups."""

    is_select: bool
    parts: list[str | _Group] = field(default_factory=list)


class _Unreadable(Exception):
    """A statement of another shape."""


@lru_cache(maxsize=1000)
def read_statement(sql: str) -> Statement:
    """What a statement with the places ``%s`` reads."""
    try:
        selects = list(map(_read_select, _selects(sql)))
    except _Unreadable:
        return Statement(everything=True)
    return Statement(
        tables=frozenset().union(*(select.tables for select in selects)),
        pins=tuple(pin for select in selects for pin in select.pins),
        has_lineage=any(select.has_lineage for select in selects),
    )


def _selects(sql: str) -> list[_Group]:
    """Every SELECT of a statement."""
    numbers = count()
    text = PLACE.sub(lambda m: f"%{next(numbers)}" if m[0] == "%s" else "", sql)
    text = AROUND.sub(r"= <\1>", VALUES.sub(r"IN [\1]", text))
    open_groups = [_Group(is_select=True)]
    selects = open_groups[:]
    for token in TOKENS.split(text):
        if token in ("(", "(SELECT "):
            open_groups.append(_Group(is_select=token != "("))
            if token != "(":
                selects.append(open_groups[-1])
        elif token == ")":
            closed = open_groups.pop()
            if not open_groups:
                raise _Unreadable
            open_groups[-1].parts.append(closed)
        elif token.startswith("UNION "):
            open_groups[-1] = _Group(is_select=True)
            selects.append(open_groups[-1])
        elif token == "SELECT ":
            if any(open_groups[-1].parts):
                raise _Unreadable
        elif token:
            open_groups[-1].parts.append(token)
    if len(open_groups) != 1:
        raise _Unreadable
    return selects


def _read_select(select: _Group) -> Statement:
    text = "".join(part if isinstance(part, str) else "()" for part in select.parts)
    if not select.parts or not (read := TABLE.findall(text)):
        return Statement()
    if LIST_OF_TABLES.search(text):
        raise _Unreadable
    noted = _noted_tables()
    if not noted.keys() >= {table for table, _alias in read}:
        raise _Unreadable
    keys = {alias or table: noted[table].keys for table, alias in read}
    tables = {name for table, _alias in read for name in noted[table].tables}
    pins = None
    if any(noted[table].as_initiatives for table, _alias in read):
        pins = _pins(_condition(select.parts), keys)
        if pins is None:
            tables.add(INITIATIVES)
    has_lineage = any(table == LINEAGE for table, _alias in read)
    return Statement(tables=frozenset(tables), pins=tuple(pins or ()), has_lineage=has_lineage)


def _condition(parts: Sequence[str | _Group]) -> Iterator[str | _Group]:
    """What stands behind WHERE."""
    has_begun = False
    for part in parts:
        text = part if isinstance(part, str) else ""
        if not has_begun and " WHERE " in text:
            has_begun, text = True, text.partition(" WHERE ")[2]
        if has_begun:
            yield END.split(text)[0] if isinstance(part, str) else part
            if END.search(text):
                return


def _pins(parts: Iterable[str | _Group], keys: Mapping[str, Mapping[str, str]]) -> list[Pin] | None:
    """Where a condition names the initiatives that it is about; None where it is about any."""
    ways: list[list[str | _Group]] = [[]]
    for part in parts:
        first, *others = part.split(" OR ") if isinstance(part, str) else [part]
        ways[-1].append(first)
        ways += [[other] for other in others]
    pins: list[Pin] = []
    for way in ways:
        of_way = list(_pins_together(way, keys))
        if not of_way:
            return None
        pins += of_way
    return pins


def _pins_together(
    parts: Sequence[str | _Group], keys: Mapping[str, Mapping[str, str]]
) -> Iterator[Pin]:
    """The same of conditions that all hold; none where none of them names any."""
    before = ""
    for part in parts:
        if isinstance(part, str) and "CASE " not in part:
            for alias, column, place, places in COMPARED.findall(part):
                of = keys.get(alias, {}).get(column)
                if of is not None:
                    yield Pin(of, tuple(map(int, re.findall(r"\d+", place or places))))
        elif isinstance(part, str):
            pass
        elif part.is_select:
            match = BEFORE_SELECT.search(before)
            of = keys.get(match[1], {}).get(match[2]) if match else None
            if of is not None:
                yield Pin(of, ())
        elif not before.endswith("NOT "):
            yield from _pins(part.parts, keys) or ()
        before = part if isinstance(part, str) else ""
