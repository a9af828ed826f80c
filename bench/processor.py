"""How much processor time a request takes, here and in the database, as Linux says."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


class Processor:
    """Processor time of this process and of the PostgreSQL that it asks, with what that starts to help with a query.

    ``seconds`` counts from anywhere: differences mean something. It is None where the server is not on this machine.
    On SQLite the database is a part of this process.
    """

    def __init__(self) -> None:
        self.backend = self.server = 0
        self.is_known = True
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            # Kept for as long as the measurement takes: the time of another connection would begin at nothing.
            connection.close_at = None
            self.backend = connection.connection.info.backend_pid
            self.is_known = _name(self.backend).startswith("postgres")
            self.server = int(_numbers(self.backend)[1]) if self.is_known else 0

    def seconds(self) -> float | None:
        """To the microsecond; what helpers of a query took comes in hundredths of a second."""
        if not self.is_known:
            return None
        seconds = time.process_time()
        if self.backend:
            running = int(Path(f"/proc/{self.backend}/schedstat").read_text().split()[0]) / 1e9
            ended = sum(map(int, _numbers(self.server)[13:15])) / TICKS
            seconds += running + ended
        return seconds


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


def _numbers(pid: int) -> list[str]:
    """What Linux says of a process after its name (proc(5)): state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
