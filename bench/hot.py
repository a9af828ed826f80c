"""Pages from memory, while nobody writes and while a status is saved every two seconds: requests a second.

    DATABASE_URL=… python -m bench.hot [SECONDS [PAIRS]]

Home, lists, pages of initiatives and of meetings, asked for in turn of two workers. It writes into the database.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.clients import load
from bench.databases import environment

SEED = 17
EVERY_SECONDS = 2.0
LISTS, DETAILS, MEETINGS = 9, 80, 10
# Until every page is in the memory of each worker.
FILL_SECONDS = 15


def pages() -> list[str]:
    """The addresses, in any order."""
    from initiatives.models import Initiative, Meeting, Theme

    dice = random.Random(SEED)
    slugs = list(Initiative.objects.public().values_list("slug", flat=True))
    meetings = list(Meeting.objects.public().values_list("slug", flat=True))
    themes = list(Theme.objects.public().values_list("slug", flat=True))
    chosen = [
        "/",
        *(f"/initiatives/?theme={slug}" for slug in dice.sample(themes, min(LISTS, len(themes)))),
        *(f"/initiatives/{slug}/" for slug in dice.sample(slugs, DETAILS)),
        *(f"/meetings/{slug}/" for slug in dice.sample(meetings, MEETINGS)),
    ]
    dice.shuffle(chosen)
    return chosen


@contextmanager
def writing() -> Iterator[list[float]]:
    """Meanwhile a status of some initiative is saved every so often; yields how long each took."""
    from initiatives.models import Initiative, Report
    from initiatives.recording.actions import record_status

    stop, taken, dice = threading.Event(), list[float](), random.Random()
    keys = list(Initiative.objects.public().values_list("pk", flat=True))
    report = Report.objects.public().order_by("pk").first()

    def write() -> None:
        while not stop.wait(EVERY_SECONDS):
            began = time.monotonic()
            record_status(
                by=None,
                initiative=Initiative.objects.get(pk=dice.choice(keys)),
                status=dice.choice(["under_way", "delivered"]),
                what=f"Said at {began}",
                on="2024",
                report=report,
                locator="p 1",
            )
            taken.append(time.monotonic() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()


def main(seconds: str = "20", pairs: str = "3") -> None:
    import django

    from bench.over_http import site

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PAGES"] = str(Path(folder) / "pages")
        Path(os.environ["PAGES"]).write_text("\n".join(pages()))
        rates: dict[str, list[float]] = {"nobody writes": [], "a status is saved": []}
        with site(dict(os.environ), Path(folder) / "log") as service:
            for _ in range(2):
                load(service.ports, "/", {}, seconds=FILL_SECONDS, expected=0.001)
            for _ in range(int(pairs)):
                quiet = load(service.ports, "/", {}, seconds=float(seconds), expected=0.001)
                with writing() as taken:
                    busy = load(service.ports, "/", {}, seconds=float(seconds), expected=0.001)
                for found, rows in zip((quiet, busy), rates.values(), strict=True):
                    rows.append(found.rate)
                    print(found.as_dict(), flush=True)
                print(f"{len(taken)} writes of {median(taken):.2f} s", flush=True)
        for name, rows in rates.items():
            print(f"{name:20}{median(rows):8.0f} requests/s")


if __name__ == "__main__":
    if "SECRET_KEY" not in os.environ:
        ours = environment(os.environ["DATABASE_URL"]) | {"HTTPS": "off"}
        command = [sys.executable, "-m", "bench.hot", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=ours, check=False).returncode)
    main(*sys.argv[1:])
