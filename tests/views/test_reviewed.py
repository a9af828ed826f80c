"""What pages say of what nobody has reviewed, of what somebody looked for in vain, and of words of before."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from initiatives.models import Initiative
from tests import make
from tests.clock import Clock
from tests.views.test_views import text, words

pytestmark = pytest.mark.django_db

PASSED = (
    "It was due 2021 ; that date has passed, and nobody has checked yet whether it was delivered."
)
LOOKED = "Looked for by the editors on 3 May 2026 in the sites of both ministries"


def unreviewed(slug: str = "plan", **kwargs: Any) -> Initiative:
    """Due long ago, not heard of for longer than its dialogue allows, and never reviewed."""
    initiative = make.initiative(slug, title=slug.title(), due_on="2021", **kwargs)
    make.mention(initiative=initiative, report=make.report(published_on="2020-03"))
    return initiative


# --- Not yet reviewed -----------------------------------------------------------------------------


def test_a_page_says_that_the_due_date_has_passed_and_nobody_has_looked(client: Client) -> None:
    initiative = unreviewed()
    html = words(text(client, "/initiatives/plan/"))
    assert PASSED in html
    assert "Overdue" not in html
    assert "No recent news" not in html
    make.look(initiative=initiative)
    html = words(text(client, "/initiatives/plan/"))
    assert "nobody has looked yet" not in html
    assert "Overdue by" in html
    assert re.search("Last heard of .* ago No recent news for more than .* days March 2020", html)


@pytest.mark.parametrize("layout", ["list", "table"])
def test_rows_show_when_it_was_last_heard_of_and_what_nobody_looked_at(
    client: Client, layout: str
) -> None:
    make.look(initiative=unreviewed("looked"))
    unreviewed()
    html = words(text(client, f"/initiatives/?view={layout}&group=not_reviewed"))
    assert "passed and not yet reviewed" in html
    assert "March 2020" in html
    assert "Last heard of" in html
    html = words(text(client, f"/initiatives/?view={layout}&group=no_information"))
    assert "passed and not yet reviewed" not in html
    # Finding nothing in 2026 is not hearing of it.
    assert "March 2020" in html


def test_only_what_is_reviewed_is_listed_as_overdue_or_without_news(client: Client) -> None:
    make.look(initiative=unreviewed("looked"))
    unreviewed()
    for flag in ("overdue", "stale"):
        rows = json.loads(b"".join(client.get(f"/initiatives.json?flag={flag}")))["initiatives"]
        assert [row["slug"] for row in rows] == ["looked"]
        assert "<title>Plan" not in client.get(f"/initiatives.atom?flag={flag}").text
    home = text(client, "/")
    silent = home[home.index('<section aria-labelledby="silent">') :]
    assert "Looked" in silent
    assert "Plan" not in silent[: silent.index("</section>")]


def test_the_brief_lists_it_as_open_with_a_due_date_that_has_passed(client: Client) -> None:
    dialogue = make.dialogue("steppe")
    unreviewed(dialogue=dialogue)
    html = words(text(client, "/dialogues/steppe/brief/"))
    assert "Overdue 0" in html
    assert "No recent news 0" in html
    assert "Due 2021, passed and not yet reviewed" in html


def test_a_past_day_that_was_not_shown_says_no_more_than_its_documents(client: Client) -> None:
    unreviewed()
    html = words(text(client, "/initiatives/plan/?as_of=2022-05-01"))
    assert "No recorded document of that time says what became of it." in html
    assert "nobody has looked" not in html.lower()


# --- Words of before ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("group=unknown", "group=not_reviewed&group=no_information"),
        ("q=plan&group=done&group=pending", "q=plan&group=delivered&group=pending"),
        ("group=active&sort=title", "group=in_progress&sort=title"),
        ("group=closed&as_of=2024-01-01", "group=superseded&as_of=2024-01-01"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/initiatives/", "/initiatives.json", "/initiatives.csv", "/matrix/", "/matrix.csv"]
)
def test_a_group_of_before_leads_on(client: Client, path: str, old: str, new: str) -> None:
    response = client.get(f"{path}?{old}")
    assert response.status_code == 301
    assert response["Location"] == f"{path}?{new}"
    assert client.get(response["Location"]).status_code == 200


def test_a_feed_and_a_calendar_lead_on_and_nonsense_does_not(client: Client) -> None:
    for path in ("/initiatives.atom", "/initiatives.ics", "/initiatives.xlsx"):
        assert client.get(f"{path}?group=done")["Location"] == f"{path}?group=delivered"
    assert client.get("/initiatives/?group=nonsense").status_code == 400
    assert client.get("/initiatives/?status=done").status_code == 400


# --- Somebody looked ------------------------------------------------------------------------------


def test_who_looked_stands_where_a_document_would(client: Client) -> None:
    initiative = unreviewed()
    make.look(initiative=initiative)
    html = text(client, "/initiatives/plan/")
    panel = words(html[html.index('aria-label="Where it stands"') : html.index("</section>")])
    story = words(html[html.index('aria-labelledby="story"') :])
    assert words(html).count(LOOKED) == 2
    assert LOOKED in story
    assert "No document is named" not in panel
    assert LOOKED in words(text(client, "/changes/"))
    assert f"{LOOKED}." in client.get("/changes.atom").text


def test_a_look_beside_a_document_is_on_the_page_of_the_document(client: Client) -> None:
    report = make.report("survey", published_on="2026-06")
    make.look(initiative=unreviewed(), report=report, locator="p. 3", on="2026-05")
    html = words(text(client, "/reports/survey/"))
    assert "p. 3" in html
    assert LOOKED in html


def test_who_looked_is_in_the_data(client: Client) -> None:
    make.look(initiative=unreviewed())
    (row,) = json.loads(client.get("/initiatives/plan.json").content)["updates"]
    names = ("looked_by", "looked_on", "looked_in", "on", "report")
    assert [row[name] for name in names[:4]] == [
        "the editors",
        "2026-05-03",
        "the sites of both ministries",
        "2026-05-03",
    ]
    assert b"the sites of both ministries" in b"".join(client.get("/data/csv/updates.csv"))


def test_a_day_of_before_knows_a_look_from_its_day_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch, "2026-09-01")
    make.look(initiative=unreviewed())
    before = words(text(client, "/initiatives/plan/?as_of=2026-05-02"))
    assert "Not yet reviewed" in before
    assert LOOKED not in before
    after = words(text(client, "/initiatives/plan/?as_of=2026-05-03"))
    assert "No public information" in after
    assert LOOKED in after
