"""The same five tasks at our desk and in the admin that Django makes of the same models: clicks, keys, page time.

    python -m bench.desk_clicks

It makes a small database of its own, starts a server, and does each task in a real browser as a person who knows the
way: texts that have to be typed anyway count for neither, all other keys do. What the stock admin cannot do at all (no
review, no second factor) is done the nearest way that it has.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STAFF, OWN_PASSWORD = "staff", "correct horse"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tracker-desk-") as folder:
        os.environ |= {
            "DEBUG": "on",
            "HTTPS": "off",
            "SECRET_KEY": "of a benchmark",
            "DATABASE_URL": f"sqlite:///{folder}/desk.sqlite3",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            # Its setting-up is the colleague's own.
            "STAFF_2FA": "optional",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _fill()
        port = _free_port()
        command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(port)
            rows = _measure(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()
    print("| task | clicks | keys | page time, s | stock admin: clicks | keys | page time, s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, ours, stock in rows:
        print(f"| {name} | {_cells(ours)} | {_cells(stock)} |")


def _cells(measured: tuple[int, int, float]) -> str:
    clicks, keys, seconds = measured
    return f"{clicks} | {keys} | {seconds:.1f}"


def _fill() -> None:
    from django.contrib.auth.models import User

    from bench import desk_tasks
    from initiatives.recording import reviews

    User.objects.create_superuser(STAFF, password=OWN_PASSWORD)
    rows = desk_tasks.fill()
    reviews.submit(by=None, row=desk_tasks.draft(rows))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/login/").close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the server did not start")


Measured = tuple[int, int, float]


def _measure(base: str) -> list[tuple[str, Measured, Measured]]:
    from playwright.sync_api import sync_playwright

    from bench import desk_tasks, stock_tasks
    from bench.effort import Hand
    from tests.machine import ensure_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=ensure_chromium(), args=["--no-sandbox"]
        )
        context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto("/admin/")
        page.fill("#id_username", STAFF)
        page.fill("#id_password", OWN_PASSWORD)
        page.click("[type=submit]")
        page.wait_for_selector("#user-tools")

        def measure(url: str, task: Callable[..., Any], *args: Any) -> Measured:
            # Each in a window of its own, which counts its pages once.
            hand = Hand(context.new_page())
            hand.start(url)
            task(hand, *args)
            return hand.clicks, hand.keys, hand.page_seconds

        stock = "/admin/stock/"
        rows = []
        for name, ours, theirs in (
            (
                "An initiative with everything",
                ("/admin/", desk_tasks.new_initiative),
                (stock, stock_tasks.new_initiative),
            ),
            (
                "Review and publish a draft",
                ("/admin/", desk_tasks.review_and_publish, desk_tasks.DRAFT),
                (stock, stock_tasks.publish, desk_tasks.DRAFT),
            ),
            (
                "A status with a new report",
                ("/admin/", desk_tasks.status_with_new_report, "Initiative 01"),
                (stock, stock_tasks.status_with_new_report, "Initiative 01"),
            ),
            (
                "Ten statuses from one report",
                ("/admin/initiatives/initiative/", desk_tasks.ten_statuses),
                (stock, stock_tasks.ten_statuses),
            ),
            (
                "A colleague with role and dialogue",
                ("/admin/", desk_tasks.new_colleague, OWN_PASSWORD),
                (stock, stock_tasks.new_colleague),
            ),
        ):
            rows.append((name, measure(*ours), measure(*theirs)))
        browser.close()
    return rows


if __name__ == "__main__":
    main()
