"""What a load would bring twice: refused until the file says ``same_as`` or ``new``, or the desk answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from ..models import Initiative, Meeting, Report, StatusUpdate
from ..partial_dates import PartialDate
from ..recording.repetition import status_identity
from ..search.normalization import words
from .document import SheetDocument
from .kinds import CHUNK, plain
from .problems import Problem, in_words
from .said import in_a_row, phrased
from .same_as import ANOTHER, Answers, record_name
from .similarity import SimilarTitles, comparable_address
from .statements import EntryStatement, Statement

if TYPE_CHECKING:
    from .entries import EntryItem
    from .plan_types import Plan, RecordItem


def check_duplicates(plan: Plan, answers: Answers) -> Iterator[Problem]:
    """A problem for each new row that looks like one that is known, or like another one of the call."""
    yield from _Reports(plan, answers).check()
    yield from _Meetings(plan, answers).check()
    yield from _Initiatives(plan, answers).check()
    new = [item for item in plan.entries.to_write if item.corrects is None]
    yield from _repeated_entries(new, answers)


def without_repeated(entries: Iterable[EntryStatement], answers: Answers) -> list[EntryStatement]:
    """The entries without those that somebody called the same as another one."""
    return [entry for entry in entries if answers.get(_entry_name(entry), ANOTHER) == ANOTHER]


# What a new row and one that is known have in common.
SAME_ADDRESS = N_("the report “%(key)s” has the address of “%(known)s”")
SAME_TITLE = N_("the report “%(key)s” has the title, publisher, day and language of “%(known)s”")
SAME_DAY = N_("the meeting “%(key)s” has the dialogue, kind and first day of “%(known)s”")
SIMILAR_TITLE = N_(
    "the initiative “%(key)s” has the title, or nearly, and the dialogue of “%(known)s”"
)


# --- Records --------------------------------------------------------------------------------------


class _Comparison:
    """New records of one kind, each compared with what is known and with those before it."""

    kind: str

    def __init__(self, plan: Plan, answers: Answers) -> None:
        self.answers = answers
        self.new = [item for item in plan.records[self.kind] if item.pk is None]
        self.new_keys: dict[str, RecordItem] = {}

    def read(self) -> None:
        """Take in what the database knows."""
        raise NotImplementedError

    def find(self, key: str, item: RecordItem) -> tuple[str, str] | None:
        """What the record looks like: the id of that one, and how that is said."""
        raise NotImplementedError

    def add(self, key: str, item: RecordItem) -> None:
        """Take in what the call brings."""
        raise NotImplementedError

    def check(self) -> Iterator[Problem]:
        if self.new:
            self.read()
        for item in self.new:
            (key,) = item.item.key
            similar = self.find(key, item)
            if similar and not self.is_another(item):
                other = self.new_keys.get(similar[0])
                if not other or not self.is_another(other):
                    yield self.problem(item, *similar)
            self.add(key, item)
            self.new_keys[key] = item

    def is_another(self, item: RecordItem) -> bool:
        """Whether a file or the desk says that it is another one."""
        name = record_name(self.kind, item.item.name)
        return self.answers.get(name) == ANOTHER or any(map(_is_new, item.statements))

    def problem(self, item: RecordItem, known: str, common: str) -> Problem:
        statement = item.statements[0]
        hint = _in_sheet(statement) or phrased(
            "write same_as: %(known)s if it is that one, new: true if not", known=known
        )
        name = record_name(self.kind, item.item.name)
        what = phrased(common, key=item.item.name, known=known)
        return Problem(statement.document.name, statement.line("id"), what, hint, name, known)


class _Reports(_Comparison):
    kind = "report"

    def read(self) -> None:
        self.by_sign: dict[Hashable, str] = {}
        self.originals: dict[str, str | None] = {}
        names = ("slug", *_OF_REPORT)
        for slug, *values in Report.objects.values_list(*names).iterator():
            self.take_in(slug, dict(zip(_OF_REPORT, values, strict=True)))

    def take_in(self, slug: str, values: dict[str, Any]) -> None:
        self.originals[slug] = values.get("translation_of__slug") or values.get("translation_of")
        for sign in _signs(values):
            self.by_sign.setdefault(sign, slug)

    def find(self, key: str, item: RecordItem) -> tuple[str, str] | None:
        for sign, common in _signs(item.values).items():
            other = self.by_sign.get(sign)
            if other and not self.is_translation(key, item.values.get("translation_of"), other):
                return other, common
        return None

    def is_translation(self, key: str, original: str | None, other: str) -> bool:
        """Whether the two are one document in two languages, which may stand on one page."""
        of_other = self.originals[other]
        return original == other or of_other == key or bool(original and original == of_other)

    def add(self, key: str, item: RecordItem) -> None:
        self.take_in(key, item.values)


_OF_REPORT = (
    "url",
    "archived_url",
    "title",
    "publisher",
    "published_on",
    "language",
    "translation_of__slug",
)


def _signs(values: dict[str, Any]) -> dict[Hashable, str]:
    """By what a report is known, with how that is said."""
    addresses = [values[name] for name in ("url", "archived_url") if values.get(name)]
    signs: dict[Hashable, str] = {
        comparable_address(address): SAME_ADDRESS for address in addresses
    }
    if values.get("published_on"):
        texts = [tuple(words(values[name])) for name in ("title", "publisher")]
        signs[*texts, values["published_on"], values["language"]] = SAME_TITLE
    return signs


class _Meetings(_Comparison):
    kind = "meeting"

    def read(self) -> None:
        dialogues = {item.values["dialogue"] for item in self.new}
        names = ("dialogue__slug", "kind", "starts_on", "slug", "number")
        rows = Meeting.objects.filter(dialogue__slug__in=dialogues, starts_on__isnull=False)
        self.known: dict[tuple[Any, ...], dict[str, int | None]] = defaultdict(dict)
        for *sign, slug, number in rows.values_list(*names):
            self.known[tuple(sign)][slug] = number

    def sign(self, item: RecordItem) -> tuple[Any, ...]:
        return tuple(item.values.get(name) for name in ("dialogue", "kind", "starts_on"))

    def find(self, key: str, item: RecordItem) -> tuple[str, str] | None:
        sign, number = self.sign(item), item.values.get("number")
        # Two may be of one month, and two with numbers of their own may begin on one day.
        is_day = sign[-1] and PartialDate(sign[-1]).precision == "day"
        for other, of_other in self.known[sign].items() if is_day else ():
            if not number or not of_other or number == of_other:
                return other, SAME_DAY
        return None

    def add(self, key: str, item: RecordItem) -> None:
        self.known[self.sign(item)][key] = item.values.get("number")


class _Initiatives(_Comparison):
    kind = "initiative"

    def read(self) -> None:
        self.titles: dict[str, SimilarTitles] = defaultdict(SimilarTitles)
        dialogues = {item.values["dialogue"] for item in self.new}
        rows = Initiative.objects.filter(dialogue__slug__in=dialogues, withdrawn_at=None)
        for dialogue, slug, title in rows.values_list("dialogue__slug", "slug", "title").iterator():
            self.titles[dialogue].add(slug, title)

    def find(self, key: str, item: RecordItem) -> tuple[str, str] | None:
        other = self.titles[item.values["dialogue"]].find(item.values["title"])
        return (other, SIMILAR_TITLE) if other else None

    def add(self, key: str, item: RecordItem) -> None:
        self.titles[item.values["dialogue"]].add(key, item.values["title"])


# --- Entries --------------------------------------------------------------------------------------


def _repeated_entries(new: list[EntryItem], answers: Answers) -> Iterator[Problem]:
    recorded = _recorded_statuses({item.statement.initiative for item in new})
    first: dict[Hashable, EntryStatement] = {}
    for item in new:
        entry = item.statement
        identity = _identity(entry)
        other = first.setdefault(identity, entry)
        ref = recorded.get(identity)
        if not ref and (other is entry or _is_new(other)):
            continue
        if _is_new(entry) or _entry_name(entry) in answers:
            continue
        known = f"“{ref}”" if ref else in_a_row([other.document.name, in_words(other.line())])
        words = phrased("the same in the same words is recorded already: %(known)s", known=known)
        if not ref:
            words = phrased("the same in the same words is said in %(known)s", known=known)
        may_be_new = entry.path[0] not in ("looked", "criteria")
        keys = phrased("take it out, or write new: true") if may_be_new else phrased("take it out")
        hint = _in_sheet(entry) or keys
        yield Problem(entry.document.name, entry.line(), words, hint, _entry_name(entry), known)


def _identity(entry: EntryStatement) -> Hashable:
    values = entry.values
    if entry.kind != "statusupdate":
        words = json.dumps(values, sort_keys=True)
        return entry.kind, entry.document.report, entry.initiative, words
    names = ("status", "on", "participant", "looked_in", "what", "target", "value")
    status, on, participant, looked_in, what, target, value = (values.get(n) or "" for n in names)
    cited = entry.document.report
    return status_identity(
        entry.initiative, status, on, participant, looked_in, what, target, value, cited
    )


def _recorded_statuses(initiatives: set[str]) -> dict[Hashable, str]:
    """The refs of statuses that stand, drafts among them, by what they are."""
    slugs = sorted(initiatives)
    refs: dict[Hashable, str] = {}
    names = (
        *("initiative__slug", "status", "on", "participant__code", "looked_in", "what"),
        *("target__ref", "value", "report__slug", "ref"),
    )
    for start in range(0, len(slugs), CHUNK):
        rows: Any = StatusUpdate.objects.filter(
            initiative__slug__in=slugs[start : start + CHUNK], withdrawn_at=None, correction=None
        )
        for *words_of, value, report, ref in rows.values_list(*names):
            refs[status_identity(*[*words_of, plain(value), report])] = ref
    return refs


def _entry_name(entry: EntryStatement) -> str:
    """The name of an entry among the answers: it has no id, and so it is where it stands."""
    return " ".join([entry.kind, entry.document.name, entry.source, *map(str, entry.path)])


# --- Both -----------------------------------------------------------------------------------------


def _is_new(statement: Statement | EntryStatement) -> bool:
    """Whether the part of the file says that it is another one."""
    part: Any = statement.document.content
    for step in statement.path[:2]:
        part = part[step] if isinstance(step, int) else getattr(part, str(step))
    return bool(getattr(part, "new", False))


def _in_sheet(statement: Statement | EntryStatement) -> str:
    is_sheet = isinstance(statement.document, SheetDocument)
    return phrased("take it out, or say on the page of the upload which it is") if is_sheet else ""
