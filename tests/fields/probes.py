"""A record whose every field has a value that is recognised wherever it turns up, and another one later."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.utils.html import escape
from django.utils.text import capfirst
from langcodes import Language

from initiatives.exports.tables import TABLES
from initiatives.exports.tables.base import moment
from initiatives.models import (
    ENTRIES,
    Attendance,
    Citation,
    Correction,
    Criterion,
    Delegate,
    Dialogue,
    Discrepancy,
    Entry,
    Initiative,
    Involvement,
    Line,
    Lineage,
    Meeting,
    Membership,
    Mention,
    Participant,
    Record,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
)
from initiatives.models.citations import SUBJECTS
from initiatives.models.follow_up import LOOK
from initiatives.models.readings import READING
from initiatives.models.translations import TranslationsField, flat, label_of
from initiatives.partial_dates import PartialDate, PartialDateField
from initiatives.recording import actions
from initiatives.recording.bulk_history import relate_all, write_version
from initiatives.recording.withdrawal import reinstate, withdraw_initiative
from tests import make
from tests.world import World, make_world

# Who is in an initiative is derived, row by row; lines of the register are written with what they tell of.
UNTYPED = (Involvement, Correction)
MODELS = list(dict.fromkeys(t.model for t in TABLES.values() if t.model not in UNTYPED))
# Which of these a row is about is what it is, and never changes.
ABOUT: dict[type[models.Model], tuple[str, ...]] = {
    Citation: (*SUBJECTS, "field"),
    Discrepancy: ("dialogue", "meeting", "initiative"),
    Line: ("dialogue", "meeting"),
    Delegate: ("attendance",),
}
# Rows of other models are named when they are made for a field.
MAKERS: dict[type[models.Model], Callable[[str], models.Model]] = {
    Participant: lambda name: make.participant(name=name),
    Theme: lambda name: make.theme(name=name),
    Dialogue: lambda name: make.dialogue(name=name),
    Meeting: lambda name: make.meeting(title=name),
    Report: lambda name: make.report(title=name, published_on="1870"),
    Initiative: lambda name: make.initiative(title=name),
    # An update reports a value of a target of its own initiative.
    Target: lambda name: make.target(
        initiative=Initiative.objects.get(slug="university"), metric=name
    ),
    User: lambda name: User.objects.create(username=name),
}
TRANSLATED: tuple[Any, ...] = (
    Participant,
    Theme,
    Dialogue,
    Meeting,
    Initiative,
    Criterion,
    StatusUpdate,
)
# Where not any value is allowed, or not all are told apart.
BEFORE_AND_AFTER: dict[str, tuple[Any, Any]] = {
    "theme.sdgs": ([11], [13]),
    "theme.sdg_targets": (["11.a"], ["13.2"]),
    **{f"{model._meta.model_name}.language": ("kk", "uz") for model in (Report, *TRANSLATED)},
    **{
        f"{model._meta.model_name}.translations": (
            {model.TRANSLATED[-1]: {"ja": f"{model._meta.model_name}injaa"}},
            {model.TRANSLATED[-1]: {"ja": f"{model._meta.model_name}injab"}},
        )
        for model in TRANSLATED
    },
    "mention.quote_language": ("kk", "uz"),
    # Of what is not delivered no date of delivery is kept.
    "statusupdate.status": ("stalled", "delivered"),
    "criterion.read_on": ("1951-02-03", "1952-02-03"),
    "criterion.verifiability": ("partly", "not_verifiable"),
    # Hours are those of a full day.
    "meeting.starts_on": ("1953-04-05", "1954-04-05"),
    "meeting.ends_on": ("1955-04-06", "1956-04-06"),
    "meeting.start_time": ("08:11", "09:12"),
    "meeting.end_time": ("18:13", "19:14"),
    "meeting.time_zone": ("Asia/Tashkent", "Asia/Tokyo"),
    "statusupdate.looked_on": ("1951-02-03", "1952-02-03"),
    # A line of a meeting is none of a dialogue.
    "line.kind": ("outcome", "statement"),
    "delegate.is_head": (False, True),
    "report.authentic": (False, True),
    "target.currency": ("KZT", "UZS"),
    "mention.due_dropped": (False, True),
    "mention.condition_lifted": (False, True),
}
# What one mention does not say beside a date or a condition is said of an initiative of its own, by this mention.
IN_PLACE_OF: dict[str, dict[str, Any]] = {
    "due_at": {},
    "due_dropped": {"due_dropped": True},
    "condition_lifted": {"condition_lifted": True},
}
# What is the case, in the words of pages.
WHAT_IS_THE_CASE = {
    "mention.due_dropped": "Due date dropped",
    "mention.condition_lifted": "Condition lifted",
    "initiative.due_dropped": "Date dropped",
    "initiative.due_moves": "Moved once",
    "delegate.is_head": "Head of delegation",
    "report.authentic": "(authentic text)",
}


@dataclass(frozen=True)
class Probe:
    """One field, the row in which it is looked for, and the addresses of the public pages of that row."""

    field: Any
    row: Any
    pages: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.row._meta.model_name}.{self.field.name}"

    @property
    def is_typed(self) -> bool:
        """Whether people fill the field of a row that is there; what names the row or is kept by the program stays."""
        model = type(self.row)
        names = (*model.natural_key_fields, *ABOUT.get(model, ()), "initiative", "publication")
        return self.field.editable and not self.field.unique and self.field.name not in names

    @property
    def is_text(self) -> bool:
        """Whether people write into it what others look for."""
        of_text = isinstance(self.field, models.CharField | models.TextField)
        other = isinstance(self.field, models.URLField | PartialDateField)
        of_text = of_text or isinstance(self.field, TranslationsField)
        return of_text and not other and not self.field.choices and not self.field.unique

    @property
    def label(self) -> str:
        """What the history calls the field; a translation by what it is of."""
        name = next(iter(flat(self.value())), "") if self.field.name == "translations" else ""
        return capfirst(label_of(self.field.model, name or self.field.name))

    def value(self) -> Any:
        """What the database holds; of related rows a list."""
        row = type(self.row)._base_manager.get(pk=self.row.pk)
        value = getattr(row, self.field.name)
        return list(value.all()) if self.field.many_to_many else value

    def plain(self) -> str:
        """The value as files and sheets have it; empty for nothing."""
        return _plain(self.value())

    def words(self) -> list[str]:
        """The ways in which people may be shown the value; none for nothing."""
        value = self.value()
        if value is None or value in ("", []):
            return []
        if self.field.choices:
            return [str(dict(self.field.flatchoices)[value])]
        if isinstance(value, PartialDate):
            return [value.in_words]
        if isinstance(value, datetime.date):
            # In the form of its row it is as it is typed.
            return [PartialDate(value).in_words, str(value)]
        if isinstance(value, dict):
            return [_plain(value)]
        if isinstance(self.field, models.URLField):
            return [urlsplit(value).netloc]
        if isinstance(value, bool):
            return ["Yes" if value else "No"]
        if isinstance(value, int | Decimal):
            return [f"{value:.0f}", f"{value:,.0f}"]
        return [str(value[0]) if isinstance(value, list) else str(value)]

    def html(self) -> list[str]:
        """The same as a public page has it."""
        model = type(self.row)
        if self.field.name in ABOUT.get(model, ()):
            # On the page of what it is about stands what it says.
            column = {Discrepancy: "topic", Line: "text", Delegate: "name"}.get(model, "says")
            return [str(model._base_manager.values_list(column, flat=True).get(pk=self.row.pk))]
        if self.field.name == "corrects":
            return ["corrects an earlier one"]
        if self.name == "statusupdate.target":
            return [self.value().metric]
        if self.name == "target.bound":
            return [f"{word.lower()} " for word in self.words()]
        if self.name == "target.currency":
            return [f"{self.plain()} "]
        if words := WHAT_IS_THE_CASE.get(self.name):
            return [words] if self.value() else []
        if self.field.name == "reinstates":
            return ["recorded anew"]
        if self.name == "report.language":
            return [Language.get(self.plain()).display_name()]
        if self.name == "mention.quote_language" or self.field.name == "language":
            return [f'lang="{self.plain()}"']
        return [escape(word) for word in self.words()]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(flat(value).values())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Record):
        return str(value.natural_key()[0])
    if isinstance(value, Decimal):
        return f"{value:.0f}"
    if isinstance(value, datetime.datetime):
        return moment(value)
    return str(value)


# --- Which fields there are -----------------------------------------------------------------------


def fields_of(model: type[Record]) -> Iterator[Any]:
    """The fields of a model that people know of: relations with a model of their own are that model’s."""
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    for field in fields:
        through = field.remote_field.through if field.many_to_many else None
        if not field.primary_key and not (through and not through._meta.auto_created):
            yield field


def make_probes() -> list[Probe]:
    """A probe for each field of each public model, in a world of their rows."""
    world = make_world()
    clerk = User.objects.create_superuser("clerk-of-the-desk")
    _add_corrected_and_withdrawn(world, clerk)
    for model in ENTRIES:
        models.QuerySet(model).update(recorded_by=clerk)
    Report.objects.update(sha256="sha256-of-the-report")
    make.citation(report=world.report, meeting=world.meeting, field="city")
    for number, citation in enumerate(Citation.objects.all()):
        Citation.objects.filter(pk=citation.pk).update(says=f"citation number {number} says")
    return [
        Probe(field, row, pages_of(row))
        for model in MODELS
        for field in fields_of(model)
        for row in [_row_with(field, world)]
    ]


def _add_corrected_and_withdrawn(world: World, clerk: User) -> None:
    """Entries of long ago, so that what is derived follows from those that a probe fills."""
    said: dict[str, Any] = {"initiative": world.initiative, "report": world.report, "by": clerk}
    mention: dict[str, Any] = said | {"act": "mentioned"}
    update: dict[str, Any] = said | {"on": "1880", "participant": world.participant}
    money = make.target(initiative=world.initiative, metric="money", currency="KZT")
    make.reading(money, 40, report=world.report)
    make.mention(corrects=make.mention(**mention), **mention)
    make.update(corrects=make.update(**update), **update)
    criterion: dict[str, Any] = said | {"report": make.report(published_on="1880")}
    make.criterion(corrects=make.criterion(**criterion), **criterion)
    world.earlier.themes.add(world.theme)
    # Later than due; and of the other initiative, at which somebody looked, nothing was heard for longer than allowed.
    make.update(status="delivered", **said | {"on": "2001"})
    looked = {"on": "1890", "report": world.report, "locator": "p. 90", "note": "Older papers."}
    make.look(initiative=world.initiative, **looked)
    make.look(initiative=world.earlier, looked_on="1880-01-02")
    make.mention(initiative=world.earlier, report=make.report(published_on="1870"))
    entries = (make.mention(**mention), make.criterion(**criterion), make.update(**update))
    for word, entry in ((entry.word, entry) for entry in entries):
        actions.withdraw(by=clerk, entry=entry, reason=f"{word} misread")
        reinstate(by=clerk, row=entry, reason=f"{word} read again")
    for name, said in IN_PLACE_OF.items():
        of = make.initiative(name.replace("_", "-"), title=name)
        make.mention(**mention | said | {"initiative": of})
    moved = make.initiative("due-moves", title="due_moves")
    for year in ("1871", "1872"):
        report = make.report(published_on=year)
        make.mention(**mention | {"initiative": moved, "report": report, "due_on": year})
    unsourced = make.initiative("unsourced", due_on="1873", due_note="unsourced words")
    make.mention(**mention | {"initiative": unsourced})
    withdrawn = make.initiative("withdrawn", title="Withdrawn")
    make.mention(**mention | {"initiative": withdrawn})
    withdraw_initiative(by=clerk, initiative=withdrawn, reason="initiative misread")


def _row_with(field: Any, world: World) -> Any:
    """The row in which a field is looked for: one that has it, where not every row does."""
    model = field.model
    rows: Any = model._base_manager.order_by("pk")
    if field.name in ABOUT.get(model, ()):
        rows = rows.exclude(**{field.name: ""}) if field.name == "field" else rows
        return rows.filter(**{f"{field.name}__isnull": False}).first()
    if field.name == "translation_of":
        # What has language versions is none itself.
        return rows.filter(translation_of__isnull=False).first()
    if model is Mention and field.name in IN_PLACE_OF:
        return rows.get(initiative__slug=field.name.replace("_", "-"))
    if model in ENTRIES:
        withdrawn = field.name in ("withdrawn_at", "withdrawn_by", "withdrawal_reason")
        rows = rows.filter(withdrawn_at__isnull=not withdrawn, initiative__withdrawn_at=None)
        rows = rows.filter(reinstates__isnull=field.name != "reinstates")
        rows = rows.filter(corrects__isnull=field.name != "corrects")
        if model is StatusUpdate:
            has_look = field.name in LOOK
            rows = rows.exclude(looked_by="") if has_look else rows.filter(looked_by="")
            rows = rows.filter(target__isnull=field.name not in READING)
    if model is Target:
        # A target is in a unit or in a currency.
        rows = rows.filter(currency="") if field.name != "currency" else rows.exclude(currency="")
    about = {Citation: "meeting", Discrepancy: "initiative"}.get(model)
    if about:
        rows = rows.filter(**{f"{about}__isnull": False})
    if model is Initiative and field.name.startswith("withdraw"):
        return rows.get(slug="withdrawn")
    if model is Initiative and field.name.startswith("unsourced"):
        return rows.get(slug="unsourced")
    if model is Initiative and field.name in ("due_at", "due_dropped", "due_moves"):
        return rows.get(slug=field.name.replace("_", "-"))
    if model is Initiative:
        return world.earlier if field.name == "last_heard_on" else world.initiative
    return world.report if model is Report else rows.first()


def pages_of(row: Any) -> tuple[str, ...]:
    """The public pages on which a row is shown."""
    match row:
        case Dialogue():
            # One of its initiatives tells of the silence that it allows.
            return (row.get_absolute_url(), row.initiatives.get(slug="earlier").get_absolute_url())
        case Membership():
            return pages_of(row.dialogue)[:1]
        case Attendance():
            return pages_of(row.meeting)
        case Line():
            return pages_of(row.subject)[:1]
        case Delegate():
            return pages_of(row.attendance)
        case Role() | Target() | Entry():
            return pages_of(row.initiative)
        case Lineage():
            return pages_of(row.later)
        case Citation():
            return (*pages_of(row.subject), *pages_of(row.report))
        case Discrepancy():
            return pages_of(row.dialogue or row.meeting or row.initiative)
    return (row.get_absolute_url(),)


# --- Values ---------------------------------------------------------------------------------------


def fill(probes: Iterable[Probe], turn: int) -> None:
    """Give all fields that people fill new values, at the first (0) or second (1) turn, and keep versions of them."""
    numbers = itertools.count(1 + 50 * turn)
    used: set[str] = set()
    columns: dict[Any, dict[str, Any]] = defaultdict(dict)
    for probe in probes:
        if not probe.is_typed:
            continue
        value = _value(probe, turn, numbers, used)
        if probe.field.many_to_many:
            relate_all(type(probe.row), probe.field.name, {probe.row.pk: [value.pk]})
        else:
            columns[probe.row][probe.field.name] = value
    for row, values in columns.items():
        model = type(row)
        if (whole := values.get("part_of")) and model is Meeting:
            Meeting.objects.filter(pk=whole.pk).update(dialogue=values["dialogue"])
        # Past the model: entries are append-only.
        models.QuerySet(model).filter(pk=row.pk).update(**values)
        if model in (Line, Delegate):
            named: Any = model._base_manager.get(pk=row.pk)
            models.QuerySet(model).filter(pk=row.pk).update(ref=named.make_ref())
        write_version(model._base_manager.get(pk=row.pk), by=None, created=False)
    actions.refresh(Initiative.objects.values_list("pk", flat=True))


def shares_words(probe: Probe, probes: Iterable[Probe]) -> bool:
    """Whether another field of the row holds a word of the same list, and as long as both do cannot be told from it."""
    return any(
        other.name != probe.name and other.row == probe.row and other.words() == probe.words()
        for other in probes
        if probe.field.choices and other.field.choices
    )


def is_in(probe: Probe, read: Callable[[], object]) -> bool:
    """Whether what is read changes with the word of this field alone."""
    rows: Any = models.QuerySet(type(probe.row)).filter(pk=probe.row.pk)
    value, before = probe.value(), read()
    other = next(word for word, _label in probe.field.flatchoices if word not in ("", value))
    rows.update(**{probe.field.name: other})
    after = read()
    rows.update(**{probe.field.name: value})
    return before != after


def _value(probe: Probe, turn: int, numbers: Iterator[int], used: set[str]) -> Any:
    field = probe.field
    word = f"{probe.name.replace('.', '')}x{'ab'[turn]}".replace("_", "")
    if values := BEFORE_AND_AFTER.get(probe.name):
        return values[turn]
    if field.is_relation:
        return MAKERS[field.related_model](word)
    if field.choices:
        return _choice(field, turn, used)
    if isinstance(field, PartialDateField):
        return str(1900 + next(numbers))
    if isinstance(field, models.URLField):
        return f"https://{word}.example/"
    if isinstance(field, models.CharField | models.TextField):
        # The end tells the turns apart.
        return word[-(field.max_length or len(word)) :]
    if isinstance(field, models.IntegerField | models.DecimalField):
        return 51_000 + next(numbers)
    pytest.fail(f"give {probe.name} two values in {__name__}.BEFORE_AND_AFTER")


def _choice(field: Any, turn: int, used: set[str]) -> str:
    """A word of a closed list that neither is the default nor stands for another field, as far as there is one."""
    words = [value for value, _label in field.flatchoices if value not in ("", field.get_default())]
    own = words[turn::2] or words
    word = next((word for word in own if word not in used), own[-1])
    used.add(word)
    return str(word)
