"""What no single file can know of itself: references that lead nowhere, numbers used twice, circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from ..models import (
    ENTRY_OF,
    Initiative,
    Lineage,
    LineageKind,
    Meeting,
    Participant,
    Record,
    Report,
    Target,
    Translated,
)
from ..models.meeting_hours import faults_of_hours
from ..models.translations import ORIGINAL, canonical
from ..partial_dates import PartialDate
from ..recording.days import is_to_come
from .document import id_line
from .kinds import CHUNK, KINDS, Key, Kind, Values
from .participants import may_be, why_not_made
from .problems import Missing, Problem, SheetCell
from .record_names import RecordNames
from .review_schema import ReviewFile
from .said import alternatives, kind_word, phrased
from .schema_faults import what_is_strange
from .statements import EntryStatement, Statement
from .suggestions import did_you_mean
from .tombstones import explain, removed_initiatives
from .vocabulary_checks import part_of_faults, sdg_target_faults

if TYPE_CHECKING:
    from .plan_types import Plan, RecordItem

Finals = Mapping[str, Mapping[Key, Values]]
# A model and the natural key of one part that is referred to.
Reference = tuple[type[Record], str]
CIRCLES = 20
# What closes a circle, and the circle.
PART_OF_ITSELF = N_("“%(key)s” is part of itself: %(chain)s")
COMES_FROM_ITSELF = N_("“%(key)s” comes from itself: %(chain)s")
COMES_OR_PART_OF_ITSELF = N_("“%(key)s” comes from itself or is part of itself: %(chain)s")
TRANSLATION_OF_ITSELF = N_("“%(key)s” is a translation of itself: %(chain)s")


def check_references(
    plan: Plan, stated: Mapping[str, set[Key]], hints: RecordNames
) -> list[Problem]:
    """A problem for everything that a write refers to and that will not be in the database after the load.

    ``stated`` are the keys of all records that the files state.
    """
    references: dict[Reference, list[tuple[Statement | EntryStatement, str]]] = {}
    for reference, statement, name in _references(plan):
        references.setdefault(reference, []).append((statement, name))
    deleted = {(model, key) for model, key in references if (key,) in plan.deleted[_name(model)]}
    unknown = [
        (model, key)
        for model, key in references
        if (model, key) not in deleted and (key,) not in stated.get(_name(model), ())
    ]
    in_database = _in_database(unknown)
    removed = removed_initiatives()
    problems = []
    for model, key in references:
        missing = None
        if model is Initiative and key in removed:
            what, hint = explain(removed[key])
        elif (model, key) in deleted:
            what = phrased(
                "the %(kind)s “%(key)s” was deleted after it had been loaded",
                kind=kind_word(model),
                key=key,
            )
            hint = phrased("add it again in the admin, or take it out of the file")
        elif (model, key) in in_database or (model, key) not in unknown:
            continue
        else:
            what = phrased("there is no %(kind)s “%(key)s”", kind=kind_word(model), key=key)
            missing = Missing(_name(model), key, hints.nearest(_name(model), key))
            hint = did_you_mean(missing.near) or hints.all_known(_name(model))
            meant = may_be(key, hints.of(_name(model))) if model is Participant else []
            if len(meant) > 1:
                what, missing = phrased("“%(key)s” may be more than one participant", key=key), None
                hint = phrased(
                    "write the code of the one that is meant: %(meant)s", meant=alternatives(meant)
                )
            elif model is Participant and not hint:
                hint = why_not_made(key)
        for statement, name in references[model, key]:
            line = statement.line(name, key)
            cure = (
                hint
                or what_is_strange(key, line)
                or phrased("define it in a file, or correct the id")
            )
            problem = Problem(statement.document.name, line, what, cure, missing=missing)
            problems.append(problem)
    return problems


def _name(model: type[Record]) -> str:
    return str(model._meta.model_name)


def _references(plan: Plan) -> Iterator[tuple[Reference, Statement | EntryStatement, str]]:
    for name, items in plan.records.items():
        for item in items:
            for statement in item.statements:
                for reference, field in _of_record(KINDS[name], item, statement):
                    yield reference, statement, field
    for to_write in plan.entries.to_write:
        entry = to_write.statement
        key = "id" if entry.kind == "mention" else "initiative"
        yield (Initiative, entry.initiative), entry, key
        if code := entry.values.get("participant"):
            yield (Participant, code), entry, "of"
        if ref := entry.values.get("target"):
            yield (Target, ref), entry, "target"
        if meeting := entry.values.get("due_at"):
            yield (Meeting, meeting), entry, "due_at"
        for code in entry.values.get("by", ()):
            yield (Participant, code), entry, "by"


def _of_record(
    kind: Kind, item: RecordItem, statement: Statement
) -> Iterator[tuple[Reference, str]]:
    """What the fields that are to be written refer to."""
    for name, model in kind.references.items():
        if name in kind.model.natural_key_fields:
            yield (model, statement.key[kind.model.natural_key_fields.index(name)]), name
        elif name in item.values and (value := statement.values.get(name)):
            for key in value if isinstance(value, list) else [value]:
                yield (model, key), name


def _in_database(references: Iterable[Reference]) -> set[Reference]:
    keys: dict[type[Record], list[str]] = {}
    for model, key in references:
        keys.setdefault(model, []).append(key)
    existing = set()
    for model, keys_of_model in keys.items():
        name = model.natural_key_fields[0]
        for start in range(0, len(keys_of_model), CHUNK):
            rows = model._default_manager.filter(
                **{f"{name}__in": keys_of_model[start : start + CHUNK]}
            )
            existing |= {(model, key) for key in rows.values_list(name, flat=True)}
    return existing


def check_invariants(records: Mapping[str, list[RecordItem]], finals: Finals) -> list[Problem]:
    """What the database's constraints would refuse, said with file and line."""
    return [
        *_ends_before_start(records, finals),
        *_hours(records, finals),
        *_numbers_used_twice(records, finals),
        *_lineage_circles(records),
        *_parts_of_two_wholes(records),
        *_translation_circles(records, finals),
        *_versions_of_versions(records, finals),
        *_meetings_part_of_another(records, finals),
        *_circles_of_field(Participant, "part_of", PART_OF_ITSELF, records, finals),
        *(_problem(*fault) for fault in part_of_faults(records, finals)),
        *(_problem(*fault) for fault in sdg_target_faults(records, finals)),
        *_said_twice_in_one_language(records, finals),
    ]


def _said_twice_in_one_language(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    """A translation into the language in which the record itself is written: another file may have said that."""
    for name, kind in KINDS.items():
        model: Any = kind.model
        for item in records[name] if issubclass(kind.model, Translated) else ():
            final = finals[name].get(item.item.key, {})
            own = canonical(final.get("language") or ORIGINAL)
            for text in (f"{field}.{own}" for field in model.TRANSLATED):
                if final.get(text):
                    what = phrased(
                        "%(name)s is written in %(own)s itself, and %(text)s is given too",
                        name=item.item.name,
                        own=own,
                        text=text,
                    )
                    hint = phrased("say its language, or take the translation out")
                    yield _problem(item, what, text if text in item.values else "language", hint)


def check_mentions(plan: Plan) -> Iterator[Problem]:
    """A new initiative is public at once, so one of these documents has to treat it."""
    mentioned = {
        to_write.statement.initiative
        for to_write in plan.entries.to_write
        if to_write.statement.kind == "mention"
    }
    for item in plan.records["initiative"]:
        if item.pk is None and item.item.key[0] not in mentioned:
            what = phrased("this initiative is new, and no document is said to treat it")
            problem = _problem(
                item, what, "id", phrased("say which act it is, such as act: proposed")
            )
            if isinstance(problem.line, SheetCell):
                problem = replace(
                    problem, expected=phrased("add a row to Mentions, with its document")
                )
            yield problem


def check_evidence(plan: Plan) -> Iterator[Problem]:
    """What is to be written rests on a document, on a look or a reading; files cannot say it otherwise, sheets can."""
    for to_write in plan.entries.to_write:
        statement = to_write.statement
        if statement.kind == "mention":
            continue
        report = Report(slug=statement.document.report) if statement.document.report else None
        values = {n: v for n, v in statement.values.items() if n != "participant"}
        if "target" in values:
            # Which one it is has been made out by then, and that it is one of the initiative.
            values |= {"target": Target(), "value": Decimal(values["value"])}
        for name, words in ENTRY_OF[statement.kind](report=report, **values).lacks().items():
            what = phrased("“%(key)s”: %(words)s", key=name, words=words)
            yield Problem(statement.document.name, statement.line(name), what)


def check_reviews(plan: Plan) -> Iterator[Problem]:
    """A review is not of a day to come, and its id is no report's."""
    reviews = [(d, d.content.review) for d in plan.documents if isinstance(d.content, ReviewFile)]
    ids = Report.objects.filter(slug__in=[review.id for _document, review in reviews])
    reports = set(ids.values_list("slug", flat=True)) if reviews else set()
    today = timezone.localdate()
    for document, review in reviews:
        if is_to_come(review.on, today):
            what = phrased("the review is of %(on)s, which is still to come", on=review.on)
            yield Problem(
                document.name, document.line(("review", "on")), what, phrased("correct the day")
            )
        if review.id in reports:
            what = phrased("“%(id)s” is the id of a report already", id=review.id)
            yield Problem(
                document.name, id_line(document), what, phrased("give the review another id")
            )
    if plan.is_edit:
        return
    sources_of_reports = {source for source, kind, _key in plan.stored_facts if kind == "report"}
    # A review brings nothing but these.
    loaded = {source for source, kind, _key in plan.stored_facts if kind in ENTRY_OF}
    for item in plan.records["report"]:
        document = item.statements[0].document
        if item.pk is None and document.source in loaded - sources_of_reports:
            what = phrased("“%(source)s” is the id of a review already", source=document.source)
            yield Problem(
                document.name, id_line(document), what, phrased("give the report another id")
            )


def _problem(item: RecordItem, what: str, field: str = "", expected: str = "") -> Problem:
    stating = [s for s in item.statements if field in s.values] or item.statements
    return Problem(stating[0].document.name, stating[0].line(field), what, expected)


def _ends_before_start(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    for kind, start, end in (("meeting", "starts_on", "ends_on"), ("membership", "since", "until")):
        for item in records[kind]:
            final = finals[kind].get(item.item.key, {})
            first, last = final.get(start), final.get(end)
            if first and last and PartialDate(last).ends_before(first):
                what = phrased(
                    "%(name)s ends (%(last)s) before it starts (%(first)s)",
                    name=item.item.name,
                    last=last,
                    first=first,
                )
                yield _problem(
                    item, what, end if end in item.values else start, phrased("correct a date")
                )


def _hours(records: Mapping[str, list[RecordItem]], finals: Finals) -> Iterator[Problem]:
    for item in records["meeting"]:
        final = finals["meeting"].get(item.item.key, {})
        for name, words in faults_of_hours(final).items():
            what = phrased("%(name)s: %(words)s", name=item.item.name, words=words)
            yield _problem(item, what, name)


def _numbers_used_twice(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    changed = {item.item.key: item for item in records["meeting"]}
    if not changed:
        return
    keys_by_number: dict[tuple[str, str, int], Key] = {}
    numbered = Meeting.objects.filter(number__isnull=False)
    for dialogue, kind, number, slug in numbered.values_list(
        "dialogue__slug", "kind", "number", "slug"
    ):
        if (slug,) not in finals["meeting"]:
            keys_by_number[dialogue, kind, number or 0] = (slug,)
    for key, final in finals["meeting"].items():
        if not final.get("number"):
            continue
        place = (final["dialogue"], final["kind"], final["number"])
        other = keys_by_number.setdefault(place, key)
        if other == key:
            continue
        new, old = (key, other) if key in changed else (other, key)
        if new in changed:
            what = phrased(
                "%(dialogue)s has a %(kind)s meeting number %(number)s already: %(other)s",
                dialogue=place[0],
                kind=place[1],
                number=place[2],
                other=old[0],
            )
            yield _problem(
                changed[new], what, "number", phrased("leave the number out, or correct it")
            )


def _lineage_circles(records: Mapping[str, list[RecordItem]]) -> Iterator[Problem]:
    new = {(item.item.key[0], item.item.key[2]): item for item in records["lineage"]}
    if not new:
        return
    edges = set(Lineage.objects.values_list("later__slug", "earlier__slug")) | set(new)
    has_parts = any(item.item.key[1] == LineageKind.PART_OF for item in new.values())
    words = COMES_OR_PART_OF_ITSELF if has_parts else COMES_FROM_ITSELF
    yield from _circles(edges, new, words, "")


def _parts_of_two_wholes(records: Mapping[str, list[RecordItem]]) -> Iterator[Problem]:
    relation = LineageKind.PART_OF.value
    new = [item for item in records["lineage"] if item.item.key[1] == relation]
    if not new:
        return
    wholes = dict(Lineage.objects.of_parts().values_list("later__slug", "earlier__slug"))
    for item in new:
        part, _relation, whole = item.item.key
        other = wholes.setdefault(part, whole)
        if other != whole:
            what = phrased(
                "“%(part)s” is part of “%(other)s”, and here of “%(whole)s”: it has one whole at most",
                part=part,
                other=other,
                whole=whole,
            )
            hint = phrased(
                "leave part_of out; where the whole is another one, change the relation on the desk"
            )
            yield _problem(item, what, "", hint)


def _translation_circles(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    yield from _circles_of_field(Report, "translation_of", TRANSLATION_OF_ITSELF, records, finals)


def _versions_of_versions(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    """All language versions of a document name one report: what others name is no version itself."""
    changed = {item.item.key[0]: item for item in records["report"]}
    if not changed:
        return
    stored = Report.objects.filter(translation_of__isnull=False).order_by()
    heads: dict[str, Any] = dict(stored.values_list("slug", "translation_of__slug"))
    heads |= {slug: final.get("translation_of") for (slug,), final in finals["report"].items()}
    for version, named in heads.items():
        head = heads.get(named or "")
        item = changed.get(version) or changed.get(named or "")
        if item and head and named != version and head != version:
            what = phrased(
                "“%(named)s” is a language version of “%(head)s”, and “%(version)s” of “%(named)s”",
                named=named,
                head=head,
                version=version,
            )
            hint = phrased(
                "let translation_of of “%(version)s” name “%(head)s” too",
                version=version,
                head=head,
            )
            yield _problem(item, what, "translation_of", hint)


def _meetings_part_of_another(
    records: Mapping[str, list[RecordItem]], finals: Finals
) -> Iterator[Problem]:
    """What is part of a meeting is of its dialogue, and not the other way round as well."""
    yield from _circles_of_field(Meeting, "part_of", PART_OF_ITSELF, records, finals)
    changed = {item.item.key[0]: item for item in records["meeting"]}
    if not changed:
        return
    stored = Meeting.objects.values_list("slug", "dialogue__slug", "part_of__slug")
    dialogues: dict[str, str | None] = {}
    wholes: dict[str, str | None] = {}
    for key, dialogue, whole_key in stored:
        dialogues[key], wholes[key] = dialogue, whole_key
    for (key,), final in finals["meeting"].items():
        dialogues[key], wholes[key] = final.get("dialogue"), final.get("part_of")
    for slug, whole in wholes.items():
        item = changed.get(slug) or changed.get(whole or "")
        if item and whole in dialogues and dialogues[slug] != dialogues[whole]:
            what = phrased(
                "meeting “%(slug)s” is part of “%(whole)s”, a meeting of another dialogue",
                slug=slug,
                whole=whole,
            )
            yield _problem(
                item, what, "part_of", phrased("correct the dialogue, or leave part_of out")
            )


def _circles_of_field(
    model: type[Record],
    field: str,
    words: str,
    records: Mapping[str, list[RecordItem]],
    finals: Finals,
) -> Iterator[Problem]:
    """Circles of a field that names another row of its model by its key."""
    kind, key = _name(model), model.natural_key_fields[0]
    new = {
        (item.item.key[0], other): item
        for item in records[kind]
        if (other := item.values.get(field))
    }
    if not new:
        return
    stored = model._default_manager.filter(**{f"{field}__isnull": False})
    edges = {
        edge
        for edge in stored.values_list(key, f"{field}__{key}")
        if (edge[0],) not in finals[kind]
    }
    edges |= {(row[0], final[field]) for row, final in finals[kind].items() if final.get(field)}
    yield from _circles(edges, new, words, field)


def _circles(
    edges: set[tuple[str, str]],
    new: Mapping[tuple[str, str], RecordItem],
    words: str,
    field: str,
) -> Iterator[Problem]:
    """A problem for each circle that the new edges close, later to earlier; for the first few of many."""
    for _ in range(CIRCLES):
        circle = _circle(edges)
        closing = next((edge for edge in new if edge in circle), None)
        if not closing:
            return
        chain = " → ".join([circle[0][0], *(earlier for _later, earlier in circle)])
        what = phrased(words, key=circle[0][0], chain=chain)
        yield _problem(new[closing], what, field, phrased("remove one of these relations"))
        edges = edges - {closing}


def _circle(edges: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges of one circle, each beginning where the one before it ends; none where there is no circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for later, earlier in sorted(edges):
        sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(pairwise(reversed(error.args[1])))
    return []
