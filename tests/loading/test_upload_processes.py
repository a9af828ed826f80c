"""Uploads on a real server: the work goes on beside the requests, and one that is killed writes nothing."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from bench.databases import ROOT, Databases, environment, manage
from bench.reports import write_reports
from tests import template

SECONDS = 120
PASSWORD = "correct horse battery"
CREATE = (
    "from django.contrib.auth.models import User;"
    f"User.objects.create_superuser('staff', password='{PASSWORD}')"
)
# As if nobody had been heard of for a while.
SILENCE = (
    "from initiatives.models import Upload; from django.utils import timezone; import datetime;"
    "Upload.objects.update(beat_at=timezone.now() - datetime.timedelta(minutes=5))"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Site:
    """A running server, and a person who is signed in to its desk."""

    base: str
    process: subprocess.Popen[bytes]
    browser: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.post("/admin/login/", username="staff", password=PASSWORD, next="/admin/")

    def get(self, path: str) -> tuple[str, str]:
        """The address that was shown in the end, and the page."""
        with self.browser.open(self.base + path, timeout=60) as answer:
            return answer.url.removeprefix(self.base), answer.read().decode()

    def post(self, path: str, page: str = "", files: list[Path] | None = None, **data: str) -> str:
        """Send a form, with the token of the page that it is on; return the address shown then."""
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page or self.get(path)[1])
        assert found
        mark = uuid.uuid4().hex
        body = b""
        for name, value in {"csrfmiddlewaretoken": found[1], **data}.items():
            body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for file in files or []:
            head = f'Content-Disposition: form-data; name="files"; filename="{file.name}"'
            body += f"--{mark}\r\n{head}\r\n\r\n".encode() + file.read_bytes() + b"\r\n"
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        request = urllib.request.Request(self.base + path, body + f"--{mark}--\r\n".encode(), kind)
        with self.browser.open(request, timeout=60) as answer:
            return str(answer.url.removeprefix(self.base))

    def upload(self, files: list[Path]) -> str:
        address = self.post("/admin/initiatives/upload/add/", files=files)
        self.wait(address, "ready")
        return address

    def load(self, address: str) -> None:
        page = self.get(address)[1]
        digest = re.search(r'name="digest" value="([0-9a-f]+)"', page)
        assert digest
        self.post(address.replace("change/", "apply/"), page, digest=digest[1])

    def state(self, address: str) -> str:
        found = re.search(r'data-state="(\w+)"', self.get(address)[1])
        assert found
        return found[1]

    def wait(self, address: str, *states: str) -> str:
        until = time.monotonic() + SECONDS
        while (state := self.state(address)) not in states:
            assert time.monotonic() < until, state
            time.sleep(0.1)
        return state


@contextlib.contextmanager
def serving(url: str, folder: Path, workers: int) -> Iterator[Site]:
    port = free_port()
    ours = {"HTTPS": "off", "STAFF_2FA": "off", "STATIC_ROOT": str(folder / "static")}
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4"]
    log = (folder / f"log-{port}").open("w")
    with log, contextlib.ExitStack() as at_end:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(url) | ours,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        at_end.callback(process.wait, 30)
        at_end.callback(_end, process, signal.SIGTERM)
        until = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            assert time.monotonic() < until
            assert process.poll() is None, Path(log.name).read_text()
            time.sleep(0.1)
        yield Site(f"http://127.0.0.1:{port}", process)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)


def run(url: str, code: str) -> None:
    command = manage("shell", "--no-imports", "-c", code)
    subprocess.run(command, env=environment(url), cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uploads")
    ours = environment("sqlite://:memory:") | {"STATIC_ROOT": str(folder / "static")}
    command = manage("collectstatic", "--noinput", "--verbosity", "0")
    subprocess.run(command, env=ours, cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def made(static: Path) -> Iterator[Databases]:
    with template.new_databases(static) as found:
        yield found


def rows(made: Databases, url: str) -> dict[str, int]:
    """How many rows of data there are, apart from what is kept of uploads."""
    found = made.counts(url).items()
    return {name: count for name, count in found if "upload" not in name}


def test_a_killed_server_writes_nothing_and_the_upload_is_loaded_after_all(
    made: Databases, static: Path, tmp_path: Path
) -> None:
    write_reports(tmp_path / "reports", 400)
    files = sorted((tmp_path / "reports").rglob("*.yaml"))
    url = made.new()
    run(url, CREATE)
    empty = rows(made, url)
    with serving(url, static, 1) as site:
        address = site.upload(files)
        with ThreadPoolExecutor(1) as pool:
            # The request waits a moment for the work that it began, and is cut off.
            pressed = pool.submit(site.load, address)
            site.wait(address, "loading")
            time.sleep(0.3)
            _end(site.process, signal.SIGKILL)
            with contextlib.suppress(Exception):
                pressed.result()
    assert rows(made, url) == empty
    run(url, SILENCE)
    with serving(url, static, 1) as site:
        assert site.state(address) == "interrupted"
        page = site.get(address)[1]
        site.post(address.replace("change/", "compare/"), page)
        site.wait(address, "ready")
        site.load(address)
        assert site.wait(address, "loaded", "refused") == "loaded"
    assert rows(made, url) != empty


def test_two_who_load_the_same_at_once_load_it_once(
    made: Databases, static: Path, tmp_path: Path
) -> None:
    write_reports(tmp_path / "reports", 30)
    files = sorted((tmp_path / "reports").rglob("*.yaml"))
    alone, together = made.new(), made.new()
    for url in (alone, together):
        run(url, CREATE)
    with serving(alone, static, 1) as site:
        one = site.upload(files)
        site.load(one)
        site.wait(one, "loaded")
    with serving(together, static, 2) as site:
        addresses = [site.upload(files) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(site.load, addresses))
        # Whoever comes second finds the data changed, and looks again.
        states = [site.wait(address, "loaded", "ready") for address in addresses]
        assert sorted(states) == ["loaded", "ready", "ready"]
        for address, state in zip(addresses, states, strict=True):
            if state == "ready":
                assert "The data has changed since you looked" in site.get(address)[1]
                assert "0 changes" in site.get(address)[1]
    assert rows(made, together) == rows(made, alone)
