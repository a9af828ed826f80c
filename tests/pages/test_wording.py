"""Two wordings beside one another: what is marked, in which scripts, and at which cost."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from initiatives.pages.wording import marked
from tests import make

BEFORE = "Members will build 600 schools by 2024."
AFTER = "Members will seek to build schools by 2026."


def others(runs: list[tuple[str, bool]]) -> list[str]:
    return [text for text, is_other in runs if is_other]


@pytest.mark.parametrize(
    ("old", "new", "left_out", "put_in"),
    [
        (BEFORE, AFTER, ["600 ", "2024"], ["seek to ", "2026"]),
        ("日本は大学を設立する。", "日本は大学の設立を支援する。", ["を"], ["の", "を支援"]),
        ("Мы построим дорогу.", "Мы построим мост.", ["дорогу"], ["мост"]),
        ("One\n\nroad", "One road", [], []),
    ],
)
def test_words_that_differ_are_marked_and_no_text_is_lost(
    old: str, new: str, left_out: list[str], put_in: list[str]
) -> None:
    runs = marked(old, new)
    assert runs is not None
    assert tuple("".join(text for text, _is_other in side) for side in runs) == (old, new)
    assert (others(runs[0]), others(runs[1])) == (left_out, put_in)


def test_what_has_nothing_in_common_is_not_marked() -> None:
    assert marked("A road.".rstrip("."), "Two schools") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 10_000, "a b " * 5_000),
        ("国" * 20_000, "国民" * 10_000),
        (". " * 10_000, "! . " * 5_000),
        (" ".join(f"w{n}" for n in range(3_300)), " ".join(f"v{n // 2}" for n in range(3_300))),
        ("a " * 190, "a b " * 95),
    ],
)
def test_the_longest_quotes_are_compared_in_no_time(old: str, new: str) -> None:
    started = time.process_time()
    marked(old, new)
    assert time.process_time() - started < 1


def test_long_texts_are_compared_sentence_by_sentence() -> None:
    sentences = [f"The parties agreed on the matter number {n} of the list." for n in range(300)]
    changed = [*sentences[:200], "Nothing of it was new.", *sentences[201:]]
    runs = marked(" ".join(sentences), " ".join(changed))
    assert runs is not None
    assert others(runs[0]) == [f"{sentences[200]} "]
    assert others(runs[1]) == ["Nothing of it was new. "]


@pytest.mark.django_db
def test_the_page_shows_a_rewording_beside_the_last_earlier_quote(client: Client) -> None:
    initiative = make.initiative()
    for year, act, quote, language in (
        ("2019", "proposed", "A first word.", "en"),
        ("2020", "adopted", BEFORE, "en"),
        ("2021", "restated", "", ""),
        ("2022", "reworded", AFTER, "en"),
        ("2023", "reworded", "メンバーは学校を建てる。", "ja"),
    ):
        report = make.report(title=f"Statement of {year}", published_on=year)
        quoted = {"quote": quote, "quote_language": language}
        make.mention(initiative=initiative, report=report, act=act, **quoted)
    html = client.get(initiative.get_absolute_url()).content.decode()
    first, second = html.split('<div class="wordings">')[1:]
    assert "Statement of 2020" in first
    assert '<span class="unseen" lang="en">[left out: </span>600 <span' in first
    assert '<span class="unseen" lang="en">[put in: </span>seek to <span' in first
    # Of another language: both as they are.
    assert "Statement of 2022" in second
    assert "the differences are not marked" in second
    assert '<blockquote lang="ja" dir="auto"\n      ><p>メンバーは学校を建てる。</p>' in second
    assert "<ins" not in second.partition("</div>\n</div>")[0]
