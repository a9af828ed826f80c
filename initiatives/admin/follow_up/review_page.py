"""A draft that waits for review on one page: what it says, which document says so, and what publishing it changes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...languages import series
from ...models import ENTRIES, AnyEntry, Entry, Initiative, Publication, StatusUpdate
from ...models.translations import ORIGINAL
from ...pages.due_story import due_in_words
from ...partial_dates.phrases import AS_OF, phrase
from ...recording.diff import Change, Names, changes, current_values, typed_fields
from ...recording.preview import Doubt, get_outlooks, visible_values, with_published
from ...recording.publication_rules import is_sent_back

# What a page tells of an initiative beside its own fields.
PARTS = ("roles", "targets", "earlier_links")


class PublishForm(forms.Form):
    """Which of its draft entries become public with an initiative; an entry is published by itself."""

    entries = forms.MultipleChoiceField(
        label=gettext_lazy("Publish with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "What is not chosen stays a draft. Where no mention is public or chosen, the earliest becomes public too."
        ),
    )

    def __init__(self, data: Any = None, *, row: Any) -> None:
        super().__init__(data)
        self.drafts = {_value(entry): entry for entry in draft_entries(row)}
        if not self.drafts:
            del self.fields["entries"]
            return
        choices: Any = self.fields["entries"]
        choices.choices = [(value, _label(entry)) for value, entry in self.drafts.items()]
        choices.initial = [value for value, entry in self.drafts.items() if not entry.is_sent_back]

    @property
    def chosen(self) -> list[AnyEntry]:
        """The entries to publish; those that are offered first where nothing was sent."""
        if "entries" not in self.fields:
            return []
        values = self.cleaned_data["entries"] if self.is_bound else self.fields["entries"].initial
        return [self.drafts[value] for value in values]


def draft_entries(row: Any) -> list[Any]:
    """The drafts that may become public with an initiative, by kind and in the order of their recording."""
    if not isinstance(row, Initiative):
        return []
    return [
        entry
        for model in ENTRIES
        for entry in model.objects.filter(initiative=row, publication=Publication.DRAFT)
        .current()
        .select_related("initiative", "report", "corrects")
        .annotate(is_sent_back=is_sent_back(model))
        .order_by("recorded_at", "pk")
    ]


def _value(entry: AnyEntry) -> str:
    return f"{entry.subject}-{entry.pk}"


def _label(entry: AnyEntry) -> str:
    source = f" – {entry.report}" if entry.report else ""
    return f"{entry.kind_name.capitalize()}: {entry}{source}"


@dataclass(frozen=True)
class Draft:
    """What somebody who reviews a draft reads of it; ``says`` is a diff where it corrects an entry."""

    row: Initiative | AnyEntry
    says: Sequence[Change]
    is_correction: bool
    effects: Sequence[tuple[str, str, str]]
    doubts: Sequence[Doubt] = ()
    # Roles, targets and whole of an initiative, by their name.
    parts: Sequence[tuple[str, Sequence[str]]] = ()
    # The entries whose documents are shown: the draft, or those of an initiative.
    cited: Sequence[AnyEntry] = ()


def read_draft(row: Any, cited: Sequence[AnyEntry], with_it: Sequence[AnyEntry]) -> Draft:
    """The draft for its page; of the ``cited`` entries of an initiative those ``with_it`` become public with it."""
    names, corrected = Names(), getattr(row, "corrects", None)
    # The quote and the source have a place of their own; of a correction all that differs is told.
    elsewhere = {"quote", "quote_language", "report", "locator"} if corrected is None else set()
    if getattr(row, "language", ORIGINAL) == ORIGINAL:
        elsewhere.add("language")
    fields = [name for name in typed_fields(type(row)) if name not in elsewhere]
    old = current_values(corrected, fields) if corrected else None
    says = changes(type(row), old, current_values(row, fields), names)
    is_entry = isinstance(row, Entry)
    initiative = row.initiative if is_entry else row
    after = with_published(initiative, [row] if is_entry else with_it)
    if is_entry:
        return Draft(
            row,
            says,
            corrected is not None,
            effects_of(initiative, after),
            _doubts(row),
            cited=[row],
        )
    parts = [
        (str(relation.model._meta.verbose_name_plural), [str(part) for part in relation.all()])
        for relation in (getattr(row, name) for name in PARTS)
    ]
    effects = effects_of(initiative, after)
    return Draft(row, says, False, effects, parts=[p for p in parts if p[1]], cited=cited)


def _doubts(row: Any) -> Sequence[Doubt]:
    """What speaks against a status, asked of whoever publishes it as of whoever typed it."""
    if not isinstance(row, StatusUpdate):
        return ()
    update = copy(row)
    update.publication = Publication.PUBLIC
    (outlook,) = get_outlooks([update])
    return outlook.doubts


def effects_of(before: Initiative, after: Initiative) -> list[tuple[str, str, str]]:
    """What people see of an initiative: name, now, then."""
    now, then = _seen(before), _seen(after)
    return [(name, now[name], then[name]) for name in now]


def _seen(initiative: Initiative) -> dict[str, str]:
    return visible_values(initiative) | {
        _("Due"): due_in_words(initiative) or "–",
        _("Condition"): initiative.condition or "–",
        _("Verifiability"): str(initiative.get_verifiability_display()) or "–",
    }


# --- What the public sees while a draft waits -----------------------------------------------------


def still_seen(row: Initiative | AnyEntry) -> str:
    """What the public goes on seeing while this is a draft, in a sentence."""
    initiative = row.initiative if isinstance(row, Entry) else row
    if not initiative.is_public:
        return _("The public does not see this initiative yet.")
    return _("The public still sees %(what)s.") % {"what": _seen_of(row, initiative)}


def _seen_of(row: Any, initiative: Initiative) -> str:
    if isinstance(row, StatusUpdate):
        words = _("“%(word)s”") % {"word": initiative.status.label}
        if not initiative.latest_update_on:
            return words
        return series([words, phrase(AS_OF, initiative.latest_update_on)])
    if row.subject == "mention":
        return _("“%(word)s”") % {"word": initiative.get_standing_display()}
    if not initiative.verifiability:
        return _("no criterion")
    return _("“%(word)s”") % {"word": initiative.get_verifiability_display()}


def onward_url(row: Initiative | AnyEntry, *, may_publish: bool) -> str:
    """Where a draft goes on from here: to review, or to the page on which it is published."""
    page = "review" if may_publish else "submit"
    return reverse(f"admin:initiatives_{row._meta.model_name}_{page}", args=[row.pk])
