"""What the documentation names is there: settings."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_is_listed() -> None:
    code = (ROOT / "tracker" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_switch)\(\s*"([A-Z_0-9]+)"', code))
    page = (ROOT / "docs" / "settings.md").read_text()
    assert len(read) > 8
    assert sorted(re.findall(r"^\| `([A-Z_0-9]+)` \|", page, re.MULTILINE)) == sorted(read)


def test_the_readme_is_two_screens_and_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 80
    commands = [line.split("#")[0].strip() for line in lines if line.strip()][1:3]
    assert commands == ["make run", "make test"]
