"""Texts in other languages in a form: a row for each, or those of one language beside their originals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ...languages import direction, language_name
from ...models import Translated
from ...models.translations import (
    MOST_LANGUAGES,
    canonical,
    field_of,
    flat,
    label_of,
    nested,
    validate_language,
)
from ...recording.translation_state import OlderTranslation

# Rows to fill in below those that are there.
SPARE = 3
MOST_ROWS = 3 * MOST_LANGUAGES
PARTS = ("field", "language", "text")
# Field, language, text, as they were typed.
TypedRow = tuple[str, str, str]


class TextPair(NamedTuple):
    """A text of a row as it was written, for what is typed beside it.

    ``older`` tells of the translation that is stored; ``called`` is what CLDR calls it where nobody says otherwise.
    """

    label: str
    original: str
    older: OlderTranslation | None
    called: str


class SideBySide(NamedTuple):
    """The texts of a row by field, and the language (BCP 47) in which they are typed beside it."""

    language: str
    original_language: str
    pairs: Mapping[str, TextPair]

    @property
    def name(self) -> str:
        return language_name(self.language)

    @property
    def original_name(self) -> str:
        return language_name(self.original_language)

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def original_direction(self) -> str:
        return direction(self.original_language)

    @property
    def older(self) -> list[str]:
        """The fields whose translation is older than the original."""
        return [field for field, pair in self.pairs.items() if pair.older]


def name_of(row: TypedRow) -> str:
    """What a typed row speaks of, “title.ja”; “” where its language is none."""
    field, language, _text = row
    try:
        validate_language(language)
    except ValidationError:
        return ""
    return f"{field}.{canonical(language)}"


class TranslationsWidget(forms.Widget):
    """The rows that are there and some to fill in; one whose text is emptied goes.

    Where ``beside`` says with what, the texts of one language stand beside their originals, and those of others go
    along unseen.
    """

    template_name = "admin/initiatives/_translations.html"
    fields: Mapping[str, Any] = {}
    beside: SideBySide | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedRow] | None:
        rows = []
        for number in range(MOST_ROWS + SPARE):
            names = [f"{name}-{number}-{part}" for part in PARTS]
            if not any(key in data for key in names):
                break
            field, language, text = (str(data.get(key) or "").strip() for key in names)
            if language or text:
                rows.append((field, language, text))
        return None if self.value_omitted_from_data(data, files, name) else rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-0-{part}" in data for part in PARTS)

    def write(self, posted: Any, name: str, rows: Iterable[TypedRow]) -> None:
        """Put rows into posted data, in the place of those that are there."""
        for key in [key for key in posted if key.startswith(f"{name}-")]:
            del posted[key]
        for number, row in enumerate((*rows, ("", "", ""))):
            for part, text in zip(PARTS, row, strict=True):
                posted[f"{name}-{number}-{part}"] = text

    def format_value(self, value: Any) -> list[TypedRow]:
        if isinstance(value, Mapping):
            return [(*_split(said), text) for said, text in flat(value).items()]
        # An address may give a first value of any kind.
        return value if isinstance(value, list) else []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = self.format_value(value)
        shown = self._beside(rows) if self.beside else [*rows, *[("", "", "")] * SPARE]
        context["rows"] = [
            {
                **dict(zip(PARTS, row, strict=True)),
                "name": f"{name}-{number}",
                "number": number + 1,
                "pair": self._pair_of(row, shown[:number]),
                "is_unseen": self._is_unseen(row, shown[:number]),
            }
            for number, row in enumerate(shown)
        ]
        context["fields"], context["beside"] = self.fields, self.beside
        return context

    def _beside(self, rows: list[TypedRow]) -> list[TypedRow]:
        """The rows of the language, one for each field, then all others."""
        assert self.beside
        first: list[TypedRow] = []
        rest = list(rows)
        for field in self.beside.pairs:
            name = f"{field}.{self.beside.language}"
            row = next((row for row in rest if name_of(row) == name), None)
            if row:
                rest.remove(row)
            first.append((field, self.beside.language, row[2] if row else ""))
        return [*first, *rest]

    def _pair_of(self, row: TypedRow, above: Sequence[TypedRow]) -> TextPair | None:
        if not self.beside or len(above) >= len(self.beside.pairs):
            return None
        return self.beside.pairs[row[0]]

    def _is_unseen(self, row: TypedRow, above: Sequence[TypedRow]) -> bool:
        """Whether a row is of another language, and nothing is wrong with what it speaks of."""
        if not self.beside or len(above) < len(self.beside.pairs):
            return False
        name = name_of(row)
        is_known = bool(name) and row[0] in self.fields
        return is_known and name not in {name_of(other) for other in above}

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> Any:
        """From the templates of the project, of which the renderer of forms knows nothing."""
        return render_to_string(template_name, context)


class TranslationsFormField(forms.Field):
    """What texts of a model are in other languages: ``{"title": {"ja": …}}``."""

    widget = TranslationsWidget
    empty_values = [*forms.Field.empty_values, {}]

    def __init__(self, *, of: type[Translated], **options: Any) -> None:
        options.setdefault(
            "help_text",
            _(
                "Language as a BCP 47 tag: ja, ru, uz-Latn. Empty a text to take it out; save and go on for more rows."
            ),
        )
        super().__init__(**options)
        self.of = of
        self.widget.fields = {
            name: capfirst(str(field_of(of, name).verbose_name)) for name in of.TRANSLATED
        }

    def clean(self, value: Any) -> dict[str, dict[str, str]]:
        faults, texts = [], dict[str, str]()
        for field, language, text in value or ():
            if not text:
                continue
            try:
                if not language:
                    raise ValidationError(
                        _("Say the language of “%(text)s”."), params={"text": text[:40]}
                    )
                validate_language(language)
                name = f"{field}.{canonical(language)}"
                if name in texts:
                    raise ValidationError(
                        _("“%(field)s” is there twice in %(language)s; keep one of the two."),
                        params={"field": field, "language": language},
                    )
                texts[name] = self._words(field, text)
            except ValidationError as error:
                faults.append(error)
        if faults:
            raise ValidationError(faults)
        return nested(texts)

    def _words(self, field: str, text: str) -> str:
        """The text; of what is one line in its own language one line."""
        is_line = field in self.of.TRANSLATED and field_of(self.of, field).max_length
        return " ".join(text.split()) if is_line else text.replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        if data is None:
            return False
        return sorted(map(list, data)) != sorted(
            [*_split(name), text] for name, text in flat(initial or {}).items()
        )


def _split(name: str) -> tuple[str, str]:
    field, _dot, tag = name.partition(".")
    return field, tag


def merge_texts(
    field: TranslationsFormField, html_name: str, was: Any, theirs: Any, posted: Any, merged: Any
) -> list[tuple[str, str, str, str, str]]:
    """Merge what a person typed with what others saved, each language by itself, into posted data.

    ``was`` (None where that is not known) and ``theirs`` are by name. Returns label, text before, mine and theirs, and
    who changed it, of what differs. Rows that say no language yet stay as they were typed.
    """
    widget: Any = field.widget
    rows = widget.value_from_datadict(posted, {}, html_name)
    unknown: list[TypedRow] = []
    before: dict[str, str] = was or {}
    mine = before
    if rows is not None:
        # A field that is none is told when all is saved.
        unknown = [row for row in rows if row[0] not in field.of.TRANSLATED]
        rows = [row for row in rows if row not in unknown]
        mine = {name: row[2] for row in reversed(rows) if (name := name_of(row)) and row[2]}
    together, differences = {}, []
    for name in dict.fromkeys((*before, *theirs, *mine)):
        earlier, my_text, their_text = (of.get(name, "") for of in (before, mine, theirs))
        changed_by_me = my_text != (their_text if was is None else earlier)
        changed_by_them = changed_by_me if was is None else their_text != earlier
        together[name] = their_text if changed_by_them and not changed_by_me else my_text
        if changed_by_me or changed_by_them:
            changed_by = "theirs" if not changed_by_me else "both" if changed_by_them else "mine"
            label = capfirst(label_of(field.of, name))
            differences.append((label, earlier, my_text, their_text, changed_by))
    said = [(*_split(name), text) for name, text in together.items() if text]
    widget.write(merged, html_name, [*said, *nameless(rows or ()), *unknown])
    return differences


def nameless(rows: Iterable[TypedRow]) -> list[TypedRow]:
    """The typed rows that are to be put right before they speak of anything: without a language, or there twice."""
    seen: set[str] = set()
    wrong = []
    for row in rows:
        name = name_of(row)
        if row[2] and (not name or name in seen):
            wrong.append(row)
        seen.add(name)
    return wrong
