"""A small public record with one fact of every kind, and a way to hang drafts on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command

from initiatives.models import (
    Dialogue,
    Initiative,
    Meeting,
    Membership,
    Participant,
    Published,
    Report,
    StatusUpdate,
    Theme,
)
from initiatives.recording import actions
from initiatives.serving.data_version import prune
from tests import make
from tests.rewriting import rewritten


@dataclass(frozen=True)
class World:
    participant: Participant
    theme: Theme
    dialogue: Dialogue
    meeting: Meeting
    report: Report
    initiative: Initiative
    earlier: Initiative

    @property
    def shared(self) -> dict[str, Any]:
        """What `make.initiatives` adds many initiatives to."""
        names = ("participant", "theme", "report")
        return {name: getattr(self, name) for name in names} | {"raised_at": self.meeting}

    @property
    def details(self) -> list[str]:
        """The addresses of the pages of one thing, one of each kind."""
        things = (self.initiative, self.dialogue, self.meeting, self.participant, self.theme)
        return [thing.get_absolute_url() for thing in (*things, self.report)]


FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
MEETING_TEXTS = ("city", "venue", "note")

LISTS = [
    "/",
    "/initiatives/",
    "/search/",
    "/compare/",
    "/matrix/",
    "/dialogues/",
    "/meetings/",
    "/participants/",
    "/themes/",
    "/reports/",
    "/changes/",
    "/corrections/",
    "/data/",
    "/data/dictionary/",
    "/about/method/",
]


def load_fixtures() -> None:
    """All of the data that comes with the program."""
    _load_fixtures()
    # As a load does in the end.
    prune()


@rewritten
def _load_fixtures() -> None:
    call_command("load_report", str(FIXTURES), verbosity=0)


@rewritten
def make_world(**of_initiative: Any) -> World:
    """One initiative with entries, roles, targets, lineage and disagreements, and all that it hangs on."""
    japan = make.participant("jp", name="Japan", official_name="State of Japan")
    theme = make.theme("education", name="Education", sdgs=[4])
    dialogue = make.dialogue("ca-japan", name="Central Asia + Japan", members=[japan])
    meeting = make.meeting(
        "fm-8",
        dialogue=dialogue,
        title="8th Meeting",
        number=8,
        host=japan,
        city="Tokyo",
    )
    agenda = [make.line(text, meeting=meeting) for text in ("Water", "Borders")]
    outcome = make.line("Joint Statement", meeting=meeting, kind="outcome")
    goal = make.line("Closer ties", dialogue=dialogue, kind="goal")
    report = make.report("statement", title="Joint Statement", meeting=meeting, issued_by=[japan])
    make.report("statement-ja", title="共同声明", language="ja", translation_of=report)
    earlier = make.initiative("earlier", title="Earlier plan", dialogue=dialogue)
    defaults: dict[str, Any] = {"title": "Digital University", "due_on": "2026"}
    initiative = make.initiative(
        "university", themes=[theme], raised_at=meeting, **defaults | of_initiative
    )
    role = make.role(initiative=initiative, participant=japan)
    make.mention(
        initiative=initiative,
        report=report,
        participants=[japan],
        quote="大学",
        quote_language="ja",
        note="Named in passing.",
    )
    make.criterion(
        initiative=initiative,
        report=report,
        verifiability="partly",
        why="No number of students is given.",
        read_by="the editors",
        read_on="2022-05-03",
        note="So we read it.",
    )
    update = make.update(
        initiative=initiative, report=report, participant=japan, note="So we read."
    )
    attendance = make.attendance(meeting=meeting, participant=japan, heads=["Y. Hayashi"])
    cited: list[dict[str, Any]] = [
        {"role": role},
        {"target": make.target(initiative=initiative, metric="students")},
        {"lineage": make.lineage(earlier=earlier, later=initiative)},
        {"discrepancy": make.discrepancy("number", topic="How many", initiative=initiative)},
        {"discrepancy": make.discrepancy("place", topic="Where", meeting=meeting)},
        {"discrepancy": make.discrepancy("name", topic="What name", dialogue=dialogue)},
        {"meeting": meeting},
        *({"line": line} for line in (*agenda, outcome, goal)),
        {"attendance": attendance},
        {"delegate": attendance.delegates.get()},
        {"dialogue": dialogue},
        {"membership": Membership.objects.get()},
        {"status_update": update},
    ]
    for about in cited:
        make.citation(report=report, says="It says so.", **about)
    initiative.refresh_from_db()
    return World(japan, theme, dialogue, meeting, report, initiative, earlier)


def hang_shown_later_on(world: World, word: str) -> list[Published]:
    """Add a draft of each kind that is public once something rests on it: the word is in every text, and in its key."""
    draft: dict[str, Any] = {"publication": "draft"}
    country = make.participant(
        f"{word}-country", name=f"{word} country", official_name=f"{word} official", **draft
    )
    texts: dict[str, Any] = {name: f"{word} {name}" for name in MEETING_TEXTS}
    theme = make.theme(f"{word}-theme", name=f"{word} theme", sdgs=[4], **draft)
    meeting = make.meeting(
        f"{word}-meeting",
        dialogue=world.dialogue,
        title=f"{word} meeting",
        host=world.participant,
        state="planned",
        starts_on="2999-01",
        **texts,
        **draft,
    )
    held = make.meeting(
        f"{word}-held",
        dialogue=world.dialogue,
        title=f"{word} held",
        starts_on="2022-05-01",
        host=country,
        **draft,
    )
    report = make.report(
        f"{word}-report",
        title=f"{word} report",
        publisher=f"{word} publisher",
        meeting=world.meeting,
        language="uz",
        translation_of=world.report,
        issued_by=[world.participant, country],
        note=f"{word} note",
        url=f"https://example.org/{word} address",
        archived_url=f"https://example.org/{word} archived",
        **draft,
    )
    about = make.report(f"{word}-of-meeting", title=f"{word} of", meeting=meeting, **draft)
    lines = [
        make.line(
            f"{word} {kind}", meeting=meeting, kind=kind, session=f"{word} session", by=[country]
        )
        for kind in ("chair", "agenda", "outcome", "statement")
    ]
    attendances = [
        make.attendance(meeting=meeting, participant=country, note=f"{word} note"),
        make.attendance(meeting=held, participant=world.participant),
    ]
    delegates = [
        make.delegate(attendance=row, name=f"{word} head", title=f"{word} title", is_head=True)
        for row in attendances
    ]
    disagreement = make.discrepancy(
        f"{word}-place", topic=f"{word} topic", resolution=f"{word} read", meeting=meeting
    )
    subjects: list[dict[str, Any]] = [
        {"meeting": meeting},
        {"discrepancy": disagreement},
        *({"line": line} for line in lines),
        *({"attendance": attendance} for attendance in attendances),
        *({"delegate": delegate} for delegate in delegates),
    ]
    for subject in subjects:
        for source in (world.report, report):
            make.citation(report=source, says=f"{word} says", locator=f"{word} place", **subject)
    of_draft = make.initiative(
        f"{word}-of-drafts",
        title=f"{word} of drafts",
        raised_at=meeting,
        themes=[theme, world.theme],
        proposers=[country],
        **draft,
    )
    make.mention(initiative=of_draft, report=about, participants=[country], locator=f"{word} para")
    make.update(
        initiative=world.initiative,
        report=report,
        participant=country,
        what=f"{word} what",
        **draft,
    )
    return [country, theme, meeting, held, report, about]


def hang_past_on(world: World, word: str) -> None:
    """Add drafts that were withdrawn and entries that were corrected; the word is in their text."""
    shared: dict[str, Any] = {"report": world.report, "participant": world.participant}
    withdrawn = hang_withdrawn_on(world, word, publication="draft")
    wrong = make.update(initiative=world.initiative, what=f"{word} wrong", **shared)
    make.update(initiative=world.initiative, what="Put right.", corrects=wrong, **shared)
    misread_criterion = make.criterion(
        initiative=world.initiative, report=world.report, what=f"{word} wrong"
    )
    make.criterion(initiative=world.initiative, report=world.report, corrects=misread_criterion)
    for entry in (withdrawn, wrong):
        make.citation(report=world.report, says=f"{word} says", status_update=entry)
    said: dict[str, Any] = {"initiative": world.initiative, "report": world.report}
    misread = make.mention(note=f"{word} misread", **said)
    make.mention(note="Read again.", corrects=misread, **said)


def hang_withdrawn_on(world: World, word: str, **kwargs: Any) -> StatusUpdate:
    """Add an entry of each kind that was withdrawn, and return the update; the word is in their text."""
    shared: dict[str, Any] = {"initiative": world.initiative, "report": world.report, **kwargs}
    mention = make.mention(note=f"{word} withdrawn", **shared)
    criterion = make.criterion(what=f"{word} withdrawn", **shared)
    update = make.update(what=f"{word} withdrawn", participant=world.participant, **shared)
    for entry in (mention, criterion, update):
        actions.withdraw(by=None, entry=entry, reason=f"{word} reason")
    return update


def hang_drafts_on(world: World, word: str) -> None:
    """Add every kind of row that the public must not see; each of them has the word in its text."""
    draft = make.initiative(
        f"{word}-initiative",
        title=f"{word} title",
        summary=f"{word} summary",
        raised_at=world.meeting,
        due_on="2999",
        themes=[world.theme],
        proposers=[world.participant],
        publication="draft",
    )
    shared: dict[str, Any] = {"report": world.report, "locator": f"{word} locator"}
    hidden_entry = shared | {"initiative": world.initiative, "publication": "draft"}
    own: dict[str, Any] = {"participant": world.participant}
    about: dict[str, Any] = {
        "initiative": draft,
        "meeting": world.meeting,
        "dialogue": world.dialogue,
    }
    make.mention(initiative=draft, note=f"{word} note", **shared)
    make.mention(note=f"{word} note", **hidden_entry)
    make.criterion(initiative=draft, what=f"{word} count", **shared)
    make.criterion(what=f"{word} count", **hidden_entry)
    updates = [
        make.update(initiative=draft, what=f"{word} update", on="2030-01-01", **shared, **own),
        make.update(what=f"{word} update", **hidden_entry, **own),
    ]
    hidden: list[dict[str, Any]] = [
        {"role": draft.roles.get()},
        {"target": make.target(initiative=draft, metric=f"{word} metric")},
        {"lineage": make.lineage(earlier=world.initiative, later=draft)},
        {"discrepancy": make.discrepancy(topic=f"{word} topic", **about)},
        *({"status_update": update} for update in updates),
    ]
    for fact in hidden:
        make.citation(report=world.report, says=f"{word} says", **fact)
