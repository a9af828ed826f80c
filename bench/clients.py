"""Load from a process of its own: wrk where it is installed, else, and for slow pages, a client in Python."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.ratios import percentile

CONNECTIONS = 4
# Where one answer takes longer than this part of the time, wrk would count few or none.
SLOW = 0.2
TIMEOUT = 120


@dataclass(frozen=True)
class Load:
    """What a number of connections got in some seconds; times in milliseconds."""

    requests: int
    seconds: float
    median: float
    p99: float
    errors: int
    # Processor seconds of the client in Python; those of wrk are next to nothing.
    client: float = 0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def as_dict(self) -> dict[str, Any]:
        rounded = {"rate": self.rate, "median": self.median, "p99": self.p99}
        rounded["client_ms"] = self.client / self.requests * 1000
        return {name: round(value, 2) for name, value in rounded.items()} | {
            "requests": self.requests,
            "errors": self.errors,
        }


def wrk() -> str | None:
    """The path of wrk, if it is installed (Debian: apt-get install wrk)."""
    return shutil.which("wrk")


class Reply(NamedTuple):
    """What one request got, and how many seconds that took."""

    seconds: float
    status: int
    headers: Mapping[str, str]
    body: bytes


def one(port: int, address: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Ask once, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        start = time.perf_counter()
        connection.request("GET", address, headers=dict(headers or {}))
        response = connection.getresponse()
        body = response.read()
        taken = time.perf_counter() - start
        return Reply(taken, response.status, dict(response.headers), body)
    finally:
        connection.close()


def load(
    ports: Sequence[int],
    address: str,
    headers: dict[str, str],
    *,
    seconds: float,
    expected: float,
    connections: int = CONNECTIONS,
) -> Load:
    """Ask for an address over and over, spread over the ports of one service; ``expected`` is what one answer takes.

    For less than a second it is the client in Python that asks.
    """
    program = wrk()
    if program and seconds >= 1 and expected < seconds * SLOW:
        found = _by_wrk(program, ports, address, headers, seconds, connections)
        # On a busy machine the first answers may come too late to be counted.
        if found.requests:
            return found
    return _by_python(ports, address, headers, seconds, connections)


def _by_wrk(
    program: str,
    ports: Sequence[int],
    address: str,
    headers: dict[str, str],
    seconds: float,
    connections: int,
) -> Load:
    # wrk knows whole seconds only.
    whole = max(1, round(seconds))
    command = [program, "-t2", f"-c{connections}", f"-d{whole}s", "--timeout", "30s"]
    command += ["-s", str(Path(__file__).with_name("wrk.lua"))]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{ports[0]}{address}")
    environ = os.environ | {"ADDRESSES": ",".join(map(str, ports))}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            numbers = line.split()[1:]
            requests, errors = int(numbers[0]), int(numbers[4])
            return Load(requests, float(numbers[1]), float(numbers[2]), float(numbers[3]), errors)
    raise RuntimeError(f"wrk said nothing of its result:\n{done.stdout}{done.stderr}")


def _by_python(
    ports: Sequence[int], address: str, headers: dict[str, str], seconds: float, connections: int
) -> Load:
    """Every connection asks at least once, and finishes what it began."""
    times: list[float] = []
    failed: list[object] = []
    start, computed = time.perf_counter(), time.process_time()

    def ask(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        try:
            while True:
                began = time.perf_counter()
                connection.request("GET", address, headers=headers)
                response = connection.getresponse()
                response.read()
                times.append(time.perf_counter() - began)
                if response.status >= 400:
                    failed.append(response.status)
                if time.perf_counter() - start > seconds:
                    return
        except (OSError, http.client.HTTPException) as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=ask, args=[ports[number % len(ports)]])
        for number in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - start
    if not times:
        raise RuntimeError(f"{address} was not answered once: {failed[:1]}")
    return Load(
        len(times),
        whole,
        median(times) * 1000,
        percentile(times, 0.99) * 1000,
        len(failed),
        time.process_time() - computed,
    )
