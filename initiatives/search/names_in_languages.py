"""What rows are called in other languages than their own, as the desk’s lists and pickers look for it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.db.models import CharField, Lookup, Transform
from django.db.models.lookups import In

from ..languages import LANGUAGE_TAGS, country_codes, country_name
from ..models import Participant
from ..models.translations import TranslationsField


class SaysInOthers(Lookup[Any]):
    """``translations__say="水"``: one of the texts has it, in whatever language."""

    lookup_name = "say"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """By an operator, since a subquery for each row would keep parallel workers from a table."""
        column, params = self.process_lhs(compiler, connection)
        path = f'$.*.* ? (@ like_regex {json.dumps(self.rhs, ensure_ascii=False)} flag "iq")'
        return _of_few(column, f"{column} @? %s::jsonpath"), [*params, *params, path]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        sought = f"%{connection.ops.prep_for_like_query(self.rhs)}%"
        texts = f"json_tree({column}) AS said WHERE said.type = 'text'"
        found = rf"EXISTS (SELECT 1 FROM {texts} AND said.value LIKE %s ESCAPE '\')"
        return _of_few(column, found), [*params, *params, sought]


def _of_few(column: str, found: str) -> str:
    """Most rows say nothing in another language, and that is quickly seen."""
    return f"({column} <> '{{}}' AND {found})"


class CountryNames(CharField[str, str]):
    """What CLDR calls a country in the languages of the site; no column, ``NamesOfCode`` only compares with it."""


class NamesOfCode(Transform):
    """``code__named__icontains="узб"``: of a participant by its code."""

    lookup_name = "named"
    output_field = CountryNames()


class _OfCountry(Lookup[Any]):
    """Of countries whose name fits, in whatever case on any database: those codes."""

    lhs: Any

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sought = str(self.rhs).casefold()
        codes = {code for name, code in _names() if self.fits(name, sought)}
        (code,) = self.lhs.get_source_expressions()
        return compiler.compile(In(code, sorted(codes)))

    def fits(self, name: str, sought: str) -> bool:
        raise NotImplementedError


class CountryContains(_OfCountry):
    lookup_name = "icontains"

    def fits(self, name: str, sought: str) -> bool:
        return sought in name


class CountryBegins(_OfCountry):
    lookup_name = "istartswith"

    def fits(self, name: str, sought: str) -> bool:
        return name.startswith(sought)


@cache
def _names() -> tuple[tuple[str, str], ...]:
    return tuple(
        (country_name(code, tag).casefold(), code)
        for tag in LANGUAGE_TAGS
        for code in country_codes(tag)
    )


def register() -> None:
    TranslationsField.register_lookup(SaysInOthers)
    Participant._meta.get_field("code").register_lookup(NamesOfCode)
    for lookup in (CountryContains, CountryBegins):
        CountryNames.register_lookup(lookup)
