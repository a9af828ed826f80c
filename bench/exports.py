"""How fast an export is, and by how much the process grows meanwhile.

    DATABASE_URL=… python -m bench.exports [QUERY]

Asks each format once, each in a process of its own, through everything that a request passes in production except the
server and the network. What the list itself keeps in memory is there before. “CPU” is of the process, without the
database; “first” is when the first part came.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench.databases import ROOT, environment

FORMATS = ("csv", "json", "xlsx")
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


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(measure(sys.argv[2], sys.argv[3]), flush=True)
    else:
        main(*sys.argv[1:])
