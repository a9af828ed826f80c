"""Texts of a file in several languages: ``title: {en: …, ja: …}`` where ``title: …`` says the original alone."""

from __future__ import annotations

from typing import Annotated, Any

import langcodes
from pydantic import (
    BaseModel,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import InitErrorDetails

from ..languages.invisible import visible
from ..models.translations import MOST_LANGUAGES, ORIGINAL, canonical
from .said import Faulty, in_a_row, phrased, what_and_cure
from .scalars import Language, Line60, Line200, Line300, Text, language_of

# What people write for a language, and is the code of a country.
OF_COUNTRIES = {"cn": "zh", "jp": "ja", "kr": "ko", "kz": "kk", "tj": "tg", "tm": "tk", "ua": "uk"}


class TextInLanguages(str):
    """A text of a file, with what it is in other languages, by tag."""

    others: dict[str, str]


class Written(BaseModel):
    """What is written in one language, English unless it says so, and may be said in others."""

    language: Language | None = None


def _in_languages(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Read a text, or a mapping of languages in which that of the record has to be."""
    if not isinstance(value, dict):
        return read(value)
    own = canonical(info.data.get("language") or ORIGINAL)
    if len(value) > MOST_LANGUAGES:
        raise Faulty(
            phrased("more than %(most)s languages", most=MOST_LANGUAGES), phrased("leave some out")
        )
    texts: dict[str, str] = {}
    faults: list[InitErrorDetails] = []
    for written, text in value.items():
        try:
            tag = _tag(written)
            if tag in texts:
                raise Faulty(
                    phrased("%(tag)s is there twice", tag=tag), phrased("keep one of the two")
                )
            texts[tag] = read(text)
        except ValidationError as error:
            faults += [_at(written, fault) for fault in error.errors(include_url=False)]
        except ValueError as error:
            # The mapping for the input: the message names the language itself.
            fault = InitErrorDetails(type="value_error", input=value, ctx={"error": error})
            faults.append(fault | {"loc": (written,)})
            texts.setdefault(str(written), "")
    if own not in texts and not faults:
        raise Faulty(
            phrased(
                "“%(field)s” is not said in %(own)s, the language of the original",
                field=info.field_name,
                own=own,
            ),
            phrased("add %(own)s: …, or say with “language” in which the original is", own=own),
        )
    if faults:
        raise ValidationError.from_exception_data("texts", faults)
    original = TextInLanguages(texts.pop(own))
    original.others = texts
    return original


def _tag(written: Any) -> str:
    try:
        return canonical(language_of(str(visible(written))))
    except ValueError as error:
        meant = _meant(str(written))
        if not meant:
            raise
        what, cure = what_and_cure(error)
        near = phrased("did you mean %(meant)s?", meant=meant)
        raise Faulty(what, in_a_row(filter(None, (cure, near)), "; ")) from None


def _meant(written: str) -> str:
    """The language that was likely meant by the code of its country or by its name; “” where none is."""
    if code := OF_COUNTRIES.get(written.casefold()):
        return code
    try:
        return langcodes.find(written).to_tag()
    except LookupError:
        return ""


def _at(written: Any, fault: Any) -> InitErrorDetails:
    """A fault of a text, at its language."""
    details = InitErrorDetails(
        type=fault["type"], loc=(written, *fault["loc"]), input=fault["input"]
    )
    return details | {"ctx": fault["ctx"]} if "ctx" in fault else details


_translatable = WrapValidator(_in_languages)
Translated60 = Annotated[Line60, _translatable]
Translated200 = Annotated[Line200, _translatable]
Translated300 = Annotated[Line300, _translatable]
TranslatedText = Annotated[Text, _translatable]


def in_other_languages(field: str, text: Any) -> dict[str, str]:
    """What a text of a file is in other languages, by name: “title.ja”."""
    others = text.others if isinstance(text, TextInLanguages) else {}
    return {f"{field}.{tag}": words for tag, words in others.items()}


def without_original(text: str | None) -> TextInLanguages | None:
    """What a text of a file is in other languages alone; None where it is in none."""
    others = text.others if isinstance(text, TextInLanguages) else {}
    left = TextInLanguages("")
    left.others = others
    return left if others else None
