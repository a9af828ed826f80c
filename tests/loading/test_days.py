"""A status is of no day to come, and one from before the proposal says why."""

from __future__ import annotations

import pytest

from initiatives.loading.problems import LoadError
from initiatives.models import Report, StatusUpdate
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)
NO_MEETING = FILE.replace("    raised_at: fm-1\n", "")


def status(on: str, note: str = "") -> str:
    update = f"updates:\n  - initiative: university\n    status: preparing\n    on: {on}\n"
    note = f"    note: {note}\n" if note else ""
    return report("later", f"{update}    what: A plan is made.\n    locator: p 1\n{note}")


def refused(*texts: str) -> str:
    with pytest.raises(LoadError) as error:
        load_texts(*texts)
    (problem,) = error.value.problems
    return str(problem)


def test_a_day_to_come_is_refused_with_its_line() -> None:
    load_texts(VOCABULARY, FILE)
    told = refused(status("2999-01"))
    assert told.startswith("file-1.yaml, line 11: the status is of 2999-01, which is still to come")
    assert not StatusUpdate.objects.filter(on="2999-01").exists()


@pytest.mark.parametrize("first", [FILE, NO_MEETING])
def test_before_the_proposal_a_status_needs_a_note(first: str) -> None:
    """Of the meeting, 15 April 2022, or else of the first document, 17 April 2022; known before, or loaded with it."""
    early = status("2022-03")
    assert "line 11: the status is of 2022-03, before the initiative was proposed" in refused(
        VOCABULARY, first, early
    ).replace("file-3.yaml, ", "")
    load_texts(VOCABULARY, first)
    assert "before the initiative was proposed" in refused(early)
    # Not certainly before.
    assert actions_of(load_texts(status("2022-04")))
    noted = status("2022-03", "It had begun with a grant.")
    assert actions_of(load_texts(noted)) == {
        "report later": "changed",
        "statusupdate later/university/2022-04": "changed",
    }
    assert actions_of(load_texts(noted)) == {}


def test_a_value_that_the_promise_begins_with_needs_none() -> None:
    reached = "value: 600, reached: 320, reached_on: ../2020-03"
    load_texts(VOCABULARY, FILE.replace("value: 600", reached))
    assert StatusUpdate.objects.get(status="").on == "../2020-03"


def test_a_document_that_mentions_it_too_may_tell_of_what_was_before() -> None:
    load_texts(VOCABULARY, NO_MEETING.replace("on: 2022-04\n", "on: 2021\n"))
    assert StatusUpdate.objects.filter(on="2021").exists()


def test_where_a_document_has_no_date_nobody_knows_when_it_was_proposed() -> None:
    load_texts(VOCABULARY, NO_MEETING)
    Report.objects.update(published_on=None)
    assert load_texts(status("2022-03")).new
