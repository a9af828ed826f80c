"""What is missing as a block to fill in: for a report file the parts, for a workbook the rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice

from django.utils.translation import gettext as _

from ..models.records import SLUG_SHAPE
from ..models.slugs import slug_from
from .countries import find_country
from .kinds import KINDS, Kind
from .problems import Cause, SheetCell
from .sheets.layout import SHEETS

# The sections of kinds that are defined in a part of a file, in the order of the file.
SECTIONS = {
    "participant": "participants",
    "theme": "themes",
    "dialogue": "dialogues",
    "meeting": "meetings",
    "initiative": "initiatives",
}
# What a part needs beside the fields that its record requires, and what is most likely to be written there.
FURTHER: Mapping[str, Mapping[str, str]] = {
    "participant": {"kind": "organisation"},
    "dialogue": {"locator": "…"},
    "meeting": {"locator": "…"},
    "initiative": {"act": "mentioned", "locator": "…"},
}
# Ids for which a block is made; nobody fills in more at a time.
MOST_STUBS = 100

# Letters of a participant's code.
MOST_OF_CODE = 60

# Kind and id (or the name, of a participant) of what leads nowhere, and whether a workbook refers to it.
MissingId = tuple[str, str, bool]


def stubs(missing: Iterable[MissingId | None]) -> str:
    """Blocks for all that leads nowhere and that nothing like it is known of; “” where there is none.

    YAML for what files refer to, rows with tabs between their cells for what workbooks do.
    """
    return "\n\n".join(_blocks(_by_kind(missing)))


def missing_id(cause: Cause) -> MissingId | None:
    """What is to be defined; None where that is not the cure."""
    problem = cause.problems[0]
    missing = problem.missing
    if not missing or missing.near:
        return None
    is_name = not re.fullmatch(SLUG_SHAPE, missing.key)
    if is_name and (missing.kind != "participant" or _is_slip(missing.key)):
        return None
    return missing.kind, missing.key, isinstance(problem.line, SheetCell)


def _is_slip(name: str) -> bool:
    """Whether this is more than one name, or the code of a country with a letter that only looks right (“uз”)."""
    return bool(re.search(r"[,;|/\n]", name) or find_country(_code_of(name)))


def _by_kind(missing: Iterable[MissingId | None]) -> dict[tuple[str, bool], list[str]]:
    ids: dict[tuple[str, bool], list[str]] = {}
    for kind, key, in_sheet in islice(filter(None, missing), MOST_STUBS):
        ids.setdefault((kind, in_sheet), []).append(key)
    return ids


def _blocks(ids: Mapping[tuple[str, bool], list[str]]) -> Iterable[str]:
    vocabulary: list[str] = []
    parts: list[str] = []
    for name, section in SECTIONS.items():
        if keys := ids.get((name, False)):
            block = "\n".join([f"{section}:", *(_part(KINDS[name], key) for key in keys)])
            (vocabulary if name in ("participant", "theme") else parts).append(block)
    if vocabulary:
        yield "\n".join(
            [
                "# "
                + _(
                    "In a file of its own, without a report, where none of those there are is meant:"
                ),
                *vocabulary,
            ]
        )
    if parts:
        yield "\n".join(["# " + _("In the file of a document that describes them:"), *parts])
    for sheet in SHEETS:
        if keys := ids.get((sheet.kind, True)):
            needed = _fields(sheet.record)
            names = [column.name for column in sheet.columns]
            rows = [_row(needed | _named(sheet.record, key), names) for key in keys]
            yield "\n".join([f"{sheet.title}: {', '.join(names)}", *rows])


def _named(kind: Kind, key: str) -> dict[str, str]:
    """The id of what is missing; of a participant the name too that a file or ISO 3166-1 has for it."""
    of_row = kind.model.natural_key_fields[0]
    name = "id" if of_row == "slug" else of_row
    if re.fullmatch(SLUG_SHAPE, key):
        country = find_country(key) if name == "code" else None
        return {name: key, "name": country.name, "kind": "…"} if country else {name: key}
    return {name: _code_of(key), "name": key}


def _code_of(participant: str) -> str:
    return slug_from(participant, MOST_OF_CODE) or "…"


def _quoted(text: str) -> str:
    """A text as it may stand in braces."""
    return (
        text if re.fullmatch(r"[\w…]+([ -][\w]+)*", text) else json.dumps(text, ensure_ascii=False)
    )


def _fields(kind: Kind) -> dict[str, str]:
    required = {kind.keys.get(field, field): "…" for field in kind.required}
    return required | dict(FURTHER.get(kind.name, {}))


def _row(cells: Mapping[str, str], names: Iterable[str]) -> str:
    return "\t".join(cells.get(name, "") for name in names).rstrip()


def _part(kind: Kind, key: str) -> str:
    named = {name: _quoted(value) for name, value in _named(kind, key).items()}
    fields = named | _fields(kind) | named
    return f"  - {{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}"
