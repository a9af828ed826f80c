"""Home says how many past their due date nobody reviewed, what several raised together, and what is new first."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


def part(client: Client, name: str) -> str:
    html = re.sub(r"<svg.*?</svg>", "", page(client), flags=re.DOTALL)
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def page(client: Client) -> str:
    return client.get("/").content.decode()


def test_what_nobody_reviewed_is_counted_apart_among_what_is_past_its_due_date(
    client: Client,
) -> None:
    assert part(client, "past-due") == ""
    make.update(initiative=make.initiative("seen", due_on="2021"), status="under_way", on="2020")
    make.initiative("unseen", title="Nobody looked", due_on="2022")
    make.initiative("ahead", due_on="2999")
    make.update(initiative=make.initiative("done", due_on="2021"), status="delivered", on="2020")
    told = part(client, "past-due")
    assert told.startswith("Past the due date 2 No recorded document shows that these have ended.")
    assert "Nobody has reviewed 1 of them yet; the other 1 is overdue." in told
    assert "Nobody looked Not yet reviewed" in told
    assert 'href="/initiatives/?flag=overdue&amp;sort=due"' in page(client)
    assert 'href="/initiatives/?group=not_reviewed&amp;sort=due"' in page(client)


def test_where_nobody_reviewed_any_it_says_so(client: Client) -> None:
    make.initiative("unseen", due_on="2022")
    told = part(client, "past-due")
    assert "Nobody has reviewed any of them yet." in told
    assert "overdue" not in told


def test_what_several_raised_together_has_a_row_of_its_own(client: Client) -> None:
    jp, uz = make.participant("jp", name="Japan"), make.participant("uz", name="Uzbekistan")
    for slug, participants in (("both", [jp, uz]), ("one", [jp])):
        make.mention(initiative=make.initiative(slug), act="proposed", participants=participants)
    told = part(client, "by-proposer")
    rows = re.findall(r"(Japan|Uzbekistan|Several together) (\d+) ?,", told)
    assert rows == [("Japan", "2"), ("Uzbekistan", "1"), ("Several together", "1")]
    assert "Several together</a>" not in page(client)


def test_a_definite_day_is_newer_than_its_year(client: Client) -> None:
    for on in ("2024", "2024-03-05", "2024-02", "2023-12-31"):
        make.update(initiative=make.initiative(f"i-{on}"), status="under_way", on=on)
    days = re.findall(r'<p class="day"><time [^>]+>([^<]+)<', page(client))
    assert days == ["5 March 2024", "February 2024", "2024", "31 December 2023"]
