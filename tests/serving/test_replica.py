"""Two database servers for real: what visitors and staff see while one lags or is gone."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.replica import Node, Visitor, eventually, manage, primary_and_standby, site

pytestmark = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"],
    reason="Only PostgreSQL has replicas; the run on PostgreSQL tests them.",
)

NOTICE = "You can read the record, but nothing can be added at the moment."
PAGES = ["/", "/initiatives/", "/initiatives/?q=university", "/initiatives/university/", "/themes/"]
WORLD = """
from django.contrib.auth.models import User
from tests.world import make_world
make_world()
User.objects.create_superuser("staff", password="staff")
"""


@dataclass(frozen=True)
class Setting:
    primary: Node
    standby: Node
    address: str
    log: Path

    def visitor(self) -> Visitor:
        return Visitor(self.address)

    def staff(self) -> Visitor:
        """A member of staff who has logged in."""
        staff = self.visitor()
        staff.get("/admin/login/")
        assert "Log out" in staff.post("/admin/login/?next=/admin/", **LOGIN).text
        return staff

    def has_caught_up(self) -> bool:
        number = "SELECT number FROM initiatives_dataversion"
        return bool(self.primary.ask(number) == self.standby.ask(number))


LOGIN = {"username": "staff", "password": "staff"}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Node, Node]]:
    with primary_and_standby() as (primary, standby):
        manage(primary.url, "shell", "-v0", "-c", WORLD)
        yield primary, standby


@pytest.fixture(scope="module")
def running(
    servers: tuple[Node, Node], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Setting]:
    primary, standby = servers
    log = tmp_path_factory.mktemp("site") / "log"
    with site(primary.url, standby.url, log) as address:
        yield Setting(primary, standby, address, log)


@pytest.fixture
def both(running: Setting) -> Iterator[Setting]:
    """Both servers up and equal, and known to be so; whatever a test does to them is undone."""
    yield running
    running.primary.start()
    running.standby.start()
    running.standby.ask("SELECT pg_wal_replay_resume()")
    eventually(running.has_caught_up)
    visitor = running.visitor()
    eventually(lambda: NOTICE not in visitor.get("/").text)
    eventually(lambda: visitor.get("/admin/login/").status == 200)


def rename(staff: Visitor, name: str) -> None:
    """Rename the theme in the admin."""
    path = "/admin/initiatives/theme/1/change/"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', staff.get(path).text)
    fields = dict(hidden) | {"slug": "education", "name": name, "sdgs": "4", "language": "en"}
    page = staff.post(path, **fields).text
    assert "was changed" in page, re.findall(r"errorlist.*", page)


def counts(page: str) -> tuple[str, int, list[tuple[str, str]]]:
    """What the list of initiatives says of its length: in words, in rows, beside its filters."""
    count = re.search(r"(\d+) initiatives?\b", re.sub(r"<[^>]+>", "", page.split("<main")[1]))
    assert count
    beside = re.findall(r'name="status" value="(\w+)".*?class="count">(\d+)<', page)
    return count[1], page.count('class="listed"'), beside


def test_staff_see_what_they_saved_while_the_public_sees_one_older_state(both: Setting) -> None:
    visitor, staff = both.visitor(), both.staff()
    eventually(both.has_caught_up)
    before = {page: visitor.get(page) for page in PAGES}
    both.standby.ask("SELECT pg_wal_replay_pause()")
    rename(staff, "Schools")
    both.primary.ask("UPDATE initiatives_initiative SET publication = 'draft' WHERE id = 1")

    own = staff.get("/themes/")
    assert "Schools" in own.text
    assert own.headers["Cache-Control"].startswith("private")
    assert "earlier" not in staff.get("/initiatives/").text
    assert staff.get("/themes/", **{"If-None-Match": own.etag}).status == 304
    for page, old in before.items():
        assert visitor.get(page, **{"If-None-Match": old.etag}).status == 304
        now = visitor.get(page, **{"Cache-Control": "no-cache"})
        assert (now.text, now.etag) == (old.text, old.etag), page
    fresh_address = visitor.get("/initiatives/?utm=nobody-asked-this-before")
    assert counts(fresh_address.text) == counts(before["/initiatives/"].text)
    assert len(counts(fresh_address.text)[2]) == 2

    both.standby.ask("SELECT pg_wal_replay_resume()")
    eventually(lambda: "Schools" in visitor.get("/themes/").text)
    eventually(both.has_caught_up)
    assert visitor.get("/themes/").etag == staff.get("/themes/").etag
    assert counts(visitor.get("/initiatives/").text)[1] == 1
    assert staff.get("/themes/").headers["Cache-Control"].startswith("public")
    both.primary.ask("UPDATE initiatives_initiative SET publication = 'public' WHERE id = 1")


def test_without_the_primary_pages_are_read_and_nothing_is_saved(both: Setting) -> None:
    visitor, staff = both.visitor(), both.staff()
    rename(staff, "Before the outage")
    eventually(both.has_caught_up)
    both.primary.stop()
    for path in ("/admin/", "/admin/login/", "/admin/initiatives/theme/1/change/"):
        for answer in (staff.get(path), staff.post(path, **LOGIN, name="Lost")):
            assert answer.status == 503
            assert "Nothing can be saved at the moment" in answer.text
            assert "Traceback" not in answer.text
            assert answer.headers["Retry-After"]
    for who in (visitor, staff):
        for page in PAGES:
            answer = who.get(page)
            assert answer.status == 200, page
            assert NOTICE in answer.text
            assert answer.seconds < 3
            assert who.get(page, **{"If-None-Match": answer.etag}).status == 304
    assert "Before the outage" in visitor.get("/themes/").text
    assert visitor.get("/readyz").status == 200

    both.primary.start()
    eventually(lambda: staff.get("/admin/").status == 200)
    rename(staff, "After the outage")
    eventually(lambda: "After the outage" in visitor.get("/themes/").text)
    eventually(lambda: NOTICE not in visitor.get("/themes/").text)


def test_the_notice_comes_without_anybody_of_staff(both: Setting) -> None:
    visitor = both.visitor()
    both.primary.stop()
    eventually(lambda: NOTICE in visitor.get("/").text)


def test_without_the_replica_pages_are_read_from_the_primary(both: Setting) -> None:
    visitor = both.visitor()
    both.standby.stop()
    both.primary.ask("UPDATE initiatives_theme SET name = 'From the primary'")
    answer = visitor.get("/themes/")
    assert answer.status == 200
    assert "From the primary" in answer.text
    assert NOTICE not in answer.text
    both.primary.stop()
    for page in PAGES:
        answer = visitor.get(page)
        assert answer.status == 503
        assert "Not available at the moment" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get("/healthz").status == 200
    assert visitor.get("/readyz").status == 503


def test_an_outage_leaves_no_traceback_in_the_log(both: Setting) -> None:
    visitor = both.visitor()
    both.primary.stop()
    for path in ("/", "/admin/"):
        visitor.get(path)
    log = both.log.read_text()
    assert "does not answer" in log
    assert "Traceback" not in log


def test_a_server_that_is_silent_costs_its_timeout_once(
    servers: tuple[Node, Node], tmp_path: Path
) -> None:
    """It takes connections and says nothing, as a machine does that hangs."""
    primary, _standby = servers
    with socket.create_server(("127.0.0.1", 0)) as silent:
        replica = f"postgres://postgres@127.0.0.1:{silent.getsockname()[1]}/postgres"
        with site(primary.url, replica, tmp_path / "log") as address:
            visitor = Visitor(address)
            first = visitor.get("/themes/")
            assert first.status == 200
            assert first.seconds > 1.5
            # Less than that wait, on however busy a machine.
            assert [visitor.get("/themes/").seconds < 1.5 for _ in range(3)] == [True] * 3
