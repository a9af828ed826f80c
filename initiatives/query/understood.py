"""Which parameters an address understands, and what is said of the others: the rule of all public addresses.

A view names its parameters where it is declared a public page (``views/public_page.py``); what newsletters add to
links is gone before that (``serving/link_marks.py``).
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from django.http import QueryDict
from django.utils.translation import gettext as _

from .parameters import bad_parameters

AS_OF = "as_of"
# Parameters that mean one thing: whoever gives two values of one is answered neither by the first nor by the last.
ONCE = (AS_OF, "q", "raised_from", "raised_to", "since", "until", "sort", "view", "per", "page")
# Of parameters that are not used, a page names so many, and so much of each.
MOST_NAMED = 5
LONGEST_NAME = 40


def unused_parameters(
    data: QueryDict, understood: Collection[str], *, for_programs: bool = False
) -> list[str]:
    """A sentence for each parameter of a query string that an address does not understand, for a page to show.

    Raises BadParameters where the address is for programs, which would take an answer to something else for theirs,
    for a day (``as_of``) that the address cannot be read as of, and for two values of what has one.
    """
    twice = [name for name in ONCE if name in understood and len({*data.getlist(name)} - {""}) > 1]
    if twice:
        raise bad_parameters(data, dict.fromkeys(twice, _("one value")))
    unknown = [name for name in data if name not in understood]
    if AS_OF in unknown and not "".join(data.getlist(AS_OF)).strip():
        unknown.remove(AS_OF)
    refused = unknown if for_programs else [name for name in unknown if name == AS_OF]
    if refused:
        raise bad_parameters(data, {name: _expected(name, understood) for name in refused})
    return [_not_used(name, understood) for name in unknown[:MOST_NAMED]]


def _expected(name: str, understood: Collection[str]) -> str:
    """What should stand there instead of a parameter that is not understood, in words."""
    if name == AS_OF:
        return _("no day, as this address always shows today")
    if meant := _meant(name, understood):
        return _("%(name)s instead, if that is what was meant") % {"name": meant}
    if not understood:
        return _("nothing, as this address has no parameters")
    return _("one of the parameters of this address: %(names)s") % {"names": ", ".join(understood)}


def _not_used(name: str, understood: Collection[str]) -> str:
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    if meant := _meant(name, understood):
        return _("Not used: %(name)s; did you mean %(meant)s?") % {"name": shown, "meant": meant}
    return _("Not used: %(name)s.") % {"name": shown}


def _meant(name: str, understood: Collection[str]) -> str:
    """The parameter that a misspelt name stands for; empty where none is close."""
    return next(iter(get_close_matches(name.lower()[:LONGEST_NAME], understood, 1)), "")
