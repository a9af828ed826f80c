"""The catalogues of translations (gettext): which strings there are, and what each language says for them.

Babel does what GNU gettext's programs would, which a fresh machine lacks; Django turns its templates into what Babel
reads. What the public reads is translated into all languages, what only the desk reads into fewer: each has its files.
"""

from __future__ import annotations

import ast
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from .prefixes import ENGLISH, OF_THE_DESK, PREFIXES


@dataclass(frozen=True)
class Part:
    """What is translated into the same languages, and the folder of their files."""

    locale: Path
    codes: tuple[str, ...]

    def path_of(self, code: str) -> Path:
        """The file of a language."""
        return self.locale / code / "LC_MESSAGES" / "django.po"

    def known(self, code: str) -> Catalog:
        """What a language says, as its file has it; empty where there is none."""
        path = self.path_of(code)
        if not path.exists():
            return Catalog(locale=code, project=PROJECT, fuzzy=False)
        with path.open("rb") as file:
            return read_po(file, locale=code, ignore_obsolete=True, abort_invalid=True)


PROJECT = "Initiative tracker"
PUBLIC = Part(settings.BASE_DIR / "initiatives" / "locale", PREFIXES)
DESK = Part(Path(*settings.LOCALE_PATHS), OF_THE_DESK)
PARTS = (PUBLIC, DESK)
KEYWORDS: Mapping[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    # loading/said.py
    "phrased": None,
    "nphrased": (1, 2),
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
# What only the desk reads, beside the texts of forms.
ONLY_OF_THE_DESK = (
    "initiatives/admin",
    "initiatives/apps.py",
    "initiatives/loading",
    "initiatives/management",
    "initiatives/partial_dates/forms.py",
    "initiatives/partial_dates/typed.py",
    "initiatives/recording/actions.py",
    "initiatives/recording/follow_up_plans.py",
    "initiatives/recording/merging.py",
    "initiatives/recording/permissions.py",
    "initiatives/recording/preview.py",
    "initiatives/recording/publication.py",
    "initiatives/recording/publication_rules.py",
    "initiatives/recording/removal.py",
    "initiatives/recording/renaming.py",
    "initiatives/recording/reversion.py",
    "initiatives/recording/reviews.py",
    "initiatives/recording/separation.py",
    "initiatives/recording/translation.py",
    "initiatives/recording/withdrawal.py",
    "templates/admin",
)


def in_source() -> dict[Part, Catalog]:
    """Every string that is marked for translation, once: what the public reads the desk has from there."""
    public, desk = (Catalog(project=PROJECT, fuzzy=False) for _part in PARTS)
    for is_public, string, about in sorted(_in_files(), key=lambda found: not found[0]):
        if is_public:
            public.add(string, **about)
        elif not _has(public, string, about["context"]):
            desk.add(string, **about)
    return {PUBLIC: public, DESK: desk}


def _has(catalog: Catalog, string: Any, context: str | None) -> bool:
    is_plural = isinstance(string, tuple)
    message = catalog.get(string[0] if is_plural else string, context)
    return message is not None and message.pluralizable == is_plural


def _in_files() -> Iterator[tuple[bool, Any, dict[str, Any]]]:
    """The strings of all files: whether the public reads it, its forms, and what translators are told of it."""
    for folder in ("initiatives", "templates"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            for string, comments, context, is_of_a_form in _strings(path):
                is_public = not (is_of_a_form or name.startswith(ONLY_OF_THE_DESK))
                about = {"locations": [(name, 0)], "auto_comments": comments, "context": context}
                yield is_public, string, about


def _strings(path: Path) -> Iterator[tuple[Any, list[str], str | None, bool]]:
    if path.suffix == ".py":
        text = path.read_text(encoding="utf-8")
        of_forms = _of_forms(text)
    elif path.suffix in TEMPLATES:
        lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
        # Indented as the template is, which is no Python.
        text, of_forms = "\n".join(line.lstrip() for line in lines), set()
    else:
        return
    for line, string, comments, context in extract(
        "python", io.BytesIO(text.encode()), KEYWORDS, COMMENTS
    ):
        yield string, comments, context, line in of_forms


def _of_forms(source: str) -> set[int]:
    """The lines of texts that only the forms of the desk show."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword):
            is_one = node.arg in ("help_text", "error_messages")
        else:
            is_one = isinstance(node, ast.Call) and any(
                name in ast.dump(node.func) for name in ("ValidationError", "NoDate")
            )
        if is_one:
            assert isinstance(node, (ast.keyword, ast.Call))
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def update_all() -> dict[str, list[Message]]:
    """Bring all files up to what is in the source, and tell what nobody has translated, by languages."""
    lacking: dict[str, list[Message]] = {code: [] for code in PREFIXES}
    known = {(part, code): part.known(code) for part in PARTS for code in part.codes}
    for part, source in in_source().items():
        for code in part.codes:
            # A string that others read since keeps its translation.
            own = [known[part, code], *(known[one, code] for one in PARTS if code in one.codes)]
            catalog = _filled(source, own)
            write(part, code, catalog)
            lacking[code] += missing(catalog)
    return lacking


def _filled(source: Catalog, known: Sequence[Catalog]) -> Catalog:
    catalog = deepcopy(source)
    for message in catalog:
        # What was given a context since keeps its translation, too.
        contexts = (message.context, None)
        kept = (one.get(message.id, context) for context in contexts for one in known)
        same = next((one for one in kept if one and one.pluralizable == message.pluralizable), None)
        if message.id and same:
            message.string, message.user_comments = same.string, same.user_comments
    return catalog


def write(part: Part, code: str, catalog: Catalog) -> None:
    """Write the file of a language."""
    catalog.locale, catalog.version = code, ""
    catalog.header_comment = f"# {code}: docs/translating.md says how these are kept."
    path = part.path_of(code)
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
    for part in PARTS:
        for code in part.codes:
            if part.path_of(code).exists():
                _compile(part, code, code)
    if of := next((code for code in PREFIXES if PUBLIC.path_of(code).exists()), None):
        _compile(PUBLIC, ENGLISH, of)


def uncompiled() -> list[str]:
    """The languages of which Django reads nothing, or what was said before their files changed."""
    paths = {(part, code): part.path_of(code) for part in PARTS for code in part.codes}
    stale = {
        code
        for (_part, code), path in paths.items()
        if not _is_current(path.with_suffix(".mo"), path)
    }
    return sorted(stale)


def _is_current(made: Path, path: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= path.stat().st_mtime


def _compile(part: Part, code: str, of: str) -> None:
    """Make that of one language from the file of a language.

    English, which is in the source, gets one too, from the strings of any other: without it Django asks seven
    catalogues for each string of a page, and has none of them.
    """
    made = part.path_of(to_locale(code)).with_suffix(".mo")
    if _is_current(made, part.path_of(of)):
        return
    catalog = part.known(of)
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
