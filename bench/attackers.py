"""Those who would silence a site, each kind for a bounded time; a process of its own, beside that of the visitor.

    python -m bench.attackers < plan.json

`attack.py` starts it. It asks nobody but 127.0.0.1, and nobody there who cannot say the word that `attack.py` gave to
the server that it started.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from urllib.parse import urlencode

from bench.vocabulary import ENGLISH

METHOD = "/about/method/"
LOGIN = "/admin/login/"
# Who is refused comes again after so many seconds, whatever he was told.
PAUSE = 0.5
FORM = "Content-Type: application/x-www-form-urlencoded"


@dataclass
class Target:
    """The server on this machine, until when it is attacked, and how often it answered with what."""

    port: int
    until: float
    answered: Counter[str] = field(default_factory=Counter)

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.until

    async def connect(self, buffer: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection, for a slow reader one that holds as little as the system lets it."""
        connection = socket.socket()
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=connection, limit=buffer or 2**16)

    async def ask(self, address: str, *lines: str, body: str = "") -> tuple[str, bytes]:
        """Ask once; the status, “0” where the connection breaks, and all of the answer."""
        try:
            reader, writer = await self.connect()
            try:
                writer.write(head(address, *lines, "Connection: close", body=body) + body.encode())
                answer = bytearray()
                while part := await asyncio.wait_for(reader.read(2**16), self.left):
                    # The beginning is enough; a whole export is only read.
                    answer += part[: max(0, 2**18 - len(answer))]
            finally:
                writer.close()
        except TimeoutError:
            return "held", b""
        except OSError:
            return "0", b""
        return (answer[9:12].decode() or "0"), bytes(answer)

    @property
    def left(self) -> float:
        return max(0.01, self.until - time.monotonic())


def head(address: str, *lines: str, body: str = "", length: int = 0) -> bytes:
    """The lines before a body, as of a browser."""
    length = length or len(body)
    start = [f"{'POST' if length else 'GET'} {address} HTTP/1.1", "Host: localhost", *lines]
    if length:
        start.append(f"Content-Length: {length}")
    return "\r\n".join([*start, "", ""]).encode()


# --- The attacks ----------------------------------------------------------------------------------


async def slow_reader(target: Target, number: int) -> str:
    """Read a whole export at 2 kB a second."""
    reader, writer = await target.connect(buffer=2048)
    try:
        writer.write(head("/initiatives.csv"))
        answer = await reader.readexactly(12)
        while answer[9:12] == b"200" and target.lasts:
            await reader.read(2048)
            await asyncio.sleep(1)
    finally:
        writer.transport.abort()
    return answer[9:12].decode()


async def _drip(target: Target, start: bytes) -> str:
    """Send the rest of a request at a byte a second."""
    reader, writer = await target.connect()
    try:
        writer.write(start)
        while True:
            writer.write(b"x")
            try:
                answer = await asyncio.wait_for(reader.read(12), min(1, target.left))
            except TimeoutError:
                if not target.lasts:
                    return "held"
                continue
            return answer[9:12].decode() or "closed"
    finally:
        writer.transport.abort()


async def slow_body(target: Target, number: int) -> str:
    return await _drip(target, head(LOGIN, FORM, length=1000))


async def slow_body_to_a_page(target: Target, number: int) -> str:
    return await _drip(target, head("/initiatives/", FORM, length=1000))


async def slow_header(target: Target, number: int) -> str:
    return await _drip(target, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")


async def day(target: Target, number: int) -> str:
    """The list as of a day that nobody else asks for."""
    day = date(2025, 12, 31) - timedelta(days=number)
    status, _answer = await target.ask(f"/initiatives/?as_of={day}")
    return status


async def search(target: Target, number: int) -> str:
    """A text that nobody asked for before: words in every order, with one left out."""
    first, second, third = TEXTS[number % len(TEXTS)]
    status, _answer = await target.ask(
        "/initiatives/?" + urlencode({"q": f"{first} {second} -{third}"})
    )
    return status


TEXTS = list(permutations(ENGLISH, 3))


async def sign_in(target: Target, number: int) -> str:
    """A wrong password for a name that nobody tried before."""
    _status, page = await target.ask(LOGIN)
    cookie = page.partition(b"csrftoken=")[2].partition(b";")[0].decode()
    form = {"csrfmiddlewaretoken": cookie, "username": f"name-{number}", "password": "wrong"}
    lines = (f"Cookie: csrftoken={cookie}", FORM)
    status, _answer = await target.ask(LOGIN, *lines, body=urlencode(form))
    return status


EXPORTS = (
    "/initiatives.xlsx",
    "/initiatives.csv",
    "/initiatives.json",
    "/data/initiative-tracker.zip",
)


async def export(target: Target, number: int) -> str:
    status, _answer = await target.ask(EXPORTS[number % len(EXPORTS)])
    return status


@dataclass(frozen=True)
class Attack:
    """So many at once, each again and again until the time is over; each time with another number."""

    clients: int
    act: Callable[[Target, int], Awaitable[str]]


ATTACKS = {
    "nobody": Attack(0, search),
    "slow readers of an export": Attack(8, slow_reader),
    "slow bodies": Attack(12, slow_body),
    "slow bodies to public pages": Attack(12, slow_body_to_a_page),
    "slow headers": Attack(10, slow_header),
    "days at once": Attack(20, day),
    "new searches": Attack(16, search),
    "sprayed sign-ins": Attack(8, sign_in),
    "whole exports": Attack(8, export),
}


async def attack(name: str, target: Target) -> dict[str, int]:
    """Carry it out; how often each status came, “held” where the time was over first."""
    attack = ATTACKS[name]

    async def client(number: int) -> None:
        while target.lasts:
            try:
                status = await attack.act(target, number)
            except (asyncio.IncompleteReadError, OSError):
                status = "closed"
            target.answered[status] += 1
            number += attack.clients
            if status not in ("200", "held"):
                await asyncio.sleep(PAUSE)

    await asyncio.gather(*(client(number) for number in range(attack.clients)))
    return dict(target.answered)


async def main(plan: dict[str, Any]) -> dict[str, int]:
    """Attack what ``plan`` says, if it is the server that was started for that; raises SystemExit otherwise."""
    _status, page = await Target(plan["port"], time.monotonic() + 30).ask(METHOD)
    if plan["word"].encode() not in page:
        raise SystemExit("That is not the server that was started to be attacked.")
    return await attack(plan["attack"], Target(plan["port"], time.monotonic() + plan["seconds"]))


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)
