"""The quote of a mention in the other languages of its document: a mention of each of these versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...languages import language_name
from ...models import Report
from ..base.widgets import is_key


def offer_quotes(form: Any) -> None:
    """A box for each other language version of the document, as far as one is chosen; none where an entry is corrected.

    ``versions`` of the form are these, with the names of their boxes.
    """
    form.versions = (
        {} if form.instance.corrects else {f"quote_in_{v.pk}": v for v in _versions(form)}
    )
    for name, version in form.versions.items():
        form.fields[name] = forms.CharField(
            label=gettext("Quote in %(language)s") % {"language": language_name(version.language)},
            required=False,
            help_text=version.title,
            widget=forms.Textarea(
                attrs={"class": "vLargeTextField", "rows": 4, "lang": version.language}
            ),
        )


def has_new_boxes(form: Any) -> bool:
    """Whether the document was chosen in the form itself, so that nobody has seen the boxes yet."""
    return any(name not in form.data for name in form.versions)


def quotes_given(form: Any) -> list[tuple[Report, str]]:
    """The versions with their quotes. Raises ValidationError where the place is not given by which they are one."""
    texts = ((version, form.cleaned_data[name].strip()) for name, version in form.versions.items())
    quotes = [(version, text) for version, text in texts if text]
    if quotes and not form.cleaned_data["locator"].strip():
        raise ValidationError(
            {
                "locator": gettext(
                    "Give the place: by it pages know that the quotes are one passage."
                )
            }
        )
    return quotes


def quotes_fieldset(form: Any) -> tuple[Any, dict[str, Any]]:
    words = _(
        "The document is recorded in these languages too. A quote given here is recorded as a mention of that version,"
        " at the same place; the page shows the quotes beside one another."
    )
    return (_("The same in other languages"), {"fields": [*form.versions], "description": words})


def _versions(form: Any) -> list[Report]:
    key = form["report"].value()
    report = Report.objects.filter(pk=key).first() if key and is_key(Report, key) else None
    if report is None:
        return []
    of_one = Report.objects.filter(Q(pk=report.head_id) | Q(translation_of=report.head_id))
    return list(of_one.exclude(pk=report.pk).order_by("language", "slug"))
