"""Nonsense and malice are answered with 400, 403, 404 or 405, never with 500."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from initiatives.pages.changes import ChangeFilter
from initiatives.query.filters import InitiativeFilter, MeetingFilter, ReportFilter
from tests.addresses import addresses
from tests.extent import HOSTILE_REQUESTS
from tests.world import LISTS, make_world

pytestmark = pytest.mark.django_db

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.sampled_from(
    [*InitiativeFilter.base_filters, "kind", "state", "sort", "per", "page", "mentions", "updates"]
)
DETAILS = [
    "/initiatives/university/",
    "/reports/statement/",
    "/meetings/fm-8/",
    "/meetings/fm-8/brief/",
    "/dialogues/ca-japan/brief.docx",
    "/matrix.csv",
]


@given(
    path=st.sampled_from([*LISTS, *DETAILS]),
    pairs=st.lists(st.tuples(names | anything, anything), max_size=12),
)
def test_no_query_string_is_answered_with_500(path: str, pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    assert Client().get(f"{path}?{query}").status_code in {200, 400, 404}


@given(anything)
def test_no_path_is_answered_with_500(path: str) -> None:
    for kind in ("", "initiatives/", "participants/"):
        assert Client().get(f"/{kind}{quote(path)}/").status_code in {200, 301, 302, 400, 404}


@pytest.mark.every_case
@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-1",
        f"page={10**30}",
        "page=99999",
        "q=" + "word+" * 3000,
        "q=%00",
        "q=%ED%A0%80",
        "q=%FF%FE",
        "theme=%27%20OR%201=1--",
        "&".join(f"theme=t{n}" for n in range(40)),
        "&".join(f"x{n}=1" for n in range(25_000)),
        "mentions=0&updates=1e9&citations=x",
        "sort=title&sort=due&per=25&per=50",
        "=&&&=x&%",
    ],
)
def test_hostile_parameters(client: Client, query: str) -> None:
    make_world()
    for path in (*LISTS, *DETAILS):
        assert client.get(f"{path}?{query}").status_code in {200, 400, 404}, path


def test_pages_are_only_read(client: Client) -> None:
    for path in LISTS:
        assert client.post(path).status_code == 405
        assert client.delete(path).status_code == 405
        assert client.head(path).status_code == 200


def test_a_form_without_its_token_is_refused_on_our_own_page() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/")
    assert response.status_code == 403
    assert "No access" in response.content.decode()


def test_a_nul_in_the_address_is_refused_on_our_own_page(client: Client) -> None:
    response = client.get("/initiatives/?q=%00")
    assert response.status_code == 400
    assert "We cannot read this link" in response.content.decode()


def test_the_page_of_an_error_of_ours_needs_nothing() -> None:
    assert server_error(RequestFactory().get("/")).status_code == 500
    page = render_to_string("500.html")
    assert "Something went wrong" in page
    assert f'href="{settings.STATIC_URL}initiatives/app.css"' in page


def test_public_pages_set_no_cookie_and_say_nothing_of_who_asks(client: Client) -> None:
    for path in LISTS:
        response = client.get(path)
        assert not response.cookies, path
        assert "Cookie" not in response.headers.get("Vary", ""), path


# --- Many, of every kind --------------------------------------------------------------------------

NASTY = st.sampled_from(
    [
        *(
            "\0",
            "%00",
            "'",
            '"',
            "<script>",
            "../../etc/passwd",
            "{{7*7}}",
            "${jndi:x}",
            "=1+1",
            "-1",
        ),
        *("0", "1e999", "NaN", "9" * 40, "٣", "２０２２", "2022-02-30", "9999-12-31", "0001-01-01"),
        *("\u202e", "\ud7ff\ue000", "🏔️" * 20, "協力", "x" * 5000, " ", "*", "%", "_", "\\", "NULL"),
        *("true", "[]", "{}", "null", "under_way", "jp", "education", "2022", "table", "relevance"),
    ]
)
PARAMETERS = st.sampled_from(
    sorted(
        {
            *InitiativeFilter.base_filters,
            *MeetingFilter.base_filters,
            *ReportFilter.base_filters,
            *ChangeFilter.base_filters,
            *(
                "sort",
                "per",
                "page",
                "view",
                "as_of",
                "participant",
                "mentions",
                "updates",
                "format",
            ),
        }
    )
)
HEADERS = st.sampled_from(
    [
        *(
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Cookie",
            "Host",
            "If-None-Match",
            "Range",
        ),
        *(
            "If-Modified-Since",
            "Origin",
            "Referer",
            "User-Agent",
            "X-Forwarded-For",
            "Content-Type",
        ),
        *("X-Forwarded-Host", "X-Forwarded-Proto", "Authorization", "Content-Length", "Purpose"),
    ]
)
METHODS = st.sampled_from(
    ["GET"] * 8 + ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"]
)
# What a server would pass on of a header.
SENT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)


def test_hostile_requests_to_every_address(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings.ARCHIVE_DIR = tmp_path_factory.mktemp("archive")
    world = make_world()
    make_files(at_once=True)
    known = sorted(set(addresses(world, more=("nothing", "x" * 300))))
    counted: Counter[int] = Counter()

    @hypothesis_settings(
        max_examples=HOSTILE_REQUESTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(
        method=METHODS,
        path=st.sampled_from(known) | st.builds("/{}/{}".format, anything, anything),
        pairs=st.lists(st.tuples(PARAMETERS | anything, NASTY | anything), max_size=10),
        headers=st.dictionaries(HEADERS, NASTY.filter(_fits_a_header) | SENT, max_size=4),
    )
    def ask(method: str, path: str, pairs: list[tuple[str, str]], headers: dict[str, str]) -> None:
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
        address = f"{quote(path, safe='/')}?{query}"
        response = Client().generic(method, address, headers=headers)
        if response.streaming:
            for _part in response:
                pass
        assert response.status_code < 500, (method, address, headers)
        counted[response.status_code] += 1

    ask()
    assert counted.total() >= HOSTILE_REQUESTS
    assert counted[200]


def _fits_a_header(text: str) -> bool:
    return text.isprintable() and all(ord(letter) < 256 for letter in text)
