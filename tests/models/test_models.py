"""What every model promises: a gate to the public, a natural key, and entries that stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.db.models.signals import post_init, pre_init

from initiatives.as_of.current import newest_first
from initiatives.models import (
    AppendOnly,
    Attendance,
    Citation,
    Delegate,
    DeliveryStatus,
    Dialogue,
    Discrepancy,
    EvidenceGrade,
    Initiative,
    Line,
    Lineage,
    LoadedFact,
    Meeting,
    Membership,
    Mention,
    Participant,
    Publication,
    Record,
    Report,
    Role,
    StatusGroup,
    StatusUpdate,
    Target,
    Theme,
)
from initiatives.models.citations import SUBJECTS
from initiatives.models.entries import MUTABLE
from initiatives.models.sort_keys import sort_key_fields
from initiatives.models.translations import Translated
from initiatives.recording import actions
from initiatives.recording.publication import publish
from tests import make
from tests.every_model import MAKERS, every_record

every_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
either = pytest.mark.parametrize("maker", [make.mention, make.update])


def test_every_model_has_a_maker() -> None:
    assert set(MAKERS) == every_record()


@pytest.mark.django_db
@every_model
def test_a_row_is_found_by_its_natural_key(model: type[Record]) -> None:
    row = MAKERS[model]()
    if model is not LoadedFact:
        MAKERS[model]()
    key = row.natural_key()
    assert model._default_manager.get_by_natural_key(*key) == row  # type: ignore[attr-defined]
    assert len(key) == len(model.natural_key_lookups())
    assert all(isinstance(part, str) and part for part in key)


@pytest.mark.django_db
@every_model
def test_a_row_is_read_as_django_reads_it(model: type[Record]) -> None:
    key = MAKERS[model]().pk
    for rows in (model._default_manager.all(), model._default_manager.only("pk")):
        row = vars(rows.get(pk=key))
        state = row.pop("_state")
        names = [of.attname for of in model._meta.concrete_fields if of.attname in row]
        read = super(Record, model).from_db(state.db, names, [row[name] for name in names])
        # Django puts an empty one there, which is made when it is asked for.
        assert {"fields_cache": {}} | vars(read._state) == {"fields_cache": {}} | vars(state)
        assert vars(read) == row | {"_state": read._state}
    # What else Django does then is nothing.
    assert model.__init__ is Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


@pytest.mark.django_db
@every_model
def test_a_natural_key_has_all_its_parts(model: type[Record]) -> None:
    key = MAKERS[model]().natural_key()
    for wrong in (key[1:], (*key, "more")):
        with pytest.raises(ValueError, match="zip"):
            model._default_manager.get_by_natural_key(*wrong)  # type: ignore[attr-defined]


@pytest.mark.django_db
@every_model
def test_a_row_that_hangs_on_nothing_hidden_is_public(model: type[Record]) -> None:
    row = MAKERS[model]()
    assert row in public(model)


@pytest.mark.django_db
@every_model
def test_a_row_says_its_name(model: type[Record]) -> None:
    assert str(MAKERS[model]())


def public(model: type[Record]) -> QuerySet[Any]:
    found: QuerySet[Any] = model._default_manager.public()  # type: ignore[attr-defined]
    return found


# What hangs on an initiative, and so is as hidden as the initiative is.
HANGING: dict[str, Callable[[Initiative], Record]] = {
    "initiative": lambda initiative: initiative,
    "role": lambda initiative: make.role(initiative=initiative),
    "target": lambda initiative: make.target(initiative=initiative),
    "mention": lambda initiative: make.mention(initiative=initiative),
    "update": lambda initiative: make.update(initiative=initiative),
    "lineage from it": lambda initiative: make.lineage(earlier=initiative),
    "lineage to it": lambda initiative: make.lineage(later=initiative),
    "discrepancy": lambda initiative: make.discrepancy(initiative=initiative),
}
CITED = {
    "role": "role",
    "target": "target",
    "update": "status_update",
    "lineage from it": "lineage",
    "lineage to it": "lineage",
    "discrepancy": "discrepancy",
}


def cite(name: str, subject: Record) -> Citation:
    about: dict[str, Any] = {name: subject}
    return make.citation(**about)


@pytest.mark.django_db
@pytest.mark.parametrize("name", HANGING)
def test_what_hangs_on_a_draft_is_hidden(name: str) -> None:
    initiative = make.initiative()
    row = HANGING[name](initiative)
    citation = cite(CITED[name], row) if name in CITED else None
    assert row in public(type(row))
    assert citation is None or citation in Citation.objects.public()
    make.hidden_again(initiative)
    assert row not in public(type(row))
    assert citation not in Citation.objects.public()
    assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name not in CITED.values()])
def test_a_citation_of_what_is_always_public_is_public(subject: str) -> None:
    model: Any = Citation._meta.get_field(subject).related_model
    citation = cite(subject, MAKERS[model]())
    assert (citation.subject_name, citation.subject) == (subject, getattr(citation, subject))
    assert citation in Citation.objects.public().current()


@pytest.mark.django_db
@either
def test_a_draft_entry_of_a_public_initiative_is_hidden(maker: Callable[..., Any]) -> None:
    entry = maker(publication="draft")
    assert entry not in public(type(entry))
    assert entry in type(entry).objects.current()


@pytest.mark.django_db
def test_a_citation_of_a_draft_update_is_hidden() -> None:
    update = make.update(publication="draft")
    assert make.citation(status_update=update) not in Citation.objects.public()


@pytest.mark.django_db
def test_a_citation_of_an_update_is_current_as_long_as_the_update_is() -> None:
    first, other = make.update(), make.update()
    citations = [make.citation(status_update=first), make.citation(status_update=other)]
    draft = make.update(initiative=first.initiative, corrects=first, publication="draft")
    assert set(Citation.objects.current()) == set(citations)
    publish(by=None, row=draft)
    assert set(Citation.objects.current()) == {citations[1]}
    actions.withdraw(by=None, entry=other, reason="Misread.")
    assert not Citation.objects.current().exists()


@pytest.mark.django_db
def test_a_discrepancy_about_a_meeting_is_public() -> None:
    assert make.discrepancy(meeting=make.meeting()) in Discrepancy.objects.public()
    assert make.discrepancy() in Discrepancy.objects.public()


NEWEST_FIRST = ["2022", "2022-04", "2022-04-15", "2022-04-02", "2021-12-31", None, None]
# What is vague comes after what is definite.
LATEST_MEETINGS = [
    *["2022-04-15", "2022-04-02", "2022-04-01", "2022-04", "2022-01-01", "2022", "2021-12-31"],
    *[None, None],
]


@pytest.mark.django_db
def test_meetings_and_reports_come_newest_first_and_undated_last() -> None:
    for number, date in reversed([*enumerate(LATEST_MEETINGS)]):
        make.meeting(f"m-{number}", starts_on=date)
    for number, date in reversed([*enumerate(NEWEST_FIRST)]):
        make.report(f"r-{number}", published_on=date)
    meetings = Meeting.objects.newest_first().values_list("starts_on", "slug")
    reports = Report.objects.newest_first().values_list("published_on", "slug")
    assert list(meetings) == [(date, f"m-{n}") for n, date in enumerate(LATEST_MEETINGS)]
    assert list(reports) == [(date, f"r-{n}") for n, date in enumerate(NEWEST_FIRST)]
    # The same rule in memory.
    in_memory = newest_first(Meeting.objects.order_by("?"))
    assert [(row.starts_on, row.slug) for row in in_memory] == list(meetings)


@pytest.mark.django_db
def test_updates_come_newest_first_and_of_one_date_the_last_recorded_first() -> None:
    initiative = make.initiative()
    for date in reversed(NEWEST_FIRST):
        make.update(initiative=initiative, on=date)
    last = make.update(initiative=initiative, on="2022-04-15")
    newest = StatusUpdate.objects.newest_first()
    dates = list(newest.values_list("on", flat=True))
    assert dates == [*NEWEST_FIRST[:2], "2022-04-15", *NEWEST_FIRST[2:]]
    assert newest[2] == last


# As published, so that it stays: value, group, IATI activity status, OGP completion.
MAPPING = """
not_reviewed      not_reviewed    -  -
no_information    no_information  -  No Evidence Available
not_started       pending         1  Not Started
preparing         pending         1  Limited
under_way         in_progress     2  Limited
partly_delivered  in_progress     2  Substantial
continuing        in_progress     2  -
delivered         delivered       4  Complete
stalled           off_track       2  -
suspended         off_track       6  -
dropped           off_track       5  -
superseded        superseded      -  -
"""


def test_each_status_keeps_the_group_and_the_codes_that_are_published() -> None:
    for row in filter(None, MAPPING.split("\n")):
        value, *published = row.split(maxsplit=3)
        status = DeliveryStatus(value)
        assert [status.group, status.iati or "-", status.ogp or "-"] == published


def test_the_groups_divide_the_statuses_between_them() -> None:
    together = [status for group in StatusGroup for status in group.statuses]
    assert sorted(together) == sorted(DeliveryStatus)


def test_what_is_delivered_dropped_or_superseded_is_not_open() -> None:
    closed = {status.value for status in DeliveryStatus if not status.is_open}
    assert closed == {"delivered", "dropped", "superseded"}


def test_a_joint_document_is_the_best_evidence_and_a_claim_the_weakest() -> None:
    assert [grade.value for grade in EvidenceGrade] == ["joint", "study", "press", "statement"]


@pytest.mark.django_db
@either
def test_an_entry_is_neither_edited_nor_deleted(maker: Callable[..., Any]) -> None:
    entry = maker()
    model, content = type(entry), type(entry).objects.values().get()
    entry.note = "Otherwise."
    rows = model.objects.filter(pk=entry.pk)
    attempts: list[Callable[[], Any]] = [
        entry.save,
        lambda: entry.save(update_fields=["note"]),
        lambda: entry.save(update_fields=["publication", "note"]),
        entry.delete,
        rows.delete,
        lambda: rows.update(note="Otherwise."),
        lambda: rows.update(publication="draft", locator="p. 2"),
        lambda: model.objects.bulk_update([entry], ["note"]),
        lambda: model.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["note"], unique_fields=["ref"]
        ),
        lambda: model.objects.update_or_create(ref=entry.ref, defaults={"note": "Otherwise."}),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly, match="are append-only"), transaction.atomic():
            attempt()
    assert model.objects.values().get() == content


@pytest.mark.django_db
def test_who_said_it_is_not_edited() -> None:
    uz, jp = make.participant(), make.participant()
    mention = make.mention(participants=[uz])
    attempts: list[Callable[[], Any]] = [
        lambda: mention.by.add(jp),
        lambda: mention.by.remove(uz),
        lambda: mention.by.set([]),
        mention.by.clear,
        uz.mentions.clear,
        lambda: jp.mentions.add(mention),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly), transaction.atomic():
            attempt()
    assert mention.by.get() == uz


@pytest.mark.django_db
@either
def test_what_may_change_on_an_entry_is_its_publication_and_its_withdrawal(
    maker: Callable[..., Any],
) -> None:
    entry = maker()
    entry.publication = Publication.DRAFT
    entry.save(update_fields=["publication"])
    type(entry).objects.update(publication="public")
    names = {field.name for field in entry._meta.concrete_fields}
    attnames = {field.attname for field in entry._meta.concrete_fields}
    translated = isinstance(entry, Translated)
    assert names | attnames >= MUTABLE - (set() if translated else {"translations"})
    assert not {"status", "act", "what", "report", "report_id", "corrects", "on"} & MUTABLE


@pytest.mark.django_db
def test_what_an_entry_rests_on_cannot_be_deleted_under_it() -> None:
    clerk, uz = User.objects.create_superuser("clerk"), make.participant()
    update = make.update(by=clerk, participant=uz)
    make.mention(initiative=update.initiative, report=update.report, by=clerk, participants=[uz])
    make.citation(status_update=update, report=update.report)
    assert update.report
    for row in (update.initiative, update.report, clerk, uz, update.initiative.dialogue):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.parametrize(
    "model",
    [
        *(
            Attendance,
            Citation,
            Delegate,
            Dialogue,
            Discrepancy,
            Initiative,
            Line,
            Lineage,
            Meeting,
        ),
        *(Membership, Mention, Participant, Report, Role, StatusUpdate, Target, Theme),
    ],
)
def test_the_model_keeps_its_history(model: Any) -> None:
    versions = model.history.model
    kept = {field.name for field in (*versions._meta.fields, *versions._history_m2m_fields)}
    own = {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    through = {f.name for f in own_through(model)}
    # They follow from the name or title, which is kept.
    sort_keys = {field.name for field in sort_key_fields(model)}
    assert own - through - sort_keys <= kept


def own_through(model: Any) -> list[Any]:
    """Relations through a model of their own, which has its own history."""
    return [f for f in model._meta.many_to_many if not f.remote_field.through._meta.auto_created]
