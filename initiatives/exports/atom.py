"""Feeds of what is new (Atom, RFC 4287): the same for everybody, dated by the data and not by the moment of asking."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..languages import language_tag, sentence, series
from ..models import FLAGS, AnyEntry, Correction, Criterion, Initiative, Mention, StatusUpdate
from ..pages.citations import look_in_words, reader_in_words
from ..pages.corrections import differences_in_words, reason_in_words
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, WHEN, phrase
from .cells import writable
from .last_modified import UNKNOWN

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
# A reader who asks every day misses nothing.
ENTRIES = 100
# A summary in a feed is not the page.
LONGEST = 2000
EMPTY = "–"


@dataclass(frozen=True)
class FeedEntry:
    """Something that is new; ``name`` identifies it for good, ``address`` begins with the site."""

    name: str
    title: str
    address: str
    updated: datetime.datetime
    words: str = ""
    published: datetime.datetime | None = None


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime.datetime:
        """That of the latest entry; of a feed without any, a moment that does not change."""
        return max((item["updateddate"] for item in self.items), default=UNKNOWN)


def write_feed(
    title: str, about: str, page: str, address: str, entries: Iterable[FeedEntry]
) -> str:
    """A feed as text; ``page`` is the address of what it follows, ``address`` its own."""
    feed = _Feed(
        title=writable(title),
        link=page,
        description="",
        subtitle=writable(about),
        language=language_tag(),
        feed_url=address,
        feed_guid=page,
        author_name=_("Initiative tracker"),
        feed_copyright=settings.DATA_LICENCE["title"],
    )
    for entry in entries:
        words = entry.words if len(entry.words) <= LONGEST else f"{entry.words[: LONGEST - 1]}…"
        feed.add_item(
            title=writable(entry.title),
            link=entry.address,
            description=escape(writable(words)),
            unique_id=f"urn:uuid:{entry.name}",
            updateddate=entry.updated,
            pubdate=entry.published,
        )
    return feed.writeString("utf-8")


# --- In words -------------------------------------------------------------------------------------


def of_initiative(initiative: Initiative) -> str:
    """Where an initiative stands; reads ``dialogue``."""
    on = initiative.latest_update_on
    lines = [
        _("Delivery: %(status)s.") % {"status": initiative.get_delivery_status_display()}
        if not on
        else _("Delivery: %(status)s %(as_of)s.")
        % {"status": initiative.get_delivery_status_display(), "as_of": phrase(AS_OF, on)},
        _("Standing in %(dialogue)s: %(standing)s.")
        % {"dialogue": initiative.dialogue, "standing": initiative.get_standing_display()},
        initiative.said("summary").text,
    ]
    return " ".join(line for line in lines if line)


def of_turn(initiative: Initiative, flag: str) -> tuple[str, str]:
    """Title and words of an initiative that became overdue or stale; reads ``dialogue``."""
    title = _("%(flag)s: %(title)s") % {"flag": FLAGS[flag], "title": initiative}
    if flag == "overdue":
        words = _("Due %(when)s, and no recorded document shows an end.") % {
            "when": phrase(WHEN, PartialDate(initiative.due_on))
        }
    else:
        words = _("Last heard of %(when)s: more than %(days)d days of silence.") % {
            "when": phrase(WHEN, PartialDate(initiative.last_heard_on)),
            "days": initiative.dialogue.stale_after_days,
        }
    return title, f"{words} {of_initiative(initiative)}"


def of_update(update: StatusUpdate) -> tuple[str, str]:
    """Title and words of a status update; reads ``initiative``, ``report`` and ``participant``."""
    title = f"{update.initiative}: {update.get_status_display()}"
    words = [
        _withdrawn(update),
        _("On the part of %(name)s.") % {"name": update.participant} if update.participant else "",
        sentence(capfirst(phrase(AS_OF, update.on))) if update.on else "",
        sentence(str(update.reading)) if update.reading else "",
        update.said("what").text,
        _source(update),
        look_in_words(update),
    ]
    return title, " ".join(word for word in words if word)


def of_criterion(criterion: Criterion) -> tuple[str, str]:
    """Title and words of a criterion; reads ``initiative`` and ``report``."""
    words = [
        _withdrawn(criterion),
        _("Would count as delivered: %(what)s") % {"what": criterion.said("what").text},
        _("%(verifiability)s.") % {"verifiability": criterion.get_verifiability_display()},
        _("Why: %(why)s") % {"why": criterion.said("why").text} if criterion.why else "",
        _source(criterion),
        reader_in_words(criterion),
    ]
    title = _("%(initiative)s: what would count as delivered") % {
        "initiative": criterion.initiative
    }
    return title, " ".join(word for word in words if word)


def of_mention(mention: Mention) -> tuple[str, str]:
    """Title and words of a mention; reads ``initiative`` and ``report``, ``by`` prefetched, ``due_words``."""
    title = f"{mention.initiative}: {mention.get_act_display()}"
    by = series(mention.by.all())
    words = [
        _withdrawn(mention),
        _("By %(names)s.") % {"names": by} if by else "",
        sentence(mention.due_words) if mention.due_words else "",
        _("Condition: %(condition)s.") % {"condition": mention.condition}
        if mention.condition
        else "",
        _("Condition lifted.") if mention.condition_lifted else "",
        f"“{mention.quote}”" if mention.quote else "",
        mention.note,
        _source(mention),
    ]
    return title, " ".join(word for word in words if word)


IN_WORDS: dict[type[AnyEntry], Callable[[Any], tuple[str, str]]] = {
    Mention: of_mention,
    Criterion: of_criterion,
    StatusUpdate: of_update,
}


def of_entry(entry: AnyEntry) -> tuple[str, str]:
    """Title and words of an entry read ``with_related``."""
    return IN_WORDS[type(entry)](entry)


def of_withdrawal(entry: AnyEntry, title: str) -> tuple[str, str]:
    """Title and words of the withdrawal of an entry that has that title; reads ``initiative`` and ``report``."""
    recorded = PartialDate(timezone.localdate(entry.recorded_at)).in_words
    words = [
        _("Reason: %(reason)s") % {"reason": entry.withdrawal_reason},
        _("Recorded on %(day)s.") % {"day": recorded},
        _source(entry),
    ]
    return _("Withdrawn: %(title)s") % {"title": title}, " ".join(word for word in words if word)


def of_correction(line: Correction) -> tuple[str, str]:
    """Title and words of a line of the register; reads ``initiative`` and ``report``."""
    title = _("%(kind)s: %(subject)s, %(name)s") % {
        "kind": line.get_kind_display(),
        "subject": line.get_subject_display().lower(),
        "name": line.title,
    }
    words = [
        *(
            sentence(f"{label}: {old or EMPTY} → {new or EMPTY}")
            for label, old, new in differences_in_words(line)
        ),
        _("Reason: %(reason)s") % {"reason": reason_in_words(line)} if line.reason else "",
        _("In the name of: %(name)s.") % {"name": line.in_whose_name} if line.in_whose_name else "",
    ]
    return title, " ".join(word for word in words if word)


def _withdrawn(entry: AnyEntry) -> str:
    if entry.withdrawn_at is None:
        return ""
    day = PartialDate(timezone.localdate(entry.withdrawn_at)).in_words
    return _("Withdrawn on %(day)s: %(reason)s") % {"day": day, "reason": entry.withdrawal_reason}


def _source(entry: AnyEntry) -> str:
    if not entry.report:
        return ""
    named = [f"“{entry.report}”", entry.locator]
    if entry.report.published_on:
        named.append(PartialDate(entry.report.published_on).in_words)
    source = series(name for name in named if name)
    # A date may end as a sentence does: “26 января 2026 г.”
    return _("Source: %(source)s.") % {"source": source.removesuffix(".")}
