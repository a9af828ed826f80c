"""How a date stands in a sentence: “as of the third quarter of 2026”, “by the 2030s”, “since 2004”.

``PartialDate.in_words`` is the date alone, for a label, a table or after a colon. In a sentence each form takes words
of its own: no page says “as of by March 2025”. A phrase with its date is one text for translators.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .edtf import PartialDate, Precision

# The text of each form; of a form that is not named, the text of None. ``date`` is the date in words, and of an
# interval or of “by March 2025” ``end`` is its end.
Phrase = Mapping[Precision | None, Any]

AS_OF: Phrase = {
    None: _("as of %(date)s"),
    **dict.fromkeys(("quarter", "half-year", "decade"), _("as of the %(date)s")),
    "interval": _("for the period %(date)s"),
    "by": "%(date)s",
}
# After “due” or “last heard of”.
WHEN: Phrase = {
    None: "%(date)s",
    **dict.fromkeys(("quarter", "half-year", "decade"), _("in the %(date)s")),
    "season": _("in %(date)s"),
    "interval": _("in the period %(date)s"),
}
BY: Phrase = {
    None: _("by %(date)s"),
    **dict.fromkeys(("quarter", "half-year", "decade"), _("by the %(date)s")),
    "interval": _("in the period %(date)s"),
    "by": "%(date)s",
}
SINCE: Phrase = {
    None: _("since %(date)s"),
    **dict.fromkeys(("quarter", "half-year", "decade"), _("since the %(date)s")),
    "interval": _("since the period %(date)s"),
    "by": _("since %(end)s or earlier"),
}
UNTIL: Phrase = {
    None: _("until %(date)s"),
    **dict.fromkeys(("quarter", "half-year", "decade"), _("until the %(date)s")),
    "interval": _("until the period %(date)s"),
    "by": _("until %(end)s at the latest"),
}


def phrase(phrases: Phrase, date: PartialDate, date_in_words: str = "") -> str:
    """The date in one of the phrases above; ``date_in_words`` where it is written otherwise, as in HTML."""
    text = phrases.get(date.precision) or phrases[None]
    _start, slash, end = date.partition("/")
    values = {"date": date_in_words or date.in_words}
    if slash:
        values["end"] = PartialDate(end).in_words
    return str(text % values)
