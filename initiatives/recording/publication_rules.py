"""What may be shown to the public and taken out of its sight again; nothing here writes.

To be asked while the initiative is locked (``actions.lock_initiatives``).
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ..models import Decision, Entry, Initiative, Mention, Publication, Review


class Superseded(ValidationError):
    """A draft is neither published nor shown for review once another entry stands in its place: ``newest``."""

    def __init__(self, newest: Entry) -> None:
        super().__init__(
            _("This draft is superseded by %(newest)s."),
            code="superseded",
            params={"newest": newest.ref},
        )
        self.newest = newest


def is_corrected(entry: Entry) -> bool:
    """Whether a later entry, public or draft, corrects this one."""
    return type(entry)._base_manager.filter(Q(corrects=entry.pk)).exists()


def is_withdrawn(entry: Entry) -> bool:
    """Whether an entry is withdrawn by now, whatever it was when it was read."""
    return type(entry)._base_manager.filter(pk=entry.pk, withdrawn_at__isnull=False).exists()


def was_seen(entry: Entry) -> bool:
    """Whether the public has been able to see an entry: it and its initiative were public at the same time."""
    rows: tuple[Any, ...] = (entry, entry.initiative)
    if all(row.publication == Publication.PUBLIC for row in rows):
        return True
    versions: list[tuple[Any, int, int, str]] = []
    current: list[str] = []
    for place, row in enumerate(rows):
        history = row.history.values_list("history_date", "history_id", "publication")
        versions += [(at, number, place, publication) for at, number, publication in history]
        # Where no version is kept, nothing tells that it was ever different.
        current.append("" if history else row.publication)
    for _at, of_one_moment in groupby(sorted(versions), key=itemgetter(0)):
        for _moment, _number, place, publication in of_one_moment:
            current[place] = publication
        if current == [Publication.PUBLIC, Publication.PUBLIC]:
            return True
    return False


def mention_to_publish(initiative: Initiative) -> Mention | None:
    """The mention that becomes public with a draft: the earliest, unless one is public already.

    Raises ValidationError where no mention stands: no initiative is public without a document. A draft that somebody
    has returned is not taken along.
    """
    standing = Mention.objects.current().filter(initiative=initiative)
    if standing.filter(publication=Publication.PUBLIC).exists():
        return None
    if not standing.exists():
        raise ValidationError(
            _("No document that mentions this initiative is recorded. Record a mention first."),
            code="no_mention",
        )
    reviews = Review.objects.filter(mention=OuterRef("pk")).order_by("-asked_at", "-pk")
    returned = Exists(reviews.filter(decision=Decision.RETURNED)) & ~Exists(
        reviews.filter(decision=Decision.WAITING)
    )
    oldest_first = (F("report__published_on").asc(nulls_last=True), "recorded_at", "pk")
    ready = standing.select_related("report").exclude(returned).order_by(*oldest_first)
    earliest = ready.first()
    if earliest is None:
        raise ValidationError(
            _(
                "Every mention of this initiative was returned as a draft. Publish one of them first."
            ),
            code="returned",
        )
    return earliest


def refuse_publication(entry: Entry, publication: Publication) -> None:
    """Raise ValidationError for an entry that may not become that."""
    if entry.is_withdrawn:
        raise ValidationError(_("The entry is withdrawn already."), code="withdrawn")
    if publication == Publication.PUBLIC:
        if entry.is_superseded:
            raise Superseded(entry.newest)
        return
    # What it corrected would stand again, beside what corrects it.
    if entry.corrects_id and is_corrected(entry):
        raise ValidationError(
            _("The entry has been corrected; withdraw the correction."), code="corrected"
        )
    if isinstance(entry, Mention) and not _would_stand(entry.corrects):
        refuse_without_another(entry)


def _would_stand(corrected: Entry | None) -> bool:
    """Whether an entry is in the public record again once its correction is a draft."""
    if corrected is None or corrected.is_withdrawn:
        return False
    return bool(corrected.publication == Publication.PUBLIC)


def refuse_without_another(mention: Mention) -> None:
    """Raise ValidationError for the one mention that tells the public which document treats a public initiative."""
    if mention.publication != Publication.PUBLIC or not mention.initiative.is_public:
        return
    others = Mention.objects.public().current().filter(initiative=mention.initiative_id)
    if not others.exclude(pk=mention.pk).exists():
        raise ValidationError(
            _(
                "This is the only public mention of a public initiative. Record another one first, or take the "
                "initiative back to draft."
            ),
            code="last_mention",
        )
