"""Faults of form hide no missing references and the other way round; what is missing comes as a block to fill in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.loading.document import Document, read_bytes
from initiatives.loading.intake import Intake
from initiatives.loading.plan import make_plan
from initiatives.loading.problems import LoadError, causes
from initiatives.loading.sheets import read_sheets
from initiatives.loading.stubs import missing_id, stubs
from initiatives.models import Initiative, InitiativeKind, Participant
from tests.report_files import DIALOGUE, FULL, VOCABULARY, load_texts, report, row_counts
from tests.upload_pages import page, uploaded
from tests.workbooks import add, cell, edited

pytestmark = pytest.mark.django_db

KINDS = ", ".join(InitiativeKind.values)


def told(*texts: str) -> list[str]:
    """What is told of these files together, each cause once."""

    def read(number: int, text: str) -> list[Document]:
        return [read_bytes(f"{number}.yaml", text.encode())]

    intake = Intake()
    for number, text in enumerate(texts, 1):
        intake.add(lambda number=number, text=text: read(number, text))  # type: ignore[misc]
    return _faults(intake)


def told_of_book(data: bytes, name: str = "book.xlsx") -> list[str]:
    intake = Intake()
    intake.add(lambda: read_sheets(name, data))
    return _faults(intake)


def _faults(intake: Intake) -> list[str]:
    before = row_counts()
    with pytest.raises(LoadError) as caught:
        make_plan(intake.checked())
    assert row_counts() == before
    return [str(cause) for cause in causes(caught.value.problems)]


def an_initiative(slug: str, **fields: str) -> str:
    values = {"title": slug, "dialogue": "dialogue", "act": "proposed", "locator": "p", **fields}
    return f"  - {{id: {slug}, {', '.join(f'{k}: {v}' for k, v in values.items() if v)}}}\n"


def test_what_is_faulty_hides_no_reference_of_the_same_file_or_another() -> None:
    faulty = report(
        body=DIALOGUE
        + "initiatives:\n"
        + an_initiative("no-locator", locator="", by="[adb]")
        + an_initiative("wrong-kind", kind="wish", themes="[fire]")
        + an_initiative("long-title", title="x" * 301, raised_at="fm-9")
        + an_initiative("wrong-code", by="[jp, No Code!, qq]")
        + "updates:\n"
        + "  - {initiative: nowhere, on: soon, what: x}\n"
        + "  - {initiative: long-title, status: delivered, what: x, locator: p, of: xx}\n"
        + "  - just a text\n"
        + "sections: none\n",
        language="klingonish",
    )
    other = report(
        "other",
        "updates:\n  - {initiative: wrong-kind, status: stalled, what: x, locator: p, of: yy}\n",
    )
    faults = told(faulty, VOCABULARY, other)
    for missing in ("participant “adb”", "theme “fire”", "meeting “fm-9”", "participant “qq”"):
        assert any(f"there is no {missing}" in fault for fault in faults), missing
    for missing in ("initiative “nowhere”", "participant “xx”", "participant “yy”"):
        assert any(f"there is no {missing}" in fault for fault in faults), missing
    # Each fault of form is told, and nothing that only follows from it.
    assert len([fault for fault in faults if "there is no" not in fault]) == 8
    assert not any("unread" in fault or "not known yet" in fault for fault in faults)


def test_what_a_file_without_form_may_define_is_not_called_missing() -> None:
    broken = "participants:\n\t- {code: adb, name: Bank}\n"
    faults = told(broken, VOCABULARY, report(body=DIALOGUE.replace("[jp, uz]", "[adb, qq]")))
    assert len(faults) == 2
    assert faults[0].startswith("1.yaml, line 2: not YAML")
    assert faults[1].startswith("3.yaml, line 9: there is no participant “qq”")


def test_a_name_in_the_place_of_an_id_is_known_by_what_records_are_called() -> None:
    bank = "participants:\n  - {code: adb, name: Asian Development Bank}\n"
    by = "[Asian Development Bank, Republic of Uzbekistan, Asian Developement Bank, Nobody]"
    load_texts(VOCABULARY)
    Participant.objects.filter(code="uz").update(official_name="Republic of Uzbekistan")
    faults = told(bank, report(body=DIALOGUE + "initiatives:\n" + an_initiative("a", by=by)))
    assert [fault.partition(": ")[2] for fault in faults] == [
        "there is no participant “Asian Developement Bank” (did you mean “adb”?)",
        "there is no participant “Nobody” (define it in a file, or correct the id)",
    ]


def test_a_letter_that_nobody_sees_is_taken_away_or_named() -> None:
    hidden = report(
        body=DIALOGUE.replace("jp", "\u200bjp\u00ad").replace("id: dialogue", "id: dialogue\u2060")
        + "initiatives:\n"
        + an_initiative("a", by="['\u00a0uz\ufeff']", due="2030\u200b"),
        url="https://example.org/\u200ba",
    )
    load_texts(VOCABULARY, hidden)
    initiative = Initiative.objects.get()
    assert (initiative.dialogue.slug, str(initiative.due_on)) == ("dialogue", "2030")
    assert initiative.mentions.get().by.get().code == "uz"
    faults = told(
        report("b", "initiatives:\n" + an_initiative("a", by="[u\u0437]", kind="pro\u200bposal"))
    )
    assert [fault.partition(": ")[2] for fault in faults] == [
        "there is no participant “uз” (“з” in it is U+0437, cyrillic small letter ze)",
        f"“kind” cannot be “pro⟨U+200B⟩posal” (did you mean “proposal”? One of: {KINDS})",
    ]


def test_who_is_called_by_a_name_comes_as_a_block_with_a_code_made_of_it() -> None:
    file = report(body=FULL.replace("by: [uz]", "by: [Asian Development Bank, 'Café: Süd', uз]"))
    with pytest.raises(LoadError) as caught:
        load_texts(VOCABULARY, file)
    block = stubs(map(missing_id, causes(caught.value.problems)))
    assert block.splitlines()[2:] == [
        "  - {code: asian-development-bank, name: Asian Development Bank, kind: organisation}",
        '  - {code: cafe-sud, name: "Café: Süd", kind: organisation}',
    ]
    load_texts(VOCABULARY, file.replace(", uз", ""), block)
    assert Participant.objects.filter(name="Café: Süd").exists()


def test_a_key_that_is_true_or_left_out_says_so() -> None:
    file = report(body=FULL.replace("id: fm-1", "id: fm-1\n  new: maybe"))
    assert "“new” cannot be “maybe” (write new: true, or leave it out)" in "".join(told(file))


def test_a_text_that_a_comma_cuts_in_two_is_not_cut_in_silence() -> None:
    entries = "initiatives:\n  - {id: a, title: Roads, rails and ports, locator: p}\n"
    faults = "\n".join(told(VOCABULARY, report(body=DIALOGUE + entries)))
    assert "unknown key “rails and ports” (put a text with a comma in quotes)" in faults
    faults = "\n".join(
        told(
            VOCABULARY,
            report(body=DIALOGUE + entries.replace("Roads, rails and ports", "A, sumary")),
        )
    )
    assert "unknown key “sumary” (did you mean “summary”?)" in faults


def test_joiners_that_scripts_need_stay_in_texts() -> None:
    text = "می\u200cخواهم, क्\u200dष, co\u00adoperation"
    load_texts(
        VOCABULARY, report(body=DIALOGUE + "initiatives:\n" + an_initiative("a", title=f"'{text}'"))
    )
    assert Initiative.objects.get().title == text


def test_what_is_missing_comes_as_blocks_that_load_once_they_are_filled_in() -> None:
    body = FULL.replace("dialogue: dialogue", "dialogue: forum").replace(
        "raised_at: fm-1", "raised_at: fm-9"
    )
    file = report(
        body=body.replace("by: [uz]", "by: [uz, adb, qq]").replace(
            "[education]", "[education, fire]"
        )
    )
    with pytest.raises(LoadError) as caught:
        load_texts(VOCABULARY, file)
    blocks = stubs(map(missing_id, causes(caught.value.problems)))
    assert blocks == (
        "# In a file of its own, without a report, where none of those there are is meant:\n"
        "participants:\n"
        "  - {code: adb, name: …, kind: organisation}\n"
        "  - {code: qq, name: …, kind: organisation}\n"
        "themes:\n"
        "  - {id: fire, name: …}\n\n"
        "# In the file of a document that describes them:\n"
        "dialogues:\n"
        "  - {id: forum, name: …, locator: …}\n"
        "meetings:\n"
        "  - {id: fm-9, dialogue: …, kind: …, title: …, locator: …}"
    )
    vocabulary, parts = blocks.split("\n\n")
    # As it stands it is refused, so that no name is “…”.
    with pytest.raises(LoadError, match="stands for what is to be filled in"):
        load_texts(vocabulary)
    for name, value in (
        ("kind: …", "kind: forum"),
        ("dialogue: …", "dialogue: forum"),
        ("…", "A name"),
    ):
        vocabulary, parts = vocabulary.replace(name, value), parts.replace(name, value)
    load_texts(VOCABULARY, file, vocabulary, report("describing", parts))
    assert Initiative.objects.get().raised_at.title == "A name"  # type: ignore[union-attr]


def test_in_a_workbook_the_blocks_are_rows_and_faults_hide_none() -> None:
    load_texts(VOCABULARY, report(body=FULL))

    def edit(book: Any) -> None:
        row = add(
            book["Updates"],
            initiative="university",
            status="done",
            what="x",
            report="statement",
            locator="p",
        )
        cell(book["Updates"], row, "of").value = "adb"
        add(book["Themes"], id="energy", name="=1+1")
        add(
            book["Initiatives"],
            id="grid",
            title="x" * 301,
            dialogue="nowhere",
            themes="energy; fire",
        )
        add(
            book["Mentions"],
            initiative="grid",
            act="proposed",
            by="uz, jp",
            report="statement",
            locator="p",
        )

    data = edited(edit)
    assert [fault.partition(" (")[0] for fault in told_of_book(data)] == [
        "book.xlsx, Initiatives, cell B3: “title” has more than 300 characters",
        "book.xlsx, Initiatives, cell F3: there is no dialogue “nowhere”",
        "book.xlsx, Initiatives, cell H3: there is no theme “fire”",
        "book.xlsx, Mentions, cell D3: there is no participant “uz, jp”",
        "book.xlsx, Themes, cell B5: this is a formula",
        "book.xlsx, Updates, cell C4: “status” cannot be “done”",
        "book.xlsx, Updates, cell L4: there is no participant “adb”",
    ]
    assert "(several values stand with “; ” between them)" in "\n".join(told_of_book(data))
    intake = Intake()
    intake.add(lambda: read_sheets("book.xlsx", data))
    with pytest.raises(LoadError) as caught:
        intake.checked()
    blocks = stubs(map(missing_id, causes(caught.value.problems)))
    assert (
        "Participants: code, name, official_name, other_names, kind, part_of, language, version\n"
        "adb\t…\t\t\torganisation"
    ) in blocks
    assert "Themes: id, name, sdgs, sdg_targets, language, version\nfire\t…" in blocks


@pytest.mark.usefixtures("at_once")
def test_the_desk_tells_a_cause_once_with_all_places_and_the_block_to_fill_in(
    client: Client,
) -> None:
    load_texts(VOCABULARY, report(body=FULL))
    entries = "".join(an_initiative(f"a-{n}", dialogue="nowhere") for n in range(600))
    text = report("many", "initiatives:\n" + entries + an_initiative("b", themes="[fire]"))
    upload = uploaded(client, many__yaml=text)
    assert [(p["place"], p["what"], p["count"]) for p in upload.problems] == [
        ("lines 9–608", "there is no dialogue “nowhere”", 600),
        ("line 609", "there is no theme “fire”", 1),
    ]
    html = page(client, upload)
    assert "There are 2 faults" in html
    assert "more faults" not in html
    assert "(600 places)" in html
    assert "<pre" in html
    assert "{id: fire, name: …}" in html
