"""Visitors who come when they come, whatever the server does; a process of its own, which says what it takes itself.

    python -m bench.visitors < plan.json

Everybody asks on a connection of their own at the moment at which they are due, and waits from that moment on: a server
that is behind makes nobody come later (no “coordinated omission”).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any

# After so many seconds a visitor has gone.
PATIENCE = 60


async def request(port: int, address: str) -> int:
    """The status that an address is answered with, read to its end; 0 where the connection breaks."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            lines = (f"GET {address} HTTP/1.1", "Host: localhost", "Connection: close", "", "")
            writer.write("\r\n".join(lines).encode())
            answer = await reader.read(-1)
        finally:
            writer.close()
    except OSError:
        return 0
    status = answer[:12].split()[1:]
    return int(status[0]) if status else 0


class Crowd:
    """Requests on their way, and those that are answered: kind, seconds waited since they were due, status."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.start, self.computed = time.perf_counter(), time.process_time()
        self.waits: list[tuple[str, float, int]] = []
        # By how many seconds this process was late to ask.
        self.late: list[float] = []

    async def come(self, due: float, kind: str, address: str) -> None:
        """Ask when it is due, in seconds since the start."""
        await asyncio.sleep(max(0, self.start + due - time.perf_counter()))
        self.late.append(time.perf_counter() - self.start - due)
        try:
            status = await asyncio.wait_for(request(self.port, address), PATIENCE)
        except TimeoutError:
            status = 0
        self.waits.append((kind, time.perf_counter() - self.start - due, status))


async def crowd(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out a plan: ``asks`` as due, kind, address; besides them, until they are answered and as many ``seconds``
    are over, a ``regular`` visitor.

    The regular one asks for each of ``addresses`` in turn ``every`` so many seconds, and again without waiting for the
    answer; its kind is “regular”.
    """
    people = Crowd(plan["port"])
    asks = [asyncio.create_task(people.come(*ask)) for ask in plan["asks"]]
    regular = []
    for due, address in _regular(plan.get("regular")):
        if due >= plan.get("seconds", 0) and all(ask.done() for ask in asks):
            break
        regular.append(asyncio.create_task(people.come(due, "regular", address)))
        await asyncio.sleep(max(0, people.start + due - time.perf_counter()))
    await asyncio.gather(*asks, *regular)
    client = time.process_time() - people.computed
    return {"waits": people.waits, "late": max(people.late), "client": client}


def _regular(plan: dict[str, Any] | None) -> Iterator[tuple[float, str]]:
    if plan:
        yield from zip(count(0, plan["every"]), cycle(plan["addresses"]))


if __name__ == "__main__":
    json.dump(asyncio.run(crowd(json.load(sys.stdin))), sys.stdout)
