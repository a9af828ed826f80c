"""The data that comes with the program: it loads, every fact has a source, and no date is made up.

Each test loads all of it, so there are few of them.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from initiatives.loading import data_checks
from initiatives.models import Delegate, Initiative, Lineage, Meeting, Report, StatusUpdate
from tests.report_files import row_counts

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
EIGHTH = "central-asia-japan-fm-8"

# What a public calendar may contradict in time is left out: planned meetings pass, statuses age.
CHECKS = (
    data_checks.facts_without_a_source,
    data_checks.reports_without_facts,
    data_checks.discrepancies_of_one_voice,
    data_checks.dangling_references,
    data_checks.derived_columns,
)
PUBLISHED = {
    "invest-uz-2022-04-17": "2022-04-17",
    "manas-2022-04-ru": "2022-04",
    "government-japan-2024-09": "2024-09",
    "third-news-2026": "2026",
    "24-kg-2025": "2025",
    "times-ca-one-village-one-product": None,
    "miit-uz-tashkent-pharma-park": None,
}
STARTS = {
    EIGHTH: "2022-04-15",
    "central-asia-japan-tokyo-dialogue-1": "2006-03",
    "central-asia-japan-tokyo-dialogue-2": "2007-01",
    "central-asia-japan-som-7": "2013-10",
    "central-asia-japan-business-dialogue-1": "2017-03",
    "central-asia-japan-expert-meeting-4": "2018",
}


@pytest.fixture(autouse=True)
def fixtures(db: None) -> None:
    """An empty database with the fixtures loaded."""
    call_command("load_report", str(FIXTURES), verbosity=0)


def test_everything_loads_has_its_sources_and_loads_again_without_a_change() -> None:
    before = row_counts()
    assert before["initiatives.Report"] >= 220
    assert before["initiatives.Initiative"] >= 119
    for check in CHECKS:
        assert list(check()) == [], check.__name__
    output = io.StringIO()
    call_command("load_report", str(FIXTURES), stdout=output)
    assert output.getvalue().splitlines()[-1] == "0 changes."
    assert row_counts() == before


def test_the_eighth_meeting_is_complete() -> None:
    meeting = Meeting.objects.get(slug=EIGHTH)
    assert (meeting.dialogue.slug, meeting.kind) == ("central-asia-japan", "foreign_ministers")
    assert (meeting.number, meeting.starts_on) == (8, "2022-04-15")
    assert (meeting.format, meeting.state) == ("videoconference", "held")
    chair = meeting.lines.get(kind="chair")
    assert chair.text.startswith("Yoshimasa Hayashi")
    asked = {"COVID-19", "Border control", "Regional security", "Sustainable Development Goals"}
    assert asked <= set(meeting.lines.filter(kind="agenda").values_list("text", flat=True))
    delegates = Delegate.objects.filter(attendance__meeting=meeting, is_head=True)
    heads = dict(delegates.values_list("attendance__participant__code", "name"))
    assert heads == {
        "jp": "Yoshimasa Hayashi",
        "kg": "Ruslan Kazakbaev",
        "kz": "Tursunov",
        "tj": "Sirojiddin Muhriddin",
        "tm": "Hajiyev",
        "uz": "Sardor Umurzakov",
    }
    office = "Deputy Prime Minister – Minister of Investments and Foreign Trade"
    assert delegates.get(attendance__participant__code="uz").title == office
    assert meeting.citations.count() >= 2


def test_what_the_eighth_meeting_raised_is_all_there() -> None:
    raised = Initiative.objects.filter(raised_at__slug=EIGHTH, involvements__capacity="proposer")
    of_uzbekistan = raised.filter(involvements__participant__code="uz")
    assert set(of_uzbekistan.values_list("slug", flat=True)) == {
        "central-asian-digital-university",
        "digital-economy-and-e-commerce",
        "diversified-transport-corridors",
        "green-agenda-regional-programme",
        "green-economy-and-climate",
        "infectious-disease-cooperation",
        "joint-answer-to-crime-drugs-and-cyber-threats",
        "joint-pharmaceutical-clusters",
        "one-village-one-product-uzbekistan",
    }
    for initiative in of_uzbekistan:
        mention = initiative.mentions.get(report__slug="invest-uz-2022-04-17", act="proposed")
        assert mention.locator in ("para 5", "para 6")
        assert list(mention.by.values_list("code", flat=True)) == ["uz"]
    readiness = raised.get(involvements__participant__code="jp")
    assert readiness.slug == "japanese-contribution-to-sustainable-development"
    link = Lineage.objects.get(later__slug="central-asian-digital-university")
    assert (link.relation, link.earlier.slug) == ("builds_on", "japan-digital-university")
    assert link.citations.exists()


def test_dates_are_as_precise_as_their_sources() -> None:
    reports = Report.objects.filter(slug__in=PUBLISHED)
    assert dict(reports.values_list("slug", "published_on")) == PUBLISHED
    meetings = Meeting.objects.filter(slug__in=STARTS)
    assert dict(meetings.values_list("slug", "starts_on")) == STARTS
    university = StatusUpdate.objects.filter(initiative__slug="japan-digital-university")
    assert university.get(report__slug="invest-uz-2022-04-17").on == "2020"
    villages = StatusUpdate.objects.filter(initiative__slug="one-village-one-product-kyrgyzstan")
    assert {"2012", "2022-12"} <= set(villages.values_list("on", flat=True))
