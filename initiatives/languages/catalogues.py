"""The catalogues of translations (gettext): which strings there are, and what each language says for them.

Babel does what GNU gettext's programs would, which a fresh machine lacks; Django turns its templates into what Babel
reads. The desk and what only the desk and the command line say are in English, and in no catalogue.
"""

from __future__ import annotations

import ast
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from .prefixes import ENGLISH, PREFIXES

LOCALE: Path = settings.BASE_DIR / "initiatives" / "locale"
KEYWORDS: Mapping[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Comments that go before a string, for those who translate it.
COMMENTS = ["Translators:"]
TEMPLATES = {".html", ".txt", ".svg", ".xml"}
LEFT_OUT = tuple(
    f'"{name}:'.encode()
    for name in (
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)
OF_THE_DESK = (
    "initiatives/admin",
    "initiatives/loading",
    "initiatives/management",
    "initiatives/partial_dates/forms.py",
    "initiatives/partial_dates/typed.py",
    "templates/admin",
)


def path_of(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def catalogue(code: str) -> Catalog:
    """What a language says, as its file has it; empty where there is none."""
    path = path_of(code)
    if not path.exists():
        return Catalog(locale=code, project="Initiative tracker", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code, ignore_obsolete=True, abort_invalid=True)


def in_source() -> Catalog:
    """Every string that is marked for translation where the public may see it."""
    found = Catalog(project="Initiative tracker", fuzzy=False)
    for folder in ("initiatives", "templates"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if not name.startswith(OF_THE_DESK):
                for string, comments, context in _strings(path):
                    found.add(string, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def _strings(path: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    if path.suffix == ".py":
        text = path.read_text(encoding="utf-8")
        left_out = _of_forms(text)
    elif path.suffix in TEMPLATES:
        lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
        # Indented as the template is, which is no Python.
        text, left_out = "\n".join(line.lstrip() for line in lines), set()
    else:
        return
    for line, string, comments, context in extract(
        "python", io.BytesIO(text.encode()), KEYWORDS, COMMENTS
    ):
        if line not in left_out:
            yield string, comments, context


def _of_forms(source: str) -> set[int]:
    """The lines of texts that only the forms of the desk show."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword):
            is_one = node.arg in ("help_text", "error_messages")
        else:
            is_one = isinstance(node, ast.Call) and "ValidationError" in ast.dump(node.func)
        if is_one:
            assert isinstance(node, (ast.keyword, ast.Call))
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def update(code: str) -> Catalog:
    """Bring the file of a language up to what is in the source; what is new there has no translation yet."""
    known, catalog = catalogue(code), in_source()
    for message in catalog:
        # What was given a context since keeps its translation.
        same = message.id and (known.get(message.id, message.context) or known.get(message.id))
        if same:
            message.string, message.user_comments = same.string, same.user_comments
    write(code, catalog)
    return catalog


def write(code: str, catalog: Catalog) -> None:
    """Write the file of a language."""
    catalog.locale, catalog.version = code, ""
    catalog.header_comment = f"# {code}: docs/translating.md says how these are kept."
    path = path_of(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalog, width=110, include_lineno=False)
    # Without dates and places for names, so that a file changes where a string does.
    lines = written.getvalue().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.startswith(LEFT_OUT)))


def missing(catalog: Catalog) -> list[Message]:
    """The strings that a language lacks."""
    return [message for message in catalog if message.id and not _is_whole(message)]


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings) and not message.fuzzy


def compile_all() -> None:
    """Make what Django reads (.mo) of the files of all languages, where it is older than they are."""
    for code in PREFIXES:
        path = path_of(code)
        if path.exists():
            _compile(code, code, path)
    if strings := next((path for path in map(path_of, PREFIXES) if path.exists()), None):
        _compile(ENGLISH, strings.parts[-3], strings)


def uncompiled() -> list[str]:
    """The languages of which Django reads nothing, or what was said before their files changed."""
    paths = {code: path_of(code) for code in PREFIXES}
    return [code for code, path in paths.items() if not _is_current(path.with_suffix(".mo"), path)]


def _is_current(made: Path, path: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= path.stat().st_mtime


def _compile(code: str, of: str, path: Path) -> None:
    """Make that of one language from a file.

    English, which is in the source, gets one too, from the strings of any other: without it Django asks seven
    catalogues for each string of a page, and has none of them.
    """
    made = path_of(to_locale(code)).with_suffix(".mo")
    if _is_current(made, path):
        return
    catalog = catalogue(of)
    if code == ENGLISH:
        strings, catalog = catalog, Catalog(locale=to_locale(code), fuzzy=False)
        for message in strings:
            if message.id:
                catalog.add(message.id, message.id, context=message.context)
    made.parent.mkdir(parents=True, exist_ok=True)
    beside = made.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as file:
        write_mo(file, catalog)
    beside.replace(made)
