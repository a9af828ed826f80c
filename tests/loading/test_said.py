"""What a load finds is kept in English, and said in the language of whoever reads it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from initiatives.loading import kept_words
from initiatives.loading.said import (
    alternatives,
    as_json,
    halves,
    in_a_row,
    in_language,
    kind_word,
    nphrased,
    phrased,
    together,
)
from initiatives.models import Correction, Initiative, LoadConflict, Meeting, UploadState
from initiatives.partial_dates import PartialDate
from tests.loading.test_document import BROKEN
from tests.pseudo_language import LANGUAGE, pseudo_language
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.unmarked import outside
from tests.upload_pages import decide, page, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once")]

FILE = report(body=FULL)
# A key with what stands there for a value, and the names of files: the same in every language.
SAME = re.compile(r"[\w.-]+: …|[\w-]+\.(yaml|csv|xlsx)")


@pytest.mark.parametrize(
    ("sentence", "english", "other"),
    [
        (phrased("add it"), "add it", "⟦add it⟧"),
        (phrased("known: %(names)s", names=["a", "b"]), "known: a, b", "⟦known: a⟦, ⟧b⟧"),
        (phrased("on %(day)s", day=PartialDate("2022")), "on 2022", "⟦on 2022⟧"),
        (nphrased("%(n)s file", "%(n)s files", 1, n=1), "1 file", "⟦1 file⟧"),
        (nphrased("%(n)s file", "%(n)s files", 2, n=2), "2 files", "⟦2 files⟧"),
        (in_a_row(["a", phrased("100 % of it")], "; "), "a; 100 % of it", "a; ⟦100 % of it⟧"),
        (alternatives(["jp", "kr"]), "jp or kr", "⟦jp or kr⟧"),
        (together(["title"]), "title", "title"),
        (halves(phrased("“%(x)s” is none; write it", x="a; b"))[1], "b” is none; write it", None),
        (halves(phrased("it is none; write it"))[1], "write it", "write it⟧"),
        (kind_word(Meeting), "meeting", "⟦meeting⟧"),
    ],
)
def test_a_sentence_is_english_and_can_be_said_in_other_languages(
    sentence: str, english: str, other: str | None
) -> None:
    assert sentence == english
    kept = json.loads(json.dumps(as_json(sentence)))
    assert in_language(kept) == english or other is None
    with pseudo_language(), override(LANGUAGE):
        assert other is None or in_language(kept) == other


def test_faults_are_kept_in_english_and_shown_in_the_language_of_the_page(client: Client) -> None:
    names = sorted(BROKEN.glob("*.yaml"))
    assert len(names) > 40
    # Not within: to leave it is to look through all modules for what they keep.
    with pseudo_language():
        for path in names:
            with override("ja"):
                upload = uploaded(client, **{path.name: path.read_bytes()})
            for problem in upload.problems if upload.state == UploadState.REFUSED else ():
                check_problem(path.name, problem)


def check_problem(name: str, problem: dict[str, Any]) -> None:
    kept = problem["said"]
    assert problem["what"] == in_language(kept["what"])
    with override(LANGUAGE):
        words = "; ".join(
            in_language(kept.get(part, problem[part])) for part in ("what", "expected")
        )
        where = in_language(kept.get("place", problem["place"]))
    left = [*outside(SAME.sub("", words)), *outside(where)]
    assert not left, (name, problem["what"], left)


def test_plans_and_conflicts_are_kept_in_english_whatever_the_desk_is_read_in(
    client: Client,
) -> None:
    load_texts(VOCABULARY, FILE)
    meeting = Meeting.objects.get()
    meeting.title = "A title of a person"
    meeting.save()
    changed = FILE.replace("title: First meeting", "title: The first\n  city: Tashkent")
    with override("ja"):
        upload = uploaded(client, statement__yaml=changed)
        decide(client, upload)
    assert {item["kind"] for items in upload.plan["items"].values() for item in items} >= {  # type: ignore[index]
        "meeting"
    }
    conflict = LoadConflict.objects.get()
    assert conflict.fields[0]["origin"].startswith("on ")
    assert "city" in page(client, upload).lower()


def test_what_the_register_keeps_is_english_whatever_the_desk_is_read_in(client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    initiative = Initiative.objects.public().latest("pk")
    with override("ja"):
        changed = FILE.replace("title: Digital university", "title: A university online")
        load_texts(VOCABULARY, changed)
    lines = Correction.objects.filter(initiative=initiative)
    assert {label for line in lines for label, *_values in line.differences} == {"Title"}
    assert initiative.history.latest().history_change_reason == "Loaded from statement"


def test_titles_of_a_plan_are_kept_in_english_and_shown_in_the_language_of_the_desk(
    client: Client,
) -> None:
    def titles(file: str) -> tuple[list[str], list[str]]:
        upload = uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=file)
        with override("ru"):
            plan = kept_words.plan(upload.plan or {})
        return tuple(  # type: ignore[return-value]
            [item["title"] for items in each["items"].values() for item in items]
            for each in (upload.plan or {}, plan)
        )

    english, russian = titles(FILE)
    assert "proposed by uz" in english
    assert "Предложено: uz" in russian
    load_texts(VOCABULARY, FILE)
    english, russian = titles(re.sub("quote: .*", "quote: Other words", FILE))
    assert "Digital university: Proposed, 17 April 2022" in english
    assert "Digital university: Предложено, 17 апреля 2022\u202fг." in russian
