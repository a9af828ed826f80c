"""What may be shown to the public and taken out of its sight again; nothing here writes.

To be asked while the initiative is locked (``actions.lock_initiatives``).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ..models import AnyEntry, Decision, Entry, Initiative, Mention, Publication, Review


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
    oldest_first = (F("report__published_on").asc(nulls_last=True), "recorded_at", "pk")
    ready = standing.select_related("report").exclude(is_sent_back(Mention)).order_by(*oldest_first)
    earliest = ready.first()
    if earliest is None:
        raise ValidationError(
            _(
                "Every mention of this initiative was returned as a draft. Publish one of them first."
            ),
            code="returned",
        )
    return earliest


def is_sent_back(model: type[AnyEntry]) -> Any:
    """The condition that a draft of that kind was returned, and has not been submitted again."""
    reviews = Review.objects.filter(**{model.subject: OuterRef("pk")}).order_by()
    return Exists(reviews.filter(decision=Decision.RETURNED)) & ~Exists(
        reviews.filter(decision=Decision.WAITING)
    )


def refuse_publication(row: Initiative | Entry, publication: Publication) -> None:
    """Raise ValidationError for a row that may not become that: what the public has seen is no draft again."""
    if row.is_withdrawn and isinstance(row, Entry):
        raise ValidationError(_("The entry is withdrawn already."), code="withdrawn")
    if (row.initiative if isinstance(row, Entry) else row).is_withdrawn:
        raise ValidationError(_("The initiative is withdrawn already."), code="withdrawn")
    if publication == Publication.PUBLIC:
        if isinstance(row, Entry) and row.is_superseded:
            raise Superseded(row.newest)
        return
    if isinstance(row, Initiative) or was_seen(row):
        raise ValidationError(
            _("The public has seen this, so it is no draft any more. Withdraw it with a reason."),
            code="seen",
        )
    # What it corrected would stand again, beside what corrects it.
    if row.corrects_id and is_corrected(row):
        raise ValidationError(
            _("The entry has been corrected; withdraw the correction."), code="corrected"
        )


def was_published(initiative: Initiative) -> bool:
    """Whether an initiative is public or has been so, as far as its versions tell."""
    was_public = initiative.history.filter(publication=Publication.PUBLIC)
    return initiative.is_public or bool(was_public.exists())


def refuse_without_another(mention: Mention, *, besides: Iterable[int] = ()) -> None:
    """Raise ValidationError for the one mention that tells the public which document treats a public initiative.

    ``besides`` are the keys of mentions that go with it.
    """
    if mention.publication != Publication.PUBLIC or not mention.initiative.is_public:
        return
    others = Mention.objects.public().current().filter(initiative=mention.initiative_id)
    if not others.exclude(pk__in=[mention.pk, *besides]).exists():
        raise ValidationError(
            _(
                "This is the only public mention of a public initiative. Record another one first, or withdraw "
                "the initiative."
            ),
            code="last_mention",
        )
