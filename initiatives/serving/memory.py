"""Gives back to the system what a process needed for a moment, where the C library (glibc) would keep it."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Look for garbage and return free memory; for work after which hundreds of megabytes are free.

    Where the C library cannot do so, as on macOS or Alpine, it only looks for garbage.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
