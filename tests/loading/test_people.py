"""Ministries and banks by any of their names, several chairs and heads: loaded, edited, exported and read back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.loading.problems import LoadError
from initiatives.models import Initiative, Line, Meeting, Participant, Theme
from tests import workbooks
from tests.admin_forms import address, errors, saved, send
from tests.report_files import actions_of, load_texts, report

pytestmark = pytest.mark.django_db

VOCABULARY = """\
participants:
  - code: mfa-kz
    name: Ministry of Foreign Affairs of Kazakhstan
    other_names: [MFA KZ, ҚР СІМ]
    kind: ministry
    part_of: Kazakhstan
  - {code: mfa-uz, name: Ministry of Foreign Affairs of Uzbekistan, kind: ministry, part_of: uz}
  - {code: bank-c, name: Bank of the Corridor, other_names: [BC], kind: international_organisation}
themes:
  - {id: oceans, name: Oceans, sdgs: [14], sdg_targets: ["14.b", "14.4"]}
"""
# “Co-chaired by the ministers of A and B, with the president of bank C.”
CHAIRED = """\
dialogues:
  - {id: corridor, name: Corridor Talks, members: [kz, uz], locator: head}
meeting:
  id: corridor-1
  dialogue: corridor
  kind: ministerial
  title: First Corridor Talks
  other_names: [CT-1]
  starts: 2024-05-13
  locator: para 1
  chair:
    - {text: Minister of Foreign Affairs of Kazakhstan, by: [MFA KZ]}
    - {text: Minister of Foreign Affairs of Uzbekistan, by: [mfa-uz]}
    - {text: "President of the bank", by: [BC], locator: para 2}
  attendance:
    - participant: kz
      delegates:
        - {name: A. Minister, title: Minister of Foreign Affairs, head: true}
        - {title: Minister of Transport, head: true}
    - {participant: uz, head: B. Minister}
    - {participant: BC, capacity: guest, delegates: [{title: President, head: true}]}
initiatives:
  - id: one-form
    title: One form
    other_names: [Single window, SW]
    dialogue: corridor
    act: proposed
    by: [ҚР СІМ]
    locator: para 3
"""
FILE = report("corridor", CHAIRED)
CHAIRS = [
    ("Minister of Foreign Affairs of Kazakhstan", ["mfa-kz"]),
    ("Minister of Foreign Affairs of Uzbekistan", ["mfa-uz"]),
    ("President of the bank", ["bank-c"]),
]


def faults(*texts: str) -> list[str]:
    with pytest.raises(LoadError) as refused:
        load_texts(*texts)
    return [str(problem) for problem in refused.value.problems]


def chairs(rows: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """The chairs among rows of the table of lines, as JSON has them or as a sheet does."""
    found = []
    for row in rows:
        by = row["by.code"].split("; ") if "by.code" in row else [of["code"] for of in row["by"]]
        if row["kind"] == "chair":
            found.append((row["text"], by))
    return sorted(found)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


def test_several_chairs_are_said_exactly(client: Client, make_all: Callable[[], list[str]]) -> None:
    load_texts(VOCABULARY, FILE)
    assert actions_of(load_texts(VOCABULARY, FILE)) == {}
    page = json.loads(body(client.get("/meetings/corridor-1.json")))
    assert chairs(page["lines"]) == CHAIRS
    assert page["meeting"]["other_names"] == ["CT-1"]
    heads = {(row["participant"]["code"], row["name"], row["title"]) for row in page["delegates"]}
    assert heads == {
        ("kz", "A. Minister", "Minister of Foreign Affairs"),
        ("kz", None, "Minister of Transport"),
        ("uz", "B. Minister", None),
        ("bank-c", None, "President"),
    }
    assert {row["is_head"] for row in page["delegates"]} == {"yes"}
    make_all()
    html = client.get("/meetings/corridor-1/").content.decode()
    of_bank = html[html.index("President of the bank") :]
    assert 'for <a href="/participants/bank-c/">' in " ".join(of_bank.split())
    with zipfile.ZipFile(
        io.BytesIO(body(client.get(reverse("initiatives:data_archive"))))
    ) as archive:
        text = archive.read("csv/lines.csv").decode("utf-8-sig")
    assert chairs(list(csv.DictReader(io.StringIO(text)))) == CHAIRS


def test_chairs_are_edited_in_the_workbook_and_at_the_desk(admin_client: Client) -> None:
    load_texts(VOCABULARY, FILE)

    def edit(book: Any) -> None:
        page = book["Lines"]
        row = workbooks.row_of(page, "President of the bank", "text")
        assert workbooks.cell(page, row, "by").value == "bank-c"
        workbooks.cell(page, row, "by").value = "bank-c; mfa-uz"
        page = book["Participants"]
        row = workbooks.row_of(page, "bank-c", "code")
        workbooks.cell(page, row, "other_names").value = "BC\nCorridor Bank"
        workbooks.cell(page, row, "part_of").value = "mfa-uz"

    workbooks.load_book(workbooks.edited(edit))
    line = Line.objects.get(text="President of the bank")
    assert sorted(line.by.values_list("code", flat=True)) == ["bank-c", "mfa-uz"]
    bank = Participant.objects.get(code="bank-c")
    assert (bank.other_names, str(bank.part_of)) == (
        "BC\nCorridor Bank",
        "Ministry of Foreign Affairs of Uzbekistan",
    )
    meeting = Meeting.objects.get()
    number = [line.pk for line in meeting.lines.order_by("kind", "pk")].index(line.pk)
    saved(admin_client, address(meeting, "change"), **{f"lines-{number}-by": [bank.pk]})
    assert line.by.get() == bank
    # What people added stays; the file says what it said.
    assert actions_of(load_texts(VOCABULARY, FILE)) == {}
    assert Participant.objects.get(code="bank-c").other_names == bank.other_names


def test_any_name_of_a_participant_is_understood_unless_it_may_be_two() -> None:
    load_texts(VOCABULARY, FILE)
    one_form = Initiative.objects.get()
    assert [row.participant.code for row in one_form.involvements.all()] == ["mfa-kz"]
    assert Participant.objects.get(code="kz").kind == "state"
    union = "participants:\n  - {code: african-union, name: African Union, other_names: [AU, BC]}\n"
    text = report("two", "dialogues: [{id: d, name: D, members: [AU], locator: p. 1}]")
    one = "write the code of the one that is meant"
    assert faults(union, text) == [
        f"file-2.yaml, line 8: “AU” may be more than one participant ({one}: african-union or au)"
    ]
    assert faults(union, text.replace("AU]", "BC]")) == [
        f"file-2.yaml, line 8: “BC” may be more than one participant ({one}: african-union or bank-c)"
    ]
    load_texts(union, text.replace("AU]", "African Union, au]"))
    assert Participant.objects.get(code="au").name == "Australia"


def test_a_vocabulary_holds_no_circle_no_state_of_another_and_no_target_without_its_goal() -> None:
    text = """\
participants:
  - {code: a, name: A, kind: agency, part_of: b}
  - {code: b, name: B, kind: agency, part_of: a}
  - {code: kz, name: Kazakhstan, part_of: c}
  - {code: c, name: C, kind: group}
themes:
  - {id: t, name: T, sdgs: [4], sdg_targets: ["14.a"]}
"""
    cure = "say of which kind it is, such as kind: ministry, or leave part_of out"
    assert faults(text) == [
        "file-1.yaml, line 2: “a” is part of itself: a → b → a (remove one of these relations)",
        f"file-1.yaml, line 4: kz is a state, and part of c ({cure})",
        "file-1.yaml, line 7: t serves target 14.a, and not its goal (add 14 to sdgs)",
    ]
    (wrong,) = faults(text[text.index("themes") :].replace("14.a", "4.99"))
    assert "The 2030 Agenda has no target 4.99 (targets are written 4.3 or 14.a.)" in wrong
    load_texts(VOCABULARY)
    (deep,) = faults(
        "participants:\n"
        "  - {code: department, name: Department, kind: agency, part_of: mfa-kz}\n"
        "  - {code: division, name: Division, kind: agency, part_of: department}\n"
        "  - {code: unit, name: Unit, kind: agency, part_of: division}\n"
    )
    assert "more than 3 stand above unit: unit → division → department → mfa-kz → kz" in deep
    assert Theme.objects.get().sdg_targets == ["14.4", "14.b"]


def test_the_desk_refuses_the_same(admin_client: Client) -> None:
    load_texts(VOCABULARY)
    kz, mfa = Participant.objects.get(code="kz"), Participant.objects.get(code="mfa-kz")
    bank = Participant.objects.get(code="bank-c")
    page = send(admin_client, address(kz, "change"), part_of=bank.pk)
    assert "A state is part of no other participant." in errors(page)
    page = send(admin_client, address(kz, "change"), part_of=mfa.pk, kind="group")
    assert "That one is itself part of this one." in errors(page)
    whole = mfa
    for code in ("department", "division"):
        new = {"name": code, "code": code, "kind": "agency", "part_of": whole.pk}
        saved(admin_client, address(Participant, "add"), **new)
        whole = Participant.objects.get(code=code)
    page = send(
        admin_client, address(Participant, "add"), **new | {"code": "u", "part_of": whole.pk}
    )
    assert "At most 3 stand above one another" in errors(page)
    named = " Ministry \r\n\r\nMFA  KZ\r\nMinistry"
    saved(admin_client, address(mfa, "change"), other_names=named)
    mfa.refresh_from_db()
    assert mfa.other_names == "Ministry\nMFA KZ"
    page = send(admin_client, address(mfa, "change"), other_names="n" * 201)
    assert "A name has at most 200 characters." in errors(page)
    theme = Theme.objects.get()
    page = send(admin_client, address(theme, "change"), sdg_targets="14.b, 4.3")
    assert "4.3 is a target of a goal that is not chosen." in errors(page)
    page = send(admin_client, address(theme, "change"), sdg_targets="14.b\0")
    assert "The 2030 Agenda has no target 14.b" in errors(page)
    saved(admin_client, address(theme, "change"), sdg_targets="14.B; 14.2", sdgs=["14"])
    theme.refresh_from_db()
    assert theme.sdg_targets == ["14.2", "14.b"]
    picker = {
        "app_label": "initiatives",
        "model_name": "line",
        "field_name": "by",
        "term": "mfa kz",
    }
    answer = admin_client.get("/admin/autocomplete/", picker).json()
    assert [row["id"] for row in answer["results"]] == [str(mfa.pk)]


def test_who_is_a_ministry_of_which_country_is_seen_on_both_pages(client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    country = client.get("/participants/kz/").content.decode()
    bodies = country[country.index("Ministries and other bodies") : country.index('id="meetings"')]
    assert 'href="/participants/mfa-kz/"' in bodies
    assert 'href="/initiatives/?participant=mfa-kz"' in bodies
    assert "<b>1</b>" in bodies
    # Nothing rolls up in silence.
    assert "No recorded document names this participant in an initiative." in country
    body_page = client.get("/participants/mfa-kz/?as_of=2024-06-01").content.decode()
    assert "Part of" in body_page
    listed = json.loads(body(client.get("/participants.json")))["participants"]
    (ministry,) = [row for row in listed if row["code"] == "mfa-kz"]
    assert (ministry["other_names"], ministry["part_of"]["code"]) == (["MFA KZ", "ҚР СІМ"], "kz")
    one = json.loads(body(client.get("/participants/kz.json")))
    assert [row["code"] for row in one["participants"]] == ["mfa-kz"]
