"""Rows that others name in a many-to-many relation stay, as those do that a foreign key protects."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.deletion import ProtectedError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _

from .participants import Participant
from .records import Record
from .themes import Theme


def named_rows_stay(instance: models.Model, **kwargs: Any) -> None:
    """Raise ProtectedError while a row names this one; Django would drop the link in silence."""
    # Who is about to name it waits at the end of their transaction, and is refused then.
    list(type(instance)._base_manager.select_for_update().filter(pk=instance.pk).values_list("pk"))
    holders: set[models.Model] = set()
    for relation in naming(type(instance)):
        rows = relation.related_model._base_manager
        holders |= set(rows.filter(**{relation.field.name: instance.pk}))
    if holders:
        message = _("“%(row)s” cannot be deleted: other rows name it.") % {"row": instance}
        raise ProtectedError(message, holders)


def naming(model: type[models.Model]) -> list[Any]:
    """The many-to-many relations by which other rows name rows of a model.

    One with a model of its own is left out: that protects by its foreign keys.
    """
    relations: list[Any] = [rel for rel in model._meta.related_objects if rel.many_to_many]
    return [rel for rel in relations if rel.through._meta.auto_created]


# Only of these: a listener for every model would make Django read each row that any deletion anywhere takes away.
NAMED: tuple[type[Record], ...] = (Participant, Theme)
for named in NAMED:
    pre_delete.connect(named_rows_stay, sender=named, dispatch_uid=f"named {named.__name__}")
