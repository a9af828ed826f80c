"""The text that the project began with: all of it is on the site with it as source, and nothing else under its name.

Pages are read as a reader sees them who opens nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pytest
from django.test import Client

from initiatives.models import Citation, LoadedFact, Mention, StatusUpdate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures")]

SOURCE = "invest-uz-2022-04-17"
REPORT = f"/reports/{SOURCE}/"
MEETING = "/meetings/central-asia-japan-fm-8/"
DIALOGUE = "/dialogues/central-asia-japan/"
UMURZAKOV = "S. Umurzakov, Deputy Prime Minister – Minister of Investment and Foreign Trade"
NAMED_AREAS = (
    "Uzbekistan named the areas that matter most for cooperation in the dialogue, and others that the text does not"
    " name"
)


@dataclass(frozen=True)
class Fact:
    """Where the text says it, the page that shows it in which words, and the row or field that holds it."""

    place: str
    address: str
    words: str
    held: str


def line(place: str, address: str, kind: str, words: str) -> Fact:
    return Fact(place, address, words, f"line/{kind}/{words}")


def initiative(place: str, slug: str, act: str, by: str, *words: str) -> list[Fact]:
    held = f"mention/{slug}/{act}/{by}"
    return [Fact(place, f"/initiatives/{slug}/", each, held) for each in words]


def area(slug: str, words: str) -> list[Fact]:
    return initiative("para 5", slug, "proposed", "uz", words, "Priority area")


FACTS = [
    Fact("head", REPORT, "17 April 2022", "report/published_on/2022-04-17"),
    Fact(
        "head",
        REPORT,
        "Dialogue “Central Asia + Japan” is an effective platform for cooperation",
        "report/title",
    ),
    Fact("para 1", MEETING, "8th Foreign Ministers’ Meeting", "meeting/number/8"),
    Fact("para 1", MEETING, "15 April 2022", "meeting/starts_on/2022-04-15"),
    Fact("para 1", MEETING, "Videoconference", "meeting/format/videoconference"),
    *(
        Fact("para 1", MEETING, name, f"attendance/{code}")
        for code, name in (
            ("jp", "Japan"),
            ("kz", "Kazakhstan"),
            ("kg", "Kyrgyzstan"),
            ("tj", "Tajikistan"),
            ("tm", "Turkmenistan"),
            ("uz", "Uzbekistan"),
        )
    ),
    Fact("para 1", MEETING, UMURZAKOV, f"delegate/{UMURZAKOV}"),
    *(
        line("para 2", DIALOGUE, "goal", words)
        for words in (
            "Wider political dialogue",
            "Wider trade and economic cooperation",
            "A stronger presence of Japan, and stronger positions of Japanese companies, in Central Asia",
            "Wider cultural and humanitarian exchange with the countries of the region",
        )
    ),
    *(
        line("para 2", DIALOGUE, "area", words)
        for words in (
            # The five key areas,
            "Political dialogue",
            "Intra-regional cooperation",
            "Business promotion",
            "Intellectual dialogue",
            "Cultural and human exchange",
            # and what else is worked on.
            "Counter-terrorism",
            "Drug control",
            "Regional security",
            "Agriculture",
            "Water and energy",
            "Transport and logistics",
            "Environmental protection",
            "Tourism",
            "Trade and investment",
        )
    ),
    *(
        line("para 3", MEETING, "agenda", words)
        for words in (
            "Comprehensive measures to strengthen Central Asia-Japan cooperation",
            "COVID-19",
            "Border control",
            "Regional security",
            "Sustainable Development Goals",
        )
    ),
    *(
        line("para 4", MEETING, "statement", words)
        for words in (
            "Those who spoke described where the cooperation of their countries with Japan stands",
            "Those who spoke named the issues that matter now in the priority areas",
            "Those who spoke made proposals to deepen the partnership",
        )
    ),
    *(
        line("para 5", MEETING, "statement", words)
        for words in (
            "Uzbekistan is ready to step up cooperation and to widen the agenda of the dialogue",
            "Uzbekistan summed up thirty years of its cooperation with Japan",
            NAMED_AREAS,
        )
    ),
    *area(
        "infectious-disease-cooperation",
        "Wider cooperation against infectious diseases by bringing in advanced Japanese experience.",
    ),
    *area(
        "joint-pharmaceutical-clusters",
        "Set up joint pharmaceutical clusters and specialised scientific and educational institutions.",
    ),
    *area(
        "joint-answer-to-crime-drugs-and-cyber-threats",
        "Secure lasting social and economic development by fighting transnational and organised crime, drug"
        " trafficking, cybercrime and other threats to security.",
    ),
    *area(
        "diversified-transport-corridors",
        "Joint projects for more transport corridors, new railways and roads, and air transport.",
    ),
    *area(
        "digital-economy-and-e-commerce",
        "Develop the digital economy and electronic trade.",
    ),
    *area(
        "japanese-technologies-and-know-how",
        "Bring in Japanese technologies and know-how.",
    ),
    *area(
        "green-economy-and-climate",
        "Promote a green economy and contain climate change.",
    ),
    line(
        "para 6",
        MEETING,
        "statement",
        "Uzbekistan put forward several new initiatives, and further ideas that the text does not name",
    ),
    *initiative(
        "para 6",
        "one-village-one-product-uzbekistan",
        "proposed",
        "uz",
        "Develop a joint programme against poverty on the basis of the Japanese programme “One Village – One Product”.",
    ),
    *initiative(
        "para 6",
        "green-agenda-regional-programme",
        "proposed",
        "uz",
        "Promote the regional programme “Green Agenda” for Central Asia.",
    ),
    *initiative(
        "para 6",
        "central-asian-digital-university",
        "proposed",
        "uz",
        "Turn the Japanese Digital University, established in Tashkent in 2020, into a Central Asian Digital"
        " University that reaches the whole region with training and professional development, and runs joint"
        " educational programmes.",
    ),
    Fact(
        "para 6",
        "/initiatives/central-asian-digital-university/",
        "Japan Digital University",
        "lineage/builds_on",
    ),
    *initiative("para 6", "japan-digital-university", "mentioned", "", "Japan Digital University"),
    Fact(
        "para 6",
        "/initiatives/japan-digital-university/",
        "The Japanese Digital University was established in Tashkent.",
        "update/japan-digital-university/under_way/2020",
    ),
    *initiative(
        "para 7",
        "japanese-contribution-to-sustainable-development",
        "readiness",
        "jp",
        "Contribute further to the sustainable development of the region by widening bilateral and multilateral"
        " dialogue with its countries.",
        "Readiness expressed",
    ),
]
# What other documents say of the meeting, and what nobody who wrote this one said.
NOT_IN_IT = (
    "Hayashi",
    "林",
    "Tursunov",
    "トゥルスノフ",
    "Kazakbaev",
    "Muhriddin",
    "Hajiyev",
    "Sardor",
    "ウムルザーコフ",
    "Investments",
    "Ukraine",
    "Afghanistan",
    "hour and a half",
    "in person",
    "Tokyo",
    "9th",
    "ninth",
    "Chair",
    "chaired",
    "COVAX",
)


def drawn() -> dict[str, set[str]]:
    """What is recorded from the document: by the name of each row or field, the places that are cited."""
    held: dict[str, set[str]] = {}

    def hold(name: str, place: str) -> None:
        held.setdefault(name, set()).add(place)

    for citation in Citation.objects.filter(report__slug=SOURCE):
        if citation.line:
            name = f"line/{citation.line.kind}/{citation.line.text}"
        elif citation.delegate:
            name = f"delegate/{citation.delegate}"
        elif citation.attendance:
            name = f"attendance/{citation.attendance.participant.code}"
        elif citation.lineage:
            name = f"lineage/{citation.lineage.relation}"
        else:
            # Meeting and dialogue themselves; their fields are below.
            assert citation.meeting or citation.dialogue, citation
            continue
        hold(name, citation.locator)
    for mention in Mention.objects.filter(report__slug=SOURCE):
        by = ",".join(sorted(mention.by.values_list("code", flat=True)))
        hold(f"mention/{mention.initiative.slug}/{mention.act}/{by}", mention.locator)
    for update in StatusUpdate.objects.filter(report__slug=SOURCE):
        hold(f"update/{update.initiative.slug}/{update.status}/{update.on}", update.locator)
    return held


def stated(kind: str, key: str) -> dict[str, object]:
    """The fields of a record that the document states."""
    values: dict[str, object] = LoadedFact.objects.get(source=SOURCE, kind=kind, key=key).values
    return values


def read_as_closed(client: Client, address: str) -> str:
    """The words of a page, with all that is folded away left out, and links kept by their address."""
    page = client.get(address).content.decode()
    page = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", page)
    while "<details" in page:
        page, changes = re.subn(r"(?s)<details\b(?:(?!<details\b).)*?</details>", " ", page)
        assert changes
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_fact_of_the_text_is_on_the_site_with_it_as_source(client: Client) -> None:
    held = drawn()
    meeting = stated("meeting", "central-asia-japan-fm-8")
    fields = {f"meeting/{name}/{value}" for name, value in meeting.items()}
    fields |= {f"report/{name}/{value}" for name, value in stated("report", SOURCE).items()}
    fields.add("report/title")
    texts = {
        address: read_as_closed(client, address) for address in {fact.address for fact in FACTS}
    }
    assert [fact for fact in FACTS if fact.words not in texts[fact.address]] == []
    for fact in FACTS:
        assert fact.held in fields or fact.place in held[fact.held], fact


def test_marks_beside_the_facts_lead_to_the_text(client: Client) -> None:
    marked = ("line/", "delegate/", "meeting/format", "meeting/starts_on")
    for fact in FACTS:
        if fact.held.startswith(marked):
            page = html.unescape(client.get(fact.address).content.decode())
            marks = re.findall(
                re.escape(fact.words) + r'(?:\s|</\w+>)*<sup class="marks">(.*?)</sup>', page
            )
            assert any(f'href="{REPORT}"' in links for links in marks), fact


def test_nothing_else_is_recorded_from_the_text() -> None:
    assert set(drawn()) == {fact.held for fact in FACTS} - {
        fact.held for fact in FACTS if fact.held.startswith(("meeting/", "report/"))
    }
    assert set(stated("meeting", "central-asia-japan-fm-8")) == {
        "dialogue",
        "kind",
        "number",
        "title",
        "starts_on",
        "format",
        "state",
    }
    assert stated("dialogue", "central-asia-japan") == {}


def test_the_pages_of_the_report_name_nothing_that_the_text_does_not(client: Client) -> None:
    words = ""
    for number in (1, 2):
        page = html.unescape(client.get(f"{REPORT}?page={number}").content.decode())
        main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
        words += " ".join(main.split()) + "\n"
    assert client.get(f"{REPORT}?page=3").status_code == 404
    assert [word for word in NOT_IN_IT if word in words] == []
    for fact in FACTS:
        if fact.held.startswith(("line/", "delegate/")):
            assert fact.words in words, fact


def test_every_page_of_a_fact_leads_to_the_text(client: Client) -> None:
    for address in {fact.address for fact in FACTS} - {REPORT}:
        assert f'href="{REPORT}"' in client.get(address).content.decode(), address
