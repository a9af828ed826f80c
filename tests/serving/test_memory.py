"""What a process needed for a moment goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import weakref
from types import SimpleNamespace

import pytest

from initiatives.serving import memory


class Ring:
    """It refers to itself, so that only a look for garbage finds it."""

    def __init__(self) -> None:
        self.ring = self


def test_garbage_is_found_and_free_memory_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[int] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(malloc_trim=trimmed.append))
    gc.collect()
    kept = weakref.ref(Ring())
    assert kept()
    memory.give_back()
    assert kept() is None
    assert trimmed == [0]


def test_where_the_c_library_returns_none_garbage_is_still_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    kept = weakref.ref(Ring())
    memory.give_back()
    assert kept() is None
