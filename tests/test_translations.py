"""The catalogues are whole, and say with the same placeholders and marks what the program says."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from initiatives.languages import catalogues
from initiatives.languages.catalogues import DESK, PARTS, PUBLIC, Part, in_source, missing
from initiatives.languages.checks import catalogues_are_compiled

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?[a-z][^>]*>")
# Numbers may be left out of a plural form that says them in words, or that is for one.
COUNTERS = {"n", "count", "number", "counter"}


FILES = [
    pytest.param(part, code, id=f"{name}-{code}")
    for part, name in ((PUBLIC, "public"), (DESK, "desk"))
    for code in part.codes
]


@pytest.fixture(scope="module")
def source() -> dict[Part, Catalog]:
    return in_source()


def key(message: Message) -> tuple[str | None, object]:
    return message.context, message.id


def forms(texts: object) -> list[str]:
    return [str(text) for text in texts] if isinstance(texts, (tuple, list)) else [str(texts)]


@pytest.mark.parametrize(("part", "code"), FILES)
def test_every_string_is_translated_and_no_other(
    part: Part, code: str, source: dict[Part, Catalog]
) -> None:
    catalog = part.known(code)
    there, needed = ({key(one) for one in found} for found in (catalog, source[part]))
    assert there == needed, "run make translations"
    assert not [one.id for one in missing(catalog)]


@pytest.mark.parametrize(("part", "code"), FILES)
def test_translations_keep_placeholders_and_marks(part: Part, code: str) -> None:
    faults = [(one.id, fault) for one in part.known(code) if one.id for fault in faults_of(one)]
    assert not faults


def faults_of(message: Message) -> Iterator[str]:
    originals, said = forms(message.id), forms(message.string)
    known = {name for text in originals for name in PLACEHOLDER.findall(text)}
    for place, text in enumerate(said):
        # Where there are two forms the first is for one; Russian says it of 21 as well.
        of_one = len(originals) > 1 and len(said) == 2 and place == 0
        original = originals[0 if of_one else -1]
        there, needed = ({*PLACEHOLDER.findall(one)} for one in (text, original))
        if there - known:
            yield f"{there - known} unknown"
        if needed - there - (COUNTERS if len(originals) > 1 else set()):
            yield f"without {needed - there}"
        if all(Counter(TAG.findall(text)) != Counter(TAG.findall(one)) for one in originals):
            yield "other marks"
        if message.python_format and "%" in PLACEHOLDER.sub("", text).replace("%%", ""):
            yield "a lone %"
        # Constants stand in attributes, too, and are not escaped there.
        if '"' in TAG.sub("", text) and '"' not in TAG.sub("", original):
            yield "a straight quotation mark"
        if text != text.strip() and original == original.strip():
            yield "white space"


def test_numbers_take_the_forms_of_their_language() -> None:
    plurals = {"ja": 1, "ru": 3, **dict.fromkeys(("uz", "kk", "ky", "tg", "tk"), 2)}
    for part in PARTS:
        for code in part.codes:
            assert part.known(code).num_plurals == plurals[code]


def test_who_forgets_to_compile_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not catalogues_are_compiled()
    monkeypatch.setattr(catalogues, "PARTS", [Part(tmp_path, ("ja",))])
    assert [warning.id for warning in catalogues_are_compiled()] == ["initiatives.W001"]
