"""What every model of the tracker shares: a natural key, a gate to the public and a change history."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any, ClassVar, Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, router
from django.db.models import Q
from django.db.models.base import ModelState
from django.db.models.functions import Coalesce
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.functional import classproperty
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .former_addresses import check_new_id
from .sort_keys import sort_key, sort_key_fields
from .vocabulary import Publication

# Of a text, typed or loaded: what report files and the cells of workbooks carry.
MOST_CHARACTERS = 20_000

M_co = TypeVar("M_co", bound="Record", covariant=True)

SLUG_SHAPE = r"[a-z0-9]+(-[a-z0-9]+)*"
slug_validator = RegexValidator(
    rf"\A{SLUG_SHAPE}\Z", _("Use lower-case letters a–z, digits and single hyphens.")
)


def shown_initiative(path: str = "") -> Q:
    """That the initiative at the end of a path (“initiative__”) is published and not withdrawn."""
    return once_public_initiative(path) & Q(**{f"{path}withdrawn_at__isnull": True})


def of_hidden_initiatives(
    rows: models.QuerySet[Any], paths: Collection[str] = ("initiative",)
) -> models.QuerySet[Any, Any]:
    """The keys of the rows of which an initiative is not shown: few, found by their initiatives."""
    hidden: list[dict[str, Any]] = [
        {"publication": Publication.DRAFT},
        {"withdrawn_at__isnull": False},
    ]
    found = [
        rows.filter(**{f"{path}__{name}": value for name, value in condition.items()}).values("pk")
        for path in paths
        for condition in hidden
    ]
    return found[0].union(*found[1:])


def once_public_initiative(path: str = "") -> Q:
    """That the initiative at the end of a path is published, be it withdrawn since."""
    return Q(**{f"{path}publication": Publication.PUBLIC})


def key_field(**options: Any) -> models.SlugField[str, str]:
    """A unique natural key: the address of a page and the key of loading; lower-case ASCII."""
    said = {"verbose_name": _("id"), "max_length": 100, "unique": True}
    return models.SlugField(**{**said, "validators": [slug_validator], **options})


@cache
def conditions_of(model: type[models.Model]) -> Q:
    """All conditions that a row has to meet; one that cannot be decided is met."""
    checks = (one for one in model._meta.constraints if isinstance(one, models.CheckConstraint))
    flag = models.BooleanField()
    return Q(*(Coalesce(Q(one.condition), True, output_field=flag) for one in checks))


class RecordQuerySet(models.QuerySet[M_co]):
    """Rows with natural keys, and the one gate to the public."""

    def update(self, **values: Any) -> int:
        """As Django has it, with the keys by which rows sort by a text that changes."""
        keys = {
            field.name: sort_key(values[field.of])
            for field in sort_key_fields(self.model)
            if isinstance(values.get(field.of), str)
        }
        return super().update(**values, **keys)

    def public(self) -> Self:
        """The rows that anybody may see: all of them, unless the model has drafts."""
        return self

    def once_public(self) -> Self:
        """What may be read at its own address: what is public, and what was and is withdrawn since."""
        return self.public()

    def get_by_natural_key(self, *parts: Any) -> M_co:
        """The row with that natural key; references take as many parts as their own key has."""
        lookups = dict(zip(self.model.natural_key_lookups(), parts, strict=True))
        return self.get(**lookups)


class Record(models.Model):
    """A row that is known to people by ``natural_key_fields``, whatever its number in this database."""

    natural_key_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def __getitem__(self, name: str) -> Any:
        """What a template means by “row.title”: it asks in this way first, and a refusal took longer than all else."""
        return getattr(self, name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django has it; a text that is saved alone is saved with its key (``models/sort_keys.py``)."""
        if names := kwargs.get("update_fields"):
            keys = [field.name for field in sort_key_fields(type(self)) if field.of in names]
            kwargs["update_fields"] = [*names, *keys]
        super().save(*args, **kwargs)

    @classmethod
    def from_db(  # type: ignore[override]
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """As Django has it, without what it does for a new row: pages read hundreds, and that took half the time."""
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True), _state=ModelState())
        row._state.adding, row._state.db = False, db
        return row

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As Django has it; and no text longer than report files and workbooks carry."""
        super().clean_fields(exclude)
        too_long = _("At most %(most)s characters.") % {"most": f"{MOST_CHARACTERS:,}"}
        faults: dict[str, Any] = {
            field.name: too_long
            for field in self._meta.fields
            if isinstance(field, models.TextField)
            and field.name not in (exclude or ())
            and len(getattr(self, field.attname) or "") > MOST_CHARACTERS
        }
        if key := self.address_field:
            text = getattr(self, key.name)
            if self._state.adding and text and key.name not in (exclude or ()):
                try:
                    check_new_id(type(self), text)
                except ValidationError as error:
                    faults[key.name] = error
        if faults:
            raise ValidationError(faults)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """As Django has it; that a row does not refer to itself too, although no form has its number."""
        super().validate_constraints(set(exclude or ()) - {"id"})

    def get_constraints(self) -> list[Any]:
        """Those to validate; of conditions none where one query says that all of them hold."""
        constraints: list[Any] = super().get_constraints()
        if not self._meets_all_conditions():
            return constraints
        return [
            (model, [one for one in of_model if not isinstance(one, models.CheckConstraint)])
            for model, of_model in constraints
        ]

    def _meets_all_conditions(self) -> bool:
        conditions = conditions_of(type(self))
        if not conditions:
            return True
        using = router.db_for_write(type(self), instance=self)
        try:
            against = self._get_field_expression_map(meta=self._meta)  # type: ignore[attr-defined]
            # Django answers True where the database cannot say.
            return not (~conditions).check(against, using)
        except (ArithmeticError, TypeError, ValueError, ValidationError):
            # A value that no column takes: `clean_fields` says so.
            return False

    @classproperty
    def address_field(cls) -> models.Field[Any, Any] | None:  # noqa: N805
        """The key that people choose and that addresses and files name the row by; None of what is named otherwise."""
        field = cls._meta.get_field(cls.natural_key_fields[0])
        return field if isinstance(field, models.SlugField) else None

    @classmethod
    def natural_key_lookups(cls) -> list[str]:
        """Lookups of the natural key, references followed: ``["dialogue__slug", "participant__code"]``."""
        lookups = []
        for name in cls.natural_key_fields:
            target = cls._meta.get_field(name).related_model
            if isinstance(target, type) and issubclass(target, Record):
                lookups += [f"{name}__{lookup}" for lookup in target.natural_key_lookups()]
            else:
                lookups.append(name)
        return lookups

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802
        """What ``get_…_display`` gives, as Django has it, which translates and hashes all words to find one."""
        return _word_of(field, getattr(self, field.attname), get_language())

    def natural_key(self) -> tuple[Any, ...]:
        parts: list[Any] = []
        for name in self.natural_key_fields:
            value = getattr(self, name)
            parts += value.natural_key() if isinstance(value, Record) else [value]
        return tuple(parts)

    def plain_text(self, name: str) -> str:
        """What a field holds, as files write it; of another record its id, and of “title.ja” that translation."""
        field, _dot, tag = name.partition(".")
        if tag:
            return str(self.translations.get(field, {}).get(tag, ""))  # type: ignore[attr-defined]
        value = getattr(self, name)
        if isinstance(value, Record):
            value = value.natural_key()[0]
        return "" if value is None else str(value)


@lru_cache(maxsize=2_000)
def _word_of(field: Any, value: str | None, _language: str | None) -> str | None:
    words = dict(field.flatchoices).get(value, value)
    return None if words is None else str(words)


class PublishedQuerySet(RecordQuerySet[M_co]):
    def public(self) -> Self:
        return self.filter(publication=Publication.PUBLIC)

    def drafts(self) -> Self:
        return self.filter(publication=Publication.DRAFT)


class Published(Record):
    """A row that is unseen until something public rests on it, a publisher shows it or a publisher’s load brings it.

    What has been public is never a draft again: ``recording/basis.py`` alone writes the column. A row that is written
    past the program, such as by a release from before there were such drafts, is public.
    """

    publication = models.CharField(
        max_length=10,
        choices=Publication,
        default=Publication.DRAFT,
        db_default=Publication.PUBLIC,
        db_index=True,
        editable=False,
    )

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return bool(self.publication == Publication.PUBLIC)


@receiver(pre_save)
def loaded_rows_get_their_sort_keys(instance: models.Model, raw: bool, **kwargs: Any) -> None:
    """`loaddata` writes rows as they stand in the dump, which may be of a release without the key."""
    if raw and isinstance(instance, Record):
        for field in sort_key_fields(type(instance)):
            field.pre_save(instance, add=False)


@receiver(pre_save)
def loaded_rows_bring_their_history(instance: models.Model, raw: bool, **kwargs: Any) -> None:
    """Keep `loaddata` from adding versions for the many-to-many fields that it sets after each row."""
    if raw and isinstance(instance, Record):
        instance.skip_history_when_saving = True  # type: ignore[attr-defined]


def choices_constraint(
    field: str, choices: type[models.TextChoices], model: str, *, or_empty: bool = False
) -> models.CheckConstraint:
    """A constraint that holds a column to its word list on the database as well."""
    words = [*choices.values, ""] if or_empty else choices.values
    return models.CheckConstraint(
        name=f"{model}_{field}_known",
        condition=models.Q(**{f"{field}__in": words}),
        violation_error_message=_("Choose one of the listed values."),
    )
