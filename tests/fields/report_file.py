"""A report file that says everything that its schema allows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from django.db.models import TextChoices
from pydantic import WrapValidator

from initiatives.loading import scalars
from initiatives.loading.file_part import FilePart
from initiatives.loading.kinds import KINDS
from initiatives.loading.review_schema import ReviewFile
from initiatives.loading.schema import RELATIONS, ReportFile
from initiatives.loading.vocabulary_schema import ParticipantPart, ThemePart, VocabularyFile
from initiatives.models import Dialogue, Initiative, Meeting, Participant, Record, Report, Theme

REPORT, DIALOGUE, MEETING, INITIATIVE = "full-report", "dialogue", "meeting", "initiative"
WHOLE, COUNTRY = "whole", "country-of-the-ministry"
PARTICIPANT, THEME, ORIGINAL, DISCREPANCY = "jp", "water", "original", "discrepancy"
REFERRED: dict[type[Record], str] = {
    Participant: PARTICIPANT,
    Theme: THEME,
    Dialogue: DIALOGUE,
    Meeting: MEETING,
    Initiative: INITIATIVE,
    Report: ORIGINAL,
}
# What ids name, by the key that holds them: fields of records, and what makes rows of their own.
NAMES = {
    **{
        key: REFERRED[kind.references[name]]
        for kind in KINDS.values()
        for name, key in kind.keys.items()
        if name in kind.references
    },
    **dict.fromkeys(("code", "participant", "by", "of", "roles"), PARTICIPANT),
    **{relation: relation.replace("_", "-") for relation in RELATIONS},
    # Of the meeting and of the initiative.
    "part_of": WHOLE,
}
IDS = {
    "ReportPart": REPORT,
    "DialoguePart": DIALOGUE,
    "MeetingPart": MEETING,
    "InitiativePart": INITIATIVE,
    "DiscrepancyPart": DISCREPANCY,
    "ThemePart": THEME,
    "ReviewPart": "review",
}
# What contradicts other keys of a mention stands in mentions of the same document.
TERMS = {"due_at", "due_dropped", "condition_lifted", "welcomed_by"}
# The document’s own meeting is said in full, evidence stands in another document, nothing is known by another id, and
# parts within an initiative have the same keys again.
LEFT_OUT = {"meetings", "evidence", "same_as", "sub", *TERMS}


def full_texts() -> list[str]:
    """Files to load together: vocabulary, what the others refer to, and a report and a review with every key."""
    numbers = itertools.count(1)
    vocabulary = {
        "participants": [_part(ParticipantPart, numbers), {"code": COUNTRY, "name": "Country"}],
        "themes": [_part(ThemePart, numbers)],
    }
    assert vocabulary.keys() == VocabularyFile.model_fields.keys()
    head = {"publisher": "P", "kind": "press", "language": "en"}
    full = _part(ReportFile, numbers)
    _tell_apart(full)
    update = f"{REPORT}/{INITIATIVE}/{full['updates'][0]['on']}"
    original = {
        "report": {"id": ORIGINAL, "title": "Original", **head},
        "meetings": [
            {
                "id": WHOLE,
                "dialogue": DIALOGUE,
                "kind": "summit",
                "title": "Whole",
                "locator": "head",
            }
        ],
        "initiatives": [
            {
                "id": NAMES[relation],
                "title": relation,
                "dialogue": DIALOGUE,
                "act": "mentioned",
                "locator": "head",
            }
            for relation in RELATIONS
        ]
        + [
            {"id": NAMES["builds_on"], "due": "1871", "due_note": "no act"},
            {
                "id": NAMES["continues"],
                "act": "undertaken",
                "by": ["de"],
                "welcomed_by": ["fr"],
                "due_at": WHOLE,
                "condition_lifted": "true",
                "locator": "para 2",
            },
            {
                "id": NAMES["splits_from"],
                "act": "restated",
                "due_dropped": "true",
                "locator": "para 3",
            },
        ],
        "evidence": [{"update": update, "locator": "head", "says": "So it is."}],
    }
    texts = (vocabulary, original, full, _part(ReviewFile, numbers))
    return [json.dumps(text) for text in texts]


def _tell_apart(full: dict[str, Any]) -> None:
    """Give one target a unit and another one a currency, and let the update report a value of the first."""
    (target,) = targets = full["initiatives"][0]["targets"]
    del target["currency"]
    targets.append({"metric": "money", "value": "7", "currency": "EUR"})
    names = ("metric", "unit", "period")
    full["updates"][0]["target"] = {name: target[name] for name in names}


def _part(part: type[FilePart], numbers: Iterator[int]) -> dict[str, Any]:
    hints = get_type_hints(part, include_extras=True)
    return {
        key: IDS[part.__name__] if key == "id" else _value(hints[key], key, numbers)
        for key in part.model_fields
        if key not in LEFT_OUT
    }


def _value(hint: Any, key: str, numbers: Iterator[int]) -> Any:
    """A value of that type that is none of the defaults; texts and numbers are all different."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union or origin is UnionType:
        return _value(args[0], key, numbers)
    if origin is list:
        return [_value(args[0], key, numbers)]
    if origin is dict:
        return {word.value: _value(args[1], key, numbers) for word in args[0]}
    bare = args[0] if origin is Annotated else hint
    if get_origin(bare) is list:
        # A list that need not be written as one.
        return _value(bare, key, numbers)
    if issubclass(bare, FilePart):
        return _part(bare, numbers)
    if issubclass(bare, TextChoices):
        return bare.values[-1]
    number = next(numbers)
    values = {
        scalars.Slug: NAMES.get(key),
        scalars.Code: NAMES.get(key),
        scalars.CodeOrName: {"part_of": COUNTRY}.get(key, NAMES.get(key)),
        scalars.SDGTarget: "13.2",
        scalars.Number: str(51_000 + number),
        scalars.Count: str(51_000 + number),
        scalars.FullDay: f"{1800 + number}-01-02",
        # Hours are those of a full day.
        scalars.Date: f"{1900 + number}-01-02" if key in ("starts", "ends") else str(1900 + number),
        scalars.Hour: f"{number % 24:02}:15",
        scalars.TimeZone: "Asia/Tashkent",
        scalars.Language: "uz",
        scalars.Currency: "EUR",
        scalars.Address: f"https://{key.replace('_', '-')}.example/",
    }
    for scalar, value in values.items():
        # What is added to a scalar stands behind it.
        if args[: len(get_args(scalar))] == get_args(scalar):
            assert value, f"say in {__name__}.NAMES what “{key}” refers to"
            return value
    if bare is int:
        return "13"
    if bare is bool:
        return "true"
    longest = min((getattr(limit, "max_length", None) or 100 for limit in args[1:]), default=100)
    text = f"text-of-{key}-{number}"[-longest:]
    if any(isinstance(rule, WrapValidator) for rule in args):
        # What may be said in several languages; the part itself is in Uzbek.
        return {"uz": text, "ja": f"ja{text}"[-longest:]}
    return text
