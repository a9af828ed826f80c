"""What others did since a load stays when it is undone; corrections, lines and workbooks are undone as well."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.loading.undo_plan_types import UndoAction, UndoRefused
from initiatives.models import (
    Correction,
    Initiative,
    Line,
    Load,
    LoadedFact,
    Meeting,
    Mention,
    Participant,
    StatusUpdate,
    Theme,
)
from initiatives.recording import actions
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make, workbooks
from tests.loading.test_undo import (
    CHANGING,
    FIRST,
    MORE,
    RICH,
    WHY,
    differing,
    outcome,
    state,
    undo_last,
    written,
)
from tests.report_files import (
    VOCABULARY,
    actions_of,
    load_texts,
    report,
)

pytestmark = pytest.mark.django_db


# --- What others did since ------------------------------------------------------------------------


def test_what_a_person_has_changed_since_stays() -> None:
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    load_texts(CHANGING)
    meeting = Meeting.objects.get()
    meeting.city = "Kyoto"
    meeting.save()
    Line.objects.get(text="Energy").delete()
    plan = undo_last()
    stays = [(i.name, i.fields, i.why) for i in plan.items if i.why == "changed since"]
    assert stays == [("fm-1", ["city"], "changed since")]
    meeting.refresh_from_db()
    assert (meeting.city, meeting.number) == ("Kyoto", 1)
    base = LoadedFact.objects.get(source="second", kind="meeting")
    assert base.values == {"city": "Tokyo"}
    assert load_texts(CHANGING).count() == 0


def test_an_initiative_that_a_person_has_edited_is_withdrawn_all_the_same_and_the_plan_says_so() -> (
    None
):
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    initiative = Initiative.objects.get(slug="university")
    initiative.title = "An edited title"
    initiative.save()
    plan = undo_last()
    edited = {item.name: item.why for item in plan.of(UndoAction.WITHDRAWN, Initiative) if item.why}
    assert edited == {"university": "changed since: title"}


def test_what_others_rest_on_stays_with_what_it_needs() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    initiative = Initiative.objects.get()
    make.update(initiative=initiative, what="Seen by a clerk.", on="2024")
    other = report(
        "other",
        "initiatives:\n  - {id: more, title: More, dialogue: dialogue, raised_at: fm-1, act: proposed, locator: p}\n",
    )
    load_texts(other)
    done = outcome(undo(Load.objects.all()[1].pk, reason=WHY))
    assert "Seen by a clerk." not in done["initiative university"]
    assert "rests on it" in done["initiative university"]
    assert done["mention statement/university/proposed"].endswith(
        "it is the only public mention of an initiative that stays"
    )
    assert done["statusupdate statement/university/2023"] == "withdrawn"
    assert done["meeting fm-1"].startswith("stays: ")
    assert done["role university/funder/jp"] == "deleted"
    assert Initiative.objects.public().count() == 2
    assert Mention.objects.public().current().count() == 2
    line = Correction.objects.get()
    assert line.differences[1:] == [["Status updates", "2", ""]]


def test_what_another_document_states_too_stays() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    same = "meeting: {id: fm-1, agenda: [Water], locator: p}\n"
    load_texts(report("other", same))
    plan = undo(Load.objects.all()[1].pk, reason=WHY)
    (line,) = [item for item in plan.items if item.title == "Water"]
    assert (line.action, line.why) == ("stays", "another document states it too: other")
    assert [line.text for line in Line.objects.all()] == ["Water"]


def test_what_was_withdrawn_or_corrected_since_stays_so() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    first, second = StatusUpdate.objects.order_by("on")
    make.update(initiative=first.initiative, corrects=first, report=first.report, what="Other.")
    actions.withdraw(by=None, entry=second, reason="Misread.")
    done = outcome(undo_last())
    assert done[f"statusupdate {first.ref}"] == "stays: corrected since"
    assert done[f"statusupdate {second.ref}"] == "stays: withdrawn already"
    second.refresh_from_db()
    assert second.withdrawal_reason == "Misread."
    # What a person has withdrawn is not loaded again.
    again = load_texts(MORE, RICH)
    assert set(actions_of(again)) >= {f"statusupdate {second.ref}"}
    assert StatusUpdate.objects.current().get().what == "Other."


def test_what_a_person_withdrew_is_not_made_public_by_a_load() -> None:
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    withdraw_initiative(by=None, initiative=Initiative.objects.get(), reason="No.")
    done = outcome(undo_last())
    assert done["initiative university"] == "stays: withdrawn already"
    with pytest.raises(LoadError, match="was withdrawn"):
        load_texts(CHANGING)


def test_what_was_a_draft_before_stays_public() -> None:
    theme = make.theme("water", name="Water", sdgs=[6], publication="draft")
    load_texts(VOCABULARY)
    plan = undo_last()
    assert outcome(plan)["theme water"].endswith("what was public is no draft again")
    theme.refresh_from_db()
    assert theme.is_public
    assert set(Theme.objects.all()) == {theme}
    assert not Participant.objects.exists()


# --- Corrections, lines and workbooks -------------------------------------------------------------


def test_corrections_are_taken_back_and_the_loads_before_undone_in_turn() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    facts = list(LoadedFact.objects.order_by("pk").values())
    changed = RICH.replace("Building has begun in Tashkent.", "Nothing has begun.")
    load_texts(MORE, changed)
    _base, first, second = Load.objects.order_by("pk")
    citing = make.citation(status_update=StatusUpdate.objects.get(what="Nothing has begun."))
    with pytest.raises(UndoRefused, match=f"Load {second.pk}: file-1.yaml"):
        undo(first.pk, reason=WHY)
    done = outcome(undo_last())
    assert done == {
        "statusupdate statement/university/2023/2": "set_back",
        "report statement": "set_back",
    }
    stands = StatusUpdate.objects.public().current().order_by("on").last()
    assert stands
    assert stands.what == "Building has begun in Tashkent."
    citing.refresh_from_db()
    assert citing.status_update == stands
    assert list(LoadedFact.objects.order_by("pk").values()) == facts
    assert written(load_texts(MORE, RICH)) == {}
    assert Correction.objects.latest("pk").reason == WHY
    citing.delete()
    assert outcome(undo(first.pk, reason=WHY))["initiative university"] == "withdrawn"
    assert not StatusUpdate.objects.public().current().exists()
    assert set(written(load_texts(MORE, RICH)).values()) == {"new", "changed"}


def test_what_the_load_took_out_comes_back() -> None:
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    before = state()
    load_texts(
        RICH.replace("agenda: [Water, Trade]", "agenda: [Water]").replace("{name: B. Other}", "")
    )
    assert Line.objects.count() == 1
    plan = undo_last("")
    assert {item.action.value for item in plan.items} == {"brought_back", "set_back"}
    assert differing(before, state()) == {}
    assert written(load_texts(VOCABULARY, FIRST, RICH, MORE)) == {}


def test_a_workbook_is_undone_as_well() -> None:
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    before = state()

    def edit(book: Any) -> None:
        page = book["Initiatives"]
        row = workbooks.row_of(page, "university")
        workbooks.cell(page, row, "title").value = "Another title"
        new = {"initiative": "university", "status": "stalled", "on": "2024", "what": "It stands."}
        workbooks.add(book["Updates"], report="statement", locator="para 9", **new)

    workbooks.load_book(workbooks.edited(edit))
    assert outcome(undo_last()) == {
        "statusupdate statement/university/2024": "withdrawn",
        "initiative university": "set_back",
    }
    left = differing(before, state("SearchText"))
    assert set(left) == {"initiatives.statusupdate"}
    assert written(load_texts(VOCABULARY, FIRST, RICH, MORE)) == {}
