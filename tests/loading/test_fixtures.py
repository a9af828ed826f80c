"""The data that comes with the program: it loads, every fact has a source, and no date is made up."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from initiatives.loading import data_checks
from initiatives.models import (
    Delegate,
    Initiative,
    Line,
    Lineage,
    Meeting,
    Mention,
    Report,
    StatusUpdate,
)
from tests.report_files import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures")]

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
EIGHTH = "central-asia-japan-fm-8"
INVEST, MINISTRY = "invest-uz-2022-04-17", "mofa-2022-04-15-fm8-ja"
ARAB_NEWS = "arab-news-japan-2022-04-15"

# What a public calendar may contradict in time is left out: planned meetings pass, statuses age.
CHECKS = (
    data_checks.facts_without_a_source,
    data_checks.reports_without_facts,
    data_checks.discrepancies_of_one_voice,
    data_checks.dangling_references,
    data_checks.derived_columns,
    data_checks.words_that_judge,
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
    "central-asia-japan-som-7": "2013-10-22",
    "central-asia-japan-business-dialogue-1": "2017-03",
    "central-asia-japan-expert-meeting-4": "2018-02-20",
}


def test_everything_loads_has_its_sources_and_loads_again_without_a_change() -> None:
    before = row_counts()
    assert before["initiatives.Report"] >= 460
    assert before["initiatives.Initiative"] >= 162
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
    assert stated_by(EIGHTH, "chair") == {
        "Yoshimasa Hayashi (Minister for Foreign Affairs of Japan)": {MINISTRY, ARAB_NEWS}
    }
    assert stated_by(EIGHTH, "agenda") == {
        "Comprehensive measures to strengthen Central Asia-Japan cooperation": {INVEST},
        "COVID-19": {INVEST},
        "Border control": {INVEST},
        "Regional security": {INVEST},
        "Sustainable Development Goals": {INVEST},
        "Efforts to strengthen Central Asia-Japan cooperation": {MINISTRY, ARAB_NEWS},
        "Regional situation, including Ukraine and Afghanistan": {MINISTRY, ARAB_NEWS},
    }
    assert heads(EIGHTH, INVEST) == {
        "uz": "S. Umurzakov, Deputy Prime Minister – Minister of Investment and Foreign Trade"
    }
    assert set(heads(EIGHTH, MINISTRY)) == {"jp", "kz", "kg", "tj", "tm", "uz"}
    assert heads(EIGHTH, ARAB_NEWS) == {"jp": "Hayashi Yoshimasa, Foreign Minister"}
    assert meeting.citations.count() >= 3


def stated_by(meeting: str, kind: str) -> dict[str, set[str]]:
    """The lines of a meeting, each with the documents that state it."""
    lines = Line.objects.filter(meeting__slug=meeting, kind=kind)
    return {line.text: set(line.citations.values_list("report__slug", flat=True)) for line in lines}


def heads(meeting: str, report: str) -> dict[str, str]:
    """Whom a document names as head of which delegation."""
    named = Delegate.objects.filter(
        attendance__meeting__slug=meeting, is_head=True, citations__report__slug=report
    )
    return {row.attendance.participant.code: str(row) for row in named}


def test_delegates_stand_in_the_files_of_those_who_name_them() -> None:
    seventh, summit = "central-asia-japan-fm-7", "central-asia-japan-summit-1"
    assert heads(seventh, "asia-plus-2019-05-20") == {
        "af": "Salahuddin Rabbani, Afghan Foreign Minister"
    }
    assert (
        heads(seventh, "unknown-2019-05-tr")["kg"]
        == "Çingiz Aydarbekov, Kırgızistan Dışişleri Bakanı"
    )
    assert set(heads(seventh, "mofa-2019-05-18-fm7-ja")) == {"jp", "tj"}
    assert heads(summit, "trend-2025-12-20-uzbekistan") == {
        "uz": "Shavkat Mirziyoyev, President of Uzbekistan"
    }
    assert set(heads(summit, "asia-plus-2025-12-22")) == {"jp"}
    assert set(heads(summit, "kun-uz-2025-12-20")) == {"jp", "kz", "kg", "tj", "tm", "uz"}
    assert heads("central-asia-japan-som-13", "mofa-2018-11-26-som13").keys() == {"jp"}
    assert "jp" not in heads("central-asia-japan-som-13", "mofa-2018-11-28-yamada-call-ja")
    assert heads("central-asia-japan-fm-9", "mofa-2022-12-24-kazakhstan-ja").keys() == {"jp", "kz"}
    assert heads("central-asia-japan-special-2020", "khovar-2020-08-11").keys() == {"tj"}


def test_lines_are_the_union_of_what_documents_state() -> None:
    second, sixth = "central-asia-japan-fm-2", "central-asia-japan-fm-6"
    assert stated_by(second, "agenda") == {
        "Promotion of intra-regional cooperation": {
            "mofa-2006-06-05-action-plan",
            "mofa-2006-05-30-fm2-ja",
        },
        "Concrete directions of Japan-Central Asia cooperation": {"mofa-2006-05-30-fm2-ja"},
    }
    assert stated_by(sixth, "agenda")["North Korea"] == {"sputnik-2017-05-02-ja"}
    assert "Transport and logistics" not in stated_by(sixth, "agenda")
    assert set().union(*stated_by(sixth, "chair").values()) == {"mofa-2017-06-26-meredov-ja"}
    # Areas of agreed cooperation are no agenda, and who took part did not chair for that.
    assert "Trade and investment" not in stated_by("central-asia-japan-fm-4", "agenda")
    assert stated_by("central-asia-japan-economy-energy-1", "chair") == {}


def test_a_meeting_is_in_person_only_where_a_document_says_so() -> None:
    in_person = Meeting.objects.filter(format="in_person").values_list("slug", flat=True)
    assert set(in_person) == {f"central-asia-japan-fm-{number}" for number in range(1, 8)}


def test_what_could_not_be_read_again_says_so() -> None:
    for slug in ("white-house-2023-09-19-readout", "white-house-2023-09-21-joint-statement"):
        assert "not found" in Report.objects.get(slug=slug).note


def test_what_the_eighth_meeting_raised_is_all_there() -> None:
    said = Mention.objects.filter(report__slug=INVEST, initiative__raised_at__slug=EIGHTH)
    proposed = said.filter(act="proposed")
    assert dict(proposed.values_list("initiative__slug", "initiative__kind")) == {
        "central-asian-digital-university": "proposal",
        "digital-economy-and-e-commerce": "priority_area",
        "diversified-transport-corridors": "priority_area",
        "green-agenda-regional-programme": "proposal",
        "green-economy-and-climate": "priority_area",
        "infectious-disease-cooperation": "priority_area",
        "japanese-technologies-and-know-how": "priority_area",
        "joint-answer-to-crime-drugs-and-cyber-threats": "priority_area",
        "joint-pharmaceutical-clusters": "priority_area",
        "one-village-one-product-uzbekistan": "proposal",
    }
    for mention in proposed:
        assert mention.locator in ("para 5", "para 6")
        assert list(mention.by.values_list("code", flat=True)) == ["uz"]
    readiness = said.get(act="readiness")
    assert readiness.initiative.slug == "japanese-contribution-to-sustainable-development"
    assert list(readiness.by.values_list("code", flat=True)) == ["jp"]
    link = Lineage.objects.get(later__slug="central-asian-digital-university")
    assert (link.relation, link.earlier.slug) == ("builds_on", "japan-digital-university")
    assert link.citations.exists()


def test_a_promise_for_oneself_is_undertaken_and_a_joint_one_names_all() -> None:
    def parties(slug: str) -> set[str]:
        firm = Mention.objects.filter(initiative__slug=slug, act__in=["undertaken", "adopted"])
        return set(firm.values_list("by__code", flat=True))

    six = {"jp", "kz", "kg", "tj", "tm", "uz"}
    assert (
        parties("visa-relaxation-2017") == parties("usd-700-million-for-joint-projects") == {"jp"}
    )
    assert parties("eur-12-billion-global-gateway-package") == {"european-union"}
    assert parties("action-plan-2006") == six - {"tm"}
    for slug in (
        "launch-of-the-dialogue",
        "agriculture-roadmap",
        "critical-minerals-supply-chains",
    ):
        assert parties(slug) == six, slug
    # Read again: reported as a hope, as an exchange of views, and as put forward by nobody who is named.
    assert not parties("training-and-work-in-japan")
    route = Mention.objects.get(
        initiative__slug="trans-caspian-route-2022", report__slug="arab-news-japan-2022-12-24"
    )
    assert route.act == "mentioned"
    community = Mention.objects.get(
        initiative__slug="community-of-central-asia", report__slug="report-az-2025-11"
    )
    assert not community.by.exists()


def test_everything_adopted_or_undertaken_has_parties(client: Client) -> None:
    firm = Initiative.objects.filter(standing__in=["adopted", "undertaken"])
    assert firm.count() >= 60
    assert not firm.exclude(involvements__capacity="party").exists()
    adopted = set(firm.filter(standing="adopted").values_list("slug", flat=True))
    by_kazakhstan = found(client, "party=kz")
    assert len(by_kazakhstan & adopted) >= 35
    assert by_kazakhstan <= found(client, "participant=kz")
    assert found(client, "party=jp&beneficiary=uz") == {
        "border-control-support-2010",
        "covid-19-medical-equipment-grants",
        "disaster-risk-reduction-and-earthquakes",
        "usd-700-million-for-joint-projects",
        "visa-relaxation-2017",
    }


def found(client: Client, query: str) -> set[str]:
    answer = json.loads(client.get(f"/initiatives.json?{query}").getvalue())
    return {row["slug"] for row in answer["initiatives"]}


def test_dates_are_as_precise_as_their_sources() -> None:
    reports = Report.objects.filter(slug__in=PUBLISHED)
    assert dict(reports.values_list("slug", "published_on")) == PUBLISHED
    meetings = Meeting.objects.filter(slug__in=STARTS)
    assert dict(meetings.values_list("slug", "starts_on")) == STARTS
    university = StatusUpdate.objects.filter(initiative__slug="japan-digital-university")
    assert university.get(report__slug=INVEST).on == "2020"
    villages = StatusUpdate.objects.filter(initiative__slug="one-village-one-product-kyrgyzstan")
    assert {"2012", "2022-12"} <= set(villages.values_list("on", flat=True))
