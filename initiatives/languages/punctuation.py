"""What stands between words and behind a sentence in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def comma() -> str:
    return pgettext("between things in a row", ", ")


def series(things: Iterable[object]) -> str:
    """Things in a row: “Japan, Uzbekistan”, 「日本、ウズベキスタン」."""
    return comma().join(map(str, things))


def sentence(words: str) -> str:
    """Words with a full stop, unless they end with one already, as dates do in Russian: “26 января 2026 г.”"""
    return words if words.endswith((".", "。")) else _("%(sentence)s.") % {"sentence": words}
