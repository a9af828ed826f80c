"""No country is treated by its name: two that change places in all that is recorded change places on all pages.

The same files are loaded twice, the second time with the codes and names of two countries exchanged, so that reading,
what is derived, what is stored for search and what is shown are all asked. What is sorted by name would change places
once more: the second time the rows keep the keys by which they sorted the first time.
"""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from initiatives.as_of import days
from initiatives.facets import index as facet_index
from initiatives.models import Participant
from initiatives.models.sort_keys import sort_key
from tests.clock import Clock
from tests.report_files import load_texts

pytestmark = pytest.mark.django_db

# The host of most dialogues, and the country whose initiatives the record began with.
NAMES = {
    "jp": "uz",
    "Japan": "Uzbekistan",
    "日本": "O‘zbekiston",
    "Tokyo": "Tashkent",
}
EXCHANGED = NAMES | {new: old for old, new in NAMES.items()}
WORDS = re.compile(rf"(?<![a-z])(?:{'|'.join(EXCHANGED)})(?![a-z])")

VOCABULARY = """\
participants:
  - {code: jp, name: {en: Japan, ru: Japan по-русски}, official_name: Japan in full, other_names: [日本], kind: state}
  - {code: uz, name: {en: Uzbekistan, ru: Uzbekistan по-русски}, official_name: Uzbekistan in full,
     other_names: [O‘zbekiston], kind: state}
  - {code: kz, name: Kazakhstan, kind: state}
  - {code: five-states, name: Five States, kind: group}
  - {code: mofa-jp, name: Ministry of Foreign Affairs of Japan, kind: ministry, part_of: jp}
  - {code: bank-uz, name: Bank of Uzbekistan, kind: company, part_of: uz}
themes:
  - {id: education, name: Education, sdgs: [4], sdg_targets: ["4.3"]}
  - {id: water, name: Water, sdgs: [6]}
"""

JOINT = """\
report:
  id: joint
  title: Statement of the meeting in Tokyo
  publisher: Ministry of Foreign Affairs of Japan
  kind: joint
  issued_by: [jp, uz, kz]
  published: 2022-04-17
  language: en
  url: https://example.org/joint
dialogues:
  - id: dialogue
    name: The Dialogue
    purpose: To talk.
    members: [kz, {participant: jp, since: 2004}, {participant: uz, since: 2005}]
    goals: [Peace]
    locator: head
meeting:
  id: fm-1
  dialogue: dialogue
  kind: foreign_ministers
  number: 1
  title: First meeting
  starts: 2022-04-15
  city: Tokyo
  host: jp
  chair: {text: The minister of Japan, by: [jp]}
  agenda: [Water, Education]
  statements:
    - {text: Uzbekistan spoke of thirty years, by: [uz], locator: para 2}
  attendance:
    - {participant: jp, head: A. Minister, title: Minister of Japan}
    - participant: uz
      delegates: [{name: B. Minister, head: true}, {title: Adviser}]
    - {participant: bank-uz, capacity: guest}
  locator: para 1
meetings:
  - {id: fm-2, dialogue: dialogue, kind: foreign_ministers, number: 2, title: Second meeting, starts: 2024-05,
     city: Tashkent, host: uz, state: held, locator: para 9, attendance: [{participant: uz}, {participant: kz}]}
  - {id: fm-3, dialogue: dialogue, kind: foreign_ministers, title: Third meeting, starts: 2027, host: jp,
     state: planned, locator: para 9}
initiatives:
  - id: university
    title: University of Japan and Uzbekistan
    summary: Japan is to build it in Tashkent.
    kind: programme
    dialogue: dialogue
    raised_at: fm-1
    themes: [education]
    due: 2024
    act: proposed
    by: [Uzbekistan]
    locator: para 3
    quote: Uzbekistan proposes a university.
    quote_language: en
    roles: {lead: [mofa-jp], funder: [jp], implementer: [uz], beneficiary: [kz]}
    targets: [{metric: students, value: 600, unit: people, bound: up_to}]
    sub:
      - {title: A dormitory, act: undertaken, by: [jp], welcomed_by: [uz], locator: para 3 (a)}
  - {id: plan, title: Plan of action, dialogue: dialogue, raised_at: fm-1, themes: [water], act: adopted, by: all,
     locator: para 4, condition: once all have ratified it}
  - {id: loan, title: Loan, dialogue: dialogue, raised_at: fm-1, kind: pledge, act: undertaken, by: [jp],
     locator: para 5,
     builds_on: [plan], due: 2023}
  - {id: visit, title: Visit, dialogue: dialogue, raised_at: fm-2, kind: event, act: readiness, by: [jp, uz],
     locator: para 6}
discrepancies:
  - {id: number, topic: How many students, initiative: university, says: 600, locator: para 3}
"""

STATEMENT = """\
report:
  {id: statement, title: Japan builds the university, publisher: The Gazette of Japan, kind: statement,
   issued_by: [jp], published: 2023-06-01, language: en}
initiatives:
  - {id: university, act: reworded, by: [jp], locator: para 1, due_at: fm-3, note: Japan speaks of a college.}
  - {id: plan, act: restated, by: [uz, jp], locator: para 2}
updates:
  - {initiative: university, status: under_way, on: 2023-05, of: jp, target: students, value: 320, locator: para 1,
     what: Japan has sent its teachers to Tashkent.}
  - {initiative: university, status: preparing, on: 2023-05, what: Uzbekistan prepares the ground., locator: para 3}
  - {initiative: loan, status: delivered, on: 2023-06-01, what: Japan has paid it out., locator: para 4}
  - {initiative: plan, status: suspended, on: 2023-06, of: uz, what: Uzbekistan has put it off., locator: para 5}
criteria:
  - {initiative: loan, what: Uzbekistan has received it, verifiability: partly, why: Japan names no sum, locator: head}
discrepancies:
  - {id: number, says: 500, locator: para 1}
"""

REVIEW = """\
review: {id: review-1, by: the editors, on: 2025-03-01}
criteria:
  - {initiative: plan, what: Nothing that could be seen, verifiability: not_verifiable, why: It names no deed}
looked:
  - {initiative: visit, of: uz, where: the sites of Japan and of Uzbekistan, what: A page on Tokyo.}
"""

ADDRESSES = [
    *("/", "/about/method/", "/changes/", "/corrections/", "/participants/", "/reports/joint/"),
    *(
        "/dialogues/dialogue/",
        "/dialogues/dialogue/brief/",
        "/meetings/fm-1/",
        "/meetings/fm-1/brief/",
    ),
    *(
        "/initiatives/",
        "/initiatives/?participant=jp&view=table",
        "/initiatives/?proposer=uz&q=Tashkent",
    ),
    *("/initiatives/university/", "/initiatives/loan/", "/initiatives/plan/?as_of=2023-06-30"),
    *(
        "/participants/jp/",
        "/participants/uz/",
        "/participants/uz/?as_of=2023-06-30",
        "/participants/mofa-jp/",
    ),
    *(
        "/matrix/",
        "/matrix/?dialogue=dialogue&participant=uz",
        "/matrix.csv",
        "/initiatives/loan/badge.svg",
    ),
    *(
        "/initiatives.csv",
        "/initiatives.json",
        "/initiatives.atom",
        "/meetings.csv",
        "/meetings.ics",
    ),
    *(
        "/participants.csv",
        "/participants/jp.json",
        "/initiatives/university.json",
        "/dialogues/dialogue.json",
    ),
    *("/data/csv/involvements.csv", "/data/csv/updates.csv", "/data/csv/attendances.csv"),
]


# What has no other order stands in that of its keys, which have codes in them: there only what is said is compared.
BY_CODE = {"/reports/joint/", "/dialogues/dialogue.json"}
PIECES = re.compile(r"[\n{}\[\]]")
# Also the language of a country is none of these: “uz” is Uzbek, too.
LEFT_OUT = re.compile(
    r'"data_version": ?"[^"]*"|<link rel="alternate" hreflang[^>]*>|<details class="menu languages">.*?</details>',
    re.DOTALL,
)


def exchange(text: str) -> str:
    return WORDS.sub(lambda match: EXCHANGED[match[0]], text)


def read_all(texts: list[str], addresses: list[str], *, exchanged: bool = False) -> list[str]:
    """What each address answers where nothing but these files is recorded."""
    with transaction.atomic():
        load_texts(*texts)
        if exchanged:
            for row in Participant.objects.all():
                Participant.objects.filter(pk=row.pk).update(sort_key=sort_key(exchange(row.name)))
        facet_index.forget()
        days.forget()
        answers = [Client().get(address) for address in addresses]
        transaction.set_rollback(True)
    assert {answer.status_code for answer in answers} == {200}
    return [LEFT_OUT.sub("", b"".join(answer).decode()) for answer in answers]


def test_countries_that_change_places_change_places_on_all_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Clock(monkeypatch, "2026-05-03")
    texts = [VOCABULARY, JOINT, STATEMENT, REVIEW]
    before = read_all(texts, ADDRESSES)
    after = read_all([*map(exchange, texts)], [*map(exchange, ADDRESSES)], exchanged=True)
    for address, first, second in zip(ADDRESSES, before, after, strict=True):
        in_order = sorted if address in BY_CODE else list
        expected, shown = PIECES.split(exchange(first)), PIECES.split(second)
        assert in_order(expected) == in_order(shown), address
