"""Plain values on their way to rows: columns set, references found by natural key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..models import (
    AnyEntry,
    Citation,
    Initiative,
    Meeting,
    Participant,
    Publication,
    Published,
    Record,
    Report,
    StatusUpdate,
    Target,
    Translated,
)
from ..models.translations import column_of, nested
from ..recording.bulk_history import relate_all
from .entries import EntryItem
from .kinds import CHUNK, Key, Kind, Values
from .plan_types import RecordItem
from .problems import DATABASE, LoadError, Problem
from .reinstatement import replacements
from .said import kind_word, phrased

if TYPE_CHECKING:
    from django.contrib.auth.models import User


# What of an entry names other records.
RELATED = ("by", "participant", "target", "due_at")


class RowWriter:
    """Makes and changes rows; what they refer to is to be looked up first, many at a time."""

    def __init__(self, publication: Publication) -> None:
        """``publication`` is that of new rows: what somebody loads who may not publish are drafts."""
        self._publication = publication
        self._keys: dict[type[Record], dict[Key, int]] = {}

    def add(self, model: type[Record], key: Key, pk: int) -> None:
        """Remember the primary key of a row that was written."""
        self._keys.setdefault(model, {})[key] = pk

    def key(self, model: type[Record], *key: str) -> int:
        """The primary key of a row that was looked up or added."""
        return self._keys[model][key]

    def look_up(self, model: type[Record], keys: Iterable[Key]) -> None:
        """Find primary keys; raises LoadError if a row is gone that the plan saw."""
        keys_of_model = self._keys.setdefault(model, {})
        missing = sorted({key for key in keys if key not in keys_of_model})
        lookups = model.natural_key_lookups()
        for start in range(0, len(missing), CHUNK):
            heads = {key[0] for key in missing[start : start + CHUNK]}
            rows = model._default_manager.filter(**{f"{lookups[0]}__in": heads})
            for pk, *key in rows.values_list("pk", *lookups):
                keys_of_model[tuple(str(part) for part in key)] = pk
        for key in missing:
            if key not in keys_of_model:
                what = phrased(
                    "somebody deleted the %(kind)s “%(key)s” while this load was planned",
                    kind=kind_word(model),
                    key="/".join(key),
                )
                raise LoadError(
                    [Problem(DATABASE, 0, what, phrased("nothing was written; load again"))]
                )

    def find(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        """Look up everything that these records refer to."""
        keys_by_model: dict[type[Record], set[Key]] = {}
        for item in items:
            for name, model in kind.references.items():
                if name in kind.model.natural_key_fields:
                    value: Any = item.item.key[kind.model.natural_key_fields.index(name)]
                else:
                    value = item.values.get(name)
                for key in value if isinstance(value, list) else [value] if value else []:
                    keys_by_model.setdefault(model, set()).add((key,))
            if item.statements[0].subject and item.pk is None:
                _field, subject, key = _subject(kind, item)
                keys_by_model.setdefault(subject, set()).add(key)
            if kind.model is Citation and item.pk is None:
                keys_by_model.setdefault(Report, set()).add((item.statements[0].document.report,))
        for model, keys in keys_by_model.items():
            self.look_up(model, keys)
            if model is StatusUpdate:
                self._follow_corrections(keys)

    def _follow_corrections(self, keys: Iterable[Key]) -> None:
        """Let keys of updates mean what stands in their place: files know an update by its first ref."""
        update_keys = self._keys[StatusUpdate]
        left = list(keys)
        while left:
            keys_now = {update_keys[key] for key in left}
            later: dict[int | None, int] = {}
            for name in ("corrects", "reinstates"):
                rows = StatusUpdate.objects.filter(**{f"{name}__in": keys_now})
                later |= dict(rows.values_list(name, "pk"))
            left = [key for key in left if update_keys[key] in later]
            update_keys.update({key: later[update_keys[key]] for key in left})
        replaced = replacements({update_keys[key] for key in keys})
        update_keys.update({key: replaced.get(pk, pk) for key, pk in update_keys.items()})

    def new(self, kind: Kind, item: RecordItem) -> Record:
        """The row of a record that is not in the database yet, unsaved."""
        row = kind.model()
        for name, part in zip(kind.model.natural_key_fields, item.item.key, strict=True):
            self._set(kind, row, name, part)
        if item.statements[0].subject:
            field, subject, key = _subject(kind, item)
            setattr(row, f"{field}_id", self.key(subject, *key))
        if isinstance(row, Citation):
            row.report_id = self.key(Report, item.statements[0].document.report)
        for name in item.values.keys() - set(kind.many):
            self._set(kind, row, name, item.values[name])
        if isinstance(row, Initiative | Published):
            row.publication = self._publication
        _give_reason(row, item.statements[0].document.origin)
        return row

    def change(self, kind: Kind, row: Record, item: RecordItem) -> set[str]:
        """Set what changes of a row and return the columns to save; relations are saved here."""
        _give_reason(row, item.statements[0].document.origin)
        return self.set_values(kind, row, item.values)

    def find_values(self, kind: Kind, values: Values) -> None:
        """Look up what the values of one row refer to."""
        for name, model in kind.references.items():
            value = values.get(name)
            keys = value if isinstance(value, list) else [value] if value else []
            self.look_up(model, {(key,) for key in keys})

    def set_values(self, kind: Kind, row: Record, values: Values) -> set[str]:
        """Set values of a row and return the columns to save; relations are saved here."""
        for name, value in values.items():
            if name in kind.many:
                relate_all(kind.model, name, {row.pk: self.related(kind, name, values)})
            else:
                self._set(kind, row, name, value)
        return {column_of(name) for name in values.keys() - set(kind.many)}

    def related(self, kind: Kind, name: str, values: Values) -> list[int]:
        """The primary keys of a many-to-many field's values."""
        return [self.key(kind.references[name], key) for key in values[name] or ()]

    def find_entries(self, items: Sequence[EntryItem]) -> None:
        """Look up everything that these entries refer to."""
        stated = [item.statement for item in items]
        codes = [code for statement in stated for code in statement.values.get("by", ())]
        codes += [v["participant"] for s in stated if "participant" in (v := s.values)]
        self.look_up(Initiative, {(statement.initiative,) for statement in stated})
        self.look_up(Report, {(report,) for s in stated if (report := s.document.report)})
        self.look_up(Participant, {(code,) for code in codes})
        self.look_up(Meeting, {(v["due_at"],) for s in stated if "due_at" in (v := s.values)})
        self.look_up(Target, {(v["target"],) for s in stated if "target" in (v := s.values)})

    def entry(self, model: type[AnyEntry], item: EntryItem, *, by: User | None) -> AnyEntry:
        """The row of an entry, unsaved."""
        statement = item.statement
        values = {k: v for k, v in statement.values.items() if k not in RELATED}
        if code := statement.values.get("participant"):
            values["participant_id"] = self.key(Participant, code)
        if target := statement.values.get("target"):
            values |= {"target_id": self.key(Target, target), "value": Decimal(values["value"])}
        if meeting := statement.values.get("due_at"):
            values["due_at_id"] = self.key(Meeting, meeting)
        if report := statement.document.report:
            values["report_id"] = self.key(Report, report)
        row = model(
            ref=item.ref,
            initiative_id=self.key(Initiative, statement.initiative),
            corrects_id=item.corrects,
            recorded_by=by,
            publication=self._publication,
            **values,
        )
        if isinstance(row, Translated):
            row.translations = nested(item.translations)
        _give_reason(row, statement.document.origin)
        return row

    def _set(self, kind: Kind, row: Record, name: str, value: Any) -> None:
        if column_of(name) != name:
            assert isinstance(row, Translated)
            row.say_in(name, value)
            return
        field: Any = kind.model._meta.get_field(name)
        if value is None:
            # Emptied in a sheet; a text is empty and never null.
            setattr(row, field.attname, None if field.null else field.get_default())
            return
        if model := kind.references.get(name):
            setattr(row, f"{name}_id", self.key(model, value))
            return
        decimal = field.get_internal_type() == "DecimalField"
        setattr(row, name, Decimal(value) if decimal else value)


def _subject(kind: Kind, item: RecordItem) -> tuple[str, type[Record], Key]:
    """The field that names what a row is about, the model of that and its natural key."""
    subject = item.statements[0].subject
    assert subject
    field = "status_update" if subject[0] == "statusupdate" else subject[0]
    model: Any = kind.model._meta.get_field(field).related_model
    return field, model, subject[1]


def _give_reason(row: Any, source: str) -> None:
    row._change_reason = f"Loaded from {source}"
