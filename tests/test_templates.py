"""Templates are read and edited by people: their lines and their files stay short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

LONGEST_LINE = 120
MOST_LINES = 120


def templates() -> Iterator[Path]:
    paths = sorted((settings.BASE_DIR / "templates").rglob("*"))
    return (path for path in paths if path.suffix in (".html", ".svg", ".xml"))


def too_long(paths: Iterator[Path]) -> list[str]:
    """Each line, or file, that is too long, and how long it is."""
    found = []
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            f"{path}:{number} has {len(line)} characters"
            for number, line in enumerate(lines, start=1)
            if len(line) > LONGEST_LINE
        ]
        if len(lines) > MOST_LINES:
            found.append(f"{path} has {len(lines)} lines")
    return found


def test_no_template_has_long_lines_or_many() -> None:
    assert any(templates())
    assert too_long(templates()) == []


def test_what_is_too_long_is_named_by_file_and_line(tmp_path: Path) -> None:
    wide, tall, fit = (tmp_path / name for name in ("wide.html", "tall.svg", "fit.html"))
    wide.write_text("<p>\n" + "x" * 121 + "\n</p>\n", encoding="utf-8")
    tall.write_text("<g/>\n" * 121, encoding="utf-8")
    fit.write_text(("–" * 120 + "\n") * 120, encoding="utf-8")
    assert too_long(iter([wide, tall, fit])) == [
        f"{wide}:2 has 121 characters",
        f"{tall} has 121 lines",
    ]
