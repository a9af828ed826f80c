"""What requests cost inside one process, asked through WSGI: the site, the floor and the stock admin in turn.

Run by ``python -m bench`` as a process of its own, with the database in its environment; writes JSON to standard
output.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.http import QueryDict  # noqa: E402

from bench import terms  # noqa: E402
from bench.goals import PAGES  # noqa: E402
from bench.memory import resident  # noqa: E402
from bench.processor import Processor  # noqa: E402
from bench.ratios import Timings, compared, described, in_turn  # noqa: E402
from bench.scenarios import (  # noqa: E402
    CONSTANT,
    CONSTANT_LARGE,
    DETAIL,
    LIST,
    PAGE,
    Keys,
    Scenario,
    scenarios,
)
from bench.texts import ask_each_text_anew, remember_texts  # noqa: E402
from initiatives.facets import index as facet_index  # noqa: E402
from initiatives.models import Initiative, Participant, SearchText, Theme  # noqa: E402
from initiatives.query.filters import InitiativeFilter  # noqa: E402
from tracker import warm_up  # noqa: E402

# Candidates for the rare text, from bench.dataset; the last one stands in exactly one title.
RARE = ("zafarobod", "khatirchi", "cholpon", "muynak")
# Rounds over the pages of all kinds.
LEAST_ROUNDS, MOST_ROUNDS = 3, 60


class Answer:
    """What came back, read to its end."""

    def __init__(self, status: int, headers: dict[str, str], size: int, peak: int) -> None:
        self.status, self.headers, self.size, self.peak = status, headers, size, peak


class Site:
    """The WSGI application, called as a server would call it."""

    def __init__(self) -> None:
        self.application = WSGIHandler()

    def get(self, address: str, **headers: str) -> Answer:
        """Ask; raise RuntimeError for anything but 200 and 304."""
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            began.append((status, headers))

        response: Any = self.application(environ, start)
        size, peak = 0, 0
        for number, part in enumerate(response):
            size += len(part)
            if number % 200 == 199:
                peak = max(peak, resident())
        response.close()
        status = int(began[0][0].split()[0])
        if status not in (200, 304):
            raise RuntimeError(f"{address} answers {status}")
        return Answer(status, dict(began[0][1]), size, peak)


def keys() -> Keys:
    """What the scenarios need to know of this database."""
    participant = Participant.objects.get(code="p07").pk
    theme = Theme.objects.get(slug="theme-3").pk
    found = (word for word in RARE if SearchText.objects.filter(body__contains=word).exists())
    return Keys(participant, theme, next(found, str(Initiative.objects.count() - 1)))


def session() -> str:
    """The cookie of a member of staff who may see everything."""
    user, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True, "password": "!"}
    )
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"sessionid={store.session_key}"


def rows_in_sql(address: str) -> Callable[[], object]:
    """The page's rows asked for in one statement, as a page without counts would: filter, order, the first 25."""
    filters = InitiativeFilter.read(
        QueryDict(address.partition("?")[2]), Initiative.objects.public()
    )
    rows = filters.qs.select_related("dialogue", "raised_at")[:PAGE]
    statement, parameters = rows.query.sql_with_params()

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    return run


def queries(ask: Callable[[], object]) -> int:
    """How many queries that takes."""
    count = 0

    def counting(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counting):
        ask()
    return count


def result(timings: Timings, **more: Any) -> dict[str, Any]:
    return {"ms": described(timings), "ratios": compared(timings), **more}


def cold(site: Site) -> dict[str, Any]:
    """The index made from nothing, and the first requests after a write."""
    site.get(CONSTANT)
    before = resident()
    start = time.perf_counter()
    facet_index.index()
    built = time.perf_counter() - start
    site.get(LIST)
    with_index = resident()
    after = []
    for number in range(5):
        Initiative.objects.filter(slug="initiative-7").update(due_note=f"bench {number}")
        start = time.perf_counter()
        site.get(LIST)
        after.append(time.perf_counter() - start)
    return {
        "index_seconds": round(built, 3),
        "index_bytes": max(with_index - before, 0),
        "ms_after_write": round(sorted(after)[2] * 1000, 1),
    }


def lists(site: Site, asked: list[Scenario], seconds: float, cookie: str) -> dict[str, Any]:
    """Each list against the constant view and its rows in SQL, then against the stock admin."""
    found = {}
    for scenario in asked:
        ours = partial(site.get, scenario.ours)
        ask_each_text_anew()
        timings = in_turn(
            {
                "page": ours,
                "constant": partial(site.get, CONSTANT),
                "rows_in_sql": rows_in_sql(scenario.ours),
            },
            seconds=seconds,
        )
        admin = in_turn(
            {
                "admin": partial(site.get, scenario.admin, HTTP_COOKIE=cookie),
                "page": ours,
            },
            seconds=seconds,
            least=1,
        )
        entry = result(timings, bytes=ours().size, queries=queries(ours))
        entry["admin"] = result(admin)
        entry["admin"]["ratio"] = compared(admin, ours="admin")["page"]
        remember_texts()
        if "q=" in scenario.ours:
            again = in_turn({"page": ours}, seconds=seconds / 4)
            entry["again"] = described(again)["page"]
        filters = InitiativeFilter.read(
            QueryDict(scenario.ours.partition("?")[2]), Initiative.objects.public()
        )
        entry["rows"] = filters.total
        found[scenario.name] = entry
    return found


def pages(site: Site, seconds: float) -> dict[str, Any]:
    """What a page of each kind of goals.PAGES costs made anew, processor time with that of the database."""
    processor, timings = Processor(), {name: defaultdict[str, list[float]](list) for name in PAGES}
    addresses = addresses_of_pages()
    for address in addresses.values():
        site.get(address)
    # As a process that serves has it.
    warm_up.settle()
    until = time.perf_counter() + seconds * len(PAGES)
    for number in range(MOST_ROUNDS):
        if number >= LEAST_ROUNDS and time.perf_counter() > until:
            break
        for name, address in addresses.items():
            began, computed = time.perf_counter(), processor.seconds()
            site.get(address)
            timings[name]["wall"].append(time.perf_counter() - began)
            after = processor.seconds()
            if computed is not None and after is not None:
                timings[name]["cpu"].append(after - computed)
    return {
        name: {
            "ms": described(timings[name]),
            "queries": queries(partial(site.get, address)),
            "bytes": site.get(address).size,
        }
        for name, address in addresses.items()
    }


def addresses_of_pages() -> dict[str, str]:
    """The page of each kind; of meetings, participants and dialogues the one with the most initiatives."""
    public = Initiative.objects.public().order_by()

    def busiest(name: str) -> Any:
        counted = public.exclude(**{name: None}).values(name).annotate(count=Count("pk"))
        return counted.order_by("-count", name).values_list(name, flat=True)[0]

    return {
        "home": "/",
        "list": LIST,
        "initiative": DETAIL,
        "meeting": f"/meetings/{busiest('raised_at__slug')}/",
        "participant": f"/participants/{busiest('involvements__participant__code')}/",
        "dialogue": f"/dialogues/{busiest('dialogue__slug')}/",
    }


def export(site: Site, address: str) -> dict[str, Any] | None:
    """One whole export; None where the site has none at this address."""
    before = resident()
    start = time.perf_counter()
    try:
        answer = site.get(address)
    except RuntimeError:
        return None
    seconds = time.perf_counter() - start
    grown = max(answer.peak, resident()) - before
    return {"seconds": round(seconds, 3), "bytes": answer.size, "grown": max(grown, 0)}


def kept(site: Site, seconds: float) -> dict[str, Any]:
    """Pages from the cache, and answers 304; against a constant view of few bytes and of many."""
    tag = site.get(LIST).headers.get("ETag")
    found: dict[str, Any] = {}
    if tag is None:
        return found
    floor = {
        "constant": partial(site.get, CONSTANT),
        "constant_large": partial(site.get, CONSTANT_LARGE),
    }
    asks: dict[str, Callable[[], Answer]] = {
        "cached": partial(site.get, LIST),
        "cached detail": partial(site.get, DETAIL),
        "304": partial(site.get, LIST, HTTP_IF_NONE_MATCH=tag),
    }
    for name, ask in asks.items():
        timings = in_turn({"page": ask, **floor}, seconds=seconds, most=1000)
        found[name] = result(timings, status=ask().status, queries=queries(ask))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    site = Site()
    found: dict[str, Any]
    if arguments.kept:
        found = kept(site, arguments.seconds)
    else:
        known, cookie = keys(), session()
        asked = scenarios(known)
        searched = terms.terms()
        if arguments.quick:
            asked, searched = asked[::3], searched[::2]
        found = {
            "initiatives": Initiative.objects.count(),
            "keys": vars(known),
            "cookie": cookie,
            "cold": cold(site),
            "pages": pages(site, arguments.seconds),
            "lists": lists(site, asked, arguments.seconds, cookie),
            "terms": terms.measure(searched, site.get, seconds=arguments.seconds * 20),
            "exports": {kind: export(site, f"/initiatives.{kind}") for kind in ("csv", "json")},
            "resident": resident(),
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
