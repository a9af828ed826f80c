"""What a picture shows, as a sentence above it: true whatever the numbers are."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from .. import languages
from ..facets.status_counts import StatusTally


def finding(tally: StatusTally) -> str:
    """“9 of 121 initiatives are known to be delivered; 82 are not yet reviewed”.

    Never how many are delivered without how many nobody looked at.
    """
    total, delivered = tally.total, tally.delivered
    unseen = total - tally.reviewed
    if not total:
        return _("No initiative is published")
    if unseen == total:
        return ngettext(
            "The one initiative is not yet reviewed",
            "None of the %(total)s initiatives is reviewed yet",
            total,
        ) % {"total": languages.count(total)}
    if total == 1:
        if delivered:
            return _("The one initiative is known to be delivered")
        return _("The one initiative is not known to be delivered")
    words = {
        "total": languages.count(total),
        "delivered": languages.count(delivered),
        "unseen": languages.count(unseen),
    }
    if delivered == total:
        return _("All %(total)s initiatives are known to be delivered") % words
    if delivered:
        known = ngettext(
            "%(delivered)s of %(total)s initiatives is known to be delivered",
            "%(delivered)s of %(total)s initiatives are known to be delivered",
            delivered,
        )
    else:
        known = _("None of %(total)s initiatives is known to be delivered")
    if not unseen:
        return _("%(known)s; all are reviewed") % {"known": known % words}
    rest = ngettext("%(unseen)s is not yet reviewed", "%(unseen)s are not yet reviewed", unseen)
    return pgettext("two halves of a sentence", "%(known)s; %(rest)s") % {
        "known": known % words,
        "rest": rest % words,
    }


def share(part: int, whole: int) -> str:
    """A share in words, as near as words are: “about one in seven”; empty of nothing."""
    if not whole:
        return ""
    if part in (0, whole):
        return (
            pgettext("share of initiatives", "all")
            if part
            else pgettext("share of initiatives", "none")
        )
    ratio = part / whole
    if ratio < 0.01:
        return pgettext("share of initiatives", "fewer than one in a hundred")
    if ratio < 0.29:
        return pgettext("share of initiatives", "about one in %(number)d") % {
            "number": round(1 / ratio)
        }
    if ratio > 0.99:
        return pgettext("share of initiatives", "nearly all")
    _near, words = min(SHARES, key=lambda row: abs(row[0] - ratio))
    return str(words)


def shares(tally: StatusTally) -> str:
    """“Delivered: about one in 7; in progress: about half.”: of the groups that have a twentieth of them or more.

    Empty of fewer than ten, whose numbers say it better.
    """
    total = tally.total
    rows = [row for row in tally.filled if total >= 10 and row.count * 20 >= total]
    words = "; ".join(f"{row.group.label}: {share(row.count, total)}".lower() for row in rows)
    return languages.sentence(capfirst(words)) if words else ""


# Names for shares above a quarter.
SHARES = (
    (1 / 3, pgettext_lazy("share of initiatives", "about a third")),
    (2 / 5, pgettext_lazy("share of initiatives", "about two in five")),
    (1 / 2, pgettext_lazy("share of initiatives", "about half")),
    (3 / 5, pgettext_lazy("share of initiatives", "about three in five")),
    (2 / 3, pgettext_lazy("share of initiatives", "about two thirds")),
    (3 / 4, pgettext_lazy("share of initiatives", "about three quarters")),
    (4 / 5, pgettext_lazy("share of initiatives", "about four in five")),
    (9 / 10, pgettext_lazy("share of initiatives", "about nine in ten")),
)
