"""What Django reads of the files of translations."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from initiatives.languages import catalogues


def read(folder: Path, locale: str) -> GNUTranslations:
    with (folder / locale / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return GNUTranslations(file)


def test_english_is_found_at_once_as_the_source_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    part = catalogues.Part(tmp_path, ("ja",))
    monkeypatch.setattr(catalogues, "PUBLIC", part)
    monkeypatch.setattr(catalogues, "PARTS", [part])
    catalog = Catalog(locale="ja", fuzzy=False)
    catalog.add("Open", "未完了", context="status")
    catalog.add(("%(count)s day", "%(count)s days"), ("%(count)s日",))
    catalog.add("Not translated yet")
    path = part.path_of("ja")
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)
    catalogues.compile_all()
    japanese, english = read(tmp_path, "ja"), read(tmp_path, "en_GB")
    assert japanese.pgettext("status", "Open") == "未完了"
    # Whatever another catalogue says, that of the project comes first.
    english.add_fallback(japanese)
    assert english.pgettext("status", "Open") == "Open"
    assert english.gettext("Not translated yet") == "Not translated yet"
    days = [english.ngettext("%(count)s day", "%(count)s days", count) for count in (1, 2)]
    assert days == ["%(count)s day", "%(count)s days"]
