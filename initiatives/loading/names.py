"""Lists of names, one a line, of which each document states some: they add up, and each takes back only its own."""

from __future__ import annotations

from collections.abc import Iterable

from ..models.other_names import as_lines


def joined(texts: Iterable[str | None]) -> str:
    """All names of several lists, each once."""
    return as_lines([name for text in texts for name in names_of(text)])


def names_of(text: str | None) -> list[str]:
    return (text or "").splitlines()


def merged(ours: str | None, before: str, now: str, elsewhere: str) -> str:
    """What stands, with what documents state anew and without what none of them states any more.

    ``before`` is what they stated when they were loaded last, ``elsewhere`` what others did. What a person added stays,
    and what a person took out stays out.
    """
    left = {*names_of(now), *names_of(elsewhere)}
    gone = {*names_of(before)} - left
    new = [name for name in names_of(now) if name not in names_of(before)]
    return as_lines([*(name for name in names_of(ours) if name not in gone), *new])
