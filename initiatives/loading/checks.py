"""What no single file can know of itself: references that lead nowhere, numbers used twice, circles."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from ..models import Initiative, Lineage, Meeting, Participant, Record, Report
from ..partial_dates import PartialDate
from .kinds import CHUNK, KINDS, Key, Kind, Values
from .problems import Problem
from .statements import EntryStatement, Statement

if TYPE_CHECKING:
    from .plan import Plan, RecordItem

Finals = Mapping[str, Mapping[Key, Values]]
# A model and a natural key of one part, and who refers to it under which name.
Reference = tuple[type[Record], str]


def check_references(plan: Plan, known: Mapping[str, set[Key]]) -> list[Problem]:
    """A problem for everything that a write refers to and that is neither in a file nor in the database."""
    wanted: dict[Reference, list[tuple[Statement | EntryStatement, str]]] = {}
    for reference, statement, name in _references(plan):
        wanted.setdefault(reference, []).append((statement, name))
    unknown = [
        (model, key)
        for model, key in wanted
        if (key,) not in known.get(str(model._meta.model_name), ())
    ]
    in_database = _in_database(unknown)
    missing = [reference for reference in unknown if reference not in in_database]
    problems = []
    for model, key in missing:
        hint = _nearest(model, key, known)
        for statement, name in wanted[model, key]:
            line = statement.line(name) if isinstance(statement, Statement) else statement.line()
            what = f"there is no {model._meta.verbose_name} “{key}”"
            problems.append(Problem(statement.document.name, line, what, hint))
    return problems


def _references(plan: Plan) -> Iterator[tuple[Reference, Statement | EntryStatement, str]]:
    for name, items in plan.records.items():
        for item in items:
            for statement in item.statements:
                for reference, field in _of_record(KINDS[name], statement):
                    yield reference, statement, field
    for to_write in plan.entries.to_write:
        entry = to_write.statement
        yield (Initiative, entry.initiative), entry, "initiative"
        if code := entry.values.get("participant"):
            yield (Participant, code), entry, "of"
        for code in entry.values.get("by", ()):
            yield (Participant, code), entry, "by"


def _of_record(kind: Kind, statement: Statement) -> Iterator[tuple[Reference, str]]:
    for name, model in kind.references.items():
        if name in kind.model.natural_key_fields:
            yield (model, statement.key[kind.model.natural_key_fields.index(name)]), name
        elif value := statement.values.get(name):
            for key in value if isinstance(value, list) else [value]:
                yield (model, key), name


def _in_database(references: Iterable[Reference]) -> set[Reference]:
    keys: dict[type[Record], list[str]] = {}
    for model, key in references:
        keys.setdefault(model, []).append(key)
    found = set()
    for model, wanted in keys.items():
        name = model.natural_key_fields[0]
        for start in range(0, len(wanted), CHUNK):
            rows = model._default_manager.filter(**{f"{name}__in": wanted[start : start + CHUNK]})
            found |= {(model, key) for key in rows.values_list(name, flat=True)}
    return found


def _nearest(model: type[Record], key: str, known: Mapping[str, set[Key]]) -> str:
    name = model.natural_key_fields[0]
    stated = {k[0] for k in known.get(str(model._meta.model_name), ())}
    stated.update(model._default_manager.values_list(name, flat=True)[:5000])
    close = difflib.get_close_matches(key, stated, 1)
    return f"did you mean “{close[0]}”?" if close else "define it in a file, or correct the id"


def check_invariants(records: Mapping[str, list[RecordItem]], finals: Finals) -> list[Problem]:
    """What the database's constraints would refuse, said with file and line."""
    return [
        *_ends_before_start(records, finals),
        *_numbers_used_twice(records, finals),
        *_lineage_circles(records),
        *_translation_circles(records, finals),
        *_targets_without_number(records, finals),
    ]


def _problem(item: RecordItem, what: str, field: str = "", expected: str = "") -> Problem:
    statement = item.statements[0]
    return Problem(statement.document.name, statement.line(field), what, expected)


def _ends_before_start(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    for kind, start, end in (("meeting", "starts_on", "ends_on"), ("membership", "since", "until")):
        for item in records[kind]:
            final = finals[kind].get(item.item.key, {})
            first, last = final.get(start), final.get(end)
            if first and last and PartialDate(last).ends_before(first):
                yield _problem(item, f"{item.item.name} ends ({last}) before it starts ({first})")


def _numbers_used_twice(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    changed = {item.item.key: item for item in records["meeting"]}
    if not changed:
        return
    taken: dict[tuple[str, str, int], Key] = {}
    numbered = Meeting.objects.filter(number__isnull=False)
    for dialogue, kind, number, slug in numbered.values_list(
        "dialogue__slug", "kind", "number", "slug"
    ):
        if (slug,) not in finals["meeting"]:
            taken[dialogue, kind, number or 0] = (slug,)
    for key, final in finals["meeting"].items():
        if not final.get("number"):
            continue
        place = (final["dialogue"], final["kind"], final["number"])
        other = taken.setdefault(place, key)
        if other != key and (item := changed.get(key) or changed.get(other)):
            what = f"{place[0]} has a {place[1]} meeting number {place[2]} already: {other[0]}"
            yield _problem(item, what, "number", "leave the number out, or correct it")


def _lineage_circles(records: Mapping[str, list[RecordItem]]) -> Iterator[Problem]:
    new = {(item.item.key[0], item.item.key[2]): item for item in records["lineage"]}
    if not new:
        return
    edges = set(Lineage.objects.values_list("later__slug", "earlier__slug")) | set(new)
    yield from _circles(edges, new, "comes from itself through")


def _translation_circles(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    new = {
        (item.item.key[0], original): item
        for item in records["report"]
        if (original := item.values.get("translation_of"))
    }
    if not new:
        return
    stored = Report.objects.filter(translation_of__isnull=False)
    edges = {
        edge
        for edge in stored.values_list("slug", "translation_of__slug")
        if (edge[0],) not in finals["report"]
    }
    edges |= {
        (key[0], final["translation_of"])
        for key, final in finals["report"].items()
        if final.get("translation_of")
    }
    yield from _circles(edges, new, "is a translation of itself through")


def _circles(
    edges: Iterable[tuple[str, str]], new: Mapping[tuple[str, str], RecordItem], words: str
) -> Iterator[Problem]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for later, earlier in edges:
        sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
        pairs = {frozenset(pair) for pair in pairwise(circle)}
        item = next((i for pair, i in new.items() if frozenset(pair) in pairs), None)
        what = f"“{circle[0]}” {words} {' → '.join(reversed(circle))}"
        if item:
            yield _problem(item, what, "", "remove one of these relations")


def _targets_without_number(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    for item in records["target"]:
        final = finals["target"].get(item.item.key, {})
        if final.get("value") is None and final.get("reached") is None:
            yield _problem(item, f"{item.item.name} has neither value nor reached")
