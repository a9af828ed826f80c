"""What is doubtful about the data: facts without a source, statuses that contradict dates, dangling references.

Each check is a query over the whole database, drafts included, and yields findings; nothing here writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ..exports.tables.translations import TRANSLATED
from ..models import (
    ENTRIES,
    Attendance,
    Bound,
    Capacity,
    Delegate,
    DeliveryStatus,
    Dialogue,
    Discrepancy,
    Initiative,
    Involvement,
    Line,
    Lineage,
    LoadedFact,
    Meeting,
    MeetingState,
    Membership,
    Mention,
    Participant,
    Record,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
    Verifiability,
)
from ..models.participants import MOST_WHOLES
from ..models.sdgs import targets_beside_goals
from ..models.sort_keys import stale_sort_keys
from ..models.translations import faults_of
from ..recording.bulk_history import BATCH
from ..recording.derivation import DERIVED, derive
from ..recording.due_dates import CALLED_OFF, DueChange, due_steps, statement_of
from ..recording.involvement import outdated_involvement
from ..recording.missing_texts import outdated
from ..recording.record_ids import AddressBook, in_key, relates_to_itself
from .kinds import KINDS
from .vocabulary_checks import chain_of
from .wording_checks import find_judging_texts

UNCITED = Q(citations__isnull=True)


@dataclass(frozen=True, slots=True)
class DataFinding:
    """One doubt about one record; ``check`` names the function that found it."""

    check: str
    record: str
    what: str


def find_all() -> Iterator[DataFinding]:
    """The findings of every check, in the order of ``CHECKS``."""
    for check in CHECKS:
        for record, what in check():
            yield DataFinding(check.__name__, record, what)


def facts_without_a_source() -> Iterator[tuple[str, str]]:
    """Every dialogue, meeting, attendance, role, target … is cited, every initiative mentioned, its due date stated."""
    meetings = (Meeting, Line, Attendance, Delegate)
    for model in (Dialogue, Membership, *meetings, Role, Lineage, Target, Discrepancy):
        for row in _selected(model).filter(UNCITED):
            yield _name(row), "no report is cited for it"
    for initiative in Initiative.objects.filter(mentions__isnull=True):
        yield _name(initiative), "no report mentions it"
    seen = Mention.objects.public().current().filter(initiative=OuterRef("pk"))
    speaking = Mention.objects.public().current().speaking_of_due_date()
    undocumented = Initiative.objects.exclude(unsourced_due_on=None, unsourced_due_note="")
    for initiative in undocumented.filter(~Exists(speaking.filter(initiative=OuterRef("pk")))):
        yield _name(initiative), "no mention states its due date"
    unsaid = Initiative.objects.public().filter(~Exists(seen), mentions__isnull=False)
    for initiative in unsaid.distinct():
        yield _name(initiative), "public, but no public mention of it stands"


def status_against_dates() -> Iterator[tuple[str, str]]:
    """Delivery before the proposal, updates of the future, no foreseen end beside a due date."""
    for initiative in Initiative.objects.contradictory():
        status = initiative.get_delivery_status_display()
        dates = f"as of {initiative.latest_update_on}, due {initiative.due_on}"
        yield _name(initiative), f"status and dates disagree: {status}, {dates}"
    updates = StatusUpdate.objects.current().select_related("report")
    for update in updates.filter(report__published_on__ends_before=F("on")):
        assert update.report
        published = update.report.published_on
        yield _name(update), f"as of {update.on}, but its report was published on {published}"


def status_against_criterion() -> Iterator[tuple[str, str]]:
    """Delivered, although nobody could verify that."""
    unverifiable = Initiative.objects.filter(verifiability=Verifiability.NOT_VERIFIABLE)
    for initiative in unverifiable.filter(delivery_status=DeliveryStatus.DELIVERED):
        yield _name(initiative), "delivered, but its criterion is said to be not verifiable"


def meetings_against_dates() -> Iterator[tuple[str, str]]:
    """A meeting that is held in the future, or still planned although its last day has passed; a part elsewhere."""
    today = timezone.localdate()
    for meeting in Meeting.objects.filter(state=MeetingState.PLANNED).over(today):
        until = f" to {meeting.ends_on}" if meeting.ends_on else ""
        yield _name(meeting), f"still planned, for {meeting.starts_on}{until}"
    future = Meeting.objects.filter(state=MeetingState.HELD, starts_on__isnull=False).exclude(
        starts_on__starts_by=today
    )
    for meeting in future:
        yield _name(meeting), f"held, on a day to come: {meeting.starts_on}"
    elsewhere = Meeting.objects.filter(part_of__isnull=False).exclude(
        part_of__dialogue=F("dialogue")
    )
    for meeting in elsewhere.select_related("part_of"):
        yield _name(meeting), f"part of “{meeting.part_of}”, a meeting of another dialogue"


def members_who_are_none() -> Iterator[tuple[str, str]]:
    """Whoever came as a member, which is what a file says that is silent, of a dialogue with other members."""
    of_dialogue = Membership.objects.filter(
        dialogue=OuterRef("meeting__dialogue"), capacity=Capacity.MEMBER
    )
    as_member = Attendance.objects.filter(Exists(of_dialogue), capacity=Capacity.MEMBER)
    rows = as_member.select_related("meeting", "participant")
    for row in rows.exclude(Exists(of_dialogue.filter(participant=OuterRef("participant")))):
        yield _name(row), "came as a member, and is no member of the dialogue"


def vocabulary() -> Iterator[tuple[str, str]]:
    """Participants in a circle, or too many above one another; targets of goals that a theme does not serve."""
    whole_of = dict(Participant.objects.order_by("code").values_list("code", "part_of__code"))
    for code in whole_of:
        chain = chain_of(code, whole_of)
        if len(chain) - 1 > MOST_WHOLES or whole_of[chain[-1]]:
            yield f"participant {code}", f"too many above one another: {' → '.join(chain)}"
    for theme in Theme.objects.exclude(sdg_targets=[]):
        for target in targets_beside_goals(theme.sdgs, theme.sdg_targets):
            yield _name(theme), f"serves target {target}, and not its goal"


def reports_without_facts() -> Iterator[tuple[str, str]]:
    """A report that nothing cites."""
    facts = (*(model.plural for model in ENTRIES), "citations")
    unused = Report.objects.filter(**{f"{name}__isnull": True for name in facts})
    for report in unused:
        yield _name(report), "no fact rests on it"


def language_versions() -> Iterator[tuple[str, str]]:
    """A language version of what is a language version itself."""
    chained = Report.objects.filter(translation_of__translation_of__isnull=False)
    for report in chained.select_related("translation_of__translation_of"):
        assert report.translation_of
        head = report.translation_of.translation_of
        yield _name(report), f"a language version of a language version; it has to name “{head}”"


def discrepancies_of_one_voice() -> Iterator[tuple[str, str]]:
    """A discrepancy that fewer than two citations tell of."""
    alone = Discrepancy.objects.annotate(voices=Count("citations")).filter(voices__lt=2)
    for row in alone:
        yield _name(row), "documents disagree, but fewer than two are cited"


def targets_against_readings() -> Iterator[tuple[str, str]]:
    """A target without any number; a reading above the ceiling that was promised."""
    empty = Target.objects.filter(value__isnull=True, readings__isnull=True)
    for target in empty.select_related("initiative"):
        yield _name(target), "no value was promised, and none is reported"
    above = StatusUpdate.objects.current().filter(
        target__bound=Bound.UP_TO, value__gt=F("target__value")
    )
    for update in above.select_related("target"):
        assert update.target
        reported, promised = update.value_in_words, update.target.in_words
        yield _name(update), f"{reported} is reported, more than {promised}"


def due_dates_at_odds() -> Iterator[tuple[str, str]]:
    """Documents of one day, or one alone, that set different due dates; due at a meeting that is called off."""
    speaking = Mention.objects.current().speaking_of_due_date().order_by("pk")
    of_days: dict[tuple[int, str | None], list[Mention]] = defaultdict(list)
    for mention in speaking.select_related("initiative", "report", "due_at"):
        of_days[mention.initiative_id, mention.report.published_on].append(mention)
    for (_initiative, day), mentions in of_days.items():
        steps = due_steps([said for mention in mentions if (said := statement_of(mention))])
        changes = {step.change for step in steps}
        if DueChange.MOVED in changes or {DueChange.SET, DueChange.DROPPED} <= changes:
            when = f"of {day}" if day else "without a date"
            yield _name(mentions[0].initiative), f"documents {when} say different due dates"
    off = Initiative.objects.filter(due_at__state__in=CALLED_OFF).select_related("due_at")
    for initiative in off:
        yield _name(initiative), f"due at “{initiative.due_at}”, which is called off"


def dangling_references() -> Iterator[tuple[str, str]]:
    """A reference to a row that is gone (possible where a database was written past its constraints)."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        yield "database", str(error)
    book = AddressBook()
    for kind in KINDS.values():
        facts = LoadedFact.objects.filter(kind=kind.name).order_by("pk")
        parts = len(kind.model.natural_key_lookups())
        keys = {tuple(key.split("/", parts - 1)) for key in facts.values_list("key", flat=True)}
        now = {
            key: tuple(in_key(kind.name, "/".join(key), book.now).split("/", parts - 1))
            for key in keys
        }
        existing = {key for key, _row in kind.existing(now.values())}
        for key in sorted(key for key in keys if now[key] not in existing):
            if relates_to_itself(kind.name, "/".join(now[key])):
                # The relation of two records that were merged went with that.
                continue
            yield f"{kind.name} {'/'.join(key)}", "loaded from a file, and deleted since"


def derived_columns() -> Iterator[tuple[str, str]]:
    """Standing, status or latest update differ from what the entries say; ``--refresh`` mends it."""
    rows = Initiative.objects.select_related("raised_at").order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        for initiative in derive(list(rows.filter(pk__in=keys[start : start + BATCH]))):
            yield _name(initiative), f"{', '.join(DERIVED)} are not up to date"


def sort_keys() -> Iterator[tuple[str, str]]:
    """A key by which rows sort is not that of their name; ``--refresh`` mends it."""
    for row in stale_sort_keys():
        assert isinstance(row, Record)
        yield _name(row), "the key by which it sorts is not up to date"


def who_is_in_it() -> Iterator[tuple[str, str]]:
    """The table of who is in which initiative differs from what mentions and roles say; ``--refresh`` mends it."""
    standing = Initiative.objects.filter(withdrawn_at__isnull=True)
    keys = list(standing.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        gone, missing = outdated_involvement(keys[start : start + BATCH])
        for row in _selected(Involvement).filter(pk__in=gone):
            yield _name(row), "no mention and no role says so any more"
        slugs = (
            dict(Initiative.objects.filter(pk__in=keys).values_list("pk", "slug"))
            if missing
            else {}
        )
        codes = dict(Participant.objects.values_list("pk", "code")) if missing else {}
        for row in missing:
            # A participant that is gone is what the check of references names.
            if code := codes.get(row.participant_id):
                name = f"involvement {slugs[row.initiative_id]}/{code}/{row.capacity}"
                yield name, "missing in the table of who is in it"


def search_texts() -> Iterator[tuple[str, str]]:
    """What initiatives are found by is not what is said of them; ``--refresh`` mends it."""
    keys = outdated()
    named = Initiative.objects.in_bulk(keys)
    for key in keys:
        name = _name(named[key]) if key in named else f"initiative {key}, which is gone"
        yield name, "the words that it is found by are not up to date"


def _selected(model: type[Record]) -> QuerySet[Record]:
    names = [n for n in model.natural_key_fields if model._meta.get_field(n).is_relation]
    return model._default_manager.select_related(*names)


def _name(row: Record) -> str:
    return f"{row._meta.model_name} {'/'.join(str(part) for part in row.natural_key())}"


def translations() -> Iterator[tuple[str, str]]:
    """What was written past the program beside a text, and is no translation of it."""
    for model in TRANSLATED.values():
        rows: Any = model._default_manager.exclude(translations={})
        for row in rows.iterator():
            for fault in faults_of(model, row.translations, row.language):
                yield _name(row), " ".join(fault.messages)


def words_that_judge() -> Iterator[tuple[str, str]]:
    """A text in our own words praises or blames; titles, names and what stands in quotation marks aside."""
    for row, name, words in find_judging_texts():
        label = row._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        listed = ", ".join(f"“{word}”" for word in words)
        yield (
            _name(row),
            f"{label}: {listed} judges; say what is the case, or quote whose word it is",
        )


CHECKS: tuple[Callable[[], Iterator[tuple[str, str]]], ...] = (
    facts_without_a_source,
    status_against_dates,
    status_against_criterion,
    meetings_against_dates,
    members_who_are_none,
    vocabulary,
    reports_without_facts,
    language_versions,
    discrepancies_of_one_voice,
    targets_against_readings,
    due_dates_at_odds,
    dangling_references,
    derived_columns,
    sort_keys,
    who_is_in_it,
    search_texts,
    translations,
    words_that_judge,
)
