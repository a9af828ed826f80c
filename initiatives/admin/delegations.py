"""Who came to a meeting, each participant with its delegates in one row of the form of the meeting."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..languages import series
from ..models import Attendance, Delegate
from ..recording.delegations import Delegation
from .base.records import RecordInline

HEAD = "*"
MOST_DELEGATES = 200


def as_line(delegate: Delegate | Delegation) -> str:
    words = "; ".join(filter(None, (delegate.name, delegate.title)))
    if delegate.title and not delegate.name:
        words = f"; {delegate.title}"
    return f"{HEAD} {words}" if delegate.is_head else words


def read_line(line: str) -> Delegation:
    """Also with both signs in full width, as East Asian keyboards type them."""
    is_head = line.startswith((HEAD, "＊"))
    name, *title = re.split("[;；]", line[1:] if is_head else line, maxsplit=1)
    return Delegation(name.strip(), "".join(title).strip(), is_head)


def read_lines(text: str) -> list[Delegation]:
    return [read_line(line.strip()) for line in text.splitlines() if line.strip(" *＊;；\t")]


class DelegatesField(forms.CharField):
    """One delegate a line: the name, a semicolon and the title; a head of delegation after an asterisk."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            label=_("Delegates"),
            max_length=60_000,
            help_text=_(
                "One a line: the name, a semicolon, the title. Begin with * for a head of delegation."
            ),
            widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            **kwargs,
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and read_lines(initial or "") != read_lines(data or "")

    def clean(self, value: Any) -> Any:
        delegates = read_lines(super().clean(value))
        if len(delegates) > MOST_DELEGATES:
            raise ValidationError(_("These are more delegates than a delegation has."))
        identities = [delegate.identity for delegate in delegates]
        for delegate in delegates:
            for name in ("name", "title"):
                most = Delegate._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
                if len(getattr(delegate, name)) > most:
                    raise ValidationError(
                        _("“%(text)s …” is longer than %(most)d characters."),
                        params={"text": getattr(delegate, name)[:40], "most": most},
                    )
            if identities.count(delegate.identity) > 1:
                raise ValidationError(
                    _("“%(name)s” is there twice."), params={"name": delegate.identity[0]}
                )
        return value


class AttendanceForm(forms.ModelForm[Attendance]):
    """A participant and its delegates."""

    delegates = DelegatesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "delegates" in self.fields:
            # Heads first, as documents print them.
            rows = sorted(self.instance.delegates.all(), key=lambda row: not row.is_head)
            self.initial["delegates"] = "\n".join(as_line(row) for row in rows)


class AttendanceInline(RecordInline):
    model = Attendance
    form = AttendanceForm
    fields = ("participant", "capacity", "delegates", "note")
    autocomplete_fields = ("participant",)
    extra_when_added = 3

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("delegates")

    @admin.display(description=_("Delegates"))
    def delegates(self, attendance: Attendance) -> str:
        """What who only looks reads in the place of the box."""
        return series(as_line(row) for row in attendance.delegates.all())
