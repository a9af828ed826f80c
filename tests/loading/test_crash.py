"""A load that is killed leaves nothing or everything.

Here five times with 200 initiatives, because each load starts a program; `python -m bench.kill` does the same ten
times with 10,000.
"""

from __future__ import annotations

from pathlib import Path

from bench.kill import kill_loads
from bench.reports import write_reports
from tests import template
from tests.extent import KILLED_LOADS


def test_a_killed_load_leaves_nothing_or_everything(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports", 200)
    with template.new_databases(tmp_path) as made:
        found = kill_loads(made, tmp_path / "reports", KILLED_LOADS)
    assert "nothing" in found
