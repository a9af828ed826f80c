"""The geometry of a badge: a small picture with the status of an initiative in words, for pages of others."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..models import DeliveryStatus, StatusGroup

HEIGHT = 22
PADDING = 8
MARK = 9
# Wide enough for the widest common font; the words are fitted to it.
CHARACTER = 6.6
# As wide as it is high.
WIDE_CHARACTER = 11

# Inside the picture, since a picture on another page loads nothing; colours are those of tokens.css.
STYLE = (
    "text{font:11px Verdana,DejaVu Sans,sans-serif}"
    ".ground{fill:#f3f6f9}.edge{fill:none;stroke:#76828f}.label{fill:#4d5a69}.word{fill:#16202c}"
    ".not_reviewed{color:#84909d}.no_information{color:#76828f}.pending{color:#b97e00}.in_progress{color:#3f8fd2}"
    ".delivered{color:#0f6b52}.off_track{color:#b8341b}.superseded{color:#5b6573}"
    "@media(prefers-color-scheme:dark){"
    ".ground{fill:#18202a}.edge{stroke:#83909d}.label{fill:#a9b4c0}.word{fill:#e7ebf0}"
    ".not_reviewed{color:#74818e}.no_information{color:#98a4b2}.pending{color:#e5b347}.in_progress{color:#5ea6ea}"
    ".delivered{color:#3dbd92}.off_track{color:#f37f5f}.superseded{color:#98a4b2}}"
)
# What lets the style through our own content policy, where the picture is opened by itself.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


@dataclass(frozen=True)
class Badge:
    """Positions are in pixels from the left; ``shape`` is drawn by the template."""

    label: str
    word: str
    group: StatusGroup
    label_width: int
    word_width: int

    height = HEIGHT
    label_at = PADDING

    @property
    def mark_at(self) -> int:
        return self.label_at + self.label_width + PADDING

    @property
    def word_at(self) -> int:
        return self.mark_at + MARK + 5

    @property
    def width(self) -> int:
        return self.word_at + self.word_width + PADDING

    @property
    def edge_width(self) -> int:
        """Of a line of one pixel inside the picture."""
        return self.width - 1

    @property
    def edge_height(self) -> int:
        return self.height - 1

    @property
    def in_words(self) -> str:
        return f"{self.label}: {self.word}"


def badge(status: DeliveryStatus) -> Badge:
    """The badge of a delivery status."""
    label, word = _("Delivery"), str(status.label)
    return Badge(label, word, status.group, _width(label), _width(word))


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return round((len(text) - wide) * CHARACTER + wide * WIDE_CHARACTER)
