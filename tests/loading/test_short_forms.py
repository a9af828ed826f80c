"""What a report file may leave out: what is the same for all its initiatives, ids, and codes of countries."""

from __future__ import annotations

import pytest

from initiatives.loading.document import Document, read_bytes
from initiatives.loading.id_lines import NotWritten, with_id_lines
from initiatives.loading.plan_types import MadeIds
from initiatives.loading.problems import LoadError, causes
from initiatives.loading.schema import InitiativePart, ReportFile
from initiatives.loading.stubs import missing_id, stubs
from initiatives.models import Initiative, LoadedFact, Membership, Participant, Report
from tests.report_files import VOCABULARY, actions_of, load_texts, report

DIALOGUE = """\
dialogues:
  - {id: dialogue, name: The Dialogue, members: [Japan, Uzbekistan], locator: head}
"""
LONG = report(
    "joint-statement",
    DIALOGUE
    + """\
initiatives:
  - id: digital-university
    title: Digital university
    kind: proposal
    dialogue: dialogue
    themes: [education]
    act: proposed
    by: [jp, uz]
    locator: para 6
    quote: Предлагаем университет.
    quote_language: ru
  - id: known
    title: Known already
    dialogue: dialogue
    kind: event
    themes: [water]
    act: mentioned
    locator: para 7
""",
)
SHORT = report(
    "joint-statement",
    DIALOGUE
    + """\
defaults:
  dialogue: dialogue
  kind: proposal
  themes: [education]
  act: proposed
  by: [Japan, UZB]
  language: ru
initiatives:
  # The first of them.
  - title: Digital university
    locator: para 6
    quote: Предлагаем университет.
  - title: Known already
    kind: event
    themes: [water]
    act: mentioned
    by: none
    locator: para 7
""",
)


def read(text: str) -> Document:
    return read_bytes("file.yaml", text.encode())


def entries(text: str) -> list[InitiativePart]:
    content = read(text).content
    assert isinstance(content, ReportFile)
    return content.initiatives


def faults(*texts: str) -> list[str]:
    with pytest.raises(LoadError) as refused:
        load_texts(*texts)
    return [str(problem) for problem in refused.value.problems]


# --- Defaults -------------------------------------------------------------------------------------


def test_a_default_holds_where_an_entry_does_not_say_for_itself() -> None:
    first, second = entries(SHORT)
    assert (first.act, first.by, first.kind) == ("proposed", ["Japan", "UZB"], "proposal")
    assert (first.quote_language, first.themes) == ("ru", ["education"])
    assert (second.act, second.by, second.kind) == ("mentioned", [], "event")
    assert second.quote_language is None


def test_an_entry_without_title_speaks_of_what_another_document_describes() -> None:
    text = SHORT.replace("title: Digital university", "id: digital-university")
    first = entries(text)[0]
    assert (first.act, first.dialogue, first.kind, first.themes) == ("proposed", None, None, [])


def test_none_keeps_the_defaults_away() -> None:
    text = SHORT.replace(
        "    act: mentioned\n    by: none\n    locator: para 7\n", "    act: none\n"
    )
    second = entries(text)[1]
    assert (second.act, second.by) == (None, [])


def test_a_fault_of_a_default_is_named_once_where_it_stands() -> None:
    text = SHORT.replace("act: proposed", "act: propsed").replace("ru\n", "russian!\n", 1)
    with pytest.raises(LoadError) as refused:
        read(text + "    acts: x\n")
    assert [(p.line, p.what) for p in refused.value.problems] == [
        (14, "“act” cannot be “propsed”"),
        (16, "“language”: “russian!” is not a language tag (BCP 47)"),
        (28, "unknown key “acts”"),
    ]


@pytest.mark.django_db
def test_what_the_standard_has_and_is_no_state_comes_as_a_block_with_its_name() -> None:
    with pytest.raises(LoadError) as refused:
        load_texts(VOCABULARY, report("islands", issued_by="[Cook Islands]"))
    (cause,) = causes(refused.value.problems)
    assert "(Cook Islands is no member or observer of the United Nations; describe it" in str(cause)
    assert "- {code: ck, name: Cook Islands, kind: …}" in stubs([missing_id(cause)])


@pytest.mark.django_db
def test_a_reference_of_a_default_that_leads_nowhere_is_named_once_where_it_stands() -> None:
    text = SHORT.replace("dialogue: dialogue\n", "dialogue: dialoge\n")
    text = text.replace("by: [Japan, UZB]", "by: [Japan, Uzbekia]")
    assert faults(VOCABULARY, text) == [
        "file-2.yaml, line 11: there is no dialogue “dialoge” (did you mean “dialogue”?)",
        "file-2.yaml, line 15: there is no participant “Uzbekia” (define it in a file, or correct the id)",
    ]


@pytest.mark.django_db
def test_a_file_in_its_short_form_is_the_same_file() -> None:
    load_texts(VOCABULARY, LONG)
    assert {initiative.slug for initiative in Initiative.objects.all()} == {
        "digital-university",
        "known",
    }
    plan = load_texts(VOCABULARY, SHORT)
    assert (plan.new, plan.changed, actions_of(plan)) == (
        0,
        1,
        {"report joint-statement": "changed"},
    )
    assert load_texts(VOCABULARY, SHORT).changed == 0


# --- Ids ------------------------------------------------------------------------------------------

WITHOUT_ID = SHORT.replace("  id: joint-statement\n", "")
RUSSIAN = WITHOUT_ID.replace("title: Digital university", "title: Цифровой альянс").replace(
    "title: Known already", "title: 中央アジア大学"
)


@pytest.mark.django_db
def test_ids_are_made_from_titles_and_are_the_same_when_the_file_comes_again() -> None:
    load_texts(VOCABULARY, RUSSIAN)
    assert Report.objects.get().slug == "report-joint-statement-2022-04-17"
    slugs = {initiative.slug for initiative in Initiative.objects.all()}
    assert slugs == {"tsifrovoy-alyans", "zhong-yangajia-da-xue"}
    assert actions_of(load_texts(VOCABULARY, RUSSIAN)) == {}
    assert actions_of(load_texts(RUSSIAN)) == {}


@pytest.mark.django_db
def test_an_id_that_another_title_has_is_numbered_and_stays_so() -> None:
    load_texts(VOCABULARY, LONG.replace("Digital university", "Another one altogether"))
    text = WITHOUT_ID.replace("2022-04-17", "2023-05-01").replace(
        "title: Known already", "same_as: known\n    title: Known already"
    )
    load_texts(VOCABULARY, text)
    assert Initiative.objects.get(slug="digital-university-2").title == "Digital university"
    assert actions_of(load_texts(VOCABULARY, text)) == {}


@pytest.mark.django_db
def test_a_title_that_was_edited_makes_no_second_initiative_in_silence() -> None:
    load_texts(VOCABULARY, WITHOUT_ID)
    edited = WITHOUT_ID.replace("title: Digital university", "title: Digital academy")
    (fault,) = faults(edited)
    assert fault.startswith("file-1.yaml, line 18: “Digital academy” has no id, and “Digital uni")
    assert fault.endswith(
        "(write id: digital-university if it is that one, id: digital-academy if it is new)"
    )
    same = edited.replace("  - title: Dig", "  - id: digital-university\n    title: Dig")
    assert load_texts(same).changed == 2
    # The same words need no answer.
    assert load_texts(same.replace("    title: Digital", "    title: “Digital”")).changed == 2
    new = WITHOUT_ID + "  - title: A third one\n    locator: para 8\n"
    assert load_texts(new.replace("Digital university", "“Digital” academy")).new > 0
    assert Initiative.objects.count() == 3


@pytest.mark.django_db
def test_a_report_is_known_again_and_asked_about_where_it_may_be_one_of_a_colleague() -> None:
    at_address = WITHOUT_ID.replace("kind: joint", "kind: joint\n  url: https://example.org/1", 1)
    load_texts(VOCABULARY, at_address)
    made = "report-joint-statement-2022-04-17"
    on_another_day = at_address.replace("published: 2022-04-17", "published: 2022-04-18")
    assert actions_of(load_texts(on_another_day)) == {f"report {made}": "changed"}
    for stated, edited in (("Report joint", "The joint"), ("publisher: ", "publisher: The ")):
        (fault,) = faults(at_address.replace(stated, edited, 1))
        assert f"line 1: this report has no id, and the address of “{made}”" in fault
        assert f"(write id: {made} if it is that document, id: " in fault
    (fault,) = faults(WITHOUT_ID.replace("Report joint", "The report joint").replace("17", "18"))
    assert "line 1: this report has no id, and nearly the title of" in fault


def test_an_entry_with_neither_id_nor_title_is_refused() -> None:
    with pytest.raises(LoadError, match="line 19: this initiative has neither id nor title"):
        read(SHORT.replace("title: Digital university", "summary: A university"))


# --- The file with its ids ------------------------------------------------------------------------


def test_ids_are_written_as_lines_and_all_else_stays_as_it_was_typed() -> None:
    text = (
        "# head\r\nreport:  # the source\r\n  title: x\r\ninitiatives:\r\n  # first\r\n  - title: “a”  # keep\r\n"
        "    act: y\r\n  -\r\n    title: b\r\n  - {title: c}"
    )
    ids: MadeIds = {("report",): "x"}
    ids |= {("initiatives", n): f"i-{n}" for n in range(3)}
    assert with_id_lines(text, ids) == (
        "# head\r\nreport:  # the source\r\n  id: x\r\n  title: x\r\ninitiatives:\r\n  # first\r\n  - id: i-0\r\n"
        "    title: “a”  # keep\r\n    act: y\r\n  -\r\n    id: i-1\r\n    title: b\r\n  - {id: i-2, title: c}"
    )
    with pytest.raises(NotWritten):
        with_id_lines("initiatives:\n  - id:\n    title: a\n", {("initiatives", 0): "a"})


@pytest.mark.django_db
def test_the_file_with_its_ids_is_the_same_file() -> None:
    plan = load_texts(VOCABULARY, RUSSIAN)
    text = with_id_lines(RUSSIAN, plan.made_ids[1])
    assert "  # The first of them.\n  - id: tsifrovoy-alyans\n    title: Цифровой альянс\n" in text
    again = load_texts(VOCABULARY, text)
    # Only the digest of the file is another one.
    assert actions_of(again) == {"report report-joint-statement-2022-04-17": "changed"}
    assert again.made_ids == [{}, {}]


# --- Participants ---------------------------------------------------------------------------------

THEMES = VOCABULARY[VOCABULARY.index("themes:") :]
ADB = "participants:\n  - {code: asian-development-bank, name: ADB, official_name: Asian Development Bank}\n"


@pytest.mark.django_db
def test_states_are_made_on_first_use_and_are_the_load_s() -> None:
    plan = load_texts(THEMES, LONG)
    made = {item.name: item.note for item in plan.items if item.kind == "participant"}
    assert made == dict.fromkeys(["jp", "uz"], "made from ISO 3166-1")
    uzbekistan = Participant.objects.get(code="uz")
    assert (uzbekistan.name, uzbekistan.kind) == ("Uzbekistan", "state")
    assert uzbekistan.official_name == "Republic of Uzbekistan"
    assert actions_of(load_texts(THEMES, LONG)) == {}
    # Another state later says nothing of the first ones.
    kazakh = report("other", "dialogues:\n  - {id: dialogue, members: [KZ], locator: head}\n")
    assert "participant kz" in actions_of(load_texts(kazakh))
    assert not [item for item in load_texts(kazakh, LONG).items if item.action == "gone"]
    # A vocabulary takes over, and has what it says from then on.
    named = VOCABULARY.replace("name: Uzbekistan", "name: O‘zbekiston")
    assert actions_of(load_texts(named)) == {"participant uz": "changed"}
    assert actions_of(load_texts(named)) == {}
    assert LoadedFact.objects.filter(source="ISO 3166-1").count() == 3


@pytest.mark.django_db
def test_a_state_that_a_person_deleted_is_not_made_again() -> None:
    text = report("other", "dialogues:\n  - {id: d, name: D, members: [KZ], locator: head}\n")
    load_texts(text)
    Membership.objects.get().delete()
    Participant.objects.get(code="kz").delete()
    plan = load_texts(text.replace("id: d,", "id: e,").replace("KZ", "Kazakhstan"))
    assert {item.name: item.action for item in plan.items if item.kind == "participant"} == {
        "kz": "kept"
    }
    assert not Participant.objects.exists()


@pytest.mark.django_db
def test_names_that_database_and_files_know_are_understood_and_nobody_else_is_made() -> None:
    body = """\
dialogues:
  - {id: dialogue, name: The Dialogue, members: [Japan], locator: head}
meeting:
  id: summit
  dialogue: dialogue
  kind: summit
  title: Summit
  host: JAPAN
  locator: head
  statements: [{text: All is well, by: [Republic of Uzbekistan]}]
  attendance: [{participant: Asian Development Bank, locator: head}]
initiatives:
  - title: Road
    dialogue: dialogue
    act: proposed
    by: [adb, Kyrgyz Republic]
    roles: {funder: [Adb], lead: [UK]}
    locator: para 1
updates:
  - {initiative: road, status: under_way, what: Begun., of: Japan, locator: para 2}
"""
    text = report(body=body, issued_by="[Türkiye, USA]")
    load_texts(ADB, text)
    codes = ["asian-development-bank", "gb", "jp", "kg", "tr", "us", "uz"]
    assert sorted(Participant.objects.values_list("code", flat=True)) == codes
    road = Initiative.objects.get()
    assert sorted(road.involvements.values_list("capacity", "participant__code")) == [
        ("funder", "asian-development-bank"),
        ("lead", "gb"),
        ("mentioned", "jp"),
        ("proposer", "asian-development-bank"),
        ("proposer", "kg"),
    ]
    assert road.updates.get().participant.code == "jp"  # type: ignore[union-attr]
    assert actions_of(load_texts(ADB, text)) == {}
    unknown = text.replace("by: [adb,", "by: [Hong Kong, World Bank,")
    no_state = "Hong Kong is no member or observer of the United Nations; describe it in a file"
    assert faults(unknown) == [
        "file-1.yaml, line 24: there is no participant “World Bank” (define it in a file, or correct the id)",
        f"file-1.yaml, line 24: there is no participant “hk” ({no_state})",
    ]


@pytest.mark.django_db
def test_a_state_that_is_known_by_another_code_is_not_made_again() -> None:
    load_texts("participants:\n  - {code: nippon, name: Japan, kind: state}\n")
    body = "dialogues:\n  - {id: d, name: D, members: [JP, Japan, 日本], locator: head}\n"
    load_texts(report(body=body))
    assert [row.code for row in Participant.objects.all()] == ["nippon"]
    assert Membership.objects.get().participant.code == "nippon"
