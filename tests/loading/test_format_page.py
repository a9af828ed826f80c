"""The examples of docs/report-format.md: what a clerk copies from the page loads and gives what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench import short_forms
from initiatives.loading.document import read_bytes
from initiatives.loading.problems import LoadError
from initiatives.models import Initiative, Meeting, Membership, Mention, Report
from tests.report_files import load_texts

ROOT = Path(__file__).resolve().parents[2]
SHORT, LONG, REVIEW, VOCABULARY = re.findall(
    r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "report-format.md").read_text(), re.M | re.S
)


@pytest.mark.django_db
def test_the_short_example_loads_as_it_stands_and_gives_what_the_page_says() -> None:
    themes = (ROOT / "fixtures" / "vocabulary" / "themes.yaml").read_text()
    load_texts(themes, SHORT)
    assert Membership.objects.count() == 3
    assert Report.objects.get().meeting == Meeting.objects.get()
    all_three = ["jp", "kz", "uz"]
    assert {
        mention.initiative.title: (mention.act, sorted(mention.by.values_list("code", flat=True)))
        for mention in Mention.objects.select_related("initiative")
    } == {
        "One customs form for containers": ("adopted", all_three),
        "Direct flights to Tashkent": ("adopted", all_three),
        "Training centre: logistics": ("proposed", ["jp"]),
        "Visa talks": ("mentioned", []),
    }
    assert Initiative.objects.get(slug="training-centre-logistics").kind == "proposal"
    again = load_texts(themes, SHORT)
    assert (again.new, again.changed) == (0, 0)


def test_the_other_examples_have_no_key_and_no_word_that_a_file_may_not_have() -> None:
    for block in (REVIEW, VOCABULARY):
        read_bytes("file.yaml", block.encode())
    whole = LONG.replace("…", "x").replace("https://x", "https://example.org/")
    with pytest.raises(LoadError) as refused:
        read_bytes("file.yaml", whole.encode())
    # What is required and stands there in a comment.
    assert [problem.what for problem in refused.value.problems] == [
        *(f"“{key}” is missing" for key in ("kind", "language", "publisher", "title")),
        "the quote has no quote_language",
        "“locator” is missing",
    ]


def slips() -> list[tuple[str, str, list[str]]]:
    """What stands in the short example, what is typed instead, and what is told of it, from slips.txt."""
    read: list[tuple[str, str, list[str]]] = []
    for line in (Path(__file__).parent / "broken" / "slips.txt").read_text().splitlines():
        if line.startswith("["):
            read.append((*json.loads(line), []))
        else:
            read[-1][2].append(line.strip())
    return read


def test_each_slip_in_the_short_example_is_told_with_place_and_cure() -> None:
    assert len(slips()) > 60
    for right, wrong, expected in slips():
        with pytest.raises(LoadError) as refused:
            read_bytes("file.yaml", SHORT.replace(right, wrong, 1).encode())
        assert [str(p) for p in refused.value.problems] == [
            f"file.yaml, {told}" for told in expected
        ], wrong
        assert all(re.fullmatch(r"line \d+: .+ \(.+\)", told) for told in expected), wrong


@pytest.mark.django_db
@pytest.mark.usefixtures("fixtures")
def test_the_short_forms_of_all_files_say_what_the_long_ones_say() -> None:
    texts = [path.read_text() for path in sorted(short_forms.FIXTURES.iterdir())]
    short = list(map(short_forms.shortened, texts))
    assert sum("\ndefaults:" in text for text in short) > 10
    plan = load_texts(*short, dry_run=True)
    # The hash of the file itself is another one.
    told = {
        (item.kind, item.action.value, *(change.field for change in item.changes))
        for item in plan.items
        if item.action != "same"
    }
    assert told == {("report", "changed", "sha256")}
