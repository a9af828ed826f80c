"""What may be shown to the public and taken out of its sight again; nothing here writes.

To be asked while the initiative is locked (``actions.lock``).
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .models import Entry, Initiative, Mention, Publication


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


def mention_to_publish(initiative: Initiative) -> Mention | None:
    """The mention that becomes public with a draft: the earliest, unless one is public already.

    Raises ValidationError where no mention stands: no initiative is public without a document.
    """
    standing = Mention.objects.current().filter(initiative=initiative)
    if standing.filter(publication=Publication.PUBLIC).exists():
        return None
    oldest_first = (F("report__published_on").asc(nulls_last=True), "recorded_at", "pk")
    earliest = standing.select_related("report").order_by(*oldest_first).first()
    if earliest is None:
        raise ValidationError(
            _("No document is recorded that treats this initiative. Record a mention first."),
            code="no_mention",
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
    if isinstance(entry, Mention) and not _stands_again(entry.corrects):
        refuse_without_another(entry)


def _stands_again(corrected: Entry | None) -> bool:
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
