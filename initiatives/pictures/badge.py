"""The geometry of a badge: a small picture with the status of an initiative in words, for pages of others."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..models import DeliveryStatus, StatusGroup

HEIGHT = 22
PADDING = 8
MARK = 9
# Wide enough for the widest common font; the words are fitted to it.
CHARACTER = 6.6

# Inside the picture, since a picture on another page loads nothing. Contrast is 4.5 or more in both schemes.
STYLE = (
    "text{font:11px Verdana,DejaVu Sans,sans-serif}"
    ".ground{fill:#f4f6f8}.edge{fill:none;stroke:#7c8795}.label{fill:#505c6b}.word{fill:#18202b}"
    ".not_reviewed{color:#6b7685}.no_information{color:#7d5a4f}.pending{color:#8f6a00}.in_progress{color:#1b6cb0}"
    ".delivered{color:#197a48}.off_track{color:#b8401b}.superseded{color:#6a4fa3}"
    "@media(prefers-color-scheme:dark){"
    ".ground{fill:#1a212a}.edge{stroke:#77838f}.label{fill:#a7b1bd}.word{fill:#e5e9ee}"
    ".not_reviewed{color:#98a3b0}.no_information{color:#cba695}.pending{color:#d6ad3a}.in_progress{color:#5fabea}"
    ".delivered{color:#4fc088}.off_track{color:#f08a62}.superseded{color:#b299ea}}"
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
    return round(len(text) * CHARACTER)
