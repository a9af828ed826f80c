"""Addresses of pages, remembered: to make one takes long, and a page or an export links the same ones."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def page_address(view: str, *keys: str) -> str:
    """The path of a page by the name of its view, that of a record by its natural key as well."""
    return _page_address(get_script_prefix(), view, *keys)


@lru_cache(maxsize=20_000)
def _page_address(_prefix: str, view: str, *keys: str) -> str:
    return reverse(f"initiatives:{view}", args=keys)
