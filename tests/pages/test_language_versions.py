"""What language versions of one document say is said once: on pages, in the stream, and as evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from initiatives.as_of.current import CurrentView
from initiatives.models import Initiative, Mention, Report, StatusUpdate
from initiatives.pages.language_versions import in_groups, said_again
from initiatives.recording import actions
from tests import make
from tests.admin_forms import address, send

pytestmark = pytest.mark.django_db


@dataclass
class Statement:
    """A joint statement in Japanese and, as the text that is authentic, in English; and what proposes in both."""

    initiative: Initiative
    english: Report
    japanese: Report

    def says(self, report: Report, quote: str = "", **kwargs: Any) -> Mention:
        language = report.language if quote else ""
        kwargs = {"initiative": self.initiative} | kwargs
        return make.mention(report=report, quote=quote, quote_language=language, **kwargs)


@pytest.fixture
def statement() -> Statement:
    japanese = make.report("statement-ja", title="共同声明", language="ja")
    english = make.report("statement", authentic=True, translation_of=japanese)
    return Statement(make.initiative("university"), english, japanese)


def page(client: Client, prefix: str = "") -> str:
    response = client.get(f"{prefix}/initiatives/university/")
    assert response.status_code == 200
    return response.content.decode()


def quotes(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<blockquote lang="([^"]+)" dir="auto"><p>([^<]*)</p>', html)


def steps(html: str) -> int:
    return len(re.findall(r'<li class="mention', html))


def test_quotes_stand_beside_one_another_in_one_step_the_authentic_one_marked(
    client: Client, statement: Statement
) -> None:
    statement.says(statement.japanese, "大学を設立する。")
    statement.says(statement.english, "A university will be founded.")
    html = page(client)
    before = steps(page(client))
    assert quotes(html) == [("en", "A university will be founded."), ("ja", "大学を設立する。")]
    assert "English (authentic text)" in html
    assert "Japanese (authentic text)" not in html
    # One step for the two, beside that which the initiative was made with.
    statement.says(statement.english, "Elsewhere.", locator="para 9")
    assert steps(page(client)) == before + 1


def test_who_is_in_it_is_said_with_one_place(client: Client, statement: Statement) -> None:
    japan = make.participant("jp")
    for report in (statement.japanese, statement.english):
        statement.says(report, act="supported", participants=[japan], locator="para 12")
    for prefix, others in (("", "statement-ja"), ("/ja", "statement")):
        html = page(client, prefix)
        facts = html[html.index("</ol>") :]
        assert f"/reports/{others}/" not in facts, prefix


def test_the_language_of_the_page_comes_first_then_what_is_authentic(
    client: Client, statement: Statement
) -> None:
    russian = make.report("statement-ru", language="ru", translation_of=statement.japanese)
    for report, quote in (
        (russian, "Р"),
        (statement.japanese, "日本語の引用"),
        (statement.english, "E"),
    ):
        statement.says(report, quote)
    assert [language for language, _quote in quotes(page(client))] == ["en", "ja", "ru"]
    assert [tag for tag, _quote in quotes(page(client, "/ja"))] == ["ja", "en", "ru"]
    assert [tag for tag, _quote in quotes(page(client, "/ru"))] == ["ru", "en", "ja"]
    assert [tag for tag, _quote in quotes(page(client, "/kk"))] == ["en", "ja", "ru"]


def elsewhere(statement: Statement) -> dict[str, Any]:
    return {"locator": "para 7"}


def without_a_place(statement: Statement) -> dict[str, Any]:
    return {"locator": ""}


def another_act(statement: Statement) -> dict[str, Any]:
    return {"act": "adopted"}


def somebody_else(statement: Statement) -> dict[str, Any]:
    return {"participants": [make.participant("jp")]}


def of_another_initiative(statement: Statement) -> dict[str, Any]:
    return {"initiative": make.initiative()}


def due_otherwise(statement: Statement) -> dict[str, Any]:
    return {"due_on": "2031"}


@pytest.mark.parametrize(
    "otherwise",
    [
        elsewhere,
        without_a_place,
        another_act,
        somebody_else,
        of_another_initiative,
        due_otherwise,
    ],
)
def test_nothing_is_guessed(
    statement: Statement, otherwise: Callable[[Statement], dict[str, Any]]
) -> None:
    due = {"due_on": "2030"} if otherwise is due_otherwise else {}
    same = statement.says(statement.english, "E", **due)
    other = statement.says(statement.japanese, "日本語の引用", **otherwise(statement))
    assert in_groups([same, other]) == [[same], [other]]
    assert not said_again(CurrentView(), Mention)


def test_what_one_version_says_twice_at_one_place_has_no_counterpart(statement: Statement) -> None:
    rows = [statement.says(statement.english, quote) for quote in ("One.", "Two.")]
    rows.append(statement.says(statement.japanese, "一。"))
    assert in_groups(rows) == [[row] for row in rows]


def test_other_documents_are_never_one(statement: Statement) -> None:
    rows = [statement.says(report) for report in (statement.english, make.report(language="ja"))]
    assert in_groups(rows) == [[row] for row in rows]


def test_a_date_that_one_version_gives_alone_is_that_of_both(
    client: Client, statement: Statement
) -> None:
    statement.says(statement.japanese, "日本語の引用")
    statement.says(statement.english, "E", due_on="2030")
    html = page(client)
    assert len(quotes(html)) == 2
    assert html.count("Due date set: 2030") == 1


def test_the_same_status_in_two_languages_is_one_step(client: Client, statement: Statement) -> None:
    for report, what in ((statement.japanese, "開学した。"), (statement.english, "It opened.")):
        make.update(initiative=statement.initiative, report=report, what=what)
    html = page(client)
    story = html[html.index('<ol class="timeline">') :]
    story = story[: story.index("</ol>")]
    assert story.count('class="status ') == 1
    assert story.index("It opened.") < story.index("開学した。")


def test_a_long_story_says_it_once_wherever_its_versions_stand(
    client: Client, statement: Statement
) -> None:
    paper = make.report(published_on="2023")
    statement.japanese.published_on = "2024-01-01"
    statement.japanese.save()
    statement.says(statement.english, "E")
    for number in range(60):
        statement.says(paper, locator=f"para {number}")
    statement.says(statement.japanese, "日本語の引用")
    first, second = page(client), client.get("/initiatives/university/?page=2").content.decode()
    assert [quote for _language, quote in quotes(first)] == ["E", "日本語の引用"]
    assert quotes(second) == []


def test_a_withdrawn_version_stands_by_itself(client: Client, statement: Statement) -> None:
    statement.says(statement.english, "E")
    gone = statement.says(statement.japanese, "日本語の引用")
    actions.withdraw(by=None, entry=gone, reason="Misread.")
    html = page(client)
    assert len(quotes(html)) == 2
    assert "(authentic text)" not in html
    assert "Misread." in html


# --- News ------------------------------------------------------------------------------------------


def test_what_another_version_says_again_is_no_news(client: Client, statement: Statement) -> None:
    first = statement.says(statement.english, "E")
    for path in ("/changes/", "/changes.csv", "/changes.atom"):
        assert client.get(path).status_code == 200
    feed = re.findall("<entry>", client.get("/changes.atom").content.decode())
    again = statement.says(statement.japanese, "日本語の引用")
    assert said_again(CurrentView(), Mention) == [again.pk]
    assert re.findall("<entry>", client.get("/changes.atom").content.decode()) == feed
    for path in ("/changes/", "/changes.csv", "/changes.atom"):
        assert "日本語の引用" not in client.get(path).getvalue().decode(), path
    # It is news as soon as nothing else says it.
    actions.withdraw(by=None, entry=first, reason="Misread.")
    assert not said_again(CurrentView(), Mention)
    assert "日本語の引用" in client.get("/changes/").content.decode()


def test_the_data_have_both(client: Client, statement: Statement) -> None:
    statement.says(statement.english, "E")
    statement.says(statement.japanese, "日本語の引用")
    assert "日本語の引用" in client.get("/data/csv/mentions.csv").getvalue().decode()


def test_the_list_as_a_feed_is_not_moved_by_it(client: Client, statement: Statement) -> None:
    statement.says(statement.english, "E")
    before = re.findall("<updated>(.*?)</updated>", client.get("/initiatives.atom").text)
    statement.says(statement.japanese, "日本語の引用")
    assert re.findall("<updated>(.*?)</updated>", client.get("/initiatives.atom").text) == before


# --- Evidence --------------------------------------------------------------------------------------


def derived(initiative: Initiative) -> Initiative:
    initiative.refresh_from_db()
    return initiative


def test_a_version_is_no_better_evidence_than_its_document(statement: Statement) -> None:
    claim = make.report("claim", kind="statement")
    press = make.report("claim-ja", kind="press", language="ja", translation_of=claim)
    for report in (claim, press):
        make.update(initiative=statement.initiative, report=report, status="delivered")
    assert derived(statement.initiative).status_grade == "statement"
    # A newspaper of its own is better evidence than a claim.
    make.update(
        initiative=statement.initiative, report=make.report(kind="press"), status="delivered"
    )
    assert derived(statement.initiative).status_grade == "press"


def test_a_version_is_no_better_evidence_than_it_is_itself(statement: Statement) -> None:
    press = make.report(kind="press", translation_of=statement.japanese)
    make.update(initiative=statement.initiative, report=press, status="delivered")
    assert derived(statement.initiative).status_grade == "press"


def test_a_late_translation_is_no_sign_of_life_and_takes_no_date_back() -> None:
    initiative = make.initiative("university")
    old = make.report("old", published_on="2022")
    late = make.report("old-ja", language="ja", published_on="2025", translation_of=old)
    make.mention(initiative=initiative, report=old, due_on="2024")
    make.mention(initiative=initiative, report=make.report(published_on="2023"), due_on="2026")
    make.mention(initiative=initiative, report=late, due_on="2024")
    assert derived(initiative).due_on == "2026"
    assert initiative.last_heard_on == "2023"
    assert initiative.due_moves == 1


def test_tying_two_reports_derives_anew_what_rests_on_them(admin_client: Client) -> None:
    initiative = make.initiative("university")
    old = make.report("old", published_on="2022")
    late = make.report("old-ja", language="ja", published_on="2025")
    make.mention(initiative=initiative, report=late)
    assert derived(initiative).last_heard_on == "2025"
    send(admin_client, address(late, "change"), translation_of=old.pk)
    assert derived(initiative).last_heard_on == "2022"


def test_one_document_in_two_languages_is_one_of_the_documents_counted(
    client: Client, statement: Statement
) -> None:
    view = CurrentView()
    counts = view.figures()
    assert counts["reports"] == counts["documents"] + 1
    assert Report.objects.count() == counts["reports"]


def test_versions_have_one_number_among_the_documents_of_a_meeting(
    client: Client, statement: Statement
) -> None:
    meeting = make.meeting("fm-8")
    for report in (statement.japanese, statement.english, make.report()):
        make.citation(report=report, meeting=meeting, says="They met.")
    html = client.get("/meetings/fm-8/").content.decode()
    assert re.findall(r'<li value="(\d+)">', html) == ["1", "2"]
    assert "2 documents" in " ".join(html.split())
    assert "共同声明" in html


# --- Reports ---------------------------------------------------------------------------------------


def test_the_page_of_a_version_leads_to_the_others(client: Client, statement: Statement) -> None:
    html = client.get("/reports/statement/").content.decode()
    assert "English (authentic text)" in html
    assert re.search(r'Japanese: <a href="/reports/statement-ja/" lang="ja">共同声明</a>', html)
    other = client.get("/reports/statement-ja/").content.decode()
    assert 'English (authentic text): <a href="/reports/statement/">Statement</a>' in other
    assert 'hreflang="ja"' in other


def test_the_list_of_reports_says_what_is_a_version_of_what(
    client: Client, statement: Statement
) -> None:
    html = client.get("/reports/").content.decode()
    assert html.count("Language version of") == 1


def test_nothing_is_authentic_unless_somebody_says_so(client: Client) -> None:
    make.report("plain", translation_of=make.report("head", language="ja"))
    assert "authentic" not in client.get("/reports/plain/").content.decode()
    assert "authentic" not in client.get("/reports/head/").content.decode()


def test_counterparts_are_found_for_statuses_too(statement: Statement) -> None:
    rows = [
        make.update(initiative=statement.initiative, report=report)
        for report in (statement.english, statement.japanese)
    ]
    assert in_groups(rows) == [rows]
    assert said_again(CurrentView(), StatusUpdate) == [rows[1].pk]
