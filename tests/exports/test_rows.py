"""Rows of initiatives, read as columns, say what the models say of each: values, flags, names, in every format."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.as_of import current
from initiatives.exports import rows
from initiatives.exports.cells import cell
from initiatives.exports.columns import PLURALS
from initiatives.facets import index as facet_index
from initiatives.models import (
    DeliveryStatus,
    Initiative,
    InitiativeKind,
    Involvement,
    Lineage,
    LineageKind,
    Participant,
    Report,
    StatusUpdate,
    Theme,
)
from initiatives.models.translations import flat, nested
from initiatives.serving.data_version import data_version
from tests import make
from tests.exports.test_exports import as_json, export
from tests.extent import TIMES
from tests.world import make_world

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


# --- What a row says, asked of the models ---------------------------------------------------------


def by_models(initiative: Initiative) -> dict[str, Any]:
    """All columns of the list by their names, each read from the models as pages read them; JSON's empty is None."""
    meeting, due_at = initiative.raised_at, initiative.due_at
    latest = initiative.latest_update_report
    status, condition = initiative.status, initiative.condition_report
    themes = Theme.objects.public().filter(initiatives=initiative)
    part_of = of_parts("earlier", later=initiative)
    parts = of_parts("later", earlier=initiative)
    told: dict[str, Any] = {
        "slug": initiative.slug,
        "address": SITE + initiative.get_absolute_url(),
        "title": initiative.title or None,
        "summary": initiative.summary or None,
        "language": initiative.language,
        "translations": nested(flat(initiative.translations)),
        "kind": initiative.kind,
        "dialogue.slug": initiative.dialogue.slug,
        "dialogue.name": initiative.dialogue.name,
        "raised_at.slug": meeting.slug if meeting else None,
        "raised_at.title": meeting.title if meeting else None,
        "raised_at.starts_on": meeting.starts_on if meeting else None,
        "themes.slug": [theme.slug for theme in themes],
        "themes.name": [theme.name for theme in themes],
        "part_of.slug": part_of[0].slug if part_of else None,
        "part_of.title": part_of[0].title if part_of else None,
        "parts.slug": [part.slug for part in parts],
        "parts.title": [part.title for part in parts],
    }
    for capacity, (name, _label, _who) in PLURALS.items():
        keys = Involvement.objects.filter(initiative=initiative, capacity=capacity)
        named = Participant.objects.public().filter(pk__in=keys.values("participant"))
        in_order = sorted(named, key=lambda row: (row.name, row.code))
        told[f"{name}.code"] = [participant.code for participant in in_order]
        told[f"{name}.name"] = [participant.name for participant in in_order]
    told |= {
        "due_on": initiative.due_on,
        "due_note": initiative.due_note or None,
        "due_at.slug": due_at.slug if due_at else None,
        "due_at.title": due_at.title if due_at else None,
        "due_dropped": "yes" if initiative.due_dropped else "no",
        "due_moves": initiative.due_moves,
        "condition": initiative.condition or None,
        "condition_report.slug": condition.slug if condition else None,
        "standing": initiative.standing,
        **of_report("standing_report", initiative.standing_report),
        "delivery_status": initiative.delivery_status,
        "status_group": status.group.value,
        "iati_status": status.iati,
        "ogp_completion": status.ogp,
        "evidence_grade": initiative.status_grade or None,
        "latest_update_on": initiative.latest_update_on,
        **of_report("latest_update_report", initiative.latest_update_report),
        "latest_update_report.publisher": latest.publisher if latest else None,
        "latest_update_report.published_on": latest.published_on if latest else None,
        **of_latest_update(initiative),
        "delivered_on": initiative.delivered_on,
        "last_heard_on": initiative.last_heard_on,
        "verifiability": initiative.verifiability or None,
        "flags": initiative.flags(),
        "as_of": timezone.localdate().isoformat(),
        "other_names": initiative.other_names.splitlines(),
    }
    return told


def of_parts(end: str, **other_end: Initiative) -> list[Initiative]:
    links = Lineage.objects.filter(relation=LineageKind.PART_OF, **other_end)
    return list(Initiative.objects.public().filter(pk__in=links.values(end)))


def of_report(name: str, report: Report | None) -> dict[str, Any]:
    return {
        f"{name}.slug": report.slug if report else None,
        f"{name}.title": report.title if report else None,
        f"{name}.address": SITE + report.get_absolute_url() if report else None,
        f"{name}.original": (report.url or None) if report else None,
    }


def of_latest_update(initiative: Initiative) -> dict[str, Any]:
    """Of the updates with what was derived from them the one recorded last."""
    report = initiative.latest_update_report
    rows = StatusUpdate.objects.public().current().filter(initiative=initiative, report=report)
    rows = rows.filter(status=initiative.delivery_status)
    found = [row for row in rows if row.on == initiative.latest_update_on]
    found.sort(key=lambda row: (row.participant_id is None, row.recorded_at, row.pk))
    update = found[-1] if found else None
    return {
        "latest_update.locator": (update.locator or None) if update else None,
        "latest_update.what": (update.what or None) if update else None,
    }


def as_csv_line(told: dict[str, Any]) -> str:
    out = io.StringIO(newline="")
    cells = [cell(value) for name, value in told.items() if name != "translations"]
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def as_json_line(told: dict[str, Any]) -> str:
    row: dict[str, Any] = {}
    for name, value in told.items():
        head, _dot, key = name.partition(".")
        if not key:
            row[head] = value
        elif isinstance(value, list):
            items = row.setdefault(head, [{} for _item in value])
            for item, element in zip(items, value, strict=True):
                item[key] = element
        else:
            row.setdefault(head, {})[key] = value
    empty = {head for head, value in row.items() if isinstance(value, dict)} - {"translations"}
    for head in empty:
        if not any(row[head].values()):
            row[head] = None
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


# --- Random rows in any language ------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
WORDS = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
DATES = st.sampled_from(
    [None, "2019", "2022-04", "2022-04-15", "2026-33", "../2026-02", "2024-04/2025-03", "203X"]
)


# What is written over an initiative, and what hangs on it by numbers; 0 is none.
WRITES = st.fixed_dictionaries(
    {
        "values": st.fixed_dictionaries(
            {
                "title": WORDS,
                "summary": TEXT,
                "other_names": st.lists(WORDS, max_size=3).map("\n".join),
                "language": st.sampled_from(["en", "ja", "uz-Latn"]),
                "translations": st.dictionaries(
                    st.sampled_from(["title", "summary"]),
                    st.dictionaries(st.sampled_from(["ru", "kk", "pt-BR"]), WORDS, max_size=2),
                ),
                "kind": st.sampled_from(InitiativeKind.values),
                "due_on": DATES,
                "due_note": TEXT,
                "due_dropped": st.booleans(),
                "due_moves": st.integers(0, 3),
                "condition": TEXT,
                "delivery_status": st.sampled_from(DeliveryStatus.values),
                "status_grade": st.sampled_from(["", "statement", "joint"]),
                "latest_update_on": DATES,
                "delivered_on": DATES,
                "last_heard_on": DATES,
                "verifiability": st.sampled_from(["", "verifiable", "not_verifiable"]),
                "publication": st.sampled_from(["public", "public", "draft"]),
            }
        ),
        "raised_at": st.integers(0, 2),
        "due_at": st.integers(0, 2),
        "reports": st.tuples(*(st.integers(0, 2) for _name in range(3))),
        "themes": st.sets(st.integers(0, 3)),
        "involved": st.sets(
            st.tuples(st.integers(0, 3), st.sampled_from([capacity.value for capacity in PLURALS]))
        ),
        "is_part": st.booleans(),
    }
)
REPORTS = ("standing_report", "latest_update_report", "condition_report")


@settings(
    max_examples=10 * TIMES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    drawn=st.lists(WRITES, min_size=3, max_size=3),
    names=st.lists(WORDS, min_size=8, max_size=8, unique=True),
    meeting_titles=st.lists(TEXT, min_size=2, max_size=2),
)
def test_every_row_says_what_the_models_say(
    drawn: list[dict[str, Any]], names: list[str], meeting_titles: list[str]
) -> None:
    with transaction.atomic():
        facet_index.forget()
        write_world(drawn, names, meeting_titles)
        compare(Client())
        transaction.set_rollback(True)


def compare(client: Client) -> None:
    """Each file, line by line, with what the models say."""
    told = [by_models(row) for row in Initiative.objects.public().order_by("sort_key", "slug")]
    body = export(client, "csv", "sort=title").decode("utf-8-sig")
    header, _end, lines = body.partition("\r\n")
    if told:
        assert header.split(",") == [name for name in told[0] if name != "translations"]
    assert lines == "".join(map(as_csv_line, told))
    body = export(client, "json", "sort=title").decode()
    begin = body.index('"initiatives":[') + len('"initiatives":[')
    between = "\n" if told else ""
    assert body[begin:] == between + ",\n".join(map(as_json_line, told)) + "\n]}\n"


def write_world(drawn: list[dict[str, Any]], names: list[str], meeting_titles: list[str]) -> None:
    """Three initiatives with all that hangs on them."""
    participants = [make.participant(f"p{number}", name=names[number]) for number in range(4)]
    themes = [make.theme(f"t{number}", name=names[4 + number]) for number in range(4)]
    dialogue = make.dialogue(name=names[0])
    meetings = [make.meeting(title=title, dialogue=dialogue) for title in meeting_titles]
    reports = [make.report(title=title) for title in names[:2]]
    initiatives = [make.initiative(dialogue=dialogue) for _row in drawn]
    for number, (initiative, row) in enumerate(zip(initiatives, drawn, strict=True)):
        on = dict(zip(REPORTS, (nth(reports, place) for place in row["reports"]), strict=True))
        on |= {name: nth(meetings, row[name]) for name in ("raised_at", "due_at")}
        Initiative.objects.filter(pk=initiative.pk).update(**row["values"], **on)
        initiative.themes.set(themes[place] for place in row["themes"])
        for place, capacity in row["involved"]:
            Involvement.objects.create(
                initiative=initiative, participant=participants[place], capacity=capacity
            )
        if number and row["is_part"]:
            make.lineage(earlier=initiatives[number - 1], later=initiative, relation="part_of")


def nth(rows: list[Any], place: int) -> Any:
    """The row of that number; None for 0."""
    return rows[place - 1] if place else None


# --- One state, asked for once --------------------------------------------------------------------


def test_a_write_before_the_first_part_is_in_all_of_the_file(client: Client) -> None:
    make.initiative("plan", title="Before")
    response = client.get("/initiatives.json")
    make.update(initiative=Initiative.objects.get(), status="delivered")
    Initiative.objects.update(due_on="2019", delivered_on="2022", title="After")
    told = json.loads(b"".join(response))
    assert told["data_version"] == str(data_version())
    (row,) = told["initiatives"]
    assert (row["title"], row["flags"]) == ("After", Initiative.objects.get().flags())
    assert "delivered_late" in row["flags"]


def test_the_index_is_asked_for_once_whatever_is_written_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a later version would be made anew for each chunk, and again for whoever reads a page."""
    asked: list[str] = []
    index = facet_index.index

    def counted(using: str = "default") -> Any:
        asked.append(using)
        return index(using)

    monkeypatch.setattr(current, "index", counted)
    world, counts = make_world(), []
    # What may be chosen is asked for by the first one.
    as_json(export(client, "json"))
    for chunk in (100, 1):
        monkeypatch.setattr(rows, "CHUNK", chunk)
        make.initiatives(5, **world.shared)
        asked.clear()
        assert as_json(export(client, "json"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
