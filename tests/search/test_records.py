"""What records beside initiatives are found by: the texts of theirs that the public is shown."""

from __future__ import annotations

import pytest

from initiatives.search.normalization import fold, parse_terms
from initiatives.search.records import (
    KINDS,
    PERSON,
    Person,
    SearchableRecord,
    find_names,
    find_records,
    fold_all,
    read_kind,
)
from tests import make
from tests.world import hang_drafts_on, hang_past_on, hang_shown_later_on, make_world

pytestmark = pytest.mark.django_db


def found(kind: str, text: str) -> list[SearchableRecord]:
    return find_records(read_kind(kind), parse_terms(text))


def people(text: str) -> list[Person]:
    return [record.key for record in found(PERSON, text)]


def labels(record: SearchableRecord, word: str) -> list[str]:
    terms = parse_terms(word)
    return [str(text.label) for text in record.passages if terms.matches(fold(text.text))]


def test_texts_folded_one_by_one_are_those_folded_together() -> None:
    texts = ["Қазақстан", "Straße – o‘zbek", "", "大学 ODA", "One\nTwo"]
    assert sorted(fold_all(texts).split()) == sorted(fold(*texts).split())
    for text in ("казахстан", "strasse", '"one two"', '"ozbek 大学"', "-one", "oda"):
        terms = parse_terms(text)
        assert terms.matches(fold_all(texts)) == terms.matches(fold(*texts)), text


def test_a_participant_is_found_by_every_name_in_every_language() -> None:
    row = make.participant(
        name="Uzbekistan",
        official_name="Republic of Uzbekistan",
        other_names="Oʻzbekiston\nUZB",
        translations={"name": {"ru": "Узбекистан"}},
    )
    for name in ("uzbekistan", "republic", "o'zbekiston", "uzb", "УЗБЕКИСТАН"):
        assert [record.key for record in found("participant", name)] == [row.pk], name
    (record,) = found("participant", "Узбекистан")
    (passage,) = [text for text in record.passages if text.language]
    assert (passage.text, passage.language) == ("Узбекистан", "ru")


def test_a_state_is_found_by_the_name_that_each_language_shows() -> None:
    row = make.participant("us", name="United States", translations={"name": {"ru": "США"}})
    make.participant("uzb", name="Uzbek agency", kind="agency")
    for name in ("アメリカ合衆国", "Америка Құрама Штаттары", "США", "United States"):
        assert [record.key for record in found("participant", name)] == [row.pk], name
    # No page says this one, since another is recorded.
    assert found("participant", "Соединенные Штаты") == []
    uzbekistan = make.participant("uz", name="Uzbekistan")
    for name in ("Узбекистан", "ウズベキスタン", "Oʻzbekiston", "Өзбекстан", "Özbegistan"):
        (record,) = found("participant", name)
        assert record.key == uzbekistan.pk, name
    (record,) = find_names(read_kind("participant"), parse_terms("Узбек"))
    assert record.key == uzbekistan.pk


def test_a_meeting_is_found_by_its_lines_its_place_and_what_is_noted_of_it() -> None:
    meeting = make.meeting(city="Samarkand", venue="Silk Road hall", note="Postponed once.")
    make.line("Water and borders", meeting=meeting, session="Second session")
    make.line("Joint statement", meeting=meeting, kind="outcome")
    make.attendance(meeting=meeting, note="Came by video link")
    make.discrepancy(topic="Which day", resolution="Second day", meeting=meeting)
    expected = {
        "samarkand": "Place",
        "silk": "Place",
        "postponed": "Note",
        "borders": "Agenda",
        '"second session"': "Session",
        "statement": "Outcome",
        "video": "Who came",
        '"which day"': "Documents disagree",
    }
    for word, label in expected.items():
        (record,) = found("meeting", word)
        assert (record.key, labels(record, word)) == (meeting.pk, [label]), word


def test_a_dialogue_is_found_by_what_it_is_for() -> None:
    dialogue = make.dialogue(
        purpose="Closer ties", translations={"purpose": {"ja": "対話の目的"}}, short_name="CA+JAD"
    )
    make.line("Visa relaxation", dialogue=dialogue, kind="goal")
    for word in ("closer", "目的", "visa", "jad"):
        assert [record.key for record in found("dialogue", word)] == [dialogue.pk], word


def test_a_report_is_found_by_its_publisher_and_what_it_is_cited_for() -> None:
    report = make.report(publisher="Qazinform", note="Read in part")
    make.citation(report=report, says="Gives no day", meeting=make.meeting())
    for word in ("qazinform", '"in part"', '"no day"'):
        assert [record.key for record in found("report", word)] == [report.pk], word


def test_titles_go_first_and_then_the_order_of_the_list() -> None:
    older = make.meeting("older", title="Gallium meeting", starts_on="2020-01-01")
    newer = make.meeting("newer", title="Meeting", note="Gallium", starts_on="2024-01-01")
    newest = make.meeting("newest", title="Gallium again", starts_on="2025-01-01")
    keys = [record.key for record in found("meeting", "gallium")]
    assert keys == [newest.pk, older.pk, newer.pk]
    named = [record.key for record in find_names(read_kind("meeting"), parse_terms("gallium"))]
    assert named == [newest.pk, older.pk]


def test_what_is_called_just_so_goes_before_what_only_holds_it() -> None:
    agency = make.participant(name="Agency of Japan")
    japan = make.participant(name="Japan", translations={"name": {"ja": "日本"}})
    bank = make.participant(name="Japan Bank", other_names="JBIC")
    unit = make.participant(name="A unit of JBIC")
    for name, expected in {
        "japan": [japan, agency, bank],
        "日本": [japan],
        '"japan bank"': [bank],
        "bank japan": [bank],
        "jbic": [bank, unit],
    }.items():
        assert [record.key for record in found("participant", name)] == [
            row.pk for row in expected
        ], name
    records = read_kind("participant")
    assert find_names(records, parse_terms("jbic"))[0].key == bank.pk


def test_nobody_is_two_people_by_the_same_name() -> None:
    japan, first, second = make.participant(name="Japan"), make.meeting(), make.meeting()
    for meeting, title in ((first, "Foreign Minister"), (second, "Prime Minister")):
        attendance = make.attendance(meeting=meeting, participant=japan)
        make.delegate(attendance=attendance, name="Fumio Kishida", title=title)
    make.line("Fumio Kishida (Chair of the day)", meeting=first, kind="chair")
    make.line("Shinzo Abe", meeting=first, kind="chair")
    (kishida,) = people("kishida")
    assert kishida.came == [(first.pk, japan.pk), (second.pk, japan.pk), (first.pk, None)]
    assert people('"prime minister"') == people('"chair of the day"') == [kishida]
    assert [person.name for person in people("abe")] == ["Shinzo Abe"]


def test_a_country_in_the_chair_is_nobody() -> None:
    make.participant(name="Japan")
    make.participant(name="Kazakhstan", other_names="Қазақстан")
    meeting = make.meeting()
    for chair in ("Japan", "Japan and Қазақстан", "Japan and Nobody Known"):
        make.line(chair, meeting=meeting, kind="chair")
    assert [person.name for person in people("japan")] == ["Japan and Nobody Known"]


def test_without_a_name_the_office_is_told_for_each_whom_they_came_for() -> None:
    meeting = make.meeting()
    for _number in range(2):
        attendance = make.attendance(meeting=meeting, participant=make.participant())
        make.delegate(attendance=attendance, name="", title="Special Envoy")
    assert [person.name for person in people("envoy")] == ["Special Envoy"] * 2


def test_nothing_that_is_hidden_is_found() -> None:
    world = make_world()
    hang_drafts_on(world, "secret")
    hang_shown_later_on(world, "secret")
    hang_past_on(world, "secret")
    for kind in (*KINDS, PERSON):
        assert found(kind, "secret") == [], kind
    assert found(PERSON, "hayashi")
