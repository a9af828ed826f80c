"""The report file, key by key: docs/report-format.md as types. Nothing here looks into the database."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, StringConstraints, model_validator

from ..models import (
    Act,
    Capacity,
    Coverage,
    EvidenceGrade,
    InitiativeKind,
    LineKind,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    RoleKind,
    Verifiability,
)
from ..partial_dates import PartialDate
from .file_part import FilePart, IdentifiedPart
from .languages import Translated60, Translated300, TranslatedText, Written
from .meeting_hours import take_apart
from .mention_part import By, MentionPart
from .nesting import PartOf, Sub
from .said import Faulty, phrased
from .scalars import (
    Address,
    CodeOrName,
    Count,
    Date,
    Hour,
    Language,
    Line200,
    Line300,
    Line500,
    Line1000,
    Ref,
    ReportId,
    Slug,
    Text,
    TimeZone,
)
from .target_schema import TargetPart, UpdatePart


class ReportPart(IdentifiedPart):
    # Empty where the file leaves it to the plan to make one from the title.
    id: ReportId = ""
    title: Line500
    publisher: Line200
    kind: EvidenceGrade
    issued_by: list[CodeOrName] = []
    published: Date | None = None
    language: Language
    url: Address | None = None
    archived_url: Address | None = None
    coverage: Coverage | None = None
    translation_of: Slug | None = None
    authentic: bool | None = None
    note: Text | None = None


class MemberPart(FilePart):
    participant: CodeOrName
    capacity: Capacity = Capacity.MEMBER
    since: Date | None = None
    until: Date | None = None
    note: Text | None = None
    locator: Line200 | None = None

    @model_validator(mode="after")
    def in_order(self) -> Self:
        return _in_order(self, "since", "until")


Member = Annotated[
    MemberPart,
    BeforeValidator(lambda item: {"participant": item} if isinstance(item, str) else item),
]


class LinePart(FilePart):
    text: Line1000
    locator: Line200 | None = None
    session: Line200 | None = None
    by: list[CodeOrName] = []


LineItem = Annotated[
    LinePart, BeforeValidator(lambda item: {"text": item} if isinstance(item, str) else item)
]
# A single one needs no list.
LineItems = Annotated[
    list[LineItem], BeforeValidator(lambda items: items if isinstance(items, list) else [items])
]


class DialoguePart(Written, FilePart):
    id: Slug
    name: Translated300 | None = None
    short_name: Translated60 | None = None
    other_names: list[Line200] = []
    launched: Date | None = None
    purpose: TranslatedText | None = None
    website: Annotated[Address, StringConstraints(max_length=500)] | None = None
    stale_after_days: Count | None = None
    members: list[Member] = []
    goals: LineItems = []
    areas: LineItems = []
    locator: Line200 | None = None
    says: Text | None = None


class DelegatePart(FilePart):
    name: Line200 | None = None
    title: Line300 | None = None
    head: bool | None = None
    locator: Line200 | None = None

    @model_validator(mode="after")
    def is_somebody(self) -> Self:
        if not self.name and not self.title:
            raise Faulty(
                phrased("a delegate has neither name nor title"), phrased("say one of them or both")
            )
        return self


class AttendancePart(FilePart):
    participant: CodeOrName
    capacity: Capacity | None = None
    delegates: list[DelegatePart] = []
    head: Line200 | None = None
    title: Line300 | None = None
    note: Text | None = None
    locator: Line200 | None = None

    @property
    def all_delegates(self) -> list[DelegatePart]:
        """Those of the list; before them the head, where it is given in short."""
        if not self.head and not self.title:
            return self.delegates
        return [DelegatePart(name=self.head, title=self.title, head=True), *self.delegates]


class MeetingPart(Written, IdentifiedPart):
    id: Slug
    dialogue: Slug | None = None
    kind: MeetingKind | None = None
    number: Count | None = None
    title: Translated300 | None = None
    other_names: list[Line200] = []
    starts: Date | None = None
    ends: Date | None = None
    start_time: Hour | None = None
    end_time: Hour | None = None
    time_zone: TimeZone | None = None
    format: MeetingFormat | None = None
    state: MeetingState | None = None
    city: Line200 | None = None
    venue: Line200 | None = None
    host: CodeOrName | None = None
    part_of: Slug | None = None
    chair: LineItems = []
    agenda: LineItems = []
    outcomes: LineItems = []
    statements: LineItems = []
    note: Text | None = None
    attendance: list[AttendancePart] = []
    locator: Line200 | None = None
    says: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def hours_apart(cls, data: Any) -> Any:
        return take_apart(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def in_order(self) -> Self:
        return _in_order(self, "starts", "ends")


# The keys under which lines stand, and the kind of line that each of them has.
LINES_OF_MEETING = {
    "chair": LineKind.CHAIR,
    "agenda": LineKind.AGENDA,
    "outcomes": LineKind.OUTCOME,
    "statements": LineKind.STATEMENT,
}
LINES_OF_DIALOGUE = {"goals": LineKind.GOAL, "areas": LineKind.AREA}
RELATIONS = ("builds_on", "continues", "splits_from", "merged_into", "superseded_by", "part_of")


class InitiativePart(Written, IdentifiedPart, MentionPart):
    # What makes a locator necessary.
    cited: ClassVar[tuple[str, ...]] = ("act", "roles", "targets", *RELATIONS)

    # Empty where the file leaves it to the plan to make one from the title.
    id: Slug = ""
    title: Translated300 | None = None
    other_names: list[Line200] = []
    summary: TranslatedText | None = None
    kind: InitiativeKind | None = None
    dialogue: Slug | None = None
    raised_at: Slug | None = None
    themes: list[Slug] = []
    roles: dict[RoleKind, list[CodeOrName]] = {}
    targets: list[TargetPart] = []
    builds_on: list[Slug] = []
    continues: list[Slug] = []
    splits_from: list[Slug] = []
    merged_into: list[Slug] = []
    superseded_by: list[Slug] = []
    part_of: PartOf = []
    sub: Sub = []

    @model_validator(mode="after")
    def is_named(self) -> Self:
        if not self.id and not self.title:
            raise Faulty(
                phrased("this initiative has neither id nor title"), phrased("say which it is")
            )
        return self

    @model_validator(mode="after")
    def is_cited(self) -> Self:
        cited = [name for name in self.cited if getattr(self, name)]
        if cited and not self.locator:
            raise Faulty(
                phrased("“%(key)s” has no locator", key=cited[0]),
                phrased("say where in the document it stands, such as para 6"),
            )
        return self


class CriterionWords(Written, FilePart):
    """What would count as delivered, whoever says so."""

    initiative: Slug
    what: TranslatedText
    verifiability: Verifiability
    why: TranslatedText | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def says_why(self) -> Self:
        if self.verifiability != Verifiability.VERIFIABLE and not self.why:
            raise Faulty(
                phrased("this criterion has no why"),
                phrased("say why it cannot be verified, or in part"),
            )
        return self


class CriterionPart(CriterionWords):
    locator: Line200


class EvidencePart(FilePart):
    update: Ref
    locator: Line200
    says: Text | None = None


# How a file says that a discrepancy has not been settled; the database leaves the field empty.
OPEN = "open"


class DiscrepancyPart(FilePart):
    id: Slug
    topic: Line300 | None = None
    resolution: Text | None = None
    dialogue: Slug | None = None
    meeting: Slug | None = None
    initiative: Slug | None = None
    says: Text
    locator: Line200


class Content(FilePart):
    """What a source document says."""

    dialogues: list[DialoguePart] = []
    meeting: MeetingPart | None = None
    meetings: list[MeetingPart] = []
    initiatives: list[InitiativePart] = []
    criteria: list[CriterionPart] = []
    updates: list[UpdatePart] = []
    evidence: list[EvidencePart] = []
    discrepancies: list[DiscrepancyPart] = []


class DefaultsPart(FilePart):
    """What holds for every initiative of the file that does not say for itself; defaults.py writes it out."""

    act: Act | None = None
    by: By = []
    language: Language | None = None
    dialogue: Slug | None = None
    raised_at: Slug | None = None
    kind: InitiativeKind | None = None
    themes: list[Slug] = []


class ReportFile(Content):
    """A source document and what it says."""

    report: ReportPart
    defaults: DefaultsPart | None = None


P = TypeVar("P", bound=FilePart)


def _in_order(part: P, start: str, end: str) -> P:
    first, last = getattr(part, start), getattr(part, end)
    if first and last and PartialDate(last).ends_before(first):
        raise Faulty(
            phrased(
                "%(end)s (%(last)s) lies before %(start)s (%(first)s)",
                end=end,
                last=last,
                start=start,
                first=first,
            ),
            phrased("correct one of them"),
        )
    return part
