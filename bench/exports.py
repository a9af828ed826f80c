"""How fast an export is, and by how much the process grows meanwhile.

    DATABASE_URL=… python -m bench.exports [QUERY]

Asks each format once, each in a process of its own, through everything that a request passes in production except the
server and the network. What the list itself keeps in memory is there before. “CPU” is of the process, without the
database; “first” is when the first part came.

The files of everything, which are made beside requests (``make_files``), are made in the end and then asked for: “made”
is how long each took, “served” how long it took to send.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.databases import ROOT, environment

FORMATS = ("csv", "json")
ADDRESSES = {"initiative-tracker.zip": "/data/initiative-tracker.zip"}
HEAD = (
    f"{'':6}{'rows':>10}{'MB':>8}{'seconds':>9}{'CPU':>7}{'rows/s':>9}{'first':>8}{'growth MB':>11}"
)


def measure(extension: str, query: str) -> str:
    """A line on one format; growth is the highest memory since before the request, less what it was then."""
    import django
    from django.test import Client

    django.setup()
    client = Client(SERVER_NAME="localhost")
    # The list page reads what every process keeps, and the small export imports what only exports need.
    for warm in (f"/initiatives/?{query}", f"/initiatives.{extension}?q=zafarobod"):
        response = client.get(warm, secure=True)
        assert response.status_code == 200, (warm, response.status_code)
        b"".join(response)
        response.close()
    # Sets the highest memory back to what it is now.
    Path("/proc/self/clear_refs").write_text("5")
    before, started, cpu = _kilobytes("VmRSS"), time.monotonic(), time.process_time()
    response = client.get(f"/initiatives.{extension}?{query}", secure=True)
    size, first = 0, 0.0
    for part in response.streaming_content:  # type: ignore[attr-defined]
        first = first or time.monotonic() - started
        size += len(part)
    response.close()
    seconds, growth = time.monotonic() - started, _kilobytes("VmHWM") - before
    cpu = time.process_time() - cpu
    rows = _rows(query)
    return (
        f"{extension:6}{rows:>10,}{size / 1e6:>8.1f}{seconds:>9.1f}{cpu:>7.1f}{rows / seconds:>9,.0f}"
        f"{first:>8.2f}{growth / 1000:>11.1f}"
    )


def measure_made() -> str:
    """A line on each file of everything, and one on the process that made them."""
    import django
    from django.conf import settings
    from django.test import Client

    django.setup()
    from initiatives.exports.made_files import make_files

    folder, started, cpu = settings.ARCHIVE_DIR, time.time(), time.process_time()
    names = make_files(at_once=True)
    cpu, highest, lines = time.process_time() - cpu, _kilobytes("VmHWM"), []
    client = Client(SERVER_NAME="localhost")
    for name in names:
        (path,) = folder.glob(f"*.{name}")
        # One is made after the other, and written last when it is done.
        took, started = path.stat().st_mtime - started, path.stat().st_mtime
        asked = time.monotonic()
        response: Any = client.get(ADDRESSES.get(name, f"/{name}"), secure=True)
        assert response.status_code == 200, (name, response.status_code)
        size = sum(map(len, response.streaming_content))
        response.close()
        served = time.monotonic() - asked
        lines.append(
            f"{name:24}{size / 1e6:>8.1f} MB, made in {took:.0f} s, served in {served:.2f}"
        )
    return "\n".join([*lines, f"CPU {cpu:.0f} s, {highest / 1000:.0f} MB at the most"])


def _rows(query: str) -> int:
    from django.http import QueryDict

    from initiatives.models import Initiative
    from initiatives.query.filters import InitiativeFilter

    return InitiativeFilter.read(QueryDict(query), Initiative.objects.public()).total


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found, name
    return int(found[1])


def main(query: str = "") -> None:
    print(HEAD, flush=True)
    ours = environment(os.environ["DATABASE_URL"])
    for extension in FORMATS:
        command = [sys.executable, "-m", "bench.exports", "--one", extension, query]
        subprocess.run(command, env=ours, cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="tracker-files-") as folder:
        command = [sys.executable, "-m", "bench.exports", "--made"]
        subprocess.run(command, env=ours | {"ARCHIVE_DIR": folder}, cwd=ROOT, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--made"]:
        print(measure_made(), flush=True)
    elif sys.argv[1:2] == ["--one"]:
        print(measure(sys.argv[2], sys.argv[3]), flush=True)
    else:
        main(*sys.argv[1:])
