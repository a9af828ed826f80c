"""How an initiative of this record is cited: as text, for BibTeX and as CSL-JSON, each with the day that is cited."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Initiative
from ..partial_dates import PartialDate
from ..query.as_of import permalink
from .cells import writable

# What has a meaning in TeX, and how it is written there.
TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# Months are words of BibTeX itself, in every style’s own language.
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class PageReference:
    """The page of an initiative as of a day; what ``address`` keeps of it is said in ``_cite.html``."""

    key: str
    title: str
    dialogue: str
    publisher: str
    address: str
    day: datetime.date

    @property
    def text(self) -> str:
        return _("“%(title)s” (%(dialogue)s). %(publisher)s, as of %(day)s. %(address)s") % {
            "title": self.title,
            "dialogue": self.dialogue,
            "publisher": self.publisher,
            "day": PartialDate(self.day).in_words,
            "address": self.address,
        }

    @property
    def bibtex(self) -> str:
        """An entry for BibTeX and biblatex, in UTF-8."""
        fields = {
            # Twice in braces: no style is to change its capitals, and no “and” makes two authors.
            "author": f"{{{_tex(self.publisher)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": str(self.day.year),
            "month": MONTHS[self.day.month - 1],
            "howpublished": rf"\url{{{self.address}}}",
            "url": self.address,
            "urldate": self.day.isoformat(),
            "note": _tex(
                _("%(dialogue)s; as of %(day)s")
                % {"dialogue": self.dialogue, "day": PartialDate(self.day).in_words}
            ),
        }
        lines = (
            f"  {name} = {value}," if name == "month" else f"  {name} = {{{value}}},"
            for name, value in fields.items()
        )
        return "\n".join([f"@misc{{{self.key},", *lines, "}", ""])

    @property
    def csl(self) -> list[dict[str, Any]]:
        """CSL-JSON, a list of one item (citationstyles.org, schema 1.0)."""
        day = {"date-parts": [[self.day.year, self.day.month, self.day.day]]}
        return [
            {
                "id": self.key,
                "type": "webpage",
                "title": self.title,
                "author": [{"literal": self.publisher}],
                "container-title": self.dialogue,
                "publisher": self.publisher,
                "URL": self.address,
                "issued": day,
                "accessed": day,
                "language": "en",
            }
        ]


def cite(initiative: Initiative, site: str, day: datetime.date | None = None) -> PageReference:
    """The citation of an initiative as of a day, today unless given; reads ``dialogue``. ``site``: scheme and host."""
    day = day or timezone.localdate()
    return PageReference(
        key=f"{initiative.slug}-{day.isoformat()}",
        title=_line(initiative.title),
        dialogue=_line(initiative.dialogue.name),
        publisher=_("Initiative tracker"),
        address=site + permalink(initiative, day),
        day=day,
    )


def _line(text: str) -> str:
    return " ".join(writable(text).split())


def _tex(text: str) -> str:
    return re.sub("|".join(map(re.escape, TEX)), lambda match: TEX[match[0]], text)
