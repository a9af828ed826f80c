"""Loads killed in the middle: afterwards nothing or everything is there, and the next load succeeds.

    python -m bench.kill [INITIATIVES [TIMES]]

Generates report files (10,000 initiatives unless said otherwise), measures one whole load and kills ten more with
SIGKILL at random moments spread over that time; on SQLite, then on PostgreSQL (TEST_DATABASE_URL, else a server of its
own).
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.databases import ROOT, Databases, databases, environment, manage
from bench.reports import write_reports
from tests.postgres import cluster


def kill_loads(made: Databases, reports: Path, times: int) -> list[str]:
    """Kill that many loads and return what each left behind: “nothing” or “everything”.

    Raises AssertionError if one left something between, or if a load after it does not bring everything in.
    """
    empty = made.counts(made.new())
    url = made.new()
    started = time.monotonic()
    _start(url, reports).wait()
    whole = time.monotonic() - started
    full = made.counts(url)
    assert full != empty, "the files do not load"
    found = []
    url = made.new()
    for number in range(times):
        # The first tenth of the time goes into starting the program; one moment in each part of the rest.
        moment = whole * (0.1 + 0.9 * (number + random.random()) / times)
        process = _start(url, reports)
        started = time.monotonic()
        try:
            process.wait(timeout=moment)
            # The machine has become faster: the next moments follow it.
            whole = time.monotonic() - started
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left = made.counts(url)
        assert left in (empty, full), f"killed after {moment:.1f} s of {whole:.1f} s: {left}"
        found.append("everything" if left == full else "nothing")
        print(f"{made.name}: killed after {moment:.1f} s of {whole:.1f} s: {found[-1]}", flush=True)
        if left == full:
            url = made.new()
    assert _start(url, reports).wait() == 0, "the load after the last kill failed"
    assert made.counts(url) == full, "the load after the last kill is not whole"
    return found


def _start(url: str, reports: Path) -> subprocess.Popen[bytes]:
    command = manage("load_report", str(reports), "--verbosity", "0")
    return subprocess.Popen(command, env=environment(url), cwd=ROOT)


def main(initiatives: int = 10_000, times: int = 10) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_reports(folder / "reports", initiatives)
        with cluster() as server:
            for address in ("", server):
                with databases(folder, address) as made:
                    found = kill_loads(made, folder / "reports", times)
                    print(
                        f"{made.name}, {initiatives:,} initiatives: {', '.join(found)}", flush=True
                    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
