"""Two records of one thing made one: entries and references follow, and the address of the one that goes leads on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..models import (
    FormerAddress,
    Initiative,
    Lineage,
    Meeting,
    Merge,
    Participant,
    Report,
    Review,
    SearchText,
    Translated,
)
from ..models.corrections import wait_for_loads
from ..models.other_names import OtherNamesField, as_lines
from ..models.translations import canonical, flat, nested, texts_of
from . import actions, permissions, register
from .basis import was_public
from .diff import Change, Names, changes, current_values, typed_fields
from .moving import Moves, is_empty
from .resting import initiatives_resting_on

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MERGEABLE: tuple[type[Any], ...] = (Initiative, Report, Meeting, Participant)
# The field by which a row of each model belongs to another one of it.
ABOVE = {Participant: "part_of", Meeting: "part_of", Report: "translation_of"}


@transaction.atomic
def merge(
    *,
    by: User | None,
    kept: Any,
    gone: Any,
    take: Collection[str] = (),
    reason: str,
    expected: str | None = None,
) -> Merge:
    """Merge one record into another of its kind, and return what was noted of that.

    All that refers to ``gone`` refers to ``kept`` from now on, which has the fields named in ``take`` from the other
    one. ``expected`` is the ``state_of`` both that somebody agreed to. Raises ValidationError, and writes nothing, with
    every reason why they cannot be one; PermissionDenied for who may not change both.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why they are one and the same.")})
    wait_for_loads()
    asked, (kept, gone) = kept, _lock(type(kept), kept, gone)
    moves, values = _begin(by, kept, gone, take)
    if expected is not None and expected != state_of(kept, gone):
        raise ValidationError(
            _("Somebody has changed one of the two meanwhile. Look at both again."), code="moved"
        )
    said = current_values(kept, typed_fields(type(kept)))
    row = Merge(kind=moves.kind, kept=kept.pk, gone=gone.pk, key=moves.old, by=by, reason=reason)
    with _told():
        _write(kept, gone, values, moves)
    former = FormerAddress.objects.filter(kind=row.kind, leads_to=moves.old)
    row.former_keys = sorted(former.values_list("key", flat=True))
    former.filter(merged_as="").update(merged_as=moves.old)
    former.update(leads_to=moves.new)
    FormerAddress.objects.create(
        kind=row.kind, key=moves.old, leads_to=moves.new, merged_as=moves.old
    )
    row.steps = moves.steps
    row.save()
    asked.refresh_from_db()
    if was_public(asked) and was_public(gone):
        register.note_merge(asked, gone, said, by=by, reason=reason)
    return row


class Foreseen(Exception):
    """Carries what a merge would do, out of a transaction that is not kept."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves


def foresee(*, by: User | None, kept: Any, gone: Any, take: Collection[str] = ()) -> Moves:
    """What a merge would do. Raises as ``merge`` does.

    What refers to the two is counted; with the two themselves it is done, and taken back.
    """
    model: Any = type(kept)
    try:
        with _told():
            kept, gone = _lock(model, kept, gone)
            moves, values = _begin(by, kept, gone, take, is_foreseen=True)
            _part(kept, gone, moves)
            _point_to_head(kept, gone, values, moves)
            moves.refer(model, {gone.pk: kept.pk})
            if name := ABOVE.get(model):
                below = model._base_manager.filter(**{name: gone.pk})
                below.update(**{name: kept.pk})
            # What else refers to it is not asked before all is taken back.
            itself = model._base_manager.filter(pk=gone.pk)
            itself._raw_delete(itself.db)
            _fill_in(kept, values, moves)
            raise Foreseen(moves)
    except Foreseen as foreseen:
        return foreseen.moves


def _begin(
    by: User | None, kept: Any, gone: Any, take: Collection[str], *, is_foreseen: bool = False
) -> tuple[Moves, dict[str, Any]]:
    """What the merge of two locked rows is to note, and the values that it takes over; raises where it may not be."""
    for row in (kept, gone):
        permissions.require(by, "change", row)
    _refuse(kept, gone)
    new, old = kept.natural_key()[0], gone.natural_key()[0]
    kind = str(kept._meta.model_name)
    moves = Moves(by, f"Merged: {old} into {new}", kind, old, new, is_foreseen=is_foreseen)
    return moves, _values_taken(kept, gone, take)


def _write(kept: Any, gone: Any, values: dict[str, Any], moves: Moves) -> None:
    model: Any = type(kept)
    initiatives = initiatives_resting_on(model, [kept.pk, gone.pk])
    _part(kept, gone, moves)
    _point_to_head(kept, gone, values, moves)
    moves.refer(model, {gone.pk: kept.pk})
    moves.name_anew()
    if model is Initiative:
        # By itself, so that the index of words loses them too.
        SearchText.objects.filter(initiative=gone.pk).delete()
    else:
        # So that nothing that is derived refers to it any more.
        actions.refresh(initiatives, by=moves.by, reason=moves.reason, with_texts=False)
    moves.delete(model._base_manager.get(pk=gone.pk))
    _fill_in(kept, values, moves)
    touched = initiatives_resting_on(model, [kept.pk]) | (initiatives - {gone.pk})
    actions.refresh(touched, by=moves.by, reason=moves.reason)


def _part(kept: Any, gone: Any, moves: Moves) -> None:
    """End what relates the two to each other."""
    if isinstance(kept, Initiative):
        moves.drop_relations(kept, gone)
        return
    name = ABOVE[type(kept)]
    if getattr(kept, f"{name}_id") == gone.pk:
        # It was part of the other one, or its translation: now it is of what that one is of.
        above = getattr(gone, f"{name}_id")
        moves.change(kept, {name: None if above == kept.pk else above})


def _point_to_head(kept: Any, gone: Any, values: dict[str, Any], moves: Moves) -> None:
    """Let the language versions of both point where the one that stays does, if it is a version itself."""
    if not isinstance(kept, Report):
        return
    pair = [kept.pk, gone.pk]
    head = values.get("translation_of", kept.translation_of_id)
    versions = Report.objects.filter(translation_of__in=pair).exclude(pk__in=[*pair, head or 0])
    for version in versions.order_by("pk") if head and head not in pair else ():
        moves.change(version, {"translation_of": head})


def _fill_in(kept: Any, values: dict[str, Any], moves: Moves) -> None:
    model: Any = type(kept)
    moves.change(model._base_manager.get(pk=kept.pk), values)
    kept = model._base_manager.get(pk=kept.pk)
    _refuse_circles(kept)
    kept.full_clean()


@contextmanager
def _told() -> Iterator[None]:
    """Say in words what the database refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = _("The two cannot be one as they are: %(error)s")
        raise ValidationError(words % {"error": str(error).splitlines()[0]}) from error


def _lock(model: Any, *rows: Any) -> list[Any]:
    locked = model._base_manager.select_for_update(of=("self",)).order_by("pk")
    by_key = {row.pk: row for row in locked.filter(pk__in=[row.pk for row in rows])}
    if len(by_key) < len(rows):
        raise ValidationError(_("Choose two records that are there, and not one twice."))
    return [by_key[row.pk] for row in rows]


def state_of(*rows: Any) -> str:
    """What a person has looked at: the newest version of each row."""
    latest = (
        row.history.order_by("-history_id").values_list("history_id", flat=True) for row in rows
    )
    return "/".join(str(versions.first() or 0) for versions in latest)


# --- What stands in the way -----------------------------------------------------------------------


def _refuse(kept: Any, gone: Any) -> None:
    """Raise ValidationError with every reason why two rows are not to be one."""
    faults = []
    if type(kept) not in MERGEABLE or type(kept) is not type(gone):
        raise ValidationError(
            _("Only two initiatives, documents, meetings or participants are merged.")
        )
    if isinstance(kept, Initiative):
        if kept.publication != gone.publication:
            faults.append(
                _("One is public and the other a draft. Publish the draft first, or delete it.")
            )
        if kept.is_withdrawn or gone.is_withdrawn:
            faults.append(_("One of the two is withdrawn."))
        if Review.objects.waiting().filter(initiative__in=[kept, gone]).count() == 2:
            faults.append(_("Both wait for review. Decide about one of them first."))
        faults += _lineage_faults(kept, gone)
    elif was_public(gone) and not was_public(kept):
        faults.append(
            _("The one that is to stay is a draft, and the other is public: keep that one.")
        )
    if faults:
        raise ValidationError(faults)


def _lineage_faults(kept: Initiative, gone: Initiative) -> Iterator[str]:
    """Two wholes, or a way that would lead back."""
    keys = {kept.pk, gone.pk}
    wholes = Lineage.objects.of_parts().filter(later__in=keys).exclude(earlier__in=keys)
    different = {link.earlier_id: str(link.earlier) for link in wholes.select_related("earlier")}
    if len(different) > 1:
        words = _("They are parts of different initiatives: %(names)s. Remove one relation first.")
        yield words % {"names": "; ".join(sorted(different.values()))}
    edges: dict[int, set[int]] = {}
    for later, earlier in Lineage.objects.values_list("later", "earlier"):
        ends = [kept.pk if end == gone.pk else end for end in (later, earlier)]
        if ends[0] != ends[1]:
            edges.setdefault(ends[0], set()).add(ends[1])
    seen: set[int] = set()
    waiting = {*edges.get(kept.pk, ())}
    while waiting:
        if kept.pk in waiting:
            yield _("One of them comes from the other by way of a third: that would be a circle.")
            return
        seen |= waiting
        waiting = {end for key in waiting for end in edges.get(key, ())} - seen


def _refuse_circles(kept: Any) -> None:
    if not (name := ABOVE.get(type(kept))):
        return
    above, seen = getattr(kept, name), set[int]()
    while above is not None and above.pk not in seen:
        if above.pk == kept.pk:
            raise ValidationError(
                _("One of them belongs to the other by way of a third: that would be a circle.")
            )
        seen.add(above.pk)
        above = getattr(above, name)


# --- Fields ---------------------------------------------------------------------------------------


def field_choices(kept: Any, gone: Any) -> list[tuple[str, Change]]:
    """The fields that both fill in and differ in, by name: what the one says (``old``) and what the other.

    Own texts of two languages are one choice, that of the language.
    """
    names, chosen = Names(), []
    texts = texts_of(type(kept)) if _are_in_two_languages(kept, gone) else ()
    for name in _choosable(type(kept)):
        if name in texts:
            if name == "language" and _says_something(kept) and _says_something(gone):
                chosen.append((name, _language_choice(kept, gone)))
            continue
        old, new = (current_values(row, [name]) for row in (kept, gone))
        if old != new and not is_empty(old[name]) and not is_empty(new[name]):
            field: Any = type(kept)._meta.get_field(name)
            label = capfirst(str(field.verbose_name))
            found = changes(type(kept), old, new, names)
            words = ["; ".join(c.old for c in found), "; ".join(c.new for c in found)]
            chosen.append((name, Change(label, words[0], words[1])))
    return chosen


def _choosable(model: Any) -> list[str]:
    fields = (model._meta.get_field(name) for name in typed_fields(model))
    return [field.name for field in fields if not isinstance(field, OtherNamesField)]


def _are_in_two_languages(kept: Any, gone: Any) -> bool:
    return isinstance(kept, Translated) and canonical(kept.language) != canonical(gone.language)


def _says_something(row: Any) -> bool:
    return any(getattr(row, name) for name in row.TRANSLATED)


def _language_choice(kept: Any, gone: Any) -> Change:
    """Both languages, each with the texts that are in it."""
    model = type(kept)
    names = [name for name in texts_of(model) if name != "translations"]
    old, new = ("; ".join(filter(None, (getattr(row, n) for n in names))) for row in (kept, gone))
    return Change(capfirst(str(model._meta.get_field("language").verbose_name)), old, new)


def _texts_taken(kept: Any, gone: Any, take: Collection[str]) -> dict[str, Any]:
    """The texts of two rows in different languages: those of one stay its own, those of the other translate them.

    What the first one says in a language already, its own included, the other does not say anew.
    """
    names = texts_of(type(kept))
    is_taken = not {*take}.isdisjoint(names) or not _says_something(kept)
    own, other = (gone, kept) if is_taken else (kept, gone)
    language = canonical(other.language)
    said = {f"{name}.{language}": getattr(other, name) for name in other.TRANSLATED}
    said = flat(other.translations) | said | flat(own.translations)
    in_own = {f"{name}.{canonical(own.language)}" for name in own.TRANSLATED}
    translations = nested({name: text for name, text in said.items() if name not in in_own})
    return current_values(own, names) | {"translations": translations}


def _values_taken(kept: Any, gone: Any, take: Collection[str]) -> dict[str, Any]:
    """What the row that stays gets from the other: the fields chosen, those that it leaves empty, and other names."""
    model = type(kept)
    texts = _texts_taken(kept, gone, take) if _are_in_two_languages(kept, gone) else {}
    values = {name: text for name, text in texts.items() if text != getattr(kept, name)}
    for name in typed_fields(model):
        if name in texts:
            continue
        field: Any = model._meta.get_field(name)
        own, other = (current_values(row, [name])[name] for row in (kept, gone))
        if isinstance(field, OtherNamesField):
            other = as_lines([*own.splitlines(), *other.splitlines()])
        elif name not in take and not is_empty(own):
            continue
        if other != own and not is_empty(other):
            values[name] = other
    above = ABOVE.get(model)
    if above and values.get(above) == kept.pk:
        del values[above]
    return values
