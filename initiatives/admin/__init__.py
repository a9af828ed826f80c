"""The admin, one file for each file of models; entries are written through `actions.py` here too."""

from . import (
    citations,
    dialogues,
    follow_up,
    initiatives,
    loads,
    participants,
    people,
    reports,
    reviews,
    uploads,
)

__all__ = [
    "citations",
    "dialogues",
    "follow_up",
    "initiatives",
    "loads",
    "participants",
    "people",
    "reports",
    "reviews",
    "uploads",
]
