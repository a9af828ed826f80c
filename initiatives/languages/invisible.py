"""Characters that nobody sees and that come along with what is copied from pages and documents.

In ids, codes, dates, numbers and addresses they are no part of what was meant, and go. In texts they stay: scripts need
joiners, and a quote is what the document says.
"""

from __future__ import annotations

import re

# Soft hyphens, joiners, spaces without width, marks of direction, fillers, selectors of variants: what Unicode calls
# Default_Ignorable_Code_Point, and its separators of lines.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# Spaces that look like the ordinary one.
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def visible(value: object) -> object:
    """A text without what nobody sees, and without space around it; anything else as it is."""
    return INVISIBLE.sub("", value).strip() if isinstance(value, str) else value


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def with_code_points(text: str) -> str:
    """The text with each character that nobody sees, or sees as an ordinary space, by its number."""
    for pattern in (INVISIBLE, SPACES):
        text = pattern.sub(lambda match: f"⟨{code_point(match[0])}⟩", text)
    return text
