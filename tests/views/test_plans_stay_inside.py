"""Who is responsible, the next review and desk notes are in no public answer, at any address, in any format."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from initiatives.models import FollowUpPlan
from tests import workbooks
from tests.addresses import addresses
from tests.extent import in_turn
from tests.people import make_person
from tests.views.test_drafts_stay_inside import body, readable
from tests.world import make_world

pytestmark = pytest.mark.django_db

PERSON, NOTES, DAY = "zzresponsible", "zznotes of the desk", "2031-07-19"
# The day is looked for as pages and files write it.
TOLD = (PERSON, "zznotes", DAY, "19 July 2031")
QUERIES = (
    "",
    "?q=zznotes",
    f"?q={PERSON}",
    f"?responsible={PERSON}",
    "?as_of=2024-08-09",
    "?view=table&per=100",
)


def test_no_public_answer_tells_of_a_plan(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    world = make_world()
    FollowUpPlan.objects.create(
        initiative=world.initiative,
        responsible=make_person("Editor", username=PERSON),
        next_review_on=DAY,
        notes=NOTES,
    )
    make_files(at_once=True)
    asked = 0
    for turn, query in enumerate(QUERIES):
        for number, address in enumerate(addresses(world, every_table=not query)):
            if query and turn not in in_turn(number, range(1, len(QUERIES)), 2):
                continue
            response = client.get(address + query)
            if response.status_code != 200:
                assert response.status_code in {400, 404}, address + query
                continue
            asked += 1
            for text in readable(body(response)):
                # What was asked for is said again.
                said = [word for word in TOLD if word in text and word not in query]
                assert not said, (address + query, said)
    assert asked > 100
    book = openpyxl.load_workbook(io.BytesIO(workbooks.workbook()))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not any(word in cell for cell in cells for word in TOLD)
