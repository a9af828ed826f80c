"""What the record says in another language than its page is marked with that language (WCAG 2.2, 3.1.2)."""

from __future__ import annotations

import re
from collections import defaultdict
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.exports.test_exports import leave
from tests.pseudo_language import LANGUAGE, PREFIX, forget_what_was_written
from tests.test_every_string_is_marked import every_address, make_record
from tests.unmarked import SILENT, VOID

ARMENIAN_LETTER = re.compile("[\u0531-\u0587]")


class _Unmarked(HTMLParser):
    """Texts in Armenian letters, in which the record is, that stand in no element of another language than the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = self._open[-1][1] if self._open else None
        if tag not in VOID:
            # Empty where nobody knows the language (HTML, 3.2.6.2).
            self._open.append((tag, dict(attrs).get("lang", around)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1] if self._open else ("", None)
        if (
            language == LANGUAGE
            and tag not in (*SILENT, "title", "text")
            and ARMENIAN_LETTER.search(data)
        ):
            self.found.append(" ".join(data.split()))


def unmarked(html: str) -> list[str]:
    texts = _Unmarked()
    texts.feed(html)
    texts.close()
    return texts.found


def test_marks_are_told() -> None:
    body = '<title>Աա</title><p>Бб <b lang="en">Աա <i>Բբ</i></b></p><p>Գգ</p>'
    page = f'<html lang="{LANGUAGE}">{body}</html>'
    assert unmarked(page) == ["Գգ"]


@pytest.mark.django_db
def test_every_text_of_the_record_says_its_language(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME, settings.CONTACT_EMAIL = "O", "a@example.org"
    world = make_record()
    forget_what_was_written()
    found: dict[str, set[str]] = defaultdict(set)
    for address in every_address(world):
        # Searches show what was typed and excerpts of any text, the register values as they were: of no known language.
        if address.startswith(("/search/", "/corrections/")):
            continue
        response: Any = client.get(PREFIX + address)
        if response.headers["Content-Type"].startswith("text/html"):
            for text in unmarked(response.content.decode()):
                found[text].add(address)
        leave(response)
    assert not found, "\n".join(f"{text} – on {sorted(found[text])}" for text in sorted(found))
