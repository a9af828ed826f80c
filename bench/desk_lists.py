"""What the lists of the desk cost, and searches in each: seconds of processor, PostgreSQL's with it, and by the clock.

    DATABASE_URL=… python -m bench.desk_lists [TEXT …]

Each page is asked for three times, and the medians count. Asks as a superuser, who sees all rows.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlencode

from bench.databases import ROOT, environment, manage

TIMES = 3
TEXTS = ("water", "сотрудничество")


def measure(texts: list[str]) -> None:
    import django

    django.setup()
    from django.contrib import admin
    from django.urls import reverse

    from bench.in_process import Site, session
    from bench.processor import Processor

    site, cookie, processor = Site(), session(), Processor()

    def seconds(address: str) -> str:
        took, waited = [], []
        for _ in range(TIMES):
            began, at = processor.seconds(), time.perf_counter()
            site.get(address, HTTP_COOKIE=cookie)
            waited.append(time.perf_counter() - at)
            ended = processor.seconds()
            assert began is not None, "PostgreSQL is on another machine"
            assert ended is not None
            took.append(ended - began)
        return f"{statistics.median(took):.2f} / {statistics.median(waited):.2f}"

    inbox = reverse("admin:index")
    # What every process reads once.
    site.get(inbox, HTTP_COOKIE=cookie)
    rows = [("inbox", [seconds(inbox), *("–" for _ in texts)])]
    ours = [model for model in admin.site._registry if model._meta.app_label == "initiatives"]
    for model in sorted(ours, key=lambda model: str(model._meta.verbose_name_plural)):
        address = reverse(f"admin:initiatives_{model._meta.model_name}_changelist")
        asked = [address, *(f"{address}?{urlencode({'q': text})}" for text in texts)]
        rows.append((str(model._meta.verbose_name_plural), [seconds(page) for page in asked]))
    print("| list | all | " + " | ".join(f"“{text}”" for text in texts) + " |")
    print("|---|" + "--:|" * (1 + len(texts)))
    for name, times in rows:
        print(f"| {name} | {' | '.join(times)} |")


def main(*texts: str) -> None:
    with tempfile.TemporaryDirectory(prefix="tracker-desk-lists-") as folder:
        ours = environment(os.environ["DATABASE_URL"]) | {"STATIC_ROOT": folder, "HTTPS": "off"}
        for command in (
            manage("collectstatic", "--noinput", "--verbosity", "0"),
            [sys.executable, "-m", "bench.desk_lists", "--inside", *(texts or TEXTS)],
        ):
            subprocess.run(command, env=ours, cwd=ROOT, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        measure(sys.argv[2:])
    else:
        main(*sys.argv[1:])
