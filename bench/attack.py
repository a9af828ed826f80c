"""The attacks of attackers.py, one after another, while a visitor asks for a page ten times a second.

    python -m bench.attack [--size 100000] [--only sqlite|postgres] [--seconds 20] [--code FOLDER] [ATTACK …]

Starts a server of its own on a database of the benchmark, for each attack anew, and attacks that and nothing else: as
deployed, with deploy/Caddyfile in front where Caddy is installed (Debian: apt-get install caddy). ``--code`` serves
another checkout, to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any

from rich import box
from rich.console import Console

from bench import provide
from bench.attackers import ATTACKS
from bench.clients import one
from bench.databases import ROOT, environment
from bench.open_loop import visit
from bench.over_http import GUNICORN, free_port, running
from bench.ratios import percentile
from bench.scenarios import LIST
from bench.table import new_table

# A visitor who comes ten times a second, each time to another page that has to be made.
EVERY = 0.1
PAGES = [
    address
    for number in range(1, 200)
    for address in (f"{LIST}initiative-{number}/", f"{LIST}?page={number}")
]
# Of the attack, before it is measured how it goes.
BEFORE = 2
# Since when Caddy knows what the file says.
NEW_WORDS = (2, 6, 4)


def environ(url: str, word: str, folder: Path, proxies: int) -> dict[str, str]:
    """Production's settings; the word stands on the page of the method, so that the attackers know the server."""
    ours = {
        "ADMIN_PATH": "admin/",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "ARCHIVE_DIR": str(folder / "archive"),
        "CACHE_URL": "locmemcache://",
        "CONTACT_EMAIL": f"{word}@own.invalid",
        "DATABASE_REPLICA_URL": "",
        "HTTPS": "off",
        "LOG_LEVEL": "ERROR",
        "PROXIES": str(proxies),
        "STATIC_ROOT": str(folder / "static"),
    }
    return environment(url) | ours


@contextmanager
def site(code: Path, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """The port of the site as it is deployed, without a proxy."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += [*GUNICORN, "--log-level", "error"]
    with running(command, port, log, dict(env) | {"PYTHONPATH": str(code)}, cwd=code):
        yield port


@contextmanager
def behind_caddy(caddy: str, code: Path, port: int, folder: Path, log: Path) -> Iterator[int]:
    """The port of the shipped proxy before that port."""
    own = free_port()
    env = os.environ | {
        "SITE_NAME": f"http://localhost:{own}",
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(port),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    if version_of(caddy) < NEW_WORDS:
        env["REQUEST_BUFFERS"] = words_of_old()
    shipped = code / "deploy" / "Caddyfile"
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", str(shipped)]
    adapted = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    config = json.loads(adapted.stdout)
    # Two at once would want the same port for it.
    config["admin"] = {"disabled": True}
    file = folder / f"caddy-{own}.json"
    file.write_text(json.dumps(_pointed_at(config, port)))
    with running([caddy, "run", "--config", str(file)], own, log, env):
        yield own


def _pointed_at(config: Any, port: int) -> Any:
    """The same with this machine as the place of the site; files of before name it without a variable."""
    if isinstance(config, list):
        return [_pointed_at(part, port) for part in config]
    if not isinstance(config, dict):
        return config
    place = {"name": "127.0.0.1", "port": str(port)} if config.get("source") == "a" else {}
    return {key: _pointed_at(value, port) for key, value in config.items()} | place


def version_of(caddy: str) -> tuple[int, ...]:
    said = subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else NEW_WORDS


def words_of_old() -> str:
    """How deploy/caddy-debian.conf says it, as systemd reads that."""
    text = (ROOT / "deploy" / "caddy-debian.conf").read_text()
    found = re.search(r'^Environment="REQUEST_BUFFERS=(.*)"$', text, re.MULTILINE)
    assert found
    return found[1].replace(r"\n", "\n")


def measure(name: str, port: int, word: str, seconds: float) -> dict[str, Any]:
    """What the attack got, and what the visitor meanwhile: milliseconds waited, and what was no page."""
    plan = {"port": port, "word": word, "attack": name, "seconds": seconds + BEFORE}
    attackers = subprocess.Popen(
        [sys.executable, "-m", "bench.attackers"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert attackers.stdin
    attackers.stdin.write(json.dumps(plan))
    attackers.stdin.close()
    time.sleep(BEFORE)
    asked = {"every": EVERY, "addresses": PAGES}
    waited = visit({"port": port, "asks": [], "regular": asked, "seconds": seconds})["waits"]
    assert attackers.stdout
    answered = json.load(attackers.stdout)
    attackers.stdout.close()
    if attackers.wait():
        raise RuntimeError("The attackers gave up.")
    waits = [wait * 1000 for _kind, wait, _status in waited]
    wrong = sum(status != 200 for _kind, _wait, status in waited)
    return {
        "clients": ATTACKS[name].clients,
        "answered": answered,
        "visitor": {
            "asked": len(waits),
            "p50": round(median(waits)),
            "p95": round(percentile(waits, 0.95)),
            "worst": round(max(waits)),
            "errors": wrong,
        },
    }


def attacked(
    url: str, code: Path, caddy: str | None, names: list[str], seconds: float
) -> dict[str, Any]:
    """Each attack on a server that has just been started and has made its index."""
    found = {}
    for name in names:
        print(f"[{time.strftime('%H:%M:%S')}] {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="tracker-attack-") as place:
            folder, word = Path(place), secrets.token_hex(16)
            env, log = environ(url, word, folder, int(bool(caddy))), folder / "log"
            command = [
                sys.executable,
                "manage.py",
                "collectstatic",
                "--noinput",
                "--verbosity",
                "0",
            ]
            subprocess.run(command, cwd=code, env=env | {"PYTHONPATH": str(code)}, check=True)
            with site(code, env, log) as port:
                # Both processes; whichever takes the connection.
                for number in range(20):
                    one(port, f"{LIST}?page={300 + number}")
                if caddy:
                    with behind_caddy(caddy, code, port, folder, log) as proxy:
                        found[name] = measure(name, proxy, word, seconds)
                else:
                    found[name] = measure(name, port, word, seconds)
    return found


def show(console: Console, title: str, found: Mapping[str, Any], style: Any = box.SIMPLE) -> None:
    """The table for people."""
    table = new_table(
        title, style, "attack", "clients", "answered", "visitor p50", "p95", "worst, ms", "errors"
    )
    for name, entry in found.items():
        answered = ", ".join(
            f"{count:,} × {status}" for status, count in sorted(entry["answered"].items())
        )
        visitor = entry["visitor"]
        numbers = [f"{visitor[part]:,}" for part in ("p50", "p95", "worst")]
        errors = f"{visitor['errors']} of {visitor['asked']}"
        table.add_row(name, str(entry["clients"]), answered, *numbers, errors)
    console.print(table)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.attack")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    parser.add_argument("--seconds", type=float, default=20, help="of each attack")
    parser.add_argument("--database", help="one’s own that may be written to, as a DATABASE_URL")
    parser.add_argument("--code", type=Path, default=ROOT, help="another checkout to serve")
    parser.add_argument("--no-proxy", action="store_true", help="as it is not to be deployed")
    found = parser.parse_args(arguments)
    for name in found.attacks:
        if name not in ATTACKS:
            parser.error(f"“{name}” is no attack; there are: {', '.join(ATTACKS)}")
    found.attacks = found.attacks or list(ATTACKS)
    if found.database:
        found.only = "sqlite" if found.database.startswith("sqlite") else "postgres"
    return found


def main(arguments: list[str]) -> dict[str, Any]:
    """Attack, print and write down; return what was seen by database."""
    chosen = options(arguments)
    caddy = None if chosen.no_proxy else shutil.which("caddy")
    if not caddy:
        print(
            "WITHOUT THE PROXY, which is what waits for slow clients (Debian: apt-get install caddy).",
            file=sys.stderr,
        )
    provide.FOLDER.mkdir(parents=True, exist_ok=True)
    results = {}
    for kind in ("PostgreSQL", "SQLite"):
        if chosen.only not in (None, "sqlite" if kind == "SQLite" else "postgres"):
            continue
        given = nullcontext(chosen.database)
        with given if chosen.database else database(kind, chosen.size) as url:
            found = attacked(url, chosen.code, caddy, chosen.attacks, chosen.seconds)
        results[kind] = found
        front = (
            f"behind Caddy {'.'.join(map(str, version_of(caddy)))}" if caddy else "WITHOUT A PROXY"
        )
        title = f"{kind}, {chosen.size:,}, {front}; visitors wait in ms, {os.cpu_count()} cores"
        (provide.FOLDER / f"attack-{kind.lower()}.json").write_text(json.dumps(found, indent=1))
        show(Console(width=None if sys.stdout.isatty() else 170), title, found)
    return results


@contextmanager
def database(kind: str, size: int) -> Iterator[str]:
    """The address of a filled database that may be written to."""
    if kind == "PostgreSQL":
        with provide.postgres(size) as url:
            yield url
        return
    kept = Path(provide.sqlite(size).removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory(prefix="tracker-attack-", dir=kept.parent) as place:
        yield f"sqlite:///{shutil.copy(kept, place)}"


if __name__ == "__main__":
    main(sys.argv[1:])
