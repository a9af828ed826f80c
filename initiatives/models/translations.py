"""Texts in one language, and what they are called in others: translations stand beside their originals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from langcodes import standardize_tag, tag_is_valid

from ..languages import language_tag
from ..languages.invisible import visible
from .records import MOST_CHARACTERS

# The language of texts of which nobody says another.
ORIGINAL = "en"
MOST_OF_TAG = 35
# Unknown, several, uncoded, none at all, and what is agreed on in private.
NO_ONE_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "x"})
# Of one field; there are fewer languages that a dialogue of governments speaks.
MOST_LANGUAGES = 100
# As in report files: tab and line ends are none of them.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
)


def validate_language(tag: str) -> None:
    """Raise ValidationError unless ``tag`` is a valid BCP 47 language tag."""
    if len(tag) > MOST_OF_TAG or not tag.isascii() or not tag_is_valid(tag):
        raise _no_language(tag)


def validate_one_language(tag: str) -> None:
    """The same, and unless it names one language: what is translated is so into one that readers know."""
    validate_language(tag)
    if canonical(tag).partition("-")[0] in NO_ONE_LANGUAGE:
        raise _no_language(tag)


def _no_language(tag: str) -> ValidationError:
    return ValidationError(
        _("“%(tag)s” is not a language tag (BCP 47); write en, ja, uz-Latn …"),
        params={"tag": tag[:40]},
    )


def canonical(tag: str) -> str:
    """A valid tag in its one form (RFC 5646, section 4.5): “UZ-latn” is uz-Latn, “ru-Cyrl” is ru."""
    return standardize_tag(tag)


ALREADY_TRANSLATED = _("It has translations into this language. Take them out first.")


class Translation(NamedTuple):
    """One text of a record, in the language asked for or in the one in which it was written."""

    text: str
    language: str
    is_original: bool


class TextIn(str):
    """A text that knows its language, where it is handed on as one among words of the program."""

    language: str

    def __new__(cls, text: str, language: str = "") -> TextIn:
        """Keep the language (BCP 47) with the text."""
        self = super().__new__(cls, text)
        self.language = language
        return self

    def __str__(self) -> str:
        """Itself: among words that are translated when they are shown (``str``), it keeps its language."""
        return self


class TranslationsField(models.JSONField):
    """``{"title": {"ja": …}}``: by field and language, what says the same as the original."""

    def formfield(self, form_class: Any = None, **kwargs: Any) -> Any:
        """That of the desk, which knows the texts of the model; else a box of JSON."""
        if form_class is None:
            return super().formfield(**kwargs)
        return form_class(of=self.model, label=capfirst(self.verbose_name), required=False)

    def get_prep_value(self, value: Any) -> Any:
        """The same text for the same content, whoever put it together."""
        return super().get_prep_value(nested(flat(value)) if isinstance(value, dict) else value)


@TranslationsField.register_lookup
class SaidInOthers(models.Lookup[Any]):
    """``translations__said=True``: there are any.

    The condition of ``translated_index`` word for word: SQLite finds along an index no value that is bound.
    """

    lookup_name = "said"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"NOT ({column} = '{{}}')", (*params,)


def flat(translations: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Translations by name, “title.ja”, in one order."""
    return {
        f"{field}.{tag}": text
        for field, texts in sorted(translations.items())
        for tag, text in sorted(texts.items())
    }


def nested(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The same the other way round; an empty text is none."""
    translations: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        if text:
            field, _dot, tag = name.partition(".")
            translations.setdefault(field, {})[tag] = text
    return translations


def field_of(model: type[models.Model], name: str) -> Any:
    """The field of a model that a name speaks of: of “title.ja” the title."""
    return model._meta.get_field(name.partition(".")[0])


def column_of(name: str) -> str:
    """The column that holds what a name speaks of: of “title.ja” the translations."""
    return "translations" if "." in name else name


def label_of(model: type[models.Model], name: str) -> str:
    """A field as people are told of it: of “title.ja” its label and the language."""
    _field, _dot, tag = name.partition(".")
    label = str(field_of(model, name).verbose_name)
    return f"{label} ({tag})" if tag else label


def of_the_original(model: type[models.Model], name: str) -> ValidationError:
    """The fault of what says the same in the language in which the original says it."""
    return ValidationError(
        _("%(field)s: that is the language of the original."),
        params={"field": capfirst(label_of(model, name))},
    )


def translated_index(model: str) -> models.Index:
    """Finds the few rows of a long table that say something in another language."""
    return models.Index(fields=["id"], name=f"{model}_translated", condition=~Q(translations={}))


class Translated(models.Model):
    """A row whose texts named in ``TRANSLATED`` may be said in other languages than the one they were written in."""

    TRANSLATED: ClassVar[tuple[str, ...]]

    language = models.CharField(
        _("language"),
        max_length=MOST_OF_TAG,
        default=ORIGINAL,
        db_default=ORIGINAL,
        validators=[validate_language],
        help_text=_("In which its own texts are written. BCP 47 tag: en, ja, uz-Latn."),
    )
    translations = TranslationsField(
        _("in other languages"), default=dict, db_default={}, blank=True
    )

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        super().clean_fields(exclude)
        left_out = exclude or ()
        if "translations" in left_out:
            # A form that has the language alone would make a translation of the original into itself.
            if "language" not in left_out and self._says_in(self.language):
                raise ValidationError({"language": ALREADY_TRANSLATED})
            return
        if faults := faults_of(type(self), self.translations, self.language):
            raise ValidationError({"translations": faults})

    def _says_in(self, language: str) -> bool:
        return any(canonical(language) in texts for texts in self.translations.values())

    def translated(self, field: str, language: str) -> Translation:
        """A text in a language, or the original where there is none in it.

        What is said in a wider language is said in a narrower one: asked for ja-JP, ja is found (RFC 4647, section
        3.4, lookup). Raises ValueError for a field without translations.
        """
        if field not in self.TRANSLATED:
            raise ValueError(f"{field} is said in one language only")
        texts: dict[str, str] = self.translations.get(field, {})
        parts = language.split("-") if texts else []
        while parts and (tag := "-".join(parts)) != self.language:
            if tag in texts:
                return Translation(texts[tag], tag, is_original=False)
            parts.pop()
        return Translation(getattr(self, field), self.language, is_original=True)

    def said(self, field: str) -> Translation:
        """A text in the language that is read, or the original where there is none in it."""
        return self.translated(field, language_tag())

    def name_in(self) -> TextIn:
        """What it is called in the language that is read, else in its own, with that language."""
        said = self.said(self.TRANSLATED[0])
        return TextIn(said.text, said.language)

    def in_other_languages(self, field: str) -> list[Translation]:
        """All translations of a field, by their tags."""
        texts = sorted(self.translations.get(field, {}).items())
        return [Translation(text, tag, is_original=False) for tag, text in texts]

    def say_in(self, name: str, text: str | None) -> None:
        """Set what a text is in a language, by name (“title.ja”); None for nothing any more."""
        self.translations = nested(flat(self.translations) | {name: text or ""})


def texts_of(model: type[Translated]) -> tuple[str, ...]:
    """The fields that are true together only: the language of the own texts, these, and what they are in others."""
    return ("language", *model.TRANSLATED, "translations")


def faults_of(model: type[Translated], translations: Any, language: str) -> list[ValidationError]:
    """What is wrong with translations of a row of a model, whose own texts are in a language."""
    if not isinstance(translations, dict) or not all(
        isinstance(texts, dict) and len(texts) <= MOST_LANGUAGES for texts in translations.values()
    ):
        return [ValidationError(_("Give texts by field and language, such as {title: {ja: …}}."))]
    faults = []
    for field, texts in translations.items():
        if field not in model.TRANSLATED:
            known = ", ".join(model.TRANSLATED)
            what = _("“%(field)s” has no translations; known are %(known)s.")
            faults.append(ValidationError(what, params={"field": field[:40], "known": known}))
            continue
        for tag, text in texts.items():
            try:
                validate_translation(model, field, tag, text, language)
            except ValidationError as error:
                faults.append(error)
    return faults


def validate_translation(
    model: type[Translated], field: str, tag: str, text: Any, language: str
) -> None:
    """Raise ValidationError unless ``text`` can be what a field says in another language than its own."""
    validate_one_language(tag)
    params = {"field": capfirst(label_of(model, f"{field}.{tag}"))}
    if tag != canonical(tag):
        params["tag"] = canonical(tag)
        raise ValidationError(_("%(field)s: write the language as %(tag)s."), params=params)
    if tag == canonical(language):
        raise of_the_original(model, f"{field}.{tag}")
    if not isinstance(text, str) or not visible(text):
        raise ValidationError(_("%(field)s is empty."), params=params)
    most = field_of(model, field).max_length or MOST_CHARACTERS
    if len(text) > most:
        params["most"] = f"{most:,}"
        raise ValidationError(_("%(field)s has more than %(most)s characters."), params=params)
    if bad := _CONTROL.search(text):
        params["character"] = f"U+{ord(bad[0]):04X}"
        raise ValidationError(
            _("%(field)s: control character %(character)s; remove it."), params=params
        )
