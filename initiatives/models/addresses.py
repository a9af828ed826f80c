"""Addresses of pages of records, remembered: to make one takes long, and a page or an export links the same ones."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def page_address(view: str, key: str) -> str:
    """The path of the page of a record, by the name of its view and its natural key."""
    return _page_address(get_script_prefix(), view, key)


@lru_cache(maxsize=20_000)
def _page_address(_prefix: str, view: str, key: str) -> str:
    return reverse(f"initiatives:{view}", args=[key])
