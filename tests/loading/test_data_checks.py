"""Each check finds the fault that is planted for it, and none finds anything in sound data."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from pyroaring import BitMap64

from initiatives.loading.data_checks import CHECKS, DataFinding, find_all
from initiatives.models import (
    Citation,
    Dialogue,
    Initiative,
    Involvement,
    LoadedFact,
    Meeting,
    Mention,
    Participant,
    Record,
    Report,
    Role,
    SearchPosting,
    SearchText,
)
from initiatives.search.query import find
from tests import make
from tests.rewriting import rewritten
from tests.search.index import assert_index_is_right

pytestmark = pytest.mark.django_db


@dataclass
class Sound:
    """Data without a doubt: every fact cited, every date in order."""

    report: Report
    initiative: Initiative


def cite(report: Report, **subject: Record) -> None:
    make.citation(report=report, **subject)  # type: ignore[arg-type]


@pytest.fixture
@rewritten
def sound() -> Sound:
    report = make.report("report", published_on="2022-04-17")
    uz, jp = make.participant("uz"), make.participant("jp")
    dialogue = make.dialogue("dialogue", members=[uz])
    meeting = make.meeting(
        "meeting", dialogue=dialogue, starts_on="2022-04-15", state="held", attended_by=[uz]
    )
    initiative = make.initiative("one", raised_at=meeting)
    earlier = make.initiative("earlier", dialogue=dialogue)
    make.mention(initiative=initiative, report=report, act="proposed", participants=[uz])
    make.mention(initiative=initiative, report=report, act="restated", due_on="2030")
    make.mention(initiative=initiative, report=report, act="supported", participants=[jp])
    make.mention(initiative=earlier, report=report, act="mentioned")
    make.update(initiative=initiative, report=report, on="2022-04")
    cite(report, role=make.role(initiative=initiative, participant=jp, role="funder"))
    cite(report, lineage=make.lineage(earlier=earlier, later=initiative))
    cite(report, target=make.target(initiative=initiative, metric="students"))
    cite(report, target=make.target(initiative=initiative, metric="km/h"))
    cite(report, dialogue=dialogue)
    cite(report, membership=dialogue.memberships.get())
    cite(report, meeting=meeting)
    cite(report, attendance=meeting.attendances.get())
    discrepancy = make.discrepancy("date", meeting=meeting)
    cite(report, discrepancy=discrepancy)
    cite(report, discrepancy=discrepancy)
    LoadedFact.objects.create(source="report", kind="initiative", key="one", values={})
    LoadedFact.objects.create(source="report", kind="attendance", key="meeting/uz", values={})
    LoadedFact.objects.create(source="report", kind="lineage", key="one/builds_on/earlier")
    LoadedFact.objects.create(source="report", kind="target", key="one/km/h")
    return Sound(report, initiative)


def found() -> list[tuple[str, str]]:
    return [(finding.check, finding.record) for finding in find_all()]


def test_sound_data_raises_no_doubt(sound: Sound) -> None:
    assert list(find_all()) == []


def test_an_empty_database_raises_no_doubt() -> None:
    assert list(find_all()) == []


def uncite(name: str) -> Callable[[Sound], Any]:
    return lambda sound: Citation.objects.filter(**{f"{name}__isnull": False}).delete()


def change(model: type[Record], **values: Any) -> Callable[[Sound], Any]:
    return lambda sound: model._base_manager.update(**values)


def add_update(**values: Any) -> Callable[[Sound], Any]:
    return lambda sound: make.update(
        initiative=sound.initiative, report=sound.report, **{"on": "2022-04"} | values
    )


def unread_mentions_of(act: str) -> Callable[[Sound], Any]:
    """Withdraw the mentions that make somebody what they are, past the actions."""
    return lambda sound: Mention.objects.filter(act=act).update(
        withdrawn_at="2022-05-01T00:00Z", withdrawal_reason="Misread."
    )


def deliver_what_nobody_could_verify(sound: Sound) -> None:
    make.criterion(
        initiative=sound.initiative,
        report=sound.report,
        verifiability="not_verifiable",
        why="it names no measure.",
    )
    add_update(status="delivered")(sound)


def report_above_the_ceiling(sound: Sound) -> None:
    target = sound.initiative.targets.get(metric="students")
    sound.initiative.targets.filter(pk=target.pk).update(bound="up_to")
    make.reading(target, 601, on="2022-04", report=sound.report)


SOURCE, DATES, MEETINGS = "facts_without_a_source", "status_against_dates", "meetings_against_dates"
UNUSED, DANGLING, DERIVED = "reports_without_facts", "dangling_references", "derived_columns"
VOICES, INVOLVED, SORT_KEYS = "discrepancies_of_one_voice", "who_is_in_it", "sort_keys"
WORDS = "search_texts"
NUMBERS, JUDGING = "targets_against_readings", "words_that_judge"

FAULTS: dict[str, tuple[Callable[[Sound], Any], set[tuple[str, str]]]] = {
    "somebody who came as a member and is none": (
        lambda sound: cite(
            sound.report,
            attendance=make.attendance(
                meeting=Meeting.objects.get(), participant=make.participant("new")
            ),
        ),
        {("members_who_are_none", "attendance meeting/new")},
    ),
    "delivered, and nobody could verify it": (
        deliver_what_nobody_could_verify,
        {("status_against_criterion", "initiative one")},
    ),
    "participants in a circle": (
        lambda sound: [
            Participant.objects.filter(code=code).update(
                kind="agency", part_of=Participant.objects.get(code=whole)
            )
            for code, whole in (("jp", "uz"), ("uz", "jp"))
        ],
        # Of no state pages show a name of CLDR.
        {
            ("vocabulary", "participant jp"),
            ("vocabulary", "participant uz"),
            ("search_texts", "initiative one"),
        },
    ),
    "a target without its goal": (
        lambda sound: make.theme("oceans", sdgs=[14], sdg_targets=["14.b", "4.3"]),
        {("vocabulary", "theme oceans")},
    ),
    "a language version of a language version": (
        lambda sound: [
            make.report("ja"),
            make.report("en", translation_of=Report.objects.get(slug="ja")),
            make.report("ru", translation_of=Report.objects.get(slug="en")),
        ],
        {
            ("language_versions", "report ru"),
            *((UNUSED, f"report {slug}") for slug in ("ja", "en", "ru")),
        },
    ),
    "a due date without a mention": (
        lambda sound: Initiative.objects.filter(slug="earlier").update(
            unsourced_due_on="2030", due_on="2030"
        ),
        {(SOURCE, "initiative earlier")},
    ),
    "a dialogue without a source": (uncite("dialogue"), {(SOURCE, "dialogue dialogue")}),
    "a membership without a source": (
        uncite("membership"),
        {(SOURCE, "membership dialogue/uz/member")},
    ),
    "a meeting without a source": (uncite("meeting"), {(SOURCE, "meeting meeting")}),
    "an attendance without a source": (
        uncite("attendance"),
        {(SOURCE, "attendance meeting/uz")},
    ),
    "a role without a source": (uncite("role"), {(SOURCE, "role one/funder/jp")}),
    "a lineage without a source": (
        uncite("lineage"),
        {(SOURCE, "lineage one/builds_on/earlier")},
    ),
    "a target without a source": (
        uncite("target"),
        {(SOURCE, "target one/students"), (SOURCE, "target one/km/h")},
    ),
    "a target without a number": (
        lambda sound: sound.initiative.targets.filter(metric="students").update(value=None),
        {(NUMBERS, "target one/students")},
    ),
    "more than the ceiling that was promised": (
        report_above_the_ceiling,
        {(NUMBERS, "statusupdate report/one/2022-04/2")},
    ),
    "a discrepancy without a source": (
        uncite("discrepancy"),
        {(SOURCE, "discrepancy date"), (VOICES, "discrepancy date")},
    ),
    "an initiative that nobody mentions": (
        lambda sound: make.initiative("unheard", dialogue=sound.initiative.dialogue),
        {(SOURCE, "initiative unheard")},
    ),
    "a proposer whose proposal is withdrawn past the rules": (
        unread_mentions_of("proposed"),
        {(INVOLVED, "involvement one/uz/proposer")},
    ),
    "a supporter whose support is withdrawn past the rules": (
        unread_mentions_of("supported"),
        {(INVOLVED, "involvement one/jp/supporter"), (DERIVED, "initiative one")},
    ),
    "somebody who is missing in the table": (
        lambda sound: Involvement.objects.filter(capacity="funder").delete(),
        {(INVOLVED, "involvement one/jp/funder")},
    ),
    "a proposer of whom no document tells": (
        lambda sound: make.role(
            initiative=sound.initiative,
            participant=Participant.objects.get(code="jp"),
            role="proposer",
        ),
        {(SOURCE, "role one/proposer/jp")},
    ),
    "no foreseen end beside a due date": (
        add_update(status="continuing"),
        {(DATES, "initiative one")},
    ),
    "an update before the initiative was raised": (
        lambda sound: [
            Meeting.objects.update(starts_on="2022-05"),
            # Every other date follows.
            Initiative.objects.filter(slug="one").update(last_heard_on="2022-05"),
        ],
        {(DATES, "initiative one")},
    ),
    "an update of the future": (
        add_update(on="2999"),
        {(DATES, "initiative one"), (DATES, "statusupdate report/one/2999")},
    ),
    "an update later than its report": (
        add_update(on="2022-04-18"),
        {(DATES, "statusupdate report/one/2022-04-18")},
    ),
    "a title that was written past the models": (
        lambda sound: QuerySet(Initiative).filter(slug="one").update(title="École"),
        {(SORT_KEYS, "initiative one"), (WORDS, "initiative one")},
    ),
    "a part of a meeting of another dialogue": (
        lambda sound: Meeting.objects.filter(slug="meeting").update(
            part_of=make.meeting("whole", dialogue=make.dialogue("elsewhere"))
        ),
        {
            (MEETINGS, "meeting meeting"),
            (SOURCE, "meeting whole"),
            (SOURCE, "dialogue elsewhere"),
        },
    ),
    "a meeting still planned after its day": (
        change(Meeting, state="planned"),
        {(MEETINGS, "meeting meeting")},
    ),
    "a meeting held on a day to come": (
        lambda sound: [
            Meeting.objects.update(starts_on="2999-01-01"),
            Initiative.objects.filter(slug="one").update(last_heard_on="2999-01-01"),
        ],
        {(MEETINGS, "meeting meeting"), (DATES, "initiative one")},
    ),
    "a report that nothing cites": (
        lambda sound: make.report("unused"),
        {(UNUSED, "report unused")},
    ),
    "a discrepancy that one document tells of": (
        lambda sound: Citation.objects.filter(discrepancy__isnull=False)[0].delete(),
        {(VOICES, "discrepancy date")},
    ),
    "a loaded record that was deleted": (
        lambda sound: LoadedFact.objects.create(source="report", kind="theme", key="gone"),
        {(DANGLING, "theme gone")},
    ),
    "a loaded record of several parts that was deleted": (
        lambda sound: LoadedFact.objects.create(
            source="report", kind="attendance", key="meeting/jp"
        ),
        {(DANGLING, "attendance meeting/jp")},
    ),
    "a loaded target with a slash in its name that was deleted": (
        lambda sound: LoadedFact.objects.create(source="report", kind="target", key="one/t/h"),
        {(DANGLING, "target one/t/h")},
    ),
    "a standing that does not follow": (
        lambda sound: Initiative.objects.filter(slug="one").update(standing="adopted"),
        {(DERIVED, "initiative one")},
    ),
    "a status that does not follow": (
        lambda sound: Initiative.objects.filter(slug="earlier").update(delivery_status="dropped"),
        {(DERIVED, "initiative earlier")},
    ),
    "two due dates in documents of one day": (
        lambda sound: make.mention(
            initiative=sound.initiative, report=sound.report, act="reworded", due_on="2031"
        ),
        {("due_dates_at_odds", "initiative one")},
    ),
    "due at a meeting that is called off": (
        lambda sound: make.mention(
            initiative=Initiative.objects.get(slug="earlier"),
            report=sound.report,
            act="restated",
            due_at=make.meeting("off", dialogue=sound.initiative.dialogue, state="cancelled"),
        ),
        {("due_dates_at_odds", "initiative earlier"), (SOURCE, "meeting off")},
    ),
    "a translation into the language of the original": (
        change(Meeting, translations={"title": {"en": "Meeting", "ja": "会合"}}),
        {("translations", "meeting meeting"), (WORDS, "initiative one")},
    ),
    "a summary that judges": (
        change(Initiative, summary="A landmark programme that failed."),
        {
            (check, f"initiative {name}")
            for check in (JUDGING, WORDS)
            for name in ("one", "earlier")
        },
    ),
}


@pytest.mark.every_case
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(fault: str, sound: Sound) -> None:
    plant, expected = FAULTS[fault]
    plant(sound)
    assert sorted(found()) == sorted(expected)


def test_every_check_has_a_fault_that_it_finds() -> None:
    tried = {check for _plant, expected in FAULTS.values() for check, _record in expected}
    assert tried == {check.__name__ for check in CHECKS}


def test_drafts_are_checked_too(sound: Sound) -> None:
    make.initiative("draft", publication="draft", dialogue=sound.initiative.dialogue)
    assert found() == [(SOURCE, "initiative draft")]


def test_a_finding_says_what_is_doubtful(sound: Sound) -> None:
    add_update(on="2022-04-18")(sound)
    assert list(find_all()) == [
        DataFinding(
            DATES,
            "statusupdate report/one/2022-04-18",
            "as of 2022-04-18, but its report was published on 2022-04-17",
        )
    ]


def test_a_text_that_judges_is_named_with_its_field_and_words(sound: Sound) -> None:
    wrong = add_update(on="2022-04-16", what="An ambitious plan, unfortunately late.")(sound)
    (finding,) = find_all()
    assert finding.check == JUDGING
    assert finding.what.startswith("what happened: “ambitious”, “unfortunately” judges;")
    add_update(on="2022-04-16", what="The minister called it “ambitious”.", corrects=wrong)(sound)
    Dialogue.objects.update(
        purpose="大学", language="ja", translations={"purpose": {"en": "A landmark dialogue."}}
    )
    assert found() == [(JUDGING, "dialogue dialogue")]
    Dialogue.objects.update(purpose="fail", language="tr", translations={})
    assert found() == []


def test_a_corrected_update_raises_no_doubt_any_more(sound: Sound) -> None:
    wrong = add_update(on="2022-04-18")(sound)
    add_update(on="2022-04-16", corrects=wrong)(sound)
    assert found() == []


def test_a_reference_to_nothing_is_found_where_the_database_let_it_in(sound: Sound) -> None:
    def orphan() -> None:
        Role.objects.filter(role="funder").update(participant=10**9)

    if connection.vendor == "postgresql":
        # It does not let it in.
        with transaction.atomic():
            orphan()
            with pytest.raises(IntegrityError):
                connection.check_constraints()
            transaction.set_rollback(True)
        return
    funder = Role.objects.get(role="funder")
    orphan()
    assert (DANGLING, "database") in found()
    # The test's own end would find it as well.
    funder.save()
    assert found() == []


@pytest.mark.parametrize("count", [2, 20])
def test_the_cost_does_not_grow_with_the_rows(
    sound: Sound, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        make.initiative(f"more-{number}", dialogue=sound.initiative.dialogue)
    # Each kind of texts is one; one more than on SQLite, since PostgreSQL is asked for its constraints.
    with django_assert_max_num_queries(102):
        assert len(found()) == count


def check(*options: str) -> tuple[int, str, str]:
    """Exit code, output and messages of the command."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    try:
        call_command("check_data", *options, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


def test_the_command_is_content_with_sound_data(sound: Sound) -> None:
    assert check() == (0, "0 findings\n", "")
    assert check("--json") == (0, "[]\n", "")


def test_the_command_lists_what_it_finds_and_fails(sound: Sound) -> None:
    make.report("unused")
    make.initiative("unheard", dialogue=sound.initiative.dialogue)
    code, out, _err = check()
    assert code == 1
    assert out.splitlines() == [
        "initiative unheard: no report mentions it",
        "report unused: no fact rests on it",
        "2 findings (facts without a source: 1, reports without facts: 1)",
    ]


def test_the_command_prints_its_findings_as_json(sound: Sound) -> None:
    make.report("unused")
    code, out, _err = check("--json")
    assert code == 1
    assert json.loads(out) == [
        {"check": UNUSED, "record": "report unused", "what": "no fact rests on it"}
    ]


def test_the_command_can_mend_the_derived_columns_first(sound: Sound) -> None:
    Initiative.objects.update(standing="adopted", status_grade="press")
    assert check()[0] == 1
    assert check("--refresh") == (0, "0 findings\n", "2 initiatives brought up to date.\n")
    sound.initiative.refresh_from_db()
    assert sound.initiative.standing == "supported"
    assert check("--refresh")[2] == "0 initiatives brought up to date.\n"


WORD_DAMAGE: dict[str, Callable[[], Any]] = {
    "a text by hand": lambda: SearchText.objects.update(body=" zebra "),
    "a text that is gone": lambda: SearchText.objects.all().delete(),
    "a term that is gone": lambda: SearchPosting.objects.filter(term=b"ear").delete(),
    "a term that stands nowhere": lambda: SearchPosting.objects.filter(term=b"ear").update(
        term=b"zebra"
    ),
    "places that are gone": lambda: SearchPosting.objects.filter(term=b"ear").update(
        places=BitMap64().serialize()
    ),
    "an empty index": lambda: SearchPosting.objects.all().delete(),
}


@pytest.mark.every_case
@pytest.mark.parametrize("damage", WORD_DAMAGE)
def test_words_that_were_changed_by_hand_are_named_and_mended(sound: Sound, damage: str) -> None:
    assert_index_is_right()
    WORD_DAMAGE[damage]()
    assert (WORDS, "initiative earlier") in found()
    assert check("--refresh")[0] == 0
    assert_index_is_right()
    assert find("earlier").all
