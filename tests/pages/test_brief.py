"""The brief before a meeting: what is in it, for whom, at what length and cost, as a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.as_of.current import CurrentView
from initiatives.models import Attendance, Dialogue, Membership, Report
from initiatives.pages import brief_changes
from initiatives.pages.brief import SHARES, share
from initiatives.pages.brief_changes import EntriesSinceMeeting
from initiatives.pages.brief_lines import clip
from initiatives.recording import actions
from tests import make
from tests.views.test_views import no_query_in_templates, text, words
from tests.world import hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db

BRIEF = "/dialogues/steppe/brief/"
# The dialogue; what is told of counts of changes by documents, five, and two lists of them, with who said it; the
# initiatives; their roles; the members; three on who came; and the version of the data, twice.
QUERIES = 18


@pytest.fixture
def steppe() -> Dialogue:
    return make.dialogue("steppe", name="Steppe Dialogue", stale_after_days=365)


def part(html: str, name: str) -> str:
    """What a reader reads in one section."""
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', html, re.DOTALL)
    assert found, name
    return words(found[0])


def record_update(initiative: Any, on: str, **kwargs: Any) -> None:
    make.update(
        initiative=initiative,
        on=on,
        report=kwargs.pop("report", None) or make.report(published_on=on),
        **kwargs,
    )


# --- What is in it --------------------------------------------------------------------------------


def test_each_initiative_stands_where_it_belongs(client: Client, steppe: Dialogue) -> None:
    year = timezone.localdate().year
    titles = ["Late road", "Next school", "Open well", "Silent mine", "Built bridge"]
    late, school, well, mine, bridge = (
        make.initiative(title=title, dialogue=steppe) for title in titles
    )
    for initiative, due in ((late, "2021"), (school, f"{year + 1}")):
        make.mention(initiative=initiative, due_on=due)
    now = timezone.localdate().isoformat()
    for initiative in (late, school, well):
        record_update(initiative, now)
    record_update(mine, "2019-05")
    record_update(bridge, "2020-03-04", status="delivered")
    other = make.initiative(title="Of another dialogue")
    html = text(client, BRIEF)
    assert other.title not in html
    for name, title in zip(
        ["overdue", "deadlines", "open", "silent", "closed"], titles, strict=True
    ):
        words_of_part = part(html, name)
        assert [other for other in titles if other in words_of_part] == [title], name
    assert "due 2021, and no recorded document" in part(html, "overdue")
    assert f"Due {year + 1}" in part(html, "deadlines")
    assert "Last heard of May 2019" in part(html, "silent")
    assert "5 initiatives : 1 delivered, 4 in progress." in part(html, "stand")


def test_what_came_to_another_end_than_delivery_is_named_too(
    client: Client, steppe: Dialogue
) -> None:
    for status in ("dropped", "superseded"):
        record_update(make.initiative(title=status.upper(), dialogue=steppe), "2020", status=status)
    closed = part(text(client, BRIEF), "closed")
    assert "DROPPED Dropped as of 2020" in closed
    assert "SUPERSEDED Superseded as of 2020" in closed


def test_a_line_has_its_status_its_day_and_its_document(client: Client, steppe: Dialogue) -> None:
    bridge = make.initiative(title="Bridge", dialogue=steppe, proposers=[make.participant("jp")])
    report = make.report(title="Report on the bridge", published_on="2020-03-05", kind="press")
    record_update(bridge, "2020-03", status="delivered", report=report)
    line = part(text(client, BRIEF), "closed")
    assert "Delivered as of March 2020 Mentioned Proposed by Jp" in line
    assert "Source Report on the bridge · Press, 5 March 2020" in line


def test_where_nobody_looked_the_document_of_the_standing_is_named(
    client: Client, steppe: Dialogue
) -> None:
    bridge = make.initiative(title="Bridge", dialogue=steppe)
    make.mention(initiative=bridge, report=make.report(title="First word", published_on="2999"))
    make.initiative(title="Nothing said", dialogue=steppe)
    line = part(text(client, BRIEF), "open")
    assert "Bridge Not yet reviewed Proposed Last heard of 2999 Source First word" in line
    assert "No document is recorded yet." in line


# --- Since the last meeting -----------------------------------------------------------------------


def test_changes_are_what_became_known_after_the_last_meeting(
    client: Client, steppe: Dialogue
) -> None:
    meeting = make.meeting("last", title="Last", dialogue=steppe, starts_on="2022-04-15")
    make.meeting("older", dialogue=steppe, starts_on="2019")
    make.meeting("off", dialogue=steppe, starts_on="2023", state="cancelled")
    bridge = make.initiative("bridge", title="Bridge", dialogue=steppe)
    japan = make.participant("jp", name="Japan")
    of_meeting = make.report("own", published_on="2022-04-17", meeting=meeting)
    record_update(bridge, "2022-04-14", what="Before it.")
    record_update(bridge, "2022-04-17", what="In its own statement.", report=of_meeting)
    record_update(bridge, "2022-04-16", what="A day after.", participant=japan)
    record_update(bridge, "2022", what="Some time that year.")
    undated = make.report(published_on=None)
    record_update(bridge, "2022-05", what="In an undated paper.", report=undated)
    make.mention(initiative=bridge, report=undated, note="never")
    later = make.report(title="Action plan", published_on="2023-01")
    make.mention(initiative=bridge, report=later, act="adopted", participants=[japan])
    changed = part(text(client, BRIEF), "changed")
    assert "New since Last, 15 April 2022" in changed
    assert "Changed since the last meeting 3" in changed
    assert "Adopted by Japan" in changed
    assert "Source Action plan , para 6 · Joint document, January 2023" in changed
    assert "On the part of Japan A day after." in changed
    assert "In an undated paper." in changed
    for absent in ("Before it.", "own statement", "Some time"):
        assert absent not in changed
    # The newest document first.
    assert changed.index("Action plan") < changed.index("A day after.")


@pytest.mark.parametrize("few_documents", [50, 0])
def test_the_first_changes_are_those_of_the_newest_documents(
    steppe: Dialogue, few_documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_changes, "FEW_DOCUMENTS", few_documents)
    meeting = make.meeting("last", dialogue=steppe, starts_on="2019")
    bridge = make.initiative(dialogue=steppe)
    for published_on in ("2020-02", "2022-01-01", "2022-01-01", "2021", None, "2022-01-01"):
        report = make.report(published_on=published_on)
        make.mention(initiative=bridge, report=report)
        for on in ("2021-05", "2021-06"):
            make.update(initiative=bridge, report=report, on=on)
    since = EntriesSinceMeeting(CurrentView(), [meeting], steppe)
    everything = since.first(100)
    assert since.count() == len(everything) == 5 * 3 + 2
    # Of one document, what is of a later day first; what bears no date last.
    assert [getattr(entry, "on", "") for entry in everything[-2:]] == ["2021-06", "2021-05"]
    for count in range(len(everything)):
        assert since.first(count) == everything[:count]


@pytest.mark.parametrize("few_documents", [50, 0])
def test_what_language_versions_say_again_is_no_news(
    steppe: Dialogue, few_documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_changes, "FEW_DOCUMENTS", few_documents)
    meeting = make.meeting(dialogue=steppe, starts_on="2019")
    bridge, head = make.initiative(dialogue=steppe), make.report(published_on="2021")
    version = make.report(published_on="2021", language="ja")
    for report in (head, version):
        make.mention(initiative=bridge, report=report, locator="para 1")

    def count() -> int:
        return EntriesSinceMeeting(CurrentView(), [meeting], steppe).count()

    assert count() == 2
    Report.objects.filter(pk=version.pk).update(translation_of=head)
    assert count() == 1


def test_what_was_recorded_after_the_last_meeting_is_new(client: Client, steppe: Dialogue) -> None:
    """From the day on which the record begins, known is what the tracker showed."""
    bridge = make.initiative(title="Bridge", dialogue=steppe)
    record_update(bridge, "2020", what="Known for long.")
    today = timezone.localdate()
    make.meeting("now", dialogue=steppe, starts_on=today.isoformat())
    assert "There is no news." in part(text(client, BRIEF), "changed")


def test_withdrawn_and_corrected_entries_and_drafts_are_no_news(
    client: Client, steppe: Dialogue
) -> None:
    make.meeting("last", dialogue=steppe, starts_on="2020")
    bridge = make.initiative(dialogue=steppe)
    shared: dict[str, Any] = {"initiative": bridge, "on": "2022"}
    withdrawn = make.update(what="Taken back.", **shared)
    actions.withdraw(by=None, entry=withdrawn, reason="Wrong.")
    wrong = make.update(what="Wrong.", **shared)
    make.update(what="Put right.", corrects=wrong, **shared)
    make.update(what="Hidden.", publication="draft", **shared)
    make.update(what="No one looked.", status="not_reviewed", **shared)
    changed = part(text(client, BRIEF), "changed")
    assert "Changed since the last meeting 1" in changed
    assert "Put right." in changed


def test_without_a_meeting_nothing_is_said_to_have_changed(
    client: Client, steppe: Dialogue
) -> None:
    record_update(make.initiative(dialogue=steppe), "2022")
    html = text(client, BRIEF)
    assert "No earlier meeting is recorded as held." in part(html, "changed")
    assert "None is recorded as held." in part(html, "meetings")
    assert "No recorded document says who came." in part(html, "meetings")


def test_a_meeting_looks_back_to_the_one_before_it(client: Client, steppe: Dialogue) -> None:
    for slug, year in (("first", "2018"), ("second", "2020"), ("third", "2022")):
        make.meeting(slug, title=slug.title(), dialogue=steppe, starts_on=year)
    make.meeting("next", title="Next", dialogue=steppe, starts_on="2999", state="planned")
    bridge = make.initiative(dialogue=steppe)
    record_update(bridge, "2019-01", what="Early.")
    record_update(bridge, "2021-01", what="Late.")
    html = text(client, "/meetings/third/brief/")
    assert "<h1>Brief: Third</h1>" in html
    assert "This meeting 2022 (held) Last meeting before Second , 2020" in part(html, "meetings")
    assert "Late." in part(html, "changed")
    assert "Early." not in part(html, "changed")
    html = text(client, "/meetings/next/brief/")
    assert "This meeting 2999 (planned) Last meeting before Third , 2022 Who came" in part(
        html, "meetings"
    )
    assert "Next meeting Next , 2999" in part(text(client, BRIEF), "meetings")


def test_the_last_meeting_is_the_summit_and_not_the_forum_held_with_it(
    client: Client, steppe: Dialogue
) -> None:
    summit = make.meeting(
        "summit", title="Summit", dialogue=steppe, starts_on="2025-12-19", ends_on="2025-12-20"
    )
    make.meeting("forum", title="Forum", dialogue=steppe, part_of=summit, starts_on="2025-12-20")
    make.meeting("older", title="Older", dialogue=steppe, starts_on="2025-01")
    assert "Last meeting Summit , 19 December 2025" in part(text(client, BRIEF), "meetings")


def test_a_meeting_of_a_year_is_not_the_last_one_where_a_day_of_that_year_is_known(
    client: Client, steppe: Dialogue
) -> None:
    make.meeting("vague", dialogue=steppe, starts_on="2025", state="held", title="Undated")
    make.meeting("dated", dialogue=steppe, starts_on="2025-09-19", state="held", title="Summit")
    row = make.initiative("rail", dialogue=steppe, title="Rail")
    make.mention(
        initiative=row, act="proposed", participants=[make.participant("jp", name="Japan")]
    )
    for address in (BRIEF, "/participants/jp/brief/"):
        assert "Last meeting Summit" in part(text(client, address), "meetings"), address


def test_who_came_last_time_is_that_of_the_latest_meeting_that_tells(
    client: Client, steppe: Dialogue
) -> None:
    japan = make.participant("jp", name="Japan")
    older = make.meeting("older", title="Older", dialogue=steppe, starts_on="2020")
    came = make.attendance(meeting=older, participant=japan)
    make.delegate(attendance=came, name="Y. Hayashi", title="Minister", is_head=True)
    make.delegate(attendance=came, name="T. Adviser")
    make.meeting("last", title="Last", dialogue=steppe, starts_on="2021")
    html = part(text(client, BRIEF), "meetings")
    assert "Older , 2020 ; no attendance is recorded for later meetings." in html
    assert "Japan : Y. Hayashi, Minister" in html
    Attendance.objects.all().delete()
    for number in range(15):
        participant = make.participant(f"p{number}", name=f"Country {number:02}")
        make.attendance(meeting=older, participant=participant, capacity="observer")
    html = part(text(client, BRIEF), "meetings")
    assert "Country 00 (observer)" in html
    assert "and 3 more: Older" in html


# --- For one participant --------------------------------------------------------------------------


def test_for_one_participant_only_what_it_is_in(client: Client, steppe: Dialogue) -> None:
    japan, other = make.participant("jp", name="Japan"), make.participant("uz", name="Uzbekistan")
    Membership.objects.create(dialogue=steppe, participant=japan)
    make.meeting("last", dialogue=steppe, starts_on="2020")
    mine = make.initiative(title="Mine", dialogue=steppe, proposers=[japan])
    make.role(initiative=mine, participant=japan, role="lead")
    theirs = make.initiative(title="Theirs", dialogue=steppe, proposers=[other])
    for initiative in (mine, theirs):
        record_update(initiative, "2022", status="delivered")
    html = text(client, f"{BRIEF}?participant=jp")
    assert "Theirs" not in html
    assert "Steppe Dialogue – Japan" in html
    assert "Japan: proposer, lead" in part(html, "proposed")
    assert "1 is listed above." in part(html, "closed")
    assert "Changed since the last meeting 1" in part(html, "changed")
    assert "1 initiative that names Japan: 1 delivered." in part(html, "stand")
    assert '<option value="">All participants</option>' in html
    assert '<option value="jp">Japan</option>' in text(client, BRIEF)
    html = text(client, f"/meetings/last/brief/?participant={make.participant('fr').code}")
    assert "No recorded document of this dialogue names Fr in an initiative." in part(html, "stand")


# --- Length ---------------------------------------------------------------------------------------


def test_parts_leave_what_they_do_not_need_to_others() -> None:
    assert share([100, 100], [3, 2], 5) == [3, 2]
    assert share([1, 100], [3, 2], 5) == [1, 4]
    assert share([0, 9, 9], [4, 2, 2], 9) == [0, 5, 4]
    assert share([1, 1], [3, 2], 5) == [1, 1]
    assert sum(SHARES.values()) == 38


def test_texts_are_cut_between_words_and_wide_characters_count_twice() -> None:
    assert clip("short", 10) == "short"
    assert clip("some words\nthat go on", 12) == "some words…"
    assert clip("協力" * 50, 10) == "協力協力…"
    assert clip("x" * 100, 10) == "xxxxxxxxx…"
    assert clip("", 10) == ""


def test_long_lists_are_cut_with_the_address_of_the_whole(client: Client) -> None:
    world = make_world()
    make.initiatives(300, **world.shared)
    html = text(client, "/dialogues/ca-japan/brief/")
    assert html.count("<li>\n  <h3>") <= 38
    closed = part(html, "closed")
    total = int(re.findall(r"superseded (\d+)", closed)[0])
    shown = closed.count("Source")
    assert f"and {total - shown} more: the whole list http://testserver/initiatives/?" in closed
    for address in re.findall(r'<p class="remaining">.*?href="([^"]+)"', html):
        page = words(text(client, address.replace("&amp;", "&")))
        assert "Remove the filter" in page
    address = "/initiatives/?dialogue=ca-japan&status=delivered&status=dropped&status=superseded"
    assert f"{total} initiative" in words(text(client, address))


def test_the_cost_does_not_grow_with_the_dialogue(client: Client) -> None:
    world = make_world()
    make.meeting("before", dialogue=world.dialogue, starts_on="2020")
    address = "/meetings/fm-8/brief/"
    make.attendance(meeting=make.meeting("b", dialogue=world.dialogue, starts_on="2019"))

    def queries() -> int:
        text(client, address)
        with no_query_in_templates(), CaptureQueriesContext(connection) as asked:
            text(client, address)
        return len(asked)

    make.initiatives(10, **world.shared)
    assert queries() == QUERIES
    make.initiatives(490, **world.shared)
    assert queries() == QUERIES


# --- Who sees what, and nonsense ------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/dialogues/ca-japan/brief/", "/meetings/fm-8/brief/"])
def test_drafts_and_what_was_taken_back_are_not_in_it(client: Client, page: str) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    addresses = [page, f"{page}?participant=jp"]
    before = [words(text(client, address)) for address in addresses]
    hang_drafts_on(world, "secret")
    assert [words(text(client, address)) for address in addresses] == before
    assert "secret" not in "".join(before)


@pytest.mark.parametrize(
    "query",
    ["participant=xx", "participant=jp&participant=uz", "participant=%00", "as_of=2999-01-01"],
)
def test_nonsense_is_answered_with_400(client: Client, query: str) -> None:
    make_world()
    make.participant("uz")
    for page in ("/dialogues/ca-japan/brief", "/meetings/fm-8/brief"):
        assert client.get(f"{page}/?{query}").status_code == 400
        assert client.get(f"{page}.docx?{query}").status_code == 400


def test_what_does_not_exist_is_404(client: Client) -> None:
    make_world()
    for page in ("/dialogues/x/brief/", "/meetings/x/brief.docx", "/dialogues/fm-8/brief/"):
        assert client.get(page).status_code == 404
    assert client.post("/meetings/fm-8/brief/").status_code == 405
    assert client.get("/dialogues/ca-japan/brief/?participant=&utm=1").status_code == 200


def test_as_of_a_day_it_says_what_was_known_then(client: Client, steppe: Dialogue) -> None:
    make.meeting("first", title="First", dialogue=steppe, starts_on="2018")
    make.meeting("second", title="Second", dialogue=steppe, starts_on="2022")
    bridge = make.initiative(title="Bridge", dialogue=steppe)
    record_update(bridge, "2019-02", status="preparing")
    record_update(bridge, "2023-02", status="delivered")
    html = text(client, f"{BRIEF}?as_of=2020-01-01")
    assert "Last meeting First , 2018" in part(html, "meetings")
    assert "Preparing as of February 2019" in part(html, "open")
    assert "Preparing as of February 2019" in part(html, "changed")
    assert "No initiative is recorded as delivered, dropped or superseded." in part(html, "closed")
    assert "/initiatives/?dialogue=steppe&amp;as_of=2020-01-01" in html


def test_a_dialogue_without_anything_has_a_brief(client: Client, steppe: Dialogue) -> None:
    html = text(client, BRIEF)
    assert "No initiative of this dialogue is published." in part(html, "stand")
    for name in SHARES:
        assert part(html, name)


# --- One page, and of a country -------------------------------------------------------------------


def test_one_page_lists_nothing_twice_and_says_what_stands_above(
    client: Client, steppe: Dialogue
) -> None:
    japan = make.participant("jp", name="Japan")
    Membership.objects.create(dialogue=steppe, participant=japan)
    make.meeting("last", title="Last", dialogue=steppe, starts_on="2022-04-15")
    road, well = (make.initiative(title=title, dialogue=steppe) for title in ("Road", "Well"))
    for initiative in (road, well):
        report = make.report(published_on="2021")
        make.mention(initiative=initiative, report=report, act="adopted", participants=[japan])
        make.role(initiative=initiative, participant=japan, role="beneficiary")
    record_update(road, "2023-01", what="Begun.")
    record_update(road, "2023-02", what="Opened.")
    html = text(client, f"{BRIEF}?participant=jp&length=page")
    assert "Opened." in part(html, "changed")
    assert "Begun." not in html
    assert html.count(">Road</a>") == html.count(">Well</a>") == 1
    assert "Promised by Japan, alone or with others 2: 1 in progress, 1 not yet reviewed" in part(
        html, "promised"
    )
    assert "1 is listed above." in part(html, "promised")
    assert "2 are listed above." in part(html, "to")
    assert "No document recorded here says that Japan put anything forward." in part(
        html, "proposed"
    )


def test_a_country_has_a_brief_over_all_dialogues(client: Client, steppe: Dialogue) -> None:
    japan = make.participant("jp", name="Japan")
    other = make.dialogue("forest", name="Forest Forum")
    make.meeting("old", title="Old meeting", dialogue=steppe, starts_on="2020")
    make.meeting("new", title="New meeting", dialogue=other, starts_on="2022")
    for dialogue, title in ((steppe, "Road"), (other, "Tree")):
        make.initiative(title=title, dialogue=dialogue, proposers=[japan])
    make.initiative(title="Of others", dialogue=steppe)
    html = text(client, "/participants/jp/brief/?length=page")
    assert "Brief: Japan" in html
    assert "New meeting" in part(html, "meetings")
    assert "Proposed by Japan 2" in part(html, "proposed")
    assert "Of others" not in html
    assert "/dialogues/forest/brief/?participant=jp&amp;length=page" in html
    assert 'href="/participants/jp/brief/"' in html


@pytest.mark.every_case
@pytest.mark.parametrize("address", [BRIEF, "/participants/jp/brief/"])
def test_a_length_that_no_brief_has_is_refused(
    client: Client, steppe: Dialogue, address: str
) -> None:
    make.participant("jp")
    assert client.get(f"{address}?length=two").status_code == 400
    assert client.get(f"{address}?length=page&length=full").status_code == 400


def test_a_brief_of_a_country_is_two_clicks_from_home(client: Client, steppe: Dialogue) -> None:
    japan = make.participant("jp", name="Japan")
    make.participant("xx", name="Nobody")
    make.initiative(dialogue=steppe, proposers=[japan])
    assert 'href="/briefs/"' in text(client, "/")
    html = text(client, "/briefs/")
    assert 'href="/participants/jp/brief/?length=page">Japan</a>' in html
    assert 'href="/dialogues/steppe/brief/?length=page"' in html
    assert "Nobody" not in html


def test_the_brief_of_a_country_asks_as_often_for_many(client: Client, steppe: Dialogue) -> None:
    japan = make.participant("jp", name="Japan")
    make.meeting("last", dialogue=steppe, starts_on="2020")
    counts = []
    for _round in range(2):
        for _number in range(8):
            record_update(make.initiative(dialogue=steppe, proposers=[japan]), "2022")
        text(client, "/participants/jp/brief/")
        with CaptureQueriesContext(connection) as queries:
            text(client, "/participants/jp/brief/?length=full")
        counts.append(len(queries))
    assert counts == [counts[0]] * 2
    assert counts[0] <= QUERIES
