"""A document taken apart into statements: what each of its keys says of which record or entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from ..models import ENTRY_OF, Act, DeliveryStatus, LineageKind, LineKind, RoleKind
from ..models.criteria import READING
from ..models.follow_up import LOOK, dated_by_look
from ..models.involvement import ACT_OF_ROLE
from ..models.lines import delegate_ref, line_ref
from ..models.translations import ORIGINAL
from .document import Document
from .file_part import FilePart
from .kinds import KINDS, Key, Values, plain
from .languages import Written, in_other_languages
from .review_schema import ReviewFile
from .scalars import ALL, VOCABULARY
from .schema import (
    LINES_OF_DIALOGUE,
    LINES_OF_MEETING,
    OPEN,
    RELATIONS,
    AttendancePart,
    Content,
    CriterionPart,
    CriterionWords,
    DialoguePart,
    InitiativePart,
    MeetingPart,
    ReportPart,
)
from .sheet_schema import SheetCriterionPart, SheetFile, SheetInitiativePart, SheetUpdatePart
from .statements import EntryStatement, Statement, Statements
from .target_names import TargetName, with_periods
from .target_schema import TargetPart
from .vocabulary_schema import VocabularyFile
from .yaml_text import Path


def read_statements(documents: Iterable[Document]) -> Statements:
    """All that these documents say."""
    statements = Statements()
    for document in documents:
        _StatementReader(statements, document).read()
    return statements


class _StatementReader:
    """One pass over one document."""

    def __init__(self, to: Statements, document: Document) -> None:
        self.to, self.document = to, document
        # Who acts in the mentions that the document spells out, by initiative and act.
        self.acting: dict[tuple[str, Act], set[str]] = defaultdict(set)
        for part in getattr(document.content, "initiatives", ()):
            if part.act:
                self.acting[part.id, part.act] |= {*part.by}
                self.acting[part.id, Act.SUPPORTED] |= {*part.welcomed_by}

    def state(
        self,
        kind: str,
        key: Key,
        path: Path,
        part: FilePart | None = None,
        /,
        about: tuple[str, Key] | None = None,
        **others: Any,
    ) -> tuple[str, Key]:
        """Add what the part says of a record; ``others`` go before it.

        ``about`` is the record that this one belongs to, where its key does not say so.
        """
        values = (KINDS[kind].stated(part) if part else {}) | others
        stated = {name: value for name, raw in values.items() if (value := plain(raw)) is not None}
        stated |= self.document.cleared(kind, path)
        self.to.records.append(Statement(kind, key, stated, self.document, path, about))
        return kind, key

    def cite(
        self,
        subject: tuple[str, Key],
        path: Path,
        locator: str | None,
        says: str | None = None,
        position: int | None = None,
    ) -> None:
        if not locator and isinstance(self.document.content, SheetFile):
            return
        kind, key = subject
        name = "status_update" if kind == "statusupdate" else kind
        ref = "/".join([self.document.report or VOCABULARY, name, *key])
        if isinstance(self.document.content, SheetFile):
            # A row says nothing of the order in the document.
            position = None
        stated = (("locator", locator), ("says", says), ("position", position))
        values: Values = {name: value for name, value in stated if value}
        statement = Statement("citation", (ref,), values, self.document, path, subject)
        (self.to.evidence if kind == "statusupdate" else self.to.records).append(statement)

    def read(self) -> None:
        content = self.document.content
        if isinstance(content, ReviewFile):
            self.review(content)
            return
        if isinstance(content, VocabularyFile | SheetFile):
            self.vocabulary(content)
        if isinstance(content, VocabularyFile):
            return
        if content.report:
            self.report(content.report, content.meeting)
        for index, dialogue in enumerate(content.dialogues):
            self.dialogue(dialogue, ("dialogues", index))
        if content.meeting:
            self.meeting(content.meeting, ("meeting",))
        for index, meeting in enumerate(content.meetings):
            self.meeting(meeting, ("meetings", index))
        for index, initiative in enumerate(content.initiatives):
            self.initiative(initiative, ("initiatives", index))
        self.criteria(content.criteria)
        self.updates(content)
        for index, evidence in enumerate(content.evidence):
            path = ("evidence", index)
            self.cite(("statusupdate", (evidence.update,)), path, evidence.locator, evidence.says)
        for index, discrepancy in enumerate(content.discrepancies):
            path = ("discrepancies", index)
            subject = self.state(
                "discrepancy",
                (discrepancy.id,),
                path,
                discrepancy,
                resolution=None if discrepancy.resolution == OPEN else discrepancy.resolution,
            )
            self.cite(subject, path, discrepancy.locator, discrepancy.says)

    def vocabulary(self, content: VocabularyFile | SheetFile) -> None:
        for index, participant in enumerate(content.participants):
            self.state("participant", (participant.code,), ("participants", index), participant)
        for index, theme in enumerate(content.themes):
            self.state("theme", (theme.id,), ("themes", index), theme)
        for index, said in enumerate(getattr(content, "translations", ())):
            path = ("translations", index)
            values: Values = {f"{said.field}.{said.language}": said.text} if said.text else {}
            values |= self.document.cleared(said.kind, path)
            statement = Statement(said.kind, (said.id,), values, self.document, path)
            (self.to.entry_texts if said.kind in ENTRY_OF else self.to.records).append(statement)

    def report(self, report: ReportPart, meeting: MeetingPart | None) -> None:
        self.state(
            "report",
            (report.id,),
            ("report",),
            report,
            meeting=meeting.id if meeting else None,
            # What another file is known by stays.
            sha256=None if self.document.own_id else self.document.sha256,
        )

    def dialogue(self, part: DialoguePart, path: Path) -> None:
        subject = self.state("dialogue", (part.id,), path, part)
        self.cite(subject, path, part.locator, part.says)
        for index, member in enumerate(part.members):
            member_path: Path = (*path, "members", index)
            key = (part.id, member.participant, member.capacity.value)
            membership = self.state("membership", key, member_path, member)
            self.cite(membership, member_path, member.locator or part.locator)
        self.lines(subject, part, path, LINES_OF_DIALOGUE)

    def meeting(self, part: MeetingPart, path: Path) -> None:
        subject = self.state("meeting", (part.id,), path, part)
        self.cite(subject, path, part.locator, part.says)
        self.lines(subject, part, path, LINES_OF_MEETING)
        for index, delegation in enumerate(part.attendance):
            self.attendance(part, delegation, (*path, "attendance", index))

    def lines(
        self,
        subject: tuple[str, Key],
        part: DialoguePart | MeetingPart,
        path: Path,
        kinds: Mapping[str, LineKind],
    ) -> None:
        """The lines under each of these keys; said twice is said once."""
        for name, kind in kinds.items():
            refs: set[str] = set()
            for index, item in enumerate(getattr(part, name)):
                ref = line_ref(part.id, kind, item.text)
                if ref not in refs:
                    there: Path = (*path, name, index)
                    line = self.state("line", (ref,), there, item, about=subject, kind=kind)
                    self.cite(line, there, item.locator or part.locator, position=index + 1)
                refs.add(ref)

    def attendance(self, meeting: MeetingPart, part: AttendancePart, path: Path) -> None:
        subject = self.state("attendance", (meeting.id, part.participant), path, part)
        locator = part.locator or meeting.locator
        self.cite(subject, path, locator)
        refs: set[str] = set()
        for position, person in enumerate(part.all_delegates, 1):
            names = (person.name or "", person.title or "")
            ref = delegate_ref(meeting.id, part.participant, *names)
            if ref not in refs:
                delegate = self.state("delegate", (ref,), path, person, about=subject)
                self.cite(delegate, path, person.locator or locator, position=position)
            refs.add(ref)

    def initiative(self, part: InitiativePart, path: Path) -> None:
        # Without an act the document states a due date of the initiative, and no mention does.
        unsourced: Values = {"unsourced_due_on": part.due, "unsourced_due_note": part.due_note}
        self.state("initiative", (part.id,), path, part, **({} if part.act else unsourced))
        if part.act:
            self.mention(part, path)
        if part.welcomed_by:
            self.welcome(part, path)
        for role, codes in part.roles.items():
            if role in ACT_OF_ROLE:
                self.further_mention(part, role, path)
                continue
            for code in codes:
                role_path: Path = (*path, "roles", role.value)
                subject = self.state("role", (part.id, role.value, code), role_path)
                self.cite(subject, role_path, part.locator)
        about = ("initiative", (part.id,))
        for index, (target, period) in enumerate(with_periods(part.targets)):
            target_path: Path = (*path, "targets", index)
            name = TargetName.of(part.id, target, period)
            subject = self.state(
                "target", (name.ref,), target_path, target, about=about, period=period
            )
            self.cite(subject, target_path, part.locator)
            if target.reached is not None:
                self.reading(part, target, name, target_path)
        for lineage_path, key in _lineage(part, path):
            subject = self.state("lineage", key, lineage_path)
            self.cite(subject, lineage_path, part.locator)

    def reading(
        self, part: InitiativePart, target: TargetPart, name: TargetName, path: Path
    ) -> None:
        """State what was reached of a target: an update of the same document, without a status."""
        values: Values = {
            "on": target.reached_on,
            "locator": part.locator,
            "target": name,
            "value": plain(target.reached),
        }
        self.entry("statusupdate", part.id, values, path)

    def mention(self, part: InitiativePart, path: Path) -> None:
        act = part.act or Act.MENTIONED
        values = {
            "act": act.value,
            "by": ALL if part.by == [ALL] else sorted(set(part.by)) or None,
            "locator": part.locator,
            "quote": part.quote,
            "quote_language": part.quote_language,
            "note": part.note,
            "due_on": part.due,
            "due_at": part.due_at,
            "due_dropped": part.due_dropped or None,
            "due_note": part.due_note,
            "condition": part.condition,
            "condition_lifted": part.condition_lifted or None,
        }
        self.entry("mention", part.id, values, path)

    def welcome(self, part: InitiativePart, path: Path) -> None:
        """State that the document says who welcomes what others undertake: a further mention in the same place."""
        by = ALL if part.welcomed_by == [ALL] else sorted(set(part.welcomed_by))
        values = {"act": Act.SUPPORTED.value, "by": by, "locator": part.locator}
        self.entry("mention", part.id, values, (*path, "welcomed_by"))

    def further_mention(self, part: InitiativePart, role: RoleKind, path: Path) -> None:
        """State that the document says who proposes or supports beside what else it says; nobody twice."""
        act = ACT_OF_ROLE[role]
        codes = {*part.roles[role]} - self.acting[part.id, act]
        if codes:
            values = {"act": act.value, "by": sorted(codes), "locator": part.locator}
            self.entry("mention", part.id, values, (*path, "roles", role.value))

    def criteria(self, parts: Sequence[CriterionWords], **reading: str) -> None:
        """``reading`` is whose it is and of which day, where no document says it."""
        for index, part in enumerate(parts):
            values = {
                "verifiability": part.verifiability.value,
                "what": part.what,
                "why": part.why,
                "note": part.note,
                **reading,
            }
            if isinstance(part, CriterionPart):
                values["locator"] = part.locator
            if isinstance(part, SheetCriterionPart):
                values |= {name: getattr(part, name) for name in READING}
            self.entry("criterion", part.initiative, values, ("criteria", index), part)

    def updates(self, content: Content) -> None:
        for index, update in enumerate(content.updates):
            values = {
                "status": plain(update.status),
                "on": update.on,
                "what": update.what,
                "locator": update.locator,
                "target": TargetName.of_update(update),
                "value": plain(update.value),
                "participant": update.of,
                "note": update.note,
            }
            if isinstance(update, SheetUpdatePart):
                values |= {name: getattr(update, name) for name in LOOK}
                values["on"] = dated_by_look(update.on, update.looked_on, self.document.report)
            self.entry("statusupdate", update.initiative, values, ("updates", index), update)

    def review(self, content: ReviewFile) -> None:
        review = content.review
        self.criteria(content.criteria, read_by=review.by, read_on=review.on)
        for index, looked in enumerate(content.looked):
            values = {
                "status": DeliveryStatus.NO_INFORMATION.value,
                "on": review.on,
                "what": looked.what,
                "looked_by": review.by,
                "looked_on": review.on,
                "looked_in": looked.where,
                "participant": looked.of,
                "note": looked.note,
            }
            self.entry("statusupdate", looked.initiative, values, ("looked", index), looked)

    def entry(
        self,
        kind: str,
        initiative: str,
        values: Values,
        path: Path,
        written: Written | None = None,
    ) -> None:
        """Add what a document says in an entry; ``written`` is the part whose texts may be in several languages."""
        if written and written.language != ORIGINAL:
            values["language"] = written.language
        in_others = (in_other_languages(name, value) for name, value in values.items())
        translations: dict[str, str] = reduce(or_, in_others, {})
        stated = {name: value for name, value in values.items() if value is not None}
        ref = self.document.ref(path)
        self.to.entries.append(
            EntryStatement(kind, initiative, stated, self.document, path, ref, translations)
        )


def _lineage(part: InitiativePart, path: Path) -> Iterator[tuple[Path, Key]]:
    """What an initiative comes from and what came of it, with where it is said."""
    for relation in RELATIONS:
        for other in getattr(part, relation):
            yield (*path, relation), _lineage_key(relation, part.id, other)
    if isinstance(part, SheetInitiativePart):
        for index, link in enumerate(part.lineage):
            yield (*path, "lineage", index), (part.id, link.relation.value, link.earlier)


def _lineage_key(relation: str, this: str, other: str) -> Key:
    """Later initiative, relation, earlier initiative."""
    if relation == "merged_into":
        return other, LineageKind.MERGES.value, this
    if relation == "superseded_by":
        return other, LineageKind.SUPERSEDES.value, this
    return this, relation, other
