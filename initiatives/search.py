"""Full-text search of initiatives."""

from __future__ import annotations

from django.db.models import Q

from .models.initiatives import InitiativeQuerySet


def search(queryset: InitiativeQuerySet, text: str) -> InitiativeQuerySet:
    """The rows in whose title, summary or id every word of the text occurs."""
    for term in dict.fromkeys(text.split()):
        queryset = queryset.filter(
            Q(title__icontains=term) | Q(summary__icontains=term) | Q(slug__icontains=term)
        )
    return queryset
