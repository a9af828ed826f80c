"""What the site remembers of texts, forgotten on purpose; import it where Django is set up."""

from __future__ import annotations

from typing import Any

from initiatives.facets import index as facet_index
from initiatives.facets.index import Index

_find = Index.find


def forget_texts() -> None:
    """Let the next request ask the database for its text, whoever asked for it before."""
    for index in list(facet_index._indexes.values()):
        index._texts.clear()


def ask_each_text_anew() -> None:
    """Let every request ask the database for its text, as the first of many readers does."""

    def find(self: Index, *arguments: Any, **options: Any) -> Any:
        self._texts.clear()
        return _find(self, *arguments, **options)

    Index.find = find  # type: ignore[method-assign]


def remember_texts() -> None:
    """Undo ``ask_each_text_anew``."""
    Index.find = _find  # type: ignore[method-assign]
