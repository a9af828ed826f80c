"""Lines of the public register of corrections, written in the transaction of what they tell of.

Only of what the public has seen: a draft that is corrected or withdrawn is nobody's business. Whatever the language of
the desk, they are written in English; pages/field_labels.py and pages/corrections.py say them in others.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import override

from ..languages import ENGLISH, in_english
from ..models import (
    ENTRIES,
    Correction,
    CorrectionKind,
    CorrectionSubject,
    Dialogue,
    Entry,
    Initiative,
    Load,
    Publication,
    Report,
)
from ..models.corrections import REASON_OF_LOAD
from ..models.translations import ORIGINAL
from .diff import Names, VersionValues, changes, current_values, typed_fields
from .permissions import role_of
from .refs import free_ref

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Rows of a statement, as in bulk_history.
BATCH = 1000


def note_corrections(
    entries: Iterable[Entry],
    *,
    by: User | None,
    is_load: bool = False,
    at: datetime.datetime | None = None,
    reason: str = "",
) -> None:
    """Note public entries that take the place of others which the public has seen.

    ``at`` is when they were published, where that is later than when they were recorded, ``reason`` why it was done.
    """
    corrections = [entry for entry in entries if entry.corrects_id]
    for start in range(0, len(corrections), BATCH):
        batch = corrections[start : start + BATCH]
        rows = _with_relations(batch, "corrects")
        kind = CorrectionKind.CORRECTED
        _note_entries(kind, rows, "corrects", by=by, is_load=is_load, at=at, reason=reason)


def note_withdrawal(entry: Entry, *, by: User | None, reason: str) -> None:
    rows = _with_relations([entry])
    _note_entries(CorrectionKind.WITHDRAWN, rows, "", by=by, reason=reason)


def note_reinstatement(entry: Entry, *, by: User | None, reason: str) -> None:
    rows = _with_relations([entry], "reinstates")
    _note_entries(CorrectionKind.REINSTATED, rows, "reinstates", by=by, reason=reason)


def _with_relations(entries: Sequence[Entry], before: str = "") -> list[Any]:
    """Public entries of public initiatives, read anew; those that take the place of another, where that was public."""
    model: Any = type(entries[0])
    rows = model._base_manager.filter(
        pk__in=[entry.pk for entry in entries],
        publication=Publication.PUBLIC,
        initiative__publication=Publication.PUBLIC,
    ).select_related("initiative", "report")
    many = [field.name for field in model._meta.many_to_many]
    if before:
        rows = rows.filter(**{f"{before}__publication": Publication.PUBLIC}).select_related(before)
        many += [f"{before}__{name}" for name in many]
    return list(rows.prefetch_related(*many).order_by("pk"))


def _note_entries(
    kind: CorrectionKind,
    entries: Sequence[Any],
    before: str,
    *,
    by: User | None,
    reason: str = "",
    is_load: bool = False,
    at: datetime.datetime | None = None,
) -> None:
    names, role = Names(), "" if is_load else role_of(by)
    is_withdrawal = kind == CorrectionKind.WITHDRAWN
    lines = []
    for entry in entries:
        earlier = getattr(entry, before) if before else None
        # A withdrawal tells what no longer holds, a new record what holds again.
        was = None if kind == CorrectionKind.REINSTATED else _values(earlier or entry)
        now = _empty(entry) if is_withdrawal else _values(entry)
        line = Correction(
            kind=kind,
            at=at or (entry.withdrawn_at if is_withdrawal else entry.recorded_at),
            subject=subject_of(entry),
            key=entry.ref,
            key_before=earlier.ref if earlier else "",
            dialogue_id=entry.initiative.dialogue_id,
            initiative=entry.initiative,
            reason=reason or (REASON_OF_LOAD if is_load else ""),
            role=role,
            report=entry.report if is_load else None,
            differences=_differences(type(entry), was, now, names),
        )
        lines.append(line)
    _write(lines)


def note_edits(
    versions: Sequence[Any],
    *,
    by: User | None,
    documents: Mapping[int, int] | None = None,
    reason: str = "",
) -> None:
    """Note what new versions of rows of one model, initiatives or entries, changed of those that the public sees.

    Of an entry that is what it is in other languages. ``documents`` gives, by the key of the row, that of the report in
    whose name a load did it.
    """
    model, history = type(versions[0].instance), type(versions[0])._default_manager
    first = min(version.history_id for version in versions)
    earlier = history.filter(id__in=[version.id for version in versions], history_id__lt=first)
    last = earlier.order_by().values("id").annotate(last=Max("history_id")).values("last")
    before_by_key = {version.id: version for version in history.filter(history_id__in=last)}
    # As they are stored: in memory a date may still be a text.
    stored = history.filter(history_id__in=[version.history_id for version in versions])
    is_of_entries = issubclass(model, Entry)
    versions = list(stored.select_related("initiative") if is_of_entries else stored)
    names = Names()
    contents = VersionValues(model, [*versions, *before_by_key.values()], names)
    lines = []
    for version in versions:
        before = before_by_key.get(version.id)
        shown = {before.publication, version.publication} if before else set()
        shown |= {version.initiative.publication} if is_of_entries else set()
        if before is None or shown != {Publication.PUBLIC}:
            continue
        was, now = contents.values(before), contents.values(version)
        typed = typed_fields(model)
        differences = _differences(
            model, {n: was[n] for n in typed}, {n: now[n] for n in typed}, names
        )
        if differences:
            report = (documents or {}).get(version.id)
            lines.append(
                Correction(
                    kind=CorrectionKind.CORRECTED,
                    **_subject_of_version(version),
                    at=version.history_date,
                    reason=REASON_OF_LOAD if report else reason,
                    role="" if report else role_of(by),
                    report_id=report,
                    differences=differences,
                )
            )
    _write(lines)


def _subject_of_version(version: Any) -> dict[str, Any]:
    """What a line of the register is about, whose version is given."""
    if isinstance(version.instance, Entry):
        return {
            "subject": subject_of(version.instance),
            "key": version.ref,
            "dialogue_id": version.initiative.dialogue_id,
            "initiative_id": version.initiative_id,
        }
    return {
        "subject": CorrectionSubject.INITIATIVE,
        "key": version.slug,
        "dialogue_id": version.dialogue_id,
        "initiative_id": version.id,
    }


def note_initiative(
    kind: CorrectionKind, initiative: Initiative, *, by: User | None, reason: str
) -> None:
    """Note that an initiative was withdrawn or is public again."""
    at = initiative.withdrawn_at if kind == CorrectionKind.WITHDRAWN else None
    line = Correction(
        kind=kind,
        at=at or timezone.now(),
        subject=CorrectionSubject.INITIATIVE,
        key=initiative.slug,
        dialogue_id=initiative.dialogue_id,
        initiative=initiative,
        reason=reason,
        role=role_of(by),
    )
    _write([line])


def note_load(
    kind: CorrectionKind,
    load: Load,
    *,
    initiatives: Sequence[Initiative],
    entries: Sequence[Entry] = (),
    reports: Sequence[Report],
    by: User | None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> None:
    """Note in one line what of a load was withdrawn, or is public again by it: its documents and how much of each kind.

    Entries know their initiatives.
    """
    is_withdrawal = kind == CorrectionKind.WITHDRAWN
    with override(ENGLISH):
        names = {model: capfirst(str(model._meta.verbose_name_plural)) for model in ENTRIES}
    counts = {
        "Documents": "; ".join(report.title for report in reports),
        "Initiatives": len(initiatives),
        **{
            name: sum(isinstance(entry, model) for entry in entries)
            for model, name in names.items()
        },
    }
    said = [(label, str(count)) for label, count in counts.items() if count]
    dialogues = {row.dialogue_id for row in initiatives}
    dialogues |= {entry.initiative.dialogue_id for entry in entries}
    line = Correction(
        kind=kind,
        at=at or timezone.now(),
        subject=CorrectionSubject.LOAD,
        key=f"load-{load.pk}",
        dialogue_id=dialogues.pop() if len(dialogues) == 1 else None,
        reason=reason or REASON_OF_LOAD,
        role=role_of(by) if is_withdrawal else "",
        report=reports[0] if reports and not is_withdrawal else None,
        differences=[
            [label, words, ""] if is_withdrawal else [label, "", words] for label, words in said
        ],
    )
    _write([line])


def note_new_address(row: Any, old: str, *, by: User | None, reason: str) -> None:
    """Note that a record has another address; the one of before leads there."""
    new = _address(row)
    before = new.removesuffix(f"{row.natural_key()[0]}/") + f"{old}/"
    differences = [["Address", before, new]]
    note_record(CorrectionKind.RENAMED, row, old, differences, by=by, reason=reason)


def note_merge(kept: Any, gone: Any, said: dict[str, Any], *, by: User | None, reason: str) -> None:
    """Note that a record was merged into another one, which ``said`` that before; its address leads there."""
    addresses = [_address(row) for row in (gone, kept)]
    differences = [["Merged", str(gone), str(kept)], ["Address", *addresses]]
    key = gone.natural_key()[0]
    differences += _changed_since(kept, said)
    note_record(CorrectionKind.MERGED, kept, key, differences, by=by, reason=reason)


def note_separation(
    kept: Any, back: Any, said: dict[str, Any], *, by: User | None, reason: str
) -> None:
    """Note that a merge was undone: there are two records again; the one that was kept ``said`` that before."""
    differences = [
        ["Two again", "", f"{kept}; {back}"],
        ["Address", "", _address(back)],
    ]
    key = back.natural_key()[0]
    differences += _changed_since(kept, said)
    note_record(CorrectionKind.SEPARATED, kept, key, differences, by=by, reason=reason)


def _address(row: Any) -> str:
    """Of its page in English."""
    prefix, address = get_script_prefix(), row.get_absolute_url()
    return in_english(prefix) + str(address).removeprefix(prefix)


def _changed_since(row: Any, said: dict[str, Any]) -> list[list[str]]:
    return _differences(type(row), said, current_values(row, said), Names())


def note_record(
    kind: CorrectionKind,
    row: Any,
    key_before: str,
    differences: list[list[str]],
    *,
    by: User | None,
    reason: str,
) -> None:
    """Note what was done to a record that has an address of its own."""
    is_initiative = isinstance(row, Initiative)
    line = Correction(
        kind=kind,
        at=timezone.now(),
        subject=CorrectionSubject(row._meta.model_name),
        key=row.natural_key()[0],
        key_before=key_before,
        dialogue_id=row.pk if isinstance(row, Dialogue) else getattr(row, "dialogue_id", None),
        initiative=row if is_initiative else None,
        reason=reason,
        role=role_of(by),
        differences=differences,
    )
    _write([line])


def is_tombstone(model: Any, key: str) -> bool:
    """Whether that is the id of what was removed for good."""
    return model is Initiative and Correction.objects.tombstones().filter(key=key).exists()


def note_removal(
    subject: CorrectionSubject, key: str, initiative: Initiative, *, by: User | None, reason: str
) -> None:
    """Write a tombstone, and empty the lines that tell what is removed."""
    _write(
        [
            Correction(
                kind=CorrectionKind.REMOVED,
                at=timezone.now(),
                subject=subject,
                key=key,
                dialogue_id=initiative.dialogue_id,
                initiative=initiative,
                reason=reason,
                role=role_of(by),
            )
        ]
    )


def empty_lines(lines: QuerySet[Correction]) -> None:
    """Take away what lines of the register say of what is removed; that there was something stays."""
    lines.exclude(kind=CorrectionKind.REMOVED).update(differences=[], reason="")


def subject_of(entry: Entry) -> CorrectionSubject:
    return CorrectionSubject(entry.subject)


def _values(entry: Any) -> dict[str, Any]:
    values = {}
    for name in typed_fields(type(entry)):
        field = entry._meta.get_field(name)
        values[name] = (
            {row.pk for row in getattr(entry, name).all()}
            if field.many_to_many
            else getattr(entry, field.attname)
        )
    if values.get("language") == ORIGINAL:
        # It goes without saying.
        values["language"] = None
    return values


def _empty(entry: Any) -> dict[str, Any]:
    return {
        name: set() if isinstance(value, set) else None for name, value in _values(entry).items()
    }


def _differences(
    model: Any, was: dict[str, Any] | None, now: dict[str, Any], names: Names
) -> list[list[str]]:
    with override(ENGLISH):
        return [
            [change.label, change.old, change.new]
            for change in changes(model, was, now, names)
            if change.old != change.new
        ]


def _write(lines: Sequence[Correction]) -> None:
    keys = {line.key for line in lines}
    taken = set(Correction.objects.filter(key__in=keys).values_list("ref", flat=True))
    for line in lines:
        moment = line.at.strftime("%Y%m%dT%H%M%S.%f")
        line.ref = free_ref("/".join((line.kind, line.subject, line.key, moment)), taken)
    Correction.objects.bulk_create(lines, batch_size=BATCH)
