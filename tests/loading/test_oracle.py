"""Random files, random edits by staff and loads, held against the rules of merging written down plainly."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings

from initiatives.loading.data_checks import derived_columns
from initiatives.loading.merge import Action, ConflictSide
from initiatives.loading.plan_types import Plan
from initiatives.loading.problems import LoadError
from initiatives.models import Initiative, StatusUpdate, Theme
from initiatives.recording import actions
from tests.extent import TIMES
from tests.report_files import DIALOGUE, VOCABULARY, load_texts, report, row_counts

pytestmark = pytest.mark.django_db

FIELDS: dict[str, list[Any]] = {
    "summary": ["One.", "Two.", "Three."],
    "kind": ["proposal", "pledge", "event"],
    "due": ["2030", "2031-05", "2032-01-01"],
    "themes": [["education"], ["transport", "water"], ["water"]],
}
DEFAULTS = {"summary": None, "kind": "proposal", "due": None, "themes": None}
# Without an act no mention states it.
COLUMNS = {"due": "unsourced_due_on"}
FILES = ("one", "two")


class Expected:
    """The rules: base is what the last load of a file wrote, ours the database, theirs the file."""

    def __init__(self) -> None:
        self.ours: dict[str, Any] = dict(DEFAULTS)
        self.base: dict[str, dict[str, Any]] = {file: {} for file in FILES}

    def load(self, theirs: dict[str, dict[str, Any]], take: ConflictSide | None) -> bool:
        """Whether the load is possible at all; two files that contradict each other are not."""
        stated = {name for values in theirs.values() for name in values}
        said = {name: [v[name] for v in theirs.values() if name in v] for name in stated}
        if any(value != values[0] for values in said.values() for value in values):
            return False
        for name, (new, *_same) in said.items():
            files = [file for file, values in theirs.items() if name in values]
            self.merge(name, new, files, take, theirs)
        for file, values in theirs.items():
            for name in self.base[file].keys() - values.keys():
                del self.base[file][name]
        return True

    def merge(
        self,
        name: str,
        new: Any,
        files: list[str],
        take: ConflictSide | None,
        theirs: dict[str, dict[str, Any]],
    ) -> None:
        ours = self.ours[name]
        # What stands as one file of this load had stated it, and states no more, is no edit to another.
        given_up = ours is not None and any(
            self.base[file].get(name) == ours and values.get(name) != ours
            for file, values in theirs.items()
        )
        for file in files if given_up else ():
            self.base[file].setdefault(name, ours)
        bases = [self.base[file].get(name) for file in files]
        file_changed = any(base != new for base in bases)
        # What a file that is not of this load states is no default to be filled.
        elsewhere = [base.get(name) for file, base in self.base.items() if file not in theirs]
        free = ours == DEFAULTS[name] and (ours is None or ours not in elsewhere)
        untouched = all(base in (new, ours) or (base is None and free) for base in bases)
        if ours != new and file_changed:
            if untouched or take == ConflictSide.FILE:
                self.ours[name] = new
            elif take is None:
                return  # A conflict: everything stays, the base too, so that it is shown again.
        for file in files:
            self.base[file][name] = new


values = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(choices) for name, choices in FIELDS.items()}
)
steps = st.one_of(
    st.tuples(st.just("file"), st.sampled_from(FILES), values),
    st.tuples(
        st.just("staff"),
        st.just(""),
        st.sampled_from(sorted(FIELDS)).flatmap(
            lambda name: st.sampled_from([DEFAULTS[name], *FIELDS[name]]).map(lambda v: {name: v})
        ),
    ),
    st.tuples(
        st.just("load"),
        st.sampled_from(["one", "two", "both"]),
        st.sampled_from([None, ConflictSide.FILE, ConflictSide.DATABASE]),
    ),
)


def text(name: str, stated: dict[str, Any]) -> str:
    # A due date that a mention states is no field of the initiative.
    due = f"  - {{id: university, due: {stated['due']}}}\n" if "due" in stated else ""
    lines = "".join(
        f"    {key}: {value}\n".replace("'", "") for key, value in stated.items() if key != "due"
    )
    head = "  - id: university\n    title: Digital university\n    dialogue: dialogue\n"
    head += "    act: mentioned\n    locator: head\n"
    return report(name, f"{DIALOGUE}initiatives:\n{head}{lines}{due}")


def staff_edits(edit: dict[str, Any]) -> None:
    initiative = Initiative.objects.get()
    for name, value in edit.items():
        if name == "themes":
            initiative.themes.set(Theme.objects.filter(slug__in=value or []))
        else:
            column = COLUMNS.get(name, name)
            setattr(initiative, column, value or ("" if name == "summary" else None))
    initiative.save()


def stands() -> dict[str, Any]:
    initiative = Initiative.objects.get()
    themes = sorted(initiative.themes.values_list("slug", flat=True))
    return {
        "summary": initiative.summary or None,
        "kind": initiative.kind,
        "due": initiative.unsourced_due_on,
        "themes": themes or None,
    }


@settings(max_examples=8 * TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=3, max_size=14))
@example(
    [
        ("file", "two", {"due": "2031-05"}),
        ("load", "both", None),
        ("file", "one", {"due": "2030"}),
        ("load", "one", ConflictSide.DATABASE),
    ]
)
def test_loads_and_edits_in_any_order_keep_to_the_rules(drawn: list[tuple[str, str, Any]]) -> None:
    expected = Expected()
    files: dict[str, dict[str, Any]] = {file: {} for file in FILES}
    with transaction.atomic():
        load_texts(VOCABULARY, text("one", {}))
        for step, which, what in [*drawn, ("load", "both", None)]:
            if step == "file":
                files[which] = what
            elif step == "staff":
                staff_edits(what)
                expected.ours.update(what)
            else:
                loaded = {file: files[file] for file in FILES if which in (file, "both")}
                possible = expected.load(loaded, what)
                assert possible == load_and_again(loaded, what)
            assert stands() == expected.ours
        transaction.set_rollback(True)


def load_and_again(files: dict[str, dict[str, Any]], take: ConflictSide | None) -> bool:
    """Whether the files can be loaded; a second load then writes nothing."""
    texts = [text(name, stated) for name, stated in files.items()]
    try:
        load_texts(*texts, take=take)
    except LoadError:
        return False
    before = row_counts()
    again = load_texts(*texts)
    assert (again.new, again.changed) == (0, 0)
    assert row_counts() == before
    return True


updates = st.lists(
    st.tuples(
        st.sampled_from(["", "2020", "2021-05"]),
        st.sampled_from(["preparing", "under_way", "delivered"]),
        st.sampled_from(["A plan was made.", "A plan was agreed.", "Work began.", "It opened."]),
    ),
    max_size=4,
    # The same in the same words is refused.
    unique=True,
)


def entries_text(stated: list[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"  - {{initiative: university, status: {status}, on: {on}, what: {what}, locator: head}}\n"
        for on, status, what in stated
    )
    return text("one", {}) + ("updates:\n" + lines if lines else "")


def load_entries(stated: list[tuple[str, str, str]]) -> Plan:
    return load_texts(VOCABULARY, entries_text(stated))


def standing() -> list[tuple[str, str, str]]:
    entries = StatusUpdate.objects.current().values_list("on", "status", "what")
    return [(on or "", status, what) for on, status, what in entries]


@settings(max_examples=6 * TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(updates, st.booleans()), min_size=2, max_size=4))
def test_entries_are_only_ever_added_and_say_what_the_file_says(
    versions: list[tuple[list[tuple[str, str, str]], bool]],
) -> None:
    columns = ("pk", "ref", "status", "on", "what", "corrects")
    entries = StatusUpdate.objects.order_by("pk")
    with transaction.atomic():
        for stated, withdraws in versions:
            before = list(entries.values_list(*columns))
            plan = load_entries(stated)
            assert list(entries.values_list(*columns))[: len(before)] == before
            missing = Counter(stated) - Counter(standing())
            assert missing.total() <= plan.count(Action.KEPT, Action.CONFLICT)
            assert list(derived_columns()) == []
            again = load_entries(stated)
            assert (again.new, again.changed) == (0, 0)
            if withdraws and (entry := StatusUpdate.objects.current().order_by("pk").first()):
                actions.withdraw(by=None, entry=entry, reason="A mistake.")
        transaction.set_rollback(True)
