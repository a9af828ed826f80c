"""What fields are called where the public is told of them: the register keeps these words in English."""

from __future__ import annotations

import re

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name
from django.utils.translation import pgettext_lazy

# Of all fields that people type, as their names are derived from the models.
OF_FIELDS = frozenset(
    (
        N_("Act"),
        N_("Address"),
        N_("Archived address"),
        N_("As of"),
        N_("Authentic"),
        N_("By"),
        N_("City"),
        N_("Condition"),
        N_("Condition lifted"),
        N_("Coverage"),
        N_("Dialogue"),
        N_("Due"),
        N_("Due at"),
        N_("Due date dropped"),
        N_("Due: words"),
        N_("End time"),
        N_("Ends on"),
        "Format",
        "Host",
        N_("In other languages"),
        N_("Issued by"),
        N_("Kind"),
        N_("Language"),
        N_("Language version of"),
        N_("Launched on"),
        N_("Locator"),
        N_("Looked for by"),
        N_("Looked for in"),
        N_("Looked for on"),
        N_("Meeting"),
        N_("Name"),
        N_("Note"),
        N_("Number"),
        N_("Official name"),
        N_("Other names"),
        N_("Part of"),
        N_("Participant"),
        N_("Published on"),
        N_("Publisher"),
        N_("Purpose"),
        N_("Quote"),
        N_("Quote language"),
        N_("Raised at"),
        N_("Read by"),
        N_("Read on"),
        N_("Report"),
        N_("SDG targets"),
        N_("SDGs"),
        N_("Short name"),
        N_("Stale after days"),
        N_("Start time"),
        N_("Starts on"),
        "State",
        N_("Status"),
        N_("Summary"),
        N_("Target"),
        N_("Themes"),
        N_("Time zone"),
        N_("Title"),
        N_("Value reported"),
        N_("Venue"),
        N_("Verifiability"),
        N_("Website"),
        N_("What happened"),
        N_("What would count as delivered"),
        N_("Why"),
    )
)
# Of what is told of a whole record, or of a load.
OF_RECORDS = frozenset(
    (
        N_("Merged"),
        N_("Two again"),
        N_("Documents"),
        N_("Initiatives"),
        N_("Mentions"),
        N_("Status updates"),
        N_("Criteria"),
    )
)
# What lines call fields that have another name now.
OF_BEFORE = frozenset((N_("Translation of"),))
# Words that stand for something else as well.
OF_MEETINGS = {
    "Format": pgettext_lazy("of a meeting", "Format"),
    "Host": pgettext_lazy("of a meeting", "Host"),
    "State": pgettext_lazy("of a meeting", "State"),
}
# “Title (ja)”
TRANSLATION = re.compile(r"(?P<label>.+) \((?P<tag>[A-Za-z0-9-]+)\)")


def label_in_words(english: str) -> str:
    """The name of a field in the language of the reader; of “Title (ja)” that of the title."""
    label = capfirst(english)
    if label in OF_MEETINGS:
        return str(OF_MEETINGS[label])
    if label in OF_FIELDS or label in OF_RECORDS or label in OF_BEFORE:
        return _(label)
    translation = TRANSLATION.fullmatch(label)
    return (
        f"{label_in_words(translation['label'])} ({translation['tag']})" if translation else label
    )
