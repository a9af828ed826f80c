"""The benchmark: the lists, the pages and the exports of the site against a floor and against two peers.

    python -m bench [SIZE …] [--only sqlite|postgres] [--no-http] [--seconds N] [--quick]

Makes its databases, measures in process and over HTTP, prints tables for each database with the goals, and writes
all numbers to var/bench/results-….json. README.md beside this file says what is compared and how fairly.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console

from bench import datasette, open_loop, over_http, provide
from bench.clients import wrk
from bench.databases import ROOT, environment, manage
from bench.goals import Sizes, main_size
from bench.scenarios import Keys, Term, scenarios
from bench.table import show

DEFAULT = (1_000, 10_000, 100_000)


def environ(url: str, *, cached: bool) -> dict[str, str]:
    """Production's settings on a database, over plain http, with or without what is kept between requests."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "ADMIN_PATH": "admin/",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HTTPS": "off",
        "LOG_LEVEL": "ERROR",
        "DATABASE_REPLICA_URL": "",
        "STATIC_ROOT": str(provide.FOLDER / "static"),
        "CACHE_URL": "locmemcache://" if cached else "dummycache://",
        "FORGET_TEXTS": "" if cached else "yes",
    }
    return environment(url) | ours


@contextmanager
def database(kind: str, size: int) -> Iterator[str]:
    """The address of a filled database."""
    made: AbstractContextManager[str] = (
        provide.postgres(size)
        if kind == "PostgreSQL"
        else contextlib.nullcontext(provide.sqlite(size))
    )
    with made as url:
        yield url


def in_process(url: str, *switches: str, cached: bool, seconds: float) -> dict[str, Any]:
    """What bench.in_process measures on a database, in a process of its own."""
    command = [sys.executable, "-m", "bench.in_process", "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, *switches],
        env=environ(url, cached=cached),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def peer(url: str, size: int) -> tuple[Path, Path]:
    """The Python that has Datasette, and its file with the data of that size; raises UnavailableError."""
    python = datasette.ensure(provide.FOLDER / "datasette")
    # The name of the file is part of its addresses.
    folder = provide.FOLDER / f"datasette-{size}-{provide.fingerprint()}"
    path = folder / "initiatives.db"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        code = "import django, sys, pathlib; django.setup()\n"
        code += "from bench import datasette; datasette.write(pathlib.Path(sys.argv[1]))"
        command = [sys.executable, "-c", code, str(path)]
        subprocess.run(command, env=environ(url, cached=False), cwd=ROOT, check=True)
    if not path.with_suffix(".json").exists():
        datasette.inspect(python, path)
    return python, path


def http(
    url: str, size: int, found: dict[str, Any], *, seconds: float, rounds: int, last: bool
) -> dict[str, Any]:
    """What is measured over HTTP, with the addresses and terms that the run in process found out."""
    log = provide.FOLDER / "servers.log"
    with ExitStack() as stack:
        enter = stack.enter_context
        uncached = enter(over_http.site(environ(url, cached=False), log))
        cached = enter(over_http.site(environ(url, cached=True), log))
        theirs = None
        try:
            theirs = enter(over_http.datasettes(*peer(url, size), log))
        except datasette.UnavailableError as error:
            print(error, file=sys.stderr)
        asked = scenarios(Keys(**found["keys"]))
        terms = [Term(one["text"], one["hits"], one["fts"]) for one in found["terms"]]
        measured = over_http.measure(
            [scenario for scenario in asked if scenario.name in found["lists"]],
            terms,
            found.pop("cookie"),
            uncached,
            cached,
            theirs,
            # wrk knows whole seconds only.
            seconds=max(1, seconds / 2),
            rounds=rounds,
        )
        if last:
            _say("visitors who come whatever the server does")
            [port] = uncached.ports
            steps = open_loop.stair(port, terms, size, seconds=seconds * 5)
            measured["stair"] = steps
            measured["sixteen"] = open_loop.sixteen(port, terms, rounds=rounds)
        return measured


def measure(kind: str, size: int, options: argparse.Namespace, *, last: bool) -> dict[str, Any]:
    """Everything on one database of one size; the one that goals are about gets more rounds, and visitors."""
    with database(kind, size) as url:
        said = f"{kind}, {size:,}"
        _say(f"{said}: in process")
        quick = ["--quick"] if options.quick else []
        found = in_process(url, *quick, cached=False, seconds=options.seconds)
        result = {"in_process": found}
        result["kept"] = in_process(url, "--kept", cached=True, seconds=options.seconds / 2)
        if not options.no_http:
            _say(f"{said}: over HTTP")
            rounds = options.rounds if last else 1
            result["http"] = http(
                url, size, found, seconds=options.seconds, rounds=rounds, last=last
            )
        return result


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
        else:
            model = platform.processor()
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": [round(number, 1) for number in os.getloadavg()],
        "client": "wrk" if wrk() else "Python",
        "datasette": datasette.VERSION,
        "postgres": provide.POSTGRES,
    }


def _say(words: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("sizes", nargs="*", type=int, metavar="SIZE")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    parser.add_argument("--no-http", action="store_true", help="measure in process only")
    parser.add_argument("--seconds", type=float, default=2, help="for each thing measured")
    parser.add_argument("--rounds", type=int, default=3, help="over HTTP, at the largest size")
    parser.add_argument("--quick", action="store_true", help="a minute, to see that it runs")
    found = parser.parse_args(arguments)
    if found.quick:
        found.sizes, found.seconds, found.rounds = found.sizes or [1000], 0.3, 1
    found.sizes = sorted(found.sizes or DEFAULT)
    return found


def main(arguments: list[str]) -> dict[str, Sizes]:
    """Measure, print and write down; return the results by database and size."""
    chosen = options(arguments)
    provide.FOLDER.mkdir(parents=True, exist_ok=True)
    if not wrk():
        print(
            "wrk is not installed (Debian: apt-get install wrk); a client in Python takes its place, which itself "
            "costs time of the machine.",
            file=sys.stderr,
        )
    began, about = time.time(), machine()
    command = manage("collectstatic", "--noinput", "--verbosity", "0")
    subprocess.run(command, env=environ("sqlite://:memory:", cached=False), cwd=ROOT, check=True)
    results: dict[str, Sizes] = {}
    try:
        for kind, name in (("PostgreSQL", "postgres"), ("SQLite", "sqlite")):
            if chosen.only not in (None, name):
                continue
            for size in chosen.sizes:
                found = measure(kind, size, chosen, last=size == main_size(chosen.sizes))
                results.setdefault(kind, {})[size] = found
    finally:
        # Also what there is of a run that broke off: it took its time.
        about["seconds"] = round(time.time() - began)
        about["load_after"] = [round(number, 1) for number in os.getloadavg()]
        _report(results, about)
    return results


def _report(results: dict[str, Sizes], about: dict[str, Any]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 170)
    for kind, sizes in results.items():
        path = provide.FOLDER / f"results-{kind.lower()}.json"
        path.write_text(json.dumps({"machine": about, "sizes": sizes}, indent=1))
    if results:
        with (provide.FOLDER / "results.md").open("w") as file:
            show(Console(file=file, width=300), results, box.MARKDOWN, markdown=True)
        show(console, results, box.SIMPLE_HEAD)
    console.print(
        f"{about['cores']} cores, Python {about['python']}, Datasette {about['datasette']}, load by {about['client']}, "
        f"{about['seconds']} s; load of the machine before and after: {about['load']}, {about['load_after']}",
        markup=False,
        highlight=False,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
