"""The texts of a record in one language, typed beside their originals on a page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...languages import LANGUAGE_TAGS, language_name
from ...models import Translated
from ...models.translations import (
    canonical,
    field_of,
    flat,
    label_of,
    validate_one_language,
)
from ...recording import permissions
from ...recording.missing_translations import called_by_cldr, texts_said
from ...recording.translation import confirm
from ...recording.translation_state import OlderTranslation, older_translations
from .records import RecordAdmin, admin_url, person
from .translations import SideBySide, TextPair
from .widgets import is_key

M = TypeVar("M", bound=Any)

# What the address says the language with, and the box that says that older translations still hold.
LANGUAGE, HOLDS = "language", "_translations_hold"
TRANSLATING = "_is_translating"


class LanguageLink(NamedTuple):
    """A language of the page, how many of the texts are in it, and how many of these are older than their originals."""

    name: str
    tag: str
    said: int
    texts: int
    older: int
    query: str
    is_current: bool


class TranslationPage(NamedTuple):
    """What the page shows of a row beside its form."""

    side: SideBySide
    links: list[LanguageLink]

    @property
    def older_choices(self) -> list[tuple[str, str]]:
        """What is older than its original, by name (“title.ja”), with what the text is called."""
        side = self.side
        return [(f"{field}.{side.language}", side.pairs[field].label) for field in side.older]


def texts_in_other_languages(row: Translated) -> str:
    """All that a row says in other languages, a line for each text."""
    said = [
        (capfirst(label_of(type(row), name)), name.partition(".")[2], text)
        for name, text in flat(row.translations).items()
    ]
    return format_html_join("", '<p>{}: <span lang="{}" dir="auto">{}</span></p>', said)


def page_of(request: HttpRequest, row: Translated) -> TranslationPage:
    """The page in the language that the address asks for, else the first one in which something is missing.

    What is no language is told, and the page is as without it.
    """
    older = older_translations(type(row), [row.pk]).get(row.pk, {})
    tags = [tag for tag in LANGUAGE_TAGS if tag != canonical(row.language)]
    recorded = {name.partition(".")[2] for name in flat(row.translations)}
    tags += sorted(recorded - {*tags})
    asked = _asked_language(request, row)
    if asked and asked not in tags:
        tags.append(asked)
    states = {tag: _count(row, tag, older) for tag in tags}
    chosen = asked or next((tag for tag in tags if states[tag][0] < states[tag][1]), tags[0])
    pairs = {
        field: TextPair(
            label=capfirst(str(field_of(type(row), field).verbose_name)),
            original=getattr(row, field),
            older=older.get(f"{field}.{chosen}"),
            called=called_by_cldr(row, field, chosen),
        )
        for field in row.TRANSLATED
        # Of what says nothing there is nothing to translate.
        if getattr(row, field) or chosen in row.translations.get(field, {})
    }
    links = [
        LanguageLink(
            language_name(tag), tag, *states[tag], urlencode({LANGUAGE: tag}), tag == chosen
        )
        for tag in tags
    ]
    return TranslationPage(SideBySide(chosen, row.language, pairs), links)


def _asked_language(request: HttpRequest, row: Translated) -> str:
    asked = request.GET.get(LANGUAGE, "").strip()
    if not asked:
        return ""
    try:
        validate_one_language(asked)
        if canonical(asked) == canonical(row.language):
            raise ValidationError(
                gettext("The original is in %(language)s.")
                % {"language": language_name(row.language)}
            )
    except ValidationError as error:
        for message in error.messages:
            messages.warning(request, message)
        return ""
    return canonical(asked)


def _count(
    row: Translated, tag: str, older: Mapping[str, OlderTranslation]
) -> tuple[int, int, int]:
    """How many texts of a row are in a language, how many there are, and how many are older than their originals."""
    fields, said = texts_said(row, tag)
    return len(said), len(fields), sum(f"{field}.{tag}" in older for field in fields)


def show_beside(form: Any, page: TranslationPage) -> None:
    """Let the boxes of a form stand beside the originals."""
    form.fields["translations"].widget.beside = page.side


def confirm_if_told(request: HttpRequest, row: Translated) -> None:
    """Note that what is older than its original still holds, where the person ticked that."""
    names = request.POST.getlist(HOLDS)
    if names:
        older = older_translations(type(row), [row.pk]).get(row.pk, {})
        confirm(by=person(request), row=row, names=older.keys() & {*names})


class TranslatedAdmin(RecordAdmin[M]):
    """Records whose texts may be said in other languages.

    The page that translates one is its form with the translations alone, so that saving, locking and history are the
    same; the form itself shows what is said, and leads there.
    """

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.translate_view)
        name = f"initiatives_{self.opts.model_name}_translate"
        return [path("<int:pk>/translate/", view, name=name), *super().get_urls()]

    def is_translating(self, request: HttpRequest) -> bool:
        return hasattr(request, TRANSLATING)

    @admin.display(description=_("in other languages"))
    def texts(self, row: M) -> str:
        return texts_in_other_languages(row) or self.get_empty_value_display()

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "texts"]

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        if self.is_translating(request):
            return [(None, {"fields": ["translations"]}), *self.beside_translations]
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        return [
            (title, {**options, "fields": [*map(_shown, options["fields"])]})
            for title, options in fieldsets
        ]

    # What the page has below the translations.
    beside_translations: tuple[Any, ...] = ()

    def get_inline_instances(self, request: HttpRequest, obj: M | None = None) -> Any:
        return [] if self.is_translating(request) else super().get_inline_instances(request, obj)

    def form_options(self, request: HttpRequest) -> dict[str, Any]:
        # The boxes of another form would count as emptied.
        is_bare = self.is_translating(request) and not self.beside_translations
        return {"form": forms.ModelForm} if is_bare else super().form_options(request)

    def translate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The translations of a row in one language, beside their originals."""
        if not is_key(self.model, pk):
            raise Http404
        permissions.require(person(request), "change", self.get_row_or_deleted(request, pk))
        setattr(request, TRANSLATING, True)
        response: HttpResponse = self.changeform_view(request, str(pk))
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if not self.is_translating(request):
            context["may_translate"] = bool(
                row is not None
                and kwargs.get("change")
                and self.has_change_permission(request, row)
            )
            return super().render_change_form(request, context, *args, **kwargs)
        # As it is stored, whatever was typed.
        stored = self.model._default_manager.get(pk=kwargs["obj"].pk)
        page = page_of(request, stored)
        show_beside(context["adminform"].form, page)
        context |= {
            "title": gettext("Translate"),
            "subtitle": str(stored),
            "page": page,
            "row": stored,
            "form": context["adminform"].form,
            "holds": HOLDS,
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        response.template_name = "admin/initiatives/translate.html"
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if self.is_translating(request):
            confirm_if_told(request, form.instance)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        if not self.is_translating(request):
            response: HttpResponse = super().response_change(request, obj)
            return response
        return saved_response(request, obj)


def saved_response(request: HttpRequest, row: Translated) -> HttpResponse:
    """Back to the page in the language that was typed."""
    messages.success(request, gettext("The translations are saved."))
    query = request.GET.urlencode()
    url = admin_url(row, "translate")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)


def _shown(name: Any) -> Any:
    return "texts" if name == "translations" else name
