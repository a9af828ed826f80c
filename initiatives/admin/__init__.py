"""The admin, one file for each file of models; entries are written through `recording/actions.py` here too."""

from . import (
    citations,
    dialogues,
    initiatives,
    lines,
    load_undo,
    loads,
    participants,
    relations,
    reports,
    targets,
    themes,
    uploads,
)
from .account import people
from .follow_up import admins, criteria, plans, reviews

__all__ = [
    "admins",
    "citations",
    "criteria",
    "dialogues",
    "initiatives",
    "lines",
    "load_undo",
    "loads",
    "participants",
    "people",
    "plans",
    "relations",
    "reports",
    "reviews",
    "targets",
    "themes",
    "uploads",
]
