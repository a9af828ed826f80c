"""Invented data of any size for measurements: several scripts, ~2 participants, ~2 themes and ~5 updates each.

    DATABASE_URL=… python -m bench.dataset 100000

Fills an empty, migrated database. Words follow a Zipf-like law, so that a common word (“water”) stands in about a fifth
of the initiatives and a rare one (“zafarobod”) in a few; some stand in shares between these. There is something of each
kind of text that search reads. The same size gives the same data.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from bench.vocabulary import ENGLISH, RARE, SHARES, UZBEK, acronym, person, words  # noqa: E402
from initiatives.models import (  # noqa: E402
    Act,
    Attendance,
    Criterion,
    Delegate,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    InitiativeKind,
    Meeting,
    MeetingKind,
    Mention,
    Participant,
    Publication,
    Report,
    Role,
    RoleKind,
    StatusUpdate,
    Theme,
    Verifiability,
)
from initiatives.models.lines import delegate_ref  # noqa: E402
from initiatives.recording.derivation import DERIVED, derive  # noqa: E402
from initiatives.recording.involvement import write_involvement  # noqa: E402
from initiatives.search.documents import write_search_texts  # noqa: E402

# Who proposes or supports follows from mentions.
ROLES = [RoleKind.LEAD, RoleKind.IMPLEMENTER, RoleKind.FUNDER, RoleKind.BENEFICIARY]
BATCH = 2000
# Of a hundred initiatives so many have an acronym, a title in other languages, and a criterion.
OTHERWISE_NAMED = 0.05
RATEABLE = 0.02
READING = {"read_by": "the editors", "read_on": "2026-05-03"}


def vocabulary(
    rng: random.Random, names: random.Random
) -> tuple[list[Participant], list[Theme], list[Meeting], list[Report]]:
    participants = Participant.objects.bulk_create(
        Participant(
            code=f"p{n:02}",
            name=f"Participant {n} {rng.choice(UZBEK).title()}",
            other_names=acronym(names),
            translations={"name": {"ja": f"参加国{n}", "ru": f"Участник {n}"}},
            publication="public",
        )
        for n in range(60)
    )
    themes = Theme.objects.bulk_create(
        Theme(slug=f"theme-{n}", name=f"{rng.choice(ENGLISH).title()} {n}", publication="public")
        for n in range(24)
    )
    dialogues = Dialogue.objects.bulk_create(
        Dialogue(
            slug=f"dialogue-{n}",
            name=f"Dialogue {n}",
            short_name=f"D{n}",
            other_names=acronym(names),
        )
        for n in range(8)
    )
    meetings = Meeting.objects.bulk_create(
        Meeting(
            slug=f"meeting-{n}",
            dialogue=dialogues[n % 8],
            kind=MeetingKind.FOREIGN_MINISTERS,
            number=n // 8 + 1,
            title=f"Meeting {n}",
            other_names=acronym(names),
            translations={"title": {"ja": f"第{n}回会合", "ru": f"Встреча {n}"}},
            starts_on=f"{2004 + n % 22}-{n % 12 + 1:02}",
            publication="public",
        )
        for n in range(400)
    )
    reports = Report.objects.bulk_create(
        Report(
            slug=f"report-{n}",
            title=f"Report {n} on {words(rng, 5)}",
            publisher="Publisher",
            kind=EvidenceGrade.values[n % 4],
            language=("en", "ja", "ru", "uz-Latn")[n % 4],
            published_on=f"{2004 + n % 22}-{n % 12 + 1:02}-{n % 28 + 1:02}",
            meeting=meetings[n % 400],
            publication="public",
        )
        for n in range(2000)
    )
    delegations(names, meetings, participants)
    return participants, themes, meetings, reports


def delegations(
    names: random.Random, meetings: list[Meeting], participants: list[Participant]
) -> None:
    """Three participants came to each meeting, with one or two people each."""
    attendances = Attendance.objects.bulk_create(
        Attendance(meeting=meeting, participant=participant)
        for meeting in meetings
        for participant in names.sample(participants, 3)
    )
    delegates = []
    for attendance in attendances:
        meeting, participant = attendance.meeting.slug, attendance.participant.code
        for name in {person(names): None, person(names): None}:
            title = f"Minister of {words(names, 2)}"
            ref = delegate_ref(meeting, participant, name, title)
            delegates.append(Delegate(ref=ref, attendance=attendance, name=name, title=title))
    Delegate.objects.bulk_create(delegates)


def initiatives(
    rng: random.Random, names: random.Random, count: int, meetings: list[Meeting]
) -> Iterator[Initiative]:
    for n in range(count):
        meeting = rng.choice(meetings)
        summary = words(rng, 45)
        if rng.random() < 0.2:
            summary += " water"
        if rng.random() < 0.0005:
            summary += " " + rng.choice(RARE)
        summary = " ".join([summary, *(w for w, share in SHARES.items() if names.random() < share)])
        others = names.random() < OTHERWISE_NAMED
        due = f"{2010 + rng.randrange(25)}" if rng.random() < 0.4 else None
        yield Initiative(
            slug=f"initiative-{n}",
            title=f"{words(rng, 6).capitalize()} {n}",
            other_names=acronym(names) if others else "",
            translations={"title": {"ja": f"構想{n}", "ru": f"Инициатива {n}"}} if others else {},
            summary=summary,
            kind=InitiativeKind.values[n % 6],
            dialogue_id=meeting.dialogue_id,
            raised_at=meeting,
            due_on=due,
            publication=Publication.PUBLIC,
        )


def derive_all(keys: list[int]) -> None:
    """What actions.refresh does, without history and in one statement."""
    rows = list(Initiative.objects.filter(pk__in=keys).select_related("raised_at", "dialogue"))
    derive(rows)
    Initiative.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=DERIVED
    )
    write_involvement(rows)
    write_search_texts(rows)


def fill(count: int) -> None:
    """Write everything in one transaction; history is left out, since no page of the benchmark reads it."""
    # Names are drawn by themselves: what was there before them stays as it was.
    rng, names = random.Random(count), random.Random(f"names {count}")
    participants, themes, meetings, reports = vocabulary(rng, names)
    rows, done = initiatives(rng, names, count, meetings), 0
    while batch := list(islice(rows, BATCH)):
        Initiative.objects.bulk_create(batch)
        links = Initiative.themes.through._default_manager
        links.bulk_create(
            links.model(initiative_id=row.pk, theme_id=theme.pk)
            for row in batch
            for theme in rng.sample(themes, rng.choice((1, 2, 2, 3)))
        )
        Role.objects.bulk_create(
            Role(initiative=row, role=rng.choice(ROLES), participant=participant)
            for row in batch
            for participant in rng.sample(participants, rng.choice((1, 2, 2, 3)))
        )
        mentions = Mention.objects.bulk_create(
            Mention(
                ref=f"m/{row.slug}",
                initiative=row,
                report=rng.choice(reports),
                act=rng.choice((Act.PROPOSED, Act.PROPOSED, Act.SUPPORTED, Act.ADOPTED)),
                locator="para 1",
                quote=words(rng, 12),
                quote_language="en",
                due_on=row.due_on,
            )
            for row in batch
        )
        speakers = Mention.by.through._default_manager
        speakers.bulk_create(
            speakers.model(mention_id=mention.pk, participant_id=participant.pk)
            for mention in mentions
            for participant in rng.sample(participants, rng.choice((1, 1, 2, 5)))
        )
        StatusUpdate.objects.bulk_create(
            StatusUpdate(
                ref=f"u/{row.slug}/{n}",
                initiative=row,
                report=rng.choice(reports),
                status=rng.choice(DeliveryStatus.values),
                on=f"{2005 + rng.randrange(21)}-{rng.randrange(12) + 1:02}",
                what=words(rng, 15),
                locator=f"para {n}",
            )
            for row in batch
            for n in range(rng.choice((3, 5, 5, 7)))
        )
        Criterion.objects.bulk_create(
            Criterion(
                ref=f"c/{row.slug}",
                initiative=row,
                what=f"A law on {words(names, 8)} is in force",
                verifiability=Verifiability.VERIFIABLE,
                **READING,
            )
            for row in batch
            if names.random() < RATEABLE
        )
        derive_all([row.pk for row in batch])
        done += len(batch)
        print(f"\r{done:,} of {count:,}", end="", file=sys.stderr, flush=True)


def main(count: int) -> None:
    started = time.perf_counter()
    with transaction.atomic():
        fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    seconds = time.perf_counter() - started
    print(f"\n{count:,} initiatives in {seconds:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]))
