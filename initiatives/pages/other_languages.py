"""What the texts of a record are in other languages, with the documents that state each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import Citation, Report
from ..models.citations import SUBJECTS
from ..models.compiled import read_compiled
from ..models.translations import flat
from .field_sources import attach_loaded

# What texts are called that are not the name of the thing itself; the first of TRANSLATED is.
LABELS = {
    "short_name": _("Short name"),
    "official_name": _("Official name"),
    "purpose": _("Purpose"),
    "summary": _("Summary"),
}


@dataclass
class Wording:
    """One text in one language; ``label`` is empty for the name of the thing itself."""

    label: str
    text: str
    documents: list[Report] = field(default_factory=list)


@dataclass
class InLanguage:
    """All that is said of a thing in one language."""

    tag: str
    wordings: list[Wording] = field(default_factory=list)


def in_other_languages(row: Any) -> list[InLanguage]:
    """The translations of a record by language, its name first, and its own words where the page shows a translation.

    Three queries where there are translations, or two on a page that shows the documents of each field.
    """
    model, texts = type(row), flat(row.translations)
    stating = _documents_stating(row, texts) if texts else {}
    for field_name in model.TRANSLATED:
        if not row.said(field_name).is_original and (text := getattr(row, field_name)):
            texts[f"{field_name}.{row.language}"] = text
    languages: dict[str, InLanguage] = {}
    for name in sorted(texts, key=lambda name: model.TRANSLATED.index(name.partition(".")[0])):
        field_name, _dot, tag = name.partition(".")
        is_name = field_name == model.TRANSLATED[0]
        label = "" if is_name else str(LABELS[field_name])
        said = languages.setdefault(tag, InLanguage(tag))
        said.wordings.append(Wording(label, texts[name], stating.get(name, [])))
    return [languages[tag] for tag in sorted(languages)]


def _documents_stating(row: Any, texts: dict[str, str]) -> dict[str, list[Report]]:
    """The public documents whose load left these words, or that somebody named for them at the desk."""
    kind, using = str(row._meta.model_name), Report.objects.db
    if not hasattr(row, "loaded"):
        attach_loaded([row])
    sources = {
        name: {source for source, values in row.loaded.items() if values.get(name) == text}
        for name, text in texts.items()
    }
    named: Iterable[Any] = ()
    if kind in SUBJECTS:
        named = read_compiled(_named, row.pk, using=using, kind=kind)
    for name, says, slug in named:
        if texts.get(name) == says:
            sources[name].add(slug)
    slugs = set().union(*sources.values())
    stating: dict[str, list[Report]] = defaultdict(list)
    for report in read_compiled(_reports, sorted(slugs), using=using):
        for name, of_text in sources.items():
            if report.slug in of_text:
                stating[name].append(report)
    return stating


def _named(key: int, kind: str) -> Any:
    cited = Citation.objects.filter(**{kind: key}).exclude(field="")
    return cited.values_list("field", "says", "report__slug")


def _reports(slugs: Sequence[str]) -> Any:
    return Report.objects.public().filter(slug__in=slugs).order_by("published_on", "slug")
