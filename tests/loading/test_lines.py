"""Lines and delegates from report files: the union of what documents state, each cited for what it states."""

from __future__ import annotations

import itertools

import pytest
from django.db import transaction

from initiatives.as_of.current import CurrentView
from initiatives.loading.problems import LoadError
from initiatives.models import Citation, Delegate, Line, LoadConflict, Meeting
from initiatives.pages.citations import attach_sources
from initiatives.pages.lines import in_order
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

KNOWN = (
    VOCABULARY,
    report(
        "base",
        DIALOGUE
        + "meeting: {id: fm-1, dialogue: dialogue, kind: summit, title: First, locator: head}\n",
    ),
)


def say(slug: str, lines: str, **fields: str) -> str:
    """A report that says something of the meeting, in its paragraph 1."""
    return report(slug, f"meeting:\n  id: fm-1\n  locator: para 1\n  {lines}\n", **fields)


def stated(kind: str) -> dict[str, list[str]]:
    """The lines of a kind in the order of pages, each with the documents and places that state it."""
    lines = list(Line.objects.filter(kind=kind))
    attach_sources(CurrentView(), lines)
    return {
        line.text: [f"{of.report.slug}, {of.locator}" for of in line.sources]  # type: ignore[attr-defined]
        for line in in_order(lines)
    }


def test_lines_are_the_union_of_documents_in_their_order() -> None:
    later = say("later", "agenda: [Trade, Water]", published="2022-05-01")
    earlier = say("earlier", "agenda: [Water, {text: Energy, session: Session 2, locator: p. 3}]")
    load_texts(*KNOWN, later, earlier)
    assert stated("agenda") == {
        "Water": ["earlier, para 1", "later, para 1"],
        "Energy": ["earlier, p. 3"],
        "Trade": ["later, para 1"],
    }
    assert Line.objects.get(text="Energy").session == "Session 2"
    assert actions_of(load_texts(*KNOWN, later, earlier)) == {}


def test_a_chair_is_a_text_or_a_list_and_a_statement_says_whose_it_is() -> None:
    load_texts(
        *KNOWN,
        say("one", "chair: Y. Hayashi"),
        say(
            "two",
            "chair: [Y. Hayashi, A. Other]\n  statements: [{text: We met, by: [uz, jp]}]\n  outcomes: Treaty",
        ),
    )
    assert list(stated("chair")) == ["Y. Hayashi", "A. Other"]
    assert list(stated("outcome")) == ["Treaty"]
    statement = Line.objects.get(kind="statement")
    assert sorted(statement.by.values_list("code", flat=True)) == ["jp", "uz"]
    assert statement.history.get().by.count() == 2


def test_goals_and_areas_are_of_a_dialogue() -> None:
    goals = "dialogues:\n  - {id: dialogue, goals: [Closer ties], areas: [Trade, Water], locator: para 2}\n"
    load_texts(*KNOWN, report("charter", goals))
    assert stated("goal") == {"Closer ties": ["charter, para 2"]}
    assert list(stated("area")) == ["Trade", "Water"]


def test_a_line_leaves_with_the_last_document_that_states_it() -> None:
    load_texts(*KNOWN, say("one", "agenda: [Water, Trade]"), say("two", "agenda: [Water]"))
    plan = load_texts(say("one", "agenda: [Energy]"))
    assert stated("agenda") == {"Energy": ["one, para 1"], "Water": ["two, para 1"]}
    removed = [item for item in plan.items if item.action == "removed"]
    assert [(item.kind, item.title) for item in removed if item.kind == "line"] == [
        ("line", "Trade")
    ]
    assert Line.history.filter(text="Trade", history_type="-").get().history_change_reason
    assert actions_of(load_texts(say("one", "agenda: [Energy]"))) == {}
    load_texts(say("two", "agenda: [Trade]"))
    assert list(stated("agenda")) == ["Energy", "Trade"]


def test_what_a_person_changed_or_cited_does_not_leave() -> None:
    load_texts(*KNOWN, say("one", "agenda: [Water, Trade, Energy]"), report("typed"))
    Line.objects.filter(text="Water").update(session="Session 1")
    trade, other = Line.objects.get(text="Trade"), Citation.objects.filter(report__slug="base")[0]
    citation = Citation(report=other.report, line=trade)
    citation.ref = citation.make_ref()
    citation.save()
    load_texts(say("one", "city: Tokyo"))
    assert stated("agenda") == {"Trade": ["base, "], "Water": []}


def test_a_line_that_a_person_deleted_stays_deleted() -> None:
    load_texts(*KNOWN, say("one", "agenda: [Water]"))
    Line.objects.all().delete()
    plan = load_texts(say("one", "agenda: [Water]"))
    assert set(actions_of(plan).values()) == {"kept"}
    assert not Line.objects.exists()


def test_delegates_are_several_heads_and_a_short_form() -> None:
    names = "[{name: A. First, title: Minister, head: true}, {name: B. Second, head: true}, {title: Adviser}]"
    load_texts(
        *KNOWN,
        say("one", f"attendance: [{{participant: uz, delegates: {names}}}]"),
        say(
            "two",
            "attendance: [{participant: uz, head: A. First}, {participant: jp, title: Envoy}]",
        ),
    )
    delegates = Delegate.objects.order_by("pk")
    assert [(row.attendance.participant.code, str(row), row.is_head) for row in delegates] == [
        ("uz", "A. First, Minister", True),
        ("uz", "B. Second", True),
        ("uz", "Adviser", False),
        ("jp", "Envoy", True),
    ]
    assert delegates[0].citations.count() == 2


def test_faults_name_the_place() -> None:
    with pytest.raises(LoadError) as error:
        load_texts(
            say(
                "one",
                "agenda: [{session: One}]\n  attendance: [{participant: uz, delegates: [{}]}]",
            )
        )
    assert [problem.what for problem in error.value.problems] == [
        "“text” is missing",
        "a delegate has neither name nor title",
    ]
    with pytest.raises(LoadError) as error:
        load_texts(*KNOWN, say("one", "statements:\n    - {text: We met, by: [xx]}"))
    (problem,) = error.value.problems
    assert (problem.what, problem.line) == ("there is no participant “xx”", 12)


# --- The more precise of two values ---------------------------------------------------------------

COARSE = say("coarse", "starts: 2022-04\n  city: Tokyo\n  venue: Palace")
FINE = say("fine", "starts: 2022-04-15\n  city: 'Tokyo, Minato'\n  venue: Palace")


@pytest.mark.parametrize("order", list(itertools.permutations((COARSE, FINE))))
def test_the_more_precise_value_stands_in_whatever_order(order: tuple[str, str]) -> None:
    load_texts(*KNOWN)
    with transaction.atomic():
        for text in order:
            load_texts(text)
        for text in (*order, *order):
            assert actions_of(load_texts(text)) == {}
        assert actions_of(load_texts(*order)) == {}
        meeting = Meeting.objects.get()
        assert (meeting.starts_on, meeting.city) == ("2022-04-15", "Tokyo, Minato")
        assert not LoadConflict.objects.exists()


def test_loaded_together_the_more_precise_value_stands() -> None:
    load_texts(*KNOWN, FINE, COARSE)
    assert Meeting.objects.get().starts_on == "2022-04-15"
    assert actions_of(load_texts(*KNOWN, COARSE, FINE)) == {}
    load_texts(*KNOWN, FINE.replace("04-15", "04-16"), COARSE)
    assert Meeting.objects.get().starts_on == "2022-04-16"


@pytest.mark.parametrize(
    ("other", "what"),
    [("starts: 2022-05-01", "starts is “2022-05-01”"), ("city: Tokyonama", "city is “Tokyonama”")],
)
def test_other_values_are_a_disagreement(other: str, what: str) -> None:
    with pytest.raises(LoadError) as error:
        load_texts(*KNOWN, COARSE, say("other", other))
    assert what in error.value.problems[0].what


def test_what_a_person_made_more_precise_is_theirs() -> None:
    load_texts(*KNOWN, COARSE)
    Meeting.objects.update(starts_on="2022-04-20")
    assert actions_of(load_texts(COARSE)) == {"meeting fm-1": "kept"}
    plan = load_texts(FINE)
    assert actions_of(plan)["meeting fm-1"] == "conflict"
    assert Meeting.objects.get().starts_on == "2022-04-20"


def test_between_a_person_and_a_document_the_more_precise_value_stands_too() -> None:
    bare = say("bare", "note: A meeting.")
    load_texts(*KNOWN, bare)
    Meeting.objects.update(starts_on="2022-04-15", city="Tokyo")
    # Of one field the person knows more, of the other the document.
    plan = load_texts(say("mixed", "starts: 2022-04\n  city: 'Tokyo, Minato'"))
    assert actions_of(plan)["meeting fm-1"] == "changed"
    meeting = Meeting.objects.get()
    assert (meeting.starts_on, meeting.city) == ("2022-04-15", "Tokyo, Minato")
    # What a person made less precise than its document is an edit, and what a file takes back is taken back.
    Meeting.objects.update(city="Tokyo")
    plan = load_texts(say("mixed", "starts: 2022-04\n  city: 'Tokyo, Chiyoda'"))
    assert actions_of(plan)["meeting fm-1"] == "conflict"
    load_texts(say("other", "venue: 'Palace, east wing'"))
    load_texts(say("other", "venue: Palace"))
    assert Meeting.objects.get().venue == "Palace"
