"""Two records of one thing made one, at the desk: chosen, seen side by side, confirmed; and undone."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...languages import date_in_words
from ...models import FormerAddress, Merge, Record
from ...recording import permissions
from ...recording.diff import Change
from ...recording.merging import field_choices, foresee, merge, state_of
from ...recording.moving import Moves
from ...recording.separation import separate
from .addresses import AddressAdmin
from .locking import is_form_restored
from .records import admin_url, person
from .widgets import is_key

M = TypeVar("M", bound=Record)

MERGE, SEPARATE = _("Merge"), _("Undo merge")
KEPT, GONE = "kept", "gone"
# Of what stays different, so many lines are shown.
SHOWN = 100


def _reason(help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    return forms.CharField(label=_("Reason"), help_text=help_text, widget=widget)


class ChooseForm(forms.Form):
    """Which record the one of the page is merged with; its id, which needs no script to be typed."""

    other = forms.CharField(
        label=_("Id of the other record"),
        max_length=100,
        help_text=_("As at the end of its address. In the list, tick both and choose “Merge”."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


class MergeForm(forms.Form):
    """What of both fills the fields in which they differ, and why they are one."""

    reason = _reason(_("Why they are one and the same. Everybody can read it."))
    # What both held when the page was drawn.
    state = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, differing: list[tuple[str, Change]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [name for name, _change in differing]
        choices = {
            f"take-{name}": forms.ChoiceField(
                label=change.label,
                choices=[(KEPT, change.old), (GONE, change.new)],
                widget=forms.RadioSelect(attrs={"class": "sides"}),
                initial=KEPT,
            )
            for name, change in differing
        }
        self.fields = {**choices, **self.fields}

    @property
    def taken(self) -> list[str]:
        return [name for name in self.names if self.cleaned_data[f"take-{name}"] == GONE]


class SeparateForm(forms.Form):
    merge = forms.ModelChoiceField(
        Merge.objects.none(),
        label=_("Which"),
        widget=forms.RadioSelect(attrs={"class": "sides"}),
        empty_label=None,
    )
    reason = _reason(_("Why they are two after all. Everybody can read it."))

    def __init__(self, *args: Any, merges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["merge"]
        field.queryset, field.initial = merges, merges.first()
        field.label_from_instance = _of_merge


def _of_merge(row: Merge) -> str:
    day = date_in_words(timezone.localdate(row.at).isoformat())
    return gettext("“%(key)s”, merged on %(day)s: %(reason)s") % {
        "key": row.key,
        "day": day,
        "reason": row.reason,
    }


class MergeAdmin(AddressAdmin[M]):
    """Rows of which there may be two for one thing."""

    def get_urls(self) -> list[Any]:
        views = {"merge": self.merge_view, "separate": self.separate_view}
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"initiatives_{self.opts.model_name}_{name}",
            )
            for name, view in views.items()
        ] + super().get_urls()

    def record_steps(self, request: HttpRequest, row: M) -> list[tuple[str, Any]]:
        steps = super().record_steps(request, row)
        if steps:
            steps.append(("merge", MERGE))
            if self._merges(row).exists():
                steps.append(("separate", SEPARATE))
        return steps

    def _merges(self, row: M) -> Any:
        """What was merged into a record, the latest first."""
        return Merge.objects.standing().filter(kind=self.opts.model_name, kept=row.pk)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if actions and permissions.may(request.user, "change", self.model):
            actions["merge_rows"] = (_merge_rows, "merge_rows", MERGE)
        return actions

    # --- Merging ----------------------------------------------------------------------------------

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the other record, show both side by side, and merge them as shown."""
        kept = self._row(request, pk)
        asked = request.GET.get("other")
        choose = ChooseForm({"other": asked} if asked is not None else None)
        gone = self._other(request, choose, kept) if choose.is_valid() else None
        if gone is None:
            return self._page(request, kept, {"choose": choose})
        differing = field_choices(kept, gone)
        form = MergeForm(
            request.POST if request.method == "POST" else None,
            differing=differing,
            initial={"state": state_of(kept, gone)},
        )
        if form.is_valid() and not is_form_restored(self, request):
            try:
                self._merge(request, kept, gone, form)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                return HttpResponseRedirect(admin_url(kept))
        moves, refusals = self._foresee(request, kept, gone)
        swapped = f"{admin_url(gone, 'merge')}?{urlencode({'other': _key(kept)})}"
        context = {
            "form": form,
            "gone": gone,
            "moves": moves,
            # A counter has anything that a template asks for.
            "moved": [*moves.moved.items()] if moves else [],
            "folded": [*moves.folded.items()] if moves else [],
            "refusals": refusals,
            "more": max(len(moves.differing) - SHOWN, 0) if moves else 0,
            "swapped": swapped,
            "addresses": [self._address(gone), self._address(kept)],
        }
        return self._page(request, kept, context)

    def _row(self, request: HttpRequest, pk: int) -> M:
        if not is_key(self.model, pk):
            raise Http404
        row = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), "change", row)
        return row

    def _other(self, request: HttpRequest, form: ChooseForm, kept: M) -> M | None:
        """The record that was asked for; None, with the fault in the form, where there is none."""
        key = form.cleaned_data["other"].strip().strip("/").rpartition("/")[2]
        field = self.model.natural_key_fields[0]
        now = FormerAddress.objects.led_on(str(self.opts.model_name), [key]).get(key, key)
        row: M | None = self.get_queryset(request).filter(**{field: now}).first()
        if row is None:
            form.add_error("other", gettext("There is no record of this id."))
        elif row.pk == kept.pk:
            form.add_error("other", gettext("This is the record itself."))
        else:
            permissions.require(person(request), "change", row)
            return row
        return None

    def _foresee(self, request: HttpRequest, kept: M, gone: M) -> tuple[Moves | None, list[str]]:
        try:
            return foresee(by=person(request), kept=kept, gone=gone), []
        except ValidationError as error:
            return None, error.messages

    def _merge(self, request: HttpRequest, kept: M, gone: M, form: MergeForm) -> None:
        title, key = str(gone), _key(gone)
        merge(
            by=person(request),
            kept=kept,
            gone=gone,
            take=form.taken,
            reason=form.cleaned_data["reason"],
            expected=form.cleaned_data["state"],
        )
        self.log_change(request, kept, f"Merged: {title}.")
        words = gettext("“%(title)s” is merged into this record. “%(key)s” leads here.")
        self.message_user(request, words % {"title": title, "key": key}, messages.SUCCESS)

    def _address(self, row: Any) -> str:
        address: str = row.get_absolute_url()
        return address

    def _page(self, request: HttpRequest, row: M, more: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": MERGE,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "media": self.media,
            "shown": SHOWN,
            **more,
        }
        return TemplateResponse(request, "admin/initiatives/merge.html", context)

    # --- Undoing ----------------------------------------------------------------------------------

    def separate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo one of the merges into a record, after asking why."""
        row = self._row(request, pk)
        merges = self._merges(row)
        if not merges.exists():
            self.message_user(request, gettext("There is no merge to undo."), messages.WARNING)
            return HttpResponseRedirect(admin_url(row))
        form = SeparateForm(request.POST if request.method == "POST" else None, merges=merges)
        if form.is_valid() and not is_form_restored(self, request):
            values = form.cleaned_data
            try:
                back = separate(by=person(request), merge=values["merge"], reason=values["reason"])
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                words = gettext("The merge is undone. “%(title)s” is there again.")
                self.log_change(request, row, f"Merge undone: {_key(back)}.")
                self.message_user(request, words % {"title": back}, messages.SUCCESS)
                return HttpResponseRedirect(admin_url(back))
        context = {
            **self.admin_site.each_context(request),
            "title": SEPARATE,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "form": form,
            "warning": gettext(
                "What was the other record’s goes back to it, as it was. What was recorded or changed since stays here."
            ),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)


def _key(row: Record) -> str:
    return str(row.natural_key()[0])


def _merge_rows(admin: MergeAdmin[Any], request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Lead to the page that shows the two records that were ticked; the older one is kept unless one says otherwise."""
    rows = list(queryset.order_by("pk")[:3])
    if len(rows) != 2:
        words = gettext("Tick two records, no more and no fewer, to merge them.")
        admin.message_user(request, words, messages.WARNING)
        return None
    if not permissions.may(request.user, "change", rows[0]):
        raise PermissionDenied(permissions.refusal(request.user, "change", rows[0]))
    query = urlencode({"other": _key(rows[1])})
    return HttpResponseRedirect(f"{admin_url(rows[0], 'merge')}?{query}")
