"""A primary, a standby that streams from it and a site on both: for tests of what is left when one of them stops."""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg

from tests import template
from tests.machine import ensure_postgres
from tests.postgres import FAST, address, copy_kept, owner_of, server

STREAMING = FAST | {
    "wal_level": "replica",
    "max_wal_senders": "4",
    "hot_standby": "on",
    "wal_retrieve_retry_interval": "200ms",
}
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Node:
    """A server that can be stopped and started again."""

    programs: Path
    folder: Path
    owner: dict[str, Any]
    running: contextlib.ExitStack | None = None

    @property
    def url(self) -> str:
        return address(self.folder, template.name_on(address(self.folder)))

    def start(self) -> None:
        if self.running is None:
            self.running = contextlib.ExitStack()
            self.running.enter_context(server(self.programs, self.folder, self.owner, STREAMING))

    def stop(self) -> None:
        if self.running is not None:
            self.running.close()
            self.running = None

    def ask(self, sql: str) -> Any:
        """The first value that a statement gives, if any."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@contextlib.contextmanager
def primary_and_standby() -> Iterator[tuple[Node, Node]]:
    """Two servers of a migrated database in a folder of their own, reached through sockets, gone afterwards."""
    programs = ensure_postgres()
    with tempfile.TemporaryDirectory(
        prefix="tracker-pg-", dir="/tmp", ignore_cleanup_errors=True
    ) as name:
        owner_of(Path(name))
        nodes = []
        for role in ("primary", "standby"):
            folder = Path(name) / role
            folder.mkdir()
            nodes.append(Node(programs, folder, owner_of(folder)))
        primary, standby = nodes
        copy_kept(programs, primary.folder, primary.owner)
        try:
            primary.start()
            _copy(primary, standby)
            standby.start()
            yield primary, standby
        finally:
            standby.stop()
            primary.stop()


def _copy(primary: Node, standby: Node) -> None:
    command: list[str | Path] = [primary.programs / "pg_basebackup", "-h", primary.folder]
    command += ["-U", "postgres", "-D", standby.folder / "data", "--checkpoint=fast", "--no-sync"]
    command += ["--write-recovery-conf"]
    done = subprocess.run(
        command,
        cwd=standby.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **standby.owner,
    )
    if done.returncode:
        raise RuntimeError(f"pg_basebackup failed:\n{done.stdout}")


def environment(primary: str, replica: str = "") -> dict[str, str]:
    """What makes a process of the project run on these databases, keeping pages in its memory."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": primary,
        "TEST_DATABASE_REPLICA_URL": replica,
        "TEST_CACHE_URL": "locmemcache://",
        "PYTHONWARNINGS": "default",
    }


def manage(primary: str, *arguments: str) -> None:
    """Run a management command on the primary."""
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(primary), check=True
    )


@contextlib.contextmanager
def site(primary: str, replica: str, log: Path) -> Iterator[str]:
    """Serve the site from one process, as in production; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        number = listening.fileno()
        command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"fd://{number}"]
        command += ["--workers", "1", "--threads", "4", "--no-control-socket"]
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(primary, replica),
                pass_fds=[number],
                stdout=output,
                stderr=output,
            )
        try:
            # The socket listens already: the first visitor waits until the process takes it.
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait(timeout=30)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Message
    seconds: float

    @property
    def etag(self) -> str:
        return str(self.headers["ETag"])


@dataclass
class Visitor:
    """Someone with a browser that keeps cookies."""

    site: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.site + path, headers=headers))

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, with the token that an earlier page has given; redirects are followed."""
        tokens = {cookie.name: cookie.value or "" for cookie in self.cookies}
        fields["csrfmiddlewaretoken"] = tokens.get("csrftoken", "")
        data = urllib.parse.urlencode(fields).encode()
        return self._ask(urllib.request.Request(self.site + path, data=data))

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        began = time.monotonic()
        try:
            response = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
        return Answer(response.status, text, response.headers, time.monotonic() - began)


def eventually(holds: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until it holds; fail where it never does."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.1)
