"""`make run` on an empty database: the site with its data, and again with the data kept."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
# Of the first run: more would push the password out of sight.
MOST_LINES = 25
RULE = "-" * 64


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def outside_make() -> dict[str, str]:
    """Return the environment without what the make that runs the tests would pass on."""
    return {
        key: value for key, value in os.environ.items() if "MAKE" not in key and key != "MFLAGS"
    }


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """Run `make run` with its database in the folder; yield its address and what it printed."""
    port = free_port()
    log = folder / f"log-{port}"
    environment = outside_make() | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SECRET_KEY": "k" * 60,
        "DATABASE_URL": f"sqlite:///{folder}/tracker.sqlite3",
        "STATIC_ROOT": str(folder / "static"),
        "PYTHON3": sys.executable,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + SECONDS
        while not answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield address, log.read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answers(address: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        return get(f"{address}/admin/login/")[0] == 200
    return False


def get(address: str) -> tuple[int, str, str]:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.status, response.read().decode(), response.headers.get("Cache-Control", "")


def test_it_serves_the_site_and_a_second_run_keeps_the_data(tmp_path: Path) -> None:
    with running(tmp_path) as (address, printed):
        lines = printed.splitlines()
        assert len(lines) <= MOST_LINES
        assert "error" not in printed.lower()
        # Set apart at the very end: the address, the name and, last, the password.
        told = [line.split()[-1] for line in lines if line.startswith("    ")]
        assert told[:2] == [f"{address}/admin/", "admin"]
        assert re.fullmatch(r"\S{12,}", told[2])
        assert [
            line for line in lines[lines.index(f"    Password    {told[2]}") + 1 :] if line
        ] == [RULE]
        assert f"== Serving on {address}/" in printed
        status, page, _ = get(f"{address}/initiatives/")
        assert status == 200
        assert re.search(r'href="/initiatives/[a-z0-9-]+/"', page)
        found = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
        assert found, "static files have no hashed names"
        status, _, cached = get(address + found[1])
        assert status == 200
        assert "immutable" in cached
    with running(tmp_path) as (address, printed):
        assert "password" not in printed.lower()
        assert printed.splitlines()[-1].startswith(f"== Serving on {address}/")
        again = get(f"{address}/initiatives/")[1]
        assert _without_address(again) == _without_address(page)


def _without_address(page: str) -> str:
    """The page without the port, which is another one each time."""
    return re.sub(r"127\.0\.0\.1:\d+", "", page)


def test_a_taken_port_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = subprocess.run(
            ["make", "run", f"PORT={port}"],
            cwd=ROOT,
            env=outside_make(),
            capture_output=True,
            text=True,
        )
    assert done.returncode != 0
    assert f"127.0.0.1:{port}: Address already in use" in done.stderr
    assert "==" not in done.stdout
