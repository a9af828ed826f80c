"""Which target a document speaks of: by its metric, and by as much of unit, currency and period as it gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..models import StatusUpdate, Target
from ..models.relations import target_ref
from .kinds import CHUNK, Values
from .problems import Problem
from .said import phrased
from .sheet_schema import SheetUpdatePart
from .statements import EntryStatement, Statement, Statements
from .suggestions import closest, did_you_mean
from .target_schema import TargetNamePart, TargetPart, UpdatePart

if TYPE_CHECKING:
    from .plan_types import Plan


@dataclass(frozen=True, slots=True)
class TargetName:
    """What names a target; “” for what is not given. ``measure`` is its unit, or the code of its currency."""

    initiative: str
    metric: str
    period: str
    measure: str

    @classmethod
    def of(cls, initiative: str, part: TargetNamePart, period: str | None = None) -> TargetName:
        return cls(initiative, part.metric, period or part.period or "", part.measure)

    @classmethod
    def of_update(cls, update: UpdatePart) -> TargetName | None:
        """Of which target an update reports a value."""
        if isinstance(update, SheetUpdatePart) and update.target:
            period, measure = update.target_period or "", update.target_unit or ""
            return cls(update.initiative, update.target, period, measure)
        return cls.of(update.initiative, update.target) if update.target else None

    @classmethod
    def stated(cls, initiative: str, values: Values) -> TargetName:
        """The name in plain values of a target."""
        measure = values.get("currency") or values.get("unit") or ""
        return cls(initiative, values.get("metric", ""), values.get("period") or "", measure)

    @property
    def ref(self) -> str:
        return target_ref(self.initiative, self.metric, self.period, self.measure)

    def may_be(self, other: TargetName, *, any_period: bool) -> bool:
        """Whether the other has the same metric, and what this one gives of the rest."""
        given = [(self.metric, other.metric)]
        given += [(self.measure, other.measure)] if self.measure else []
        given += [] if any_period and not self.period else [(self.period, other.period)]
        return all(own == of_other for own, of_other in given)

    @property
    def rest(self) -> str:
        """What tells it from others of its metric: “2027, EUR”."""
        return ", ".join(filter(None, (self.period, self.measure))) or "neither"


def with_periods(targets: Sequence[TargetPart]) -> Iterator[tuple[TargetPart, str | None]]:
    """Targets of one document, each with its period; several of one metric that give none are for when they are due."""
    due: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    count = Counter((target.metric, target.measure) for target in targets if not target.period)
    for target in targets:
        if not target.period:
            due[target.metric, target.measure].add(target.due)
    for target in targets:
        dates = due[target.metric, target.measure] - {None}
        is_apart = len(dates) == count[target.metric, target.measure] > 1
        yield target, target.period or (target.due if is_apart else None)


def name_targets(
    statements: Statements, facts: Mapping[tuple[str, str, str], Values], problems: list[Problem]
) -> None:
    """Give statements on targets the ref of the one that they mean, and so of the readings; ``facts`` are the bases.

    A document means the target that it meant when it was loaded last; else the one of exactly that name; else, where it
    leaves the unit or currency out, the only one of its metric. Where it promises nothing itself, it may leave the
    period out too. ``problems`` takes readings of which nobody can tell.
    """
    naming = _Naming(statements, facts)
    statements.records = [naming.named(statement) for statement in statements.records]
    statements.entries = [
        statement
        for statement in statements.entries
        if "target" not in statement.values or naming.name_reading(statement, problems)
    ]


class _Naming:
    """The targets of the initiatives that the documents speak of: those of the database and those that they state."""

    def __init__(
        self, statements: Statements, facts: Mapping[tuple[str, str, str], Values]
    ) -> None:
        stated = [s for s in statements.records if s.kind == "target"]
        initiatives = {_initiative(statement) for statement in stated}
        initiatives |= {s.initiative for s in statements.entries if "target" in s.values}
        # By initiative the targets that there are, each with its ref.
        self.known: dict[str, dict[TargetName, str]] = defaultdict(dict)
        self.in_database: set[str] = set()
        self.read(sorted(initiatives))
        self.last_meant = {
            (source, TargetName.stated(key.split("/")[0], values)): key
            for (source, kind, key), values in facts.items()
            if kind == "target"
        }
        self.loaded = {key for (_source, kind, key) in facts if kind == "target"}
        for statement in stated:
            name = TargetName.stated(_initiative(statement), statement.values)
            self.known[name.initiative].setdefault(name, name.ref)
        # What each document (its source) means by a name, and by the ref that follows from it.
        self.meant: dict[tuple[str, str], str] = {}

    def read(self, initiatives: list[str]) -> None:
        columns = ("initiative__slug", "metric", "period", "unit", "currency", "ref")
        for start in range(0, len(initiatives), CHUNK):
            rows = Target.objects.filter(initiative__slug__in=initiatives[start : start + CHUNK])
            for slug, metric, period, unit, currency, ref in rows.values_list(*columns):
                name = TargetName(slug, metric, str(period or ""), currency or unit)
                self.known[slug][name] = ref
                self.in_database.add(ref)

    def named(self, statement: Statement) -> Statement:
        """The statement with the ref of the target that it is about, or that its citation is for."""
        if statement.kind == "citation" and statement.subject and statement.subject[0] == "target":
            own = statement.subject[1][0]
            ref = self.meant[statement.source, own]
            key = statement.key[0].removesuffix(own) + ref
            return replace(statement, key=(key,), subject=("target", (ref,)))
        if statement.kind != "target":
            return statement
        name = TargetName.stated(_initiative(statement), statement.values)
        ref = self.last_meant.get((statement.source, name), "")
        if not ref:
            ref = self.known[name.initiative][name]
            candidates = self.candidates(name, any_period="value" not in statement.values)
            if ref not in self.in_database and len(candidates) == 1:
                ref = candidates[0]
        self.meant[statement.source, name.ref] = ref
        return replace(statement, key=(ref,))

    def candidates(self, name: TargetName, *, any_period: bool) -> list[str]:
        """The refs of the other targets that it may be."""
        return [
            ref
            for other, ref in self.known[name.initiative].items()
            if other != name and name.may_be(other, any_period=any_period)
        ]

    def name_reading(self, statement: EntryStatement, problems: list[Problem]) -> bool:
        """Put the ref in the place of the name; whether the reading is to be kept, and not of what a person deleted."""
        name: TargetName = statement.values["target"]
        known = self.known[name.initiative]
        ref = self.meant.get((statement.source, name.ref)) or known.get(name)
        if not ref:
            candidates = self.candidates(name, any_period=True)
            ref = candidates[0] if len(candidates) == 1 else ""
        if not ref:
            problems.append(_which(statement, name, known))
        statement.values["target"] = ref
        is_deleted = ref in self.loaded and ref not in self.in_database
        return bool(ref) and not (is_deleted and "targets" in statement.path)


def check_numbers(plan: Plan) -> Iterator[Problem]:
    """A target has a value, or a document reports one; files cannot say it otherwise, sheets can."""
    reported = {s.statement.values.get("target") for s in plan.entries.to_write}
    for item in plan.records["target"]:
        ref, value = item.item.key[0], item.values.get("value")
        may_lack = "value" in item.values or item.pk is None
        if value is None and may_lack and ref not in reported:
            if item.pk and StatusUpdate.objects.filter(target=item.pk).exists():
                continue
            statement = item.statements[0]
            what = phrased("a target has neither value nor a value that is reported of it")
            hint = phrased("say the value, or report one in Updates first")
            yield Problem(statement.document.name, statement.line("value"), what, hint)


def _initiative(statement: Statement) -> str:
    assert statement.subject
    return statement.subject[1][0]


def _which(statement: EntryStatement, name: TargetName, known: Iterable[TargetName]) -> Problem:
    """What is to be said where no target, or more than one, is meant."""
    of_metric = [other for other in known if other.metric == name.metric]
    if of_metric:
        what = phrased(
            "“%(metric)s” may be several targets of “%(initiative)s”",
            metric=name.metric,
            initiative=name.initiative,
        )
        given = "; ".join(other.rest for other in of_metric)
        hint = phrased("say which by period, unit or currency: %(given)s", given=given)
    else:
        metrics = list(dict.fromkeys(other.metric for other in known))
        what = phrased(
            "“%(initiative)s” has no target “%(metric)s”",
            initiative=name.initiative,
            metric=name.metric,
        )
        hint = phrased("describe it under targets")
        if metrics:
            hint = phrased("its targets: %(metrics)s", metrics=metrics)
        near = did_you_mean(closest(name.metric, metrics))
        return Problem(statement.document.name, statement.line("target"), what, near or hint)
    return Problem(statement.document.name, statement.line("target"), what, hint)
