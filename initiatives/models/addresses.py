"""Addresses of pages, remembered: to make one takes long, and a page or an export links the same ones."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse

# A key that stands for any other.
ANY = "0"


def page_address(view: str, *keys: str) -> str:
    """The path of a page by the name of its view, that of a record by its natural key as well."""
    return _page_address(get_script_prefix(), view, *keys)


def record_address(view: str, key: str) -> str:
    """The same for a record that was read from the database, where there are more than can be remembered one by one."""
    before, after = _around_key(get_script_prefix(), view)
    return f"{before}{key}{after}"


@lru_cache(maxsize=20_000)
def _page_address(_prefix: str, view: str, *keys: str) -> str:
    return reverse(f"initiatives:{view}", args=keys)


@lru_cache
def _around_key(prefix: str, view: str) -> tuple[str, str]:
    before, _key, after = _page_address(prefix, view, ANY).rpartition(ANY)
    return before, after
