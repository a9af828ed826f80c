"""Addresses of pages, of parts that are remembered: to make one takes long, and a page or an export has many."""

from __future__ import annotations

import re
from functools import lru_cache

from django.urls import get_script_prefix, reverse

from ..languages import in_english

# A key that stands for any other.
ANY = "0"
# Files of data, which are the same for readers of all languages and have one address.
DATA = re.compile(r"/(?!search/suggestions\.json$).+\.(?:csv|json|xlsx|zip|bib|txt)", re.ASCII)


def page_address(view: str, *keys: str) -> str:
    """The path of a page by the name of its view, that of a record by its natural key as well."""
    if len(keys) != 1:
        return _page_address(get_script_prefix(), view, *keys)
    before, after = around_key(view)
    return f"{before}{keys[0]}{after}"


def around_key(view: str) -> tuple[str, str]:
    """What stands before and behind the key in the path of a record."""
    before, _key, after = _page_address(get_script_prefix(), view, ANY).rpartition(ANY)
    return before, after


@lru_cache(maxsize=2000)
def _page_address(prefix: str, view: str, *keys: str) -> str:
    address = reverse(f"initiatives:{view}", args=keys)
    path = address.removeprefix(prefix)
    return in_english(prefix) + path if DATA.fullmatch(f"/{path}") else address
