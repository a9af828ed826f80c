"""For every participant, all pages that count agree with a count of the report files that come with the program."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from initiatives.models import Dialogue, Initiative, Participant
from tests.extent import COMBINES_ALL

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures")]


class Recount:
    """Who is in which initiative, as the files say it; it knows nothing of how the program derives that."""

    def __init__(self) -> None:
        paths = sorted(FIXTURES.rglob("*.yaml"))
        self.files: list[Any] = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
        self.came: dict[str, set[str]] = defaultdict(set)
        self.members: dict[str, set[str]] = defaultdict(set)
        self.dialogue: dict[str, str] = {}
        self.whole_of: dict[str, str] = {}
        for file in self.files:
            for dialogue in file.get("dialogues", ()):
                self.members[dialogue["id"]] |= set(map(member, dialogue.get("members", ()))) - {""}
            for meeting in [file.get("meeting") or {}, *file.get("meetings", ())]:
                rows = meeting.get("attendance", ())
                here = {r["participant"] for r in rows if r.get("capacity", "member") == "member"}
                self.came[meeting.get("id", "")] |= here
            for part in file.get("initiatives", ()):
                if "dialogue" in part:
                    self.dialogue[part["id"]] = part["dialogue"]
                if "part_of" in part:
                    self.whole_of[part["id"]] = part["part_of"]
        self.initiatives: dict[str, set[str]] = defaultdict(set)
        for file in self.files:
            self.count(file)

    def count(self, file: Any) -> None:
        meeting = (file.get("meeting") or {}).get("id")
        for part in file.get("initiatives", ()):
            codes = part.get("by", [])
            if codes == "all":
                codes = self.came[meeting or part.get("raised_at", "")]
                codes = codes or self.members[self.dialogue[part["id"]]]
            named = [*codes, *(code for row in part.get("roles", {}).values() for code in row)]
            for code in named:
                self.initiatives[code].add(part["id"])
        for update in file.get("updates", ()):
            if code := update.get("of"):
                self.initiatives[code].add(update["initiative"])

    def wholes(self, slugs: set[str]) -> set[str]:
        """Those of which no whole, nor one above it, is among them."""
        return {slug for slug in slugs if slugs.isdisjoint(self.above(slug))}

    def above(self, slug: str) -> Iterator[str]:
        while whole := self.whole_of.get(slug):
            yield whole
            slug = whole


def member(row: Any) -> str:
    if isinstance(row, str):
        return row
    return row["participant"] if row.get("capacity", "member") == "member" else ""


def test_every_page_counts_for_every_participant_what_the_files_say(client: Client) -> None:
    recount = Recount()
    public = set(Initiative.objects.public().values_list("slug", flat=True))
    expected = {
        code: recount.initiatives[code] & public
        for code in Participant.objects.values_list("code", flat=True)
    }
    assert sum(map(len, expected.values())) > 100
    body = b"".join(client.get("/matrix.csv"))
    matrix = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    dialogues = list(Dialogue.objects.values_list("slug", flat=True))
    listed = client.get("/initiatives/").content.decode()
    for number, (code, slugs) in enumerate(expected.items()):
        column = f"participants.{code}"
        assert {row["slug"] for row in matrix if row.get(column)} == slugs, code
        body = b"".join(client.get(f"/initiatives.json?participant={code}"))
        rows = json.loads(body)["initiatives"]
        assert {row["slug"] for row in rows} == slugs, code
        page = client.get(f"/participants/{code}/").content.decode()
        assert figure(r"All ([\d,]+) initiatives?<", page) == len(slugs), code
        option = rf'name="participant" value="{code}".*?class="count">([\d,]+)<'
        assert figure(option, listed) == len(slugs), code
        if not COMBINES_ALL and number % 8:
            continue
        briefs = (
            client.get(f"/dialogues/{dialogue}/brief/?participant={code}").content.decode()
            for dialogue in dialogues
        )
        in_briefs = (figure(r">([\d,]+)\s+initiatives?</a>\s+that names?", page) for page in briefs)
        assert sum(in_briefs) == len(recount.wholes(slugs)), code


def figure(pattern: str, html: str) -> int:
    """The number that a page says; 0 where it says none."""
    match = re.search(pattern, html, re.DOTALL)
    return int(match[1].replace(",", "")) if match else 0
