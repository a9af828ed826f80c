"""What a query string means: which rows it finds, and what is answered to one that makes no sense."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from initiatives.models import Initiative, Meeting, Report
from initiatives.query.filters import InitiativeFilter, MeetingFilter, ReportFilter
from initiatives.query.list_filter import ListFilter
from initiatives.query.parameters import BadParameters
from initiatives.search.query import search
from tests import make

pytestmark = pytest.mark.django_db


def read(query: str) -> InitiativeFilter:
    return InitiativeFilter.read(QueryDict(query), Initiative.objects.public())


def found(query: str) -> list[str]:
    return [row.slug for row in read(query).qs]


def problems(query: str, filters: type[ListFilter] = InitiativeFilter) -> dict[str, str]:
    with pytest.raises(BadParameters) as error:
        filters.read(QueryDict(query), filters_model(filters).objects.public())
    return {problem.parameter: problem.expected for problem in error.value.problems}


def filters_model(filters: type[ListFilter]) -> Any:
    return {InitiativeFilter: Initiative, MeetingFilter: Meeting, ReportFilter: Report}[filters]


# --- Initiatives ----------------------------------------------------------------------------------


def test_without_parameters_every_public_initiative_is_there() -> None:
    make.initiative("a")
    make.initiative("hidden", publication="draft")
    assert found("") == ["a"]


def test_several_values_of_one_filter_mean_or_and_different_filters_mean_and() -> None:
    japan, uzbekistan = make.participant("jp"), make.participant("uz")
    education, health = make.theme("education"), make.theme("health")
    make.initiative("both", proposers=[japan, uzbekistan], themes=[education, health])
    make.initiative("japanese", proposers=[japan], themes=[education])
    make.initiative("uzbek", proposers=[uzbekistan], themes=[health])
    assert found("participant=jp&participant=uz&sort=title") == ["both", "japanese", "uzbek"]
    assert found("participant=jp&theme=health") == ["both"]


def test_a_participant_is_found_in_any_role() -> None:
    donor = make.participant("jp")
    make.role(initiative=make.initiative("funded"), participant=donor, role="funder")
    make.initiative("other")
    assert found("participant=jp") == ["funded"]


def test_dialogue_meeting_and_year_follow_where_it_was_first_raised() -> None:
    first = make.meeting("first", starts_on="2004-08-28")
    imprecise = make.meeting("imprecise", starts_on="2022", dialogue=first.dialogue)
    make.initiative("old", raised_at=first)
    make.initiative("new", raised_at=imprecise)
    make.initiative("elsewhere")
    assert found(f"dialogue={first.dialogue.slug}&sort=title") == ["new", "old"]
    assert found("meeting=first") == ["old"]
    assert found("year=2022") == ["new"]
    assert found("year=2004&year=2022&sort=title") == ["new", "old"]
    assert found("year=1999") == []


def test_standing_status_and_group_of_statuses() -> None:
    proposed, delivered = make.initiative("proposed"), make.initiative("delivered")
    make.mention(initiative=proposed, act="proposed")
    make.update(initiative=delivered, status="delivered")
    assert found("standing=proposed") == ["proposed"]
    assert found("status=delivered") == ["delivered"]
    assert found("group=delivered") == ["delivered"]
    assert found("group=not_reviewed&standing=mentioned") == []


@pytest.mark.parametrize(
    "flag", ["overdue", "stale", "delivered_late", "one_sided", "contradictory"]
)
def test_each_flag_finds_its_initiative(flag: str) -> None:
    overdue = make.initiative("overdue", due_on="2021")
    make.update(initiative=overdue, on="2999-01-01", status="under_way")
    stale = make.initiative("stale")
    make.update(initiative=stale, on="2004")
    late = make.initiative("delivered_late", due_on="2021")
    make.update(initiative=late, on="2022-05", status="delivered")
    one_sided = make.initiative("one_sided", dialogue=make.dialogue(stale_after_days=50_000))
    make.update(initiative=one_sided, report=make.report(kind="statement"))
    contradictory = make.initiative("contradictory", raised_at=make.meeting(starts_on="2022"))
    make.update(initiative=contradictory, on="2021-12-31", status="delivered")
    expected = {"contradictory", "overdue"} if flag == "contradictory" else {flag}
    assert set(found(f"flag={flag}")) == expected
    assert set(found("flag=overdue&flag=delivered_late")) == {"overdue", "delivered_late"}


def test_every_word_of_the_text_has_to_occur_in_title_summary_or_id() -> None:
    make.initiative("digital-university", title="Digital University", summary="Samarkand")
    make.initiative("bridge", title="University of bridges")
    assert found("q=university&sort=title") == ["digital-university", "bridge"]
    assert found("q=samarkand+UNIVERSITY") == ["digital-university"]
    assert found("q=+") == found("")
    assert list(search(Initiative.objects.public(), "bridge tunnel")) == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["c", "b", "a"]),
        ("due", ["b", "a", "c"]),
        ("meeting", ["b", "a", "c"]),
        ("changed", ["a", "c", "b"]),
        ("", ["a", "c", "b"]),
    ],
)
def test_orders(sort: str, expected: list[str]) -> None:
    old, new = make.meeting(starts_on="2004"), make.meeting(starts_on="2022-04")
    a = make.initiative("a", title="Z", due_on="2024", raised_at=old)
    make.initiative("b", title="Y", due_on="2024-06-01", raised_at=new)
    c = make.initiative("c", title="X")
    make.update(initiative=a, on="2025-01-01")
    make.update(initiative=c, on="2024")
    assert found(f"sort={sort}") == expected


# --- Meetings and reports -------------------------------------------------------------------------


def test_meetings_by_dialogue_kind_state_year_and_who_came() -> None:
    japan = make.participant("jp")
    summit = make.meeting("summit", kind="summit", starts_on="2025-12-19", attended_by=[japan])
    make.meeting("planned", state="planned", starts_on=None)

    def meetings(query: str) -> list[str]:
        filters = MeetingFilter.read(QueryDict(query), Meeting.objects.public())
        return [row.slug for row in filters.qs]

    assert meetings("") == ["summit", "planned"]
    assert meetings("sort=oldest") == ["summit", "planned"]
    for query in (f"dialogue={summit.dialogue.slug}", "kind=summit", "year=2025", "participant=jp"):
        assert meetings(query) == ["summit"]
    assert meetings("state=planned") == ["planned"]
    assert set(problems("kind=party&state=x", MeetingFilter)) == {"kind", "state"}


def test_reports_by_kind_issuer_and_year() -> None:
    make.report("ours", kind="statement", issued_by=[make.participant("uz")])
    make.report("theirs", published_on="2004")

    def reports(query: str) -> list[str]:
        filters = ReportFilter.read(QueryDict(query), Report.objects.public())
        return [row.slug for row in filters.qs]

    assert reports("") == ["ours", "theirs"]
    assert reports("sort=oldest") == ["theirs", "ours"]
    assert reports("kind=statement") == reports("participant=uz") == ["ours"]
    assert reports("year=2004") == ["theirs"]
    assert set(problems("kind=rumour&per=7", ReportFilter)) == {"kind", "per"}


# --- What makes no sense --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameter", "expected"),
    [
        ("dialogue=nope", "dialogue", "the id of a dialogue"),
        ("meeting=nope", "meeting", "the id of a meeting"),
        ("participant=JP%20", "participant", "the code of a participant"),
        ("theme=1", "theme", "the id of a theme"),
        ("standing=high", "standing", "one of mentioned, proposed"),
        ("status=done", "status", "one of not_reviewed"),
        ("group=nearly_done", "group", "one of delivered, in_progress, pending"),
        ("flag=late", "flag", "one of overdue, stale"),
        ("year=22", "year", "four digits"),
        ("year=%EF%BC%92022", "year", "four digits"),
        ("sort=random", "sort", "one of relevance, changed, due, title, meeting"),
        ("per=1000", "per", "one of 25, 50, 100"),
        ("page=abc", "page", "1 or more"),
        ("page=-1", "page", "1 or more"),
        ("page=0", "page", "1 or more"),
        ("page=1e3", "page", "1 or more"),
        (f"page={10**30}", "page", "1 or more"),
        (f"page={'9' * 5000}", "page", "1 or more"),
        ("q=" + "word+" * 3000, "q", "at most 500 characters"),
        ("q=a%00b", "q", "at most 500 characters"),
        ("q=" + "+".join(f"w{n}" for n in range(51)), "q", "and 50 words"),
        ("&".join(f"year={year}" for year in range(1000, 1200)), "year", "four digits"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_what_was_expected(
    query: str, parameter: str, expected: str
) -> None:
    answer = problems(query)
    assert list(answer) == [parameter]
    assert expected in answer[parameter]


def test_all_problems_are_named_at_once_and_the_rest_is_kept() -> None:
    with pytest.raises(BadParameters) as error:
        read("page=x&q=water&flag=y&flag=stale&utm=1")
    assert {problem.parameter for problem in error.value.problems} == {"page", "flag"}
    assert error.value.rest == "q=water&utm=1"


def test_a_long_wrong_value_is_shortened() -> None:
    with pytest.raises(BadParameters) as error:
        read("theme=" + "x" * 5000)
    assert len(error.value.problems[0].given) == 81


def test_a_draft_opens_no_choice() -> None:
    meeting = make.meeting("secret-meeting", starts_on="1988")
    make.initiative("hidden", raised_at=meeting, publication="draft")
    offered = {facet.name: [*dict(facet.choices)] for facet in read("").facets}
    assert offered["meeting"] == offered["year"] == ["none"]


def test_what_the_list_does_not_know_or_is_empty_is_ignored() -> None:
    make.initiative("a")
    make.theme("education")
    query = "utm_source=x&theme=&q=&page=&sort=&per=&" + "&".join(f"x{n}=1" for n in range(40))
    assert found(query) == ["a"]
    assert read(query).query() == ""


values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.sampled_from([*InitiativeFilter.base_filters, "sort", "per", "page"])


@given(st.lists(st.tuples(names, values), max_size=40))
def test_no_query_string_breaks_it(pairs: list[tuple[str, str]]) -> None:
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    with contextlib.suppress(BadParameters):
        assert list(InitiativeFilter.read(data, Initiative.objects.public()).qs) == []


def test_what_is_given_twice_leads_nowhere_else() -> None:
    assert read("meeting=&meeting=&theme=&theme=").query() == ""


# --- The address of the list ----------------------------------------------------------------------


def test_the_address_says_what_is_chosen_and_nothing_else() -> None:
    make.participant("jp")
    filters = read("utm=1&page=3&per=50&participant=jp&q=+water+&sort=due&status=delivered")
    assert filters.query() == "q=water&participant=jp&status=delivered&sort=due&per=50"
    assert filters.query(page=2, per=25).endswith("sort=due&page=2")
    assert filters.hidden_inputs == [("sort", "due"), ("per", "50")]
    assert read("sort=changed&per=25&page=1").query() == ""


def test_a_chip_leads_to_the_list_without_its_value() -> None:
    make.participant("jp", name="Japan")
    chips = read("q=water&group=delivered&group=in_progress&participant=jp&page=2").chips
    assert [(str(chip.facet), chip.label) for chip in chips] == [
        ("Text", "water"),
        ("Delivery", "Delivered"),
        ("Delivery", "In progress"),
        ("Participant", "Japan"),
    ]
    assert chips[0].without == "group=delivered&group=in_progress&participant=jp"
    assert chips[1].without == "q=water&group=in_progress&participant=jp"


def test_sort_links_say_which_one_holds() -> None:
    links = read("sort=due&q=x").sort_links
    assert [link.query for link in links if link.is_current] == ["q=x&sort=due"]
    assert links[0].query == "q=x"


def test_choices_of_meetings_are_the_newest_that_raised_anything_and_those_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("initiatives.facets.registry.MOST_MEETINGS", 1)
    make.initiative(raised_at=make.meeting("old", starts_on="2004"))
    make.initiative(raised_at=make.meeting("new", title="Summit", starts_on="2022-04"))
    make.meeting("quiet", starts_on="2022-05")

    def offered(query: str) -> list[tuple[str, str]]:
        facet = next(facet for facet in read(query).facets if facet.name == "meeting")
        return [*facet.choices]

    assert offered("") == [("none", "none on record"), ("new", "Summit (2022)")]
    slugs = [slug for slug, _label in offered("meeting=old&meeting=quiet")]
    assert slugs == ["none", "quiet", "new", "old"]


# --- What is missing, spans of years, titles -------------------------------------------------------


def found_in_memory(query: str) -> set[str]:
    return {row.slug for row in read(query).rows(0, 100)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "water"), ("meeting", "m"), ("year", "2022"), ("due", "2027"), ("lead", "jp")],
)
def test_what_has_no_value_is_found_and_counted(name: str, value: str) -> None:
    japan = make.participant("jp")
    full = make.initiative(
        "full",
        themes=[make.theme("water")],
        raised_at=make.meeting("m", starts_on="2022-04"),
        due_on="2027-05",
    )
    make.role(initiative=full, participant=japan, role="lead")
    other = make.initiative("other")
    make.role(initiative=other, participant=japan, role="funder")
    facet = next(facet for facet in read("").facets if facet.name == name)
    assert [*facet.worth_showing.items()] == [("none", 1), (value, 1)]
    for query, expected in (
        (f"{name}=none", {"other"}),
        (f"{name}={value}", {"full"}),
        (f"{name}=none&{name}={value}", {"full", "other"}),
    ):
        assert set(found(query)) == found_in_memory(query) == expected
    # What is written later moves it.
    make.role(initiative=other, participant=japan, role="lead")
    other.themes.add(full.themes.get())
    Initiative.objects.filter(pk=other.pk).update(due_on="2027-06", raised_at=full.raised_at)
    assert set(found(f"{name}=none")) == found_in_memory(f"{name}=none") == set()
    assert found_in_memory(f"{name}={value}") == {"full", "other"}


def test_a_span_of_years_takes_in_what_may_lie_in_it() -> None:
    for name, date in (("a", "2004"), ("b", "2022-04-15"), ("c", "202X"), ("d", "../2025-02")):
        make.initiative(name, raised_at=make.meeting(f"m-{name}", starts_on=date))
    make.initiative("undated")
    for query, expected in (
        ("raised_to=2022", {"a", "b", "c"}),
        ("raised_from=2005&raised_to=2021", {"c"}),
        ("raised_from=2023", {"c", "d"}),
        ("raised_from=2030", set()),
        ("raised_from=2023&q=no-such-word", set()),
    ):
        assert set(found(query)) == found_in_memory(query) == expected, query
    filters = read("raised_to=2022&raised_from=2004&year=2022")
    assert filters.query() == "raised_from=2004&raised_to=2022&year=2022"
    chip = filters.chips[0]
    assert (chip.label, chip.without) == ("2004", "raised_to=2022&year=2022")
    assert filters.count()["year"]["2004"] == 1
    assert {*problems("raised_from=22&raised_to=2022a")} == {"raised_from", "raised_to"}


def test_choices_stay_where_they_are_while_others_are_chosen() -> None:
    make.initiative("a", dialogue=make.dialogue("d1"), proposers=[make.participant("jp")])
    make.initiative("b", dialogue=make.dialogue("d2"), proposers=[make.participant("uz")])
    make.participant("kz")

    def shown(query: str) -> list[tuple[str, int | None]]:
        facet = next(facet for facet in read(query).facets if facet.name == "proposer")
        return [*facet.worth_showing.items()]

    assert shown("") == [("jp", 1), ("uz", 1)]
    assert shown("dialogue=d2") == [("jp", 0), ("uz", 1)]


def test_the_title_says_what_is_filtered() -> None:
    make.initiative(dialogue=make.dialogue("d1", short_name="C5+1"), themes=[make.theme("water")])
    make.participant("jp", name="Japan")
    assert read("").title("Initiatives") == "Initiatives"
    query = "dialogue=d1&flag=stale&flag=overdue&party=jp&theme=none&q=rail&raised_to=2022&sort=due"
    assert read(query).title("Initiatives") == (
        "Initiatives: “rail”; First raised up to 2022; C5+1; Overdue or No recent news; Party Japan;"
        " Theme none on record"
    )


# --- Layouts, and help where nothing is found ------------------------------------------------------


def test_a_layout_is_in_the_address_unless_it_is_the_lists_own() -> None:
    assert read("view=list").query() == ""
    assert read("view=table&sort=title").query() == "sort=title&view=table"
    assert read("view=table").whole == ""
    assert read("view=table").hidden_inputs == [("view", "table")]
    with pytest.raises(BadParameters, match="view"):
        read("view=map")


def test_an_empty_list_names_each_filter_that_alone_stands_in_the_way() -> None:
    make.initiative("wanted", title="Wanted", dialogue=make.dialogue("ca-japan"))
    make.initiative("other", title="Other", dialogue=make.dialogue("c5-1"))
    filters = read("dialogue=c5-1&q=wanted")
    assert filters.total == 0
    assert [(row.label, row.count, row.query) for row in filters.filters_to_remove] == [
        ("Dialogue", 1, "q=wanted"),
        ("Text", 1, "dialogue=c5-1"),
    ]
    assert read("dialogue=c5-1&q=nothing").filters_to_remove[0].query == "dialogue=c5-1"
    # Nothing helps alone where two filters stand in the way.
    assert read("dialogue=c5-1&q=nothing&status=delivered").filters_to_remove == []


def test_other_lists_name_the_filter_in_the_way_too() -> None:
    make.meeting("held", kind="summit")
    filters = MeetingFilter.read(QueryDict("kind=summit&state=planned"), Meeting.objects.public())
    assert [(row.label, row.count, row.query) for row in filters.filters_to_remove] == [
        ("State", 1, "kind=summit")
    ]
