"""A whole with its parts: nested in a file, edited, exported, read back; one in totals, eleven in lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from initiatives.facets.index import index
from initiatives.facets.status_counts import tallies_within, tally_within
from initiatives.loading.document import Document, read_bytes
from initiatives.loading.id_lines import with_id_lines
from initiatives.loading.problems import LoadError
from initiatives.loading.schema import InitiativePart, ReportFile
from initiatives.models import Citation, Initiative, Lineage, Mention
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.workbooks import add, edited, load_book, row_of, workbook
from tests.workbooks import cell as cell_of
from tests.workbooks import faults as faults_of_book

MEASURES = [
    "Visas",
    "Flights",
    "Customs",
    "Guides",
    "Rail",
    "Roads",
    "Ports",
    "Grids",
    "Dams",
    "Wells",
]
# Of the ten measures of annex II, (a) to (d) fall to Japan.
LINES = [
    f"      - {{title: {title}, locator: annex II ({letter})"
    + (", roles: {implementer: [Japan]}}" if letter in "abcd" else "}")
    for letter, title in zip("abcdefghij", MEASURES, strict=True)
]
ANNEX = (
    DIALOGUE
    + """\
defaults: {dialogue: dialogue, act: adopted, by: all}
initiatives:
  - title: Annex II
    kind: programme
    themes: [transport]
    locator: annex II
    sub:
"""
    + "\n".join(LINES)
    + "\n"
)
DEEP = report(
    body=DIALOGUE
    + """\
defaults:
  dialogue: dialogue
  kind: commitment
  act: adopted
  by: all
initiatives:
  - title: Plan
    act: undertaken
    by: [uz]
    themes: [water]
    locator: annex I
    sub:
      - title: Canals
        act: none
        sub:
          - {title: Locks, kind: event, locator: annex I (2)}
      - {id: known}
  - {id: known, title: Known, locator: para 2}
"""
)


def parts_of(text: str) -> list[InitiativePart]:
    content = read_bytes("file.yaml", text.encode()).content
    assert isinstance(content, ReportFile)
    return content.initiatives


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(LoadError) as refused:
        read_bytes("file.yaml", text.encode())
    return [(problem.line, problem.what) for problem in refused.value.problems]


# --- Nested entries -------------------------------------------------------------------------------


def test_a_part_has_from_the_entry_around_it_what_it_does_not_say_itself() -> None:
    plan, canals, locks, known, other = parts_of(DEEP)
    assert (plan.title, canals.title, locks.title, other.title) == (
        "Plan",
        "Canals",
        "Locks",
        "Known",
    )
    assert (plan.part_of, known.part_of, other.part_of) == ([], ["unnamed"], [])
    assert (canals.act, canals.by, canals.themes, canals.locator) == (
        None,
        [],
        ["water"],
        "annex I",
    )
    # Kept away around it, it holds no more for what is within.
    assert (locks.act, locks.kind, locks.locator) == (None, "event", "annex I (2)")
    # Without a title it speaks of what is described elsewhere.
    assert (known.act, known.by, known.themes, known.dialogue) == ("undertaken", ["uz"], [], None)
    assert (other.act, other.by) == ("adopted", ["all"])


def test_faults_within_parts_have_their_lines() -> None:
    text = DEEP.replace("kind: event", "kind: evnt").replace("act: undertaken", "act: undertook")
    text = text.replace("- {id: known}", "- {id: known, part_of: other}\n      - {locater: x}")
    assert faults(text) == [
        (17, "“act” cannot be “undertook”"),
        (25, "“kind” cannot be “evnt”"),
        (26, "“part_of”: an initiative is part of one whole at most"),
        (27, "unknown key “locater”"),
    ]


def test_what_is_no_part_or_lies_too_deep_is_refused_where_it_stands() -> None:
    text = "  - {title: One, locator: p, sub: parts}\n"
    assert faults(report(body="initiatives:\n" + text)) == [(9, "“sub”: these are no parts")]
    nested = "{title: Last}"
    for level in range(6):
        nested = f"{{title: Level {level}, locator: p, sub: [{nested}]}}"
    ((line, what),) = faults(report(body=f"initiatives:\n  - {nested}\n"))
    assert (line, what) == (9, "“sub”: parts within parts are nested more than 5 levels deep")
    nested = "{title: Last}"
    for level in range(5):
        nested = f"{{title: Level {level}, locator: p, sub: [{nested}]}}"
    assert len(parts_of(report(body=f"initiatives:\n  - {nested}\n"))) == 6


@pytest.mark.django_db
def test_ids_are_made_for_parts_and_written_where_they_stand() -> None:
    text = DEEP.replace("- {id: known}", "- {title: Wells, new: true}").replace("none", "proposed")
    plan = load_texts(VOCABULARY, text)
    made = plan.made_ids[1]
    assert made["initiatives", 0, "sub", 0, "sub", 0] == "locks"
    document: Document = plan.documents[1]
    assert [document.line(("initiatives", number)) for number in range(5)] == [16, 22, 25, 26, 27]
    assert document.line(("initiatives", 2, "act")) == 23
    written = with_id_lines(text, made)
    assert "      - id: canals\n        title: Canals\n" in written
    assert "          - {id: locks, title: Locks," in written
    assert set(Lineage.objects.values_list("later__slug", "earlier__slug")) == {
        ("canals", "plan"),
        ("locks", "canals"),
        ("wells", "plan"),
    }
    for again in (text, written):
        counts = {
            k: v for k, v in actions_of(load_texts(VOCABULARY, again)).items() if "report" not in k
        }
        assert counts == {}


# --- The annex ------------------------------------------------------------------------------------


@pytest.fixture
def annex() -> None:
    load_texts(VOCABULARY, report("annex", ANNEX))


def totals() -> tuple[int, int, int, int]:
    """Of all, of the dialogue, of Japan as implementer, and of rows in all."""
    facets = index()
    every = tally_within(facets, facets.all)
    of_dialogue = tallies_within(facets, "dialogue", ["dialogue"])["dialogue"]
    of_japan = tallies_within(facets, "implementer", ["jp"])["jp"]
    return every.total, of_dialogue.total, of_japan.total, every.listed


@pytest.mark.django_db
@pytest.mark.usefixtures("annex")
def test_ten_measures_count_once_and_stand_in_lists_as_eleven(client: Client) -> None:
    assert totals() == (1, 1, 4, 11)
    listed = client.get("/initiatives/?dialogue=dialogue").content.decode()
    assert " ".join(listed.split('data-part="count">')[1].split("</p>")[0].split()) == (
        "<b>11</b> initiatives, of which 10 are parts of others"
    )
    assert listed.count(">Annex II</a></span>") == 10
    of_japan = client.get("/initiatives/?implementer=jp").content.decode()
    assert "of which" not in of_japan
    exported: Any = client.get("/initiatives.json?sort=title")
    data: Any = json.loads(b"".join(exported.streaming_content))
    assert (data["count"], data["count_of_parts"]) == (11, 10)
    rows = {row["slug"]: row for row in data["initiatives"]}
    assert rows["annex-ii"]["part_of"] is None
    assert [part["title"] for part in rows["annex-ii"]["parts"]] == sorted(MEASURES)
    assert rows["visas"]["part_of"] == {"slug": "annex-ii", "title": "Annex II"}
    assert rows["visas"]["implementers"] == [{"code": "jp", "name": "Japan"}]
    assert rows["wells"]["implementers"] == []
    links = Citation.objects.filter(lineage__isnull=False)
    assert set(links.values_list("locator", flat=True)) == {f"annex II ({x})" for x in "abcdefghij"}
    assert Mention.objects.filter(act="adopted").count() == 11


@pytest.mark.django_db
@pytest.mark.usefixtures("annex")
def test_a_part_is_taken_out_and_added_in_a_workbook() -> None:
    before = row_counts()
    assert actions_of(load_book(workbook())) == {}
    assert row_counts() == before

    def edit(book: Any) -> None:
        page = book["Lineage"]
        row = row_of(page, "wells", "later")
        assert [cell_of(page, row, name).value for name in ("relation", "earlier")] == [
            "part_of",
            "annex-ii",
        ]
        add(page, later="wells", relation="part_of", earlier="dams", report="annex", locator="p. 9")

    assert "wells” is part of “annex-ii”, and here of “dams”" in " ".join(
        faults_of_book(edited(edit))
    )
    Lineage.objects.get(later__slug="wells").delete()
    assert totals() == (2, 2, 4, 11)

    def move(book: Any) -> None:
        add(
            book["Lineage"],
            later="wells",
            relation="part_of",
            earlier="dams",
            report="annex",
            locator="p. 9",
        )

    load_book(edited(move))
    assert totals() == (1, 1, 4, 11)
    # What a person took out stays out when the file comes again.
    load_texts(VOCABULARY, report("annex", ANNEX))
    assert Lineage.objects.get(later__slug="wells").earlier.slug == "dams"


@pytest.mark.django_db
@pytest.mark.usefixtures("annex")
def test_a_second_whole_and_a_circle_are_refused_with_their_lines() -> None:
    other = report(
        "other",
        "initiatives:\n"
        "  - {id: visas, part_of: wells, locator: para 1}\n"
        "  - {id: annex-ii, part_of: rail, locator: para 1}\n",
    )
    with pytest.raises(LoadError) as refused:
        load_texts(VOCABULARY, other)
    told = [(problem.line, problem.what) for problem in refused.value.problems]
    assert (
        9,
        "“visas” is part of “annex-ii”, and here of “wells”: it has one whole at most",
    ) in told
    assert [line for line, what in told if "comes from itself" in what] == [10]
    assert Initiative.objects.count() == 11
