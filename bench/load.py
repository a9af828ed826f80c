"""What loading reports costs: rows a second, memory, and whether a row costs more where there are more of them.

    python -m bench.load [PAIRS]

Loads 1,000 and 10,000 generated initiatives (see reports.py) in turn, PAIRS times (three unless said otherwise), each
into a new database and then once more unchanged; on SQLite, then on PostgreSQL (TEST_DATABASE_URL, else a server of its
own). Each load is a process of its own, so that its peak memory is its own. Time begins when Django is ready.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.databases import ROOT, Databases, databases, environment
from bench.reports import write_reports
from tests.postgres import cluster

SIZES = (1_000, 10_000)
# ru_maxrss counts KiB on Linux and bytes on macOS.
MEMORY_UNIT = 1 if platform.system() == "Darwin" else 1024


@dataclass(frozen=True)
class Load:
    """One load: wall clock and processor seconds, peak memory in bytes."""

    seconds: float
    processor: float
    memory: int


def child(folder: str) -> None:
    """Load a folder in this process and print what it cost."""
    import django

    django.setup()
    from django.core.management import call_command

    started, processor = time.perf_counter(), time.process_time()
    call_command("load_report", folder, verbosity=0)
    cost = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - processor,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MEMORY_UNIT,
    }
    print(json.dumps(cost))


def load(url: str, folder: Path) -> Load:
    """Load a folder in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", "--child", str(folder)],
        env=environment(url),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Load(**json.loads(done.stdout))


def measure(made: Databases, reports: dict[int, Path], pairs: int) -> None:
    """Print a line a load, and the cost of a row in the large load as a multiple of the small one's, pair by pair."""
    ratios: dict[str, list[str]] = {"first": [], "second": []}
    for _ in range(pairs):
        costs: dict[tuple[str, int], Load] = {}
        rows: dict[int, int] = {}
        for size, folder in reports.items():
            url = made.new()
            for name in ratios:
                costs[name, size] = cost = load(url, folder)
                rows[size] = _rows(made.counts(url))
                print(
                    f"{made.name:<10} {size:>6,} initiatives  {name:<6} load  {rows[size]:>9,} rows"
                    f"  {cost.seconds:>6.1f} s ({cost.processor:>5.1f} s of it computing here)"
                    f"  {rows[size] / cost.seconds:>8,.0f} rows/s  {cost.memory / 2**20:>5.0f} MiB",
                    flush=True,
                )
        small, large = SIZES
        for name, found in ratios.items():
            less, more = costs[name, small], costs[name, large]
            growth = rows[large] / rows[small]
            elapsed = more.seconds / less.seconds / growth
            found.append(f"{elapsed:.2f} ({more.processor / less.processor / growth:.2f})")
    for name, found in ratios.items():
        print(
            f"{made.name:<10} {name} load: a row at {SIZES[1]:,} costs this many times one at {SIZES[0]:,},"
            f" by the clock (and computing here), pair by pair: {', '.join(found)}",
            flush=True,
        )


def _rows(counts: dict[str, int]) -> int:
    """Rows of the tracker itself; versions, search and the bases of the next load come on top, unseen."""
    beside = ("historical", "searchtext", "loadedfact", "dataversion")
    return sum(n for table, n in counts.items() if not any(word in table for word in beside))


def main(pairs: int = 3) -> None:
    with tempfile.TemporaryDirectory() as name, cluster() as server:
        folder = Path(name)
        reports = {size: folder / f"reports-{size}" for size in SIZES}
        for size, path in reports.items():
            write_reports(path, size)
        print(f"{os.cpu_count()} processors, Python {platform.python_version()}", flush=True)
        for address in ("", server):
            with databases(folder, address) as made:
                measure(made, reports, pairs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
