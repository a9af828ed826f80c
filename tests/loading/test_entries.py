"""Mentions and updates are append-only: a load corrects, never edits, and leaves what people did."""

from __future__ import annotations

import pytest

from initiatives.loading.data_checks import derived_columns
from initiatives.loading.matching import match
from initiatives.loading.merge import Action, ConflictSide
from initiatives.models import Citation, Initiative, Involvement, Mention, Report, StatusUpdate
from initiatives.recording import actions
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)
REWORDED = FILE.replace("Building has begun in Tashkent.", "Building began in Tashkent.")
FIRST, SECOND = "statement/university/2022-04", "statement/university/2023"
MENTION = "statement/university/proposed"
UPDATES = FULL.index("updates:")


def load_first() -> Initiative:
    load_texts(VOCABULARY, FILE)
    return Initiative.objects.get()


def update(ref: str = SECOND) -> StatusUpdate:
    return StatusUpdate.objects.get(ref=ref)


def entry_actions(*texts: str, take: ConflictSide | None = None) -> dict[str, str]:
    plan = load_texts(*texts, take=take)
    assert list(derived_columns()) == []
    found = actions_of(plan)
    return {
        name: act for name, act in found.items() if name.split()[0] in ("mention", "statusupdate")
    }


def current() -> dict[str, str]:
    return dict(StatusUpdate.objects.current().order_by("ref").values_list("ref", "what"))


def test_derived_columns_are_true_after_a_load() -> None:
    initiative = load_first()
    assert list(derived_columns()) == []
    assert (initiative.standing, initiative.delivery_status) == ("proposed", "under_way")
    assert initiative.latest_update_on == "2023"


def test_a_reworded_entry_becomes_a_correction_and_the_first_one_stays() -> None:
    load_first()
    assert entry_actions(REWORDED) == {f"statusupdate {SECOND}": "changed"}
    correction = update(f"{SECOND}/2")
    assert correction.what == "Building began in Tashkent."
    assert correction.corrects == update()
    assert update().what == "Building has begun in Tashkent."
    assert correction.history.get().history_change_reason == "Loaded from statement"
    before = row_counts()
    assert entry_actions(REWORDED) == {}
    assert row_counts() == before
    assert entry_actions(FILE) == {f"statusupdate {SECOND}": "changed"}
    assert current()[f"{SECOND}/3"] == "Building has begun in Tashkent."


def test_a_redated_entry_becomes_a_correction_with_a_ref_of_its_own() -> None:
    load_first()
    assert entry_actions(FILE.replace("on: 2023", "on: 2023-05")) == {
        f"statusupdate {SECOND}": "changed"
    }
    assert update(f"{SECOND}-05").corrects == update()


def test_an_entry_that_leaves_the_file_is_named_and_stays() -> None:
    load_first()
    shorter = FILE[: FILE.rindex("  - initiative")]
    for _ in range(2):
        assert entry_actions(shorter) == {f"statusupdate {SECOND}": "gone"}
    actions.withdraw(by=None, entry=update(), reason="Not in the document.")
    assert entry_actions(shorter) == {}
    assert entry_actions(FILE) == {f"statusupdate {SECOND}": "kept"}


def test_a_new_entry_among_others_is_added_and_none_is_corrected() -> None:
    load_first()
    new = """\
updates:
  - initiative: university
    status: under_way
    on: 2023
    what: A rector was appointed by decree.
    locator: para 9
"""
    assert entry_actions(FILE.replace("updates:\n", new)) == {f"statusupdate {SECOND}/2": "new"}
    assert len(current()) == 3


def test_an_entry_is_corrected_by_the_one_it_resembles_most() -> None:
    load_first()
    new = """\
updates:
  - initiative: university
    status: under_way
    on: 2023
    what: A rector was appointed by decree.
    locator: para 9
"""
    entry_actions(REWORDED.replace("updates:\n", new))
    assert current() == {
        FIRST: "The parties agreed on a plan.",
        f"{SECOND}/2": "A rector was appointed by decree.",
        f"{SECOND}/3": "Building began in Tashkent.",
    }


def test_one_entry_out_and_quite_another_in_is_no_correction() -> None:
    load_first()
    other = FILE.replace("on: 2023", "on: 2024-11").replace("under_way", "delivered")
    other = other.replace("Building has begun in Tashkent.", "Six hundred students enrolled.")
    assert entry_actions(other.replace("para 8", "annex 2")) == {
        f"statusupdate {SECOND}": "gone",
        "statusupdate statement/university/2024-11": "new",
    }


def test_two_entries_with_the_same_words_are_two_where_the_file_says_so() -> None:
    twice = FILE + FULL[FULL.rindex("  - initiative") :] + "    new: true\n"
    load_texts(VOCABULARY, twice)
    assert set(current()) == {FIRST, SECOND, f"{SECOND}/2"}
    assert entry_actions(twice) == {}
    assert entry_actions(FILE) == {f"statusupdate {SECOND}/2": "gone"}


def test_a_mention_with_another_act_is_corrected_and_makes_them_what_it_says() -> None:
    initiative = load_first()
    supported = FILE.replace("act: proposed", "act: supported")
    assert entry_actions(supported) == {f"mention {MENTION}": "changed"}
    assert Initiative.objects.get().standing == "supported"
    correction = Mention.objects.get(act="supported")
    assert list(correction.by.values_list("code", flat=True)) == ["uz"]
    of_uzbekistan = Involvement.objects.filter(initiative=initiative, participant__code="uz")
    assert list(of_uzbekistan.values_list("capacity", flat=True)) == ["supporter"]
    assert actions_of(load_texts(supported)) == {}


def test_what_staff_withdrew_stays_withdrawn() -> None:
    load_first()
    actions.withdraw(by=None, entry=update(), reason="Not in the document.")
    for _ in range(2):
        plan = load_texts(FILE)
        (item,) = (item for item in plan.items if item.action == Action.KEPT)
        assert (item.name, item.note) == (SECOND, "withdrawn since it was loaded")
    assert set(current()) == {FIRST}


def test_what_staff_withdrew_and_the_file_changed_is_a_conflict() -> None:
    load_first()
    actions.withdraw(by=None, entry=update(), reason="Not in the document.")
    for _ in range(2):
        assert entry_actions(REWORDED) == {f"statusupdate {SECOND}": "conflict"}
    assert entry_actions(REWORDED, take=ConflictSide.DATABASE) == {f"statusupdate {SECOND}": "kept"}
    assert entry_actions(REWORDED) == {f"statusupdate {SECOND}": "kept"}
    assert entry_actions(FILE, take=ConflictSide.FILE) == {f"statusupdate {SECOND}/2": "new"}
    assert current()[f"{SECOND}/2"] == "Building has begun in Tashkent."
    assert entry_actions(FILE) == {}


def correct_by_hand(initiative: Initiative) -> StatusUpdate:
    old = update()
    return actions.record_status(
        by=None,
        initiative=initiative,
        status="under_way",
        what="Building began, says the ministry.",
        on="2023",
        report=old.report,
        locator="para 8",
        corrects=old,
    )


def test_what_staff_corrected_stays() -> None:
    correction = correct_by_hand(load_first())
    assert entry_actions(FILE) == {f"statusupdate {SECOND}": "kept"}
    assert current()[correction.ref] == "Building began, says the ministry."


def test_what_staff_corrected_and_the_file_changed_is_a_conflict() -> None:
    correction = correct_by_hand(load_first())
    for _ in range(2):
        plan = load_texts(REWORDED)
        (item,) = (item for item in plan.items if item.action == Action.CONFLICT)
        (what,) = item.conflicts
        assert what.base == "Building has begun in Tashkent."
        assert what.ours == "Building began, says the ministry."
        assert what.theirs == "Building began in Tashkent."
    assert correction.ref in current()
    entry_actions(REWORDED, take=ConflictSide.FILE)
    assert StatusUpdate.objects.get(corrects=correction).what == "Building began in Tashkent."
    assert entry_actions(REWORDED) == {}


def test_what_staff_corrected_may_be_settled_in_their_favour() -> None:
    correction = correct_by_hand(load_first())
    assert entry_actions(REWORDED, take=ConflictSide.DATABASE) == {f"statusupdate {SECOND}": "kept"}
    assert entry_actions(REWORDED) == {f"statusupdate {SECOND}": "kept"}
    assert correction.ref in current()


def test_staff_and_file_that_say_the_same_agree() -> None:
    correct_by_hand(load_first())
    changed = FILE.replace("Building has begun in Tashkent.", "Building began, says the ministry.")
    assert entry_actions(changed) == {}


def test_what_staff_recorded_by_hand_in_the_same_words_is_not_doubled() -> None:
    load_texts(VOCABULARY, FILE[: FILE.index("updates:")])
    initiative = Initiative.objects.get()
    by_hand = actions.record_status(
        by=None,
        initiative=initiative,
        status="under_way",
        what="Building has begun in Tashkent.",
        on="2023",
        report=Report.objects.get(),
        locator="para 8",
    )
    assert entry_actions(FILE) == {f"statusupdate {FIRST}": "new"}
    assert set(current()) == {FIRST, by_hand.ref}
    assert entry_actions(REWORDED) == {f"statusupdate {by_hand.ref}": "changed"}


EVIDENCE = report(
    "press",
    f"evidence:\n  - {{update: {SECOND}, locator: para 2, says: It is being built.}}\n",
    kind="press",
)


def test_evidence_counts_for_the_update_it_bears_out() -> None:
    claim = FILE.replace("kind: joint", "kind: statement")
    load_texts(VOCABULARY, claim)
    assert Initiative.objects.get().status_grade == "statement"
    assert entry_actions(EVIDENCE) == {}
    assert Initiative.objects.get().status_grade == "press"


def test_evidence_follows_an_update_to_its_correction() -> None:
    claim = FILE.replace("kind: joint", "kind: statement")
    load_texts(VOCABULARY, claim, EVIDENCE)
    changed = claim.replace("Building has begun", "Building began")
    entry_actions(changed)
    assert Citation.objects.get(report__slug="press").status_update == update(f"{SECOND}/2")
    assert Initiative.objects.get().status_grade == "press"
    assert actions_of(load_texts(changed, EVIDENCE)) == {}
    later = EVIDENCE.replace("id: press", "id: later").replace("Report press", "Report later")
    load_texts(later)
    assert Citation.objects.get(report__slug="later").status_update == update(f"{SECOND}/2")
    assert list(derived_columns()) == []


def test_a_report_of_another_kind_or_date_moves_what_rests_on_it() -> None:
    load_first()
    load_texts(FILE.replace("kind: joint", "kind: press"))
    assert Initiative.objects.get().status_grade == "press"
    load_texts(FILE.replace("published: 2022-04-17", "published: 2025"))
    assert Initiative.objects.get().last_heard_on == "2025"
    assert list(derived_columns()) == []


def test_order_decides_where_too_many_entries_changed_to_compare_them() -> None:
    bases = {f"r/i/2020/{n}": {"on": "2020", "what": f"Step {n}"} for n in range(60)}
    theirs = [{"on": "2020", "what": f"{n}. step"} for n in range(61)]
    assert match(theirs, bases, {}, "on") == [*bases, None]
