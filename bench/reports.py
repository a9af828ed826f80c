"""Report files of any number, as large as real ones: for measuring a load and for killing it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

STATUSES = ("not_started", "preparing", "under_way", "partly_delivered", "delivered")
PARTICIPANTS = 20
THEMES = 12
IN_A_FILE = 100


def write_reports(folder: Path, initiatives: int, *, updates: int = 5) -> int:
    """Write a vocabulary and reports on that many initiatives into a new folder; return the number of files.

    Each initiative has two themes, a mention by two participants (who become its proposers) and ``updates`` updates.
    """
    folder.mkdir(parents=True)
    (folder / "vocabulary.yaml").write_text(_vocabulary(), encoding="utf-8")
    starts = range(0, initiatives, IN_A_FILE)
    for number, start in enumerate(starts):
        some = range(start, min(start + IN_A_FILE, initiatives))
        text = _report(number, some, updates)
        (folder / f"report-{number}.yaml").write_text(text, encoding="utf-8")
    return len(starts) + 1


def _vocabulary() -> str:
    lines = ["participants:"]
    lines += [f"  - {{code: country-{n}, name: Country {n}}}" for n in range(PARTICIPANTS)]
    lines += ["themes:"]
    lines += [f"  - {{id: theme-{n}, name: Theme {n}, sdgs: [4]}}" for n in range(THEMES)]
    return "\n".join(lines) + "\n"


def _report(number: int, initiatives: range, updates: int) -> str:
    day = date(2022, 4, 15) - timedelta(days=number)
    parts = [
        f"""\
report:
  id: report-{number}
  title: Joint statement of meeting {number}
  publisher: The Secretariat
  kind: joint
  published: 2022-04-17
  language: en
dialogues:
  - {{id: dialogue, name: The Dialogue, locator: head}}
meeting:
  id: meeting-{number}
  dialogue: dialogue
  kind: foreign_ministers
  title: Meeting {number}
  starts: {day}
  attendance:
    - {{participant: country-1, head: A Minister, locator: para 1}}
    - {{participant: country-2, head: Another Minister, locator: para 1}}
  locator: para 1
initiatives:
"""
    ]
    parts += [_initiative(n, number) for n in initiatives]
    if updates:
        parts.append("updates:\n")
    parts += [_update(n, year) for n in initiatives for year in range(updates)]
    return "".join(parts)


def _initiative(n: int, meeting: int) -> str:
    by = f"country-{n % PARTICIPANTS}, country-{(n + 1) % PARTICIPANTS}"
    themes = f"theme-{n % THEMES}, theme-{(n + 1) % THEMES}"
    return f"""\
  - id: initiative-{n}
    title: Initiative {n} on transport, water and energy
    summary: >-
      The sides agreed to set up a joint group on transport, water and energy that reports to the ministers
      each year, with a plan of work for initiative {n} and a list of projects.
    kind: commitment
    dialogue: dialogue
    raised_at: meeting-{meeting}
    themes: [{themes}]
    due: 2030-12
    act: proposed
    by: [{by}]
    locator: para {n}
    quote: We will set up group {n} without delay.
    quote_language: en
"""


def _update(n: int, year: int) -> str:
    return f"""\
  - initiative: initiative-{n}
    status: {STATUSES[year % len(STATUSES)]}
    on: {2022 + year}
    what: Step {year} of initiative {n} was taken, and the group reported on it to the ministers.
    locator: annex, item {n}
"""
