"""A day is chosen on a page, kept by its links, and honoured by cards and badges on the pages of others."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.addresses import addresses
from tests.views.test_parameters import OF_DAYS
from tests.world import make_world

pytestmark = pytest.mark.django_db
DAY = "2022-05-01"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def links(html: str) -> list[str]:
    """Where the links of a page lead but those to today."""
    found = re.findall(r'<a\b([^>]*?)href="([^"]*)"([^>]*)>', html)
    return [unescape(href) for before, href, after in found if "data-today" not in before + after]


def test_every_page_of_a_day_keeps_it_in_its_links(client: Client) -> None:
    world = make_world()
    pages = [
        address
        for address in sorted(set(addresses(world, every_table=False)))
        if address.endswith("/") and OF_DAYS.fullmatch(address) and "/embed/" not in address
    ]
    read = 0
    for address in pages:
        response = client.get(f"{address}?as_of={DAY}")
        if response.status_code != 200:
            continue
        read += 1
        html = response.content.decode()
        led = [href for href in links(html) if OF_DAYS.fullmatch(re.split(r"[?#]", href)[0])]
        assert led, address
        for href in led:
            assert f"as_of={DAY}" in href, (address, href)
            assert href.count("as_of=") == 1
        assert f'name="as_of" required min="1900-01-01" max="{timezone.localdate()}"' in html
        assert f'value="{DAY}"' in html
    assert read > 12


def test_a_day_is_chosen_where_it_is_honoured_and_keeps_the_filters(client: Client) -> None:
    make_world()
    html = page(client, "/initiatives/?theme=education&theme=none&page=1")
    form = html[html.index('class="day"') :].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form) == [
        ("theme", "education"),
        ("theme", "none"),
    ]
    for address in ("/data/", "/search/", "/corrections/"):
        assert 'class="day"' not in page(client, address), address


def test_themes_and_reports_are_seen_as_of_a_day(client: Client) -> None:
    theme = make.theme("water", name="Water")
    early, late = (
        make.report("early", published_on="2020"),
        make.report("late", published_on="2024"),
    )
    old = make.initiative("old", title="Old plan", themes=[theme])
    new = make.initiative("new", title="New plan", themes=[theme])
    make.mention(initiative=old, report=early, act="proposed")
    make.mention(initiative=new, report=late, act="proposed")
    make.mention(initiative=old, report=late, act="restated")
    html = page(client, "/themes/water/?as_of=2021-06-01")
    assert "Old plan" in html
    assert "New plan" not in html
    assert "Old plan" in page(client, "/reports/early/?as_of=2021-06-01")
    assert client.get("/reports/late/?as_of=2021-06-01").status_code == 404
    assert "New plan" in page(client, "/themes/water/")


def test_cards_and_badges_are_as_of_a_day(client: Client) -> None:
    row = make.initiative("rail", title="Rail")
    make.mention(initiative=row, report=make.report(published_on="2019"))
    make.update(
        initiative=row, status="under_way", on="2020", report=make.report(published_on="2020")
    )
    make.update(
        initiative=row, status="delivered", on="2024", report=make.report(published_on="2024")
    )
    for address in ("/embed/rail/", "/initiatives/rail/badge.svg"):
        assert "Delivered" in page(client, address)
        assert "Under way" in page(client, f"{address}?as_of=2021-06-01")
        assert client.get(f"{address}?as_of=2018-01-01").status_code == 404
    assert "As of 1 June 2021." in page(client, "/embed/rail/?as_of=2021-06-01")
