"""Our own texts neither praise nor blame; terms, quotes and words that only look alike are left alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from initiatives.models.evaluative_words import evaluative_words_in

# What the public reads; “the load failed” of the desk is about a machine.
WINGS = (
    "as_of",
    "exports",
    "facets",
    "models",
    "pages",
    "pictures",
    "query",
    "templatetags",
    "views",
)
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext"}
NO_TEXT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<[^>]*>", re.DOTALL)


def test_words_that_judge_are_found_as_they_stand_there() -> None:
    text = "Unfortunately the ambitious plan failed, and failed again: a broken\npromise."
    assert evaluative_words_in(text) == ["Unfortunately", "ambitious", "failed", "broken\npromise"]
    for word in ("failure", "success", "successfully", "landmark", "merely", "disappointing"):
        assert evaluative_words_in(f"It was, as said, {word}.") == [word]


def test_what_judges_nobody_is_left_alone() -> None:
    for text in (
        "The success rate of the crossings, after a power failure, in a failed state.",
        "It succeeds the committee; his successor came; three successive ministers.",
        "Ambitions were stated. The only bridge was finally opened.",
        "The programme “Ambitious Africa” and the prize «Success» exist.",
        "The minister called it “a landmark success”.",
        "It counts neither as success nor as failure; neither success nor failure.",
    ):
        assert evaluative_words_in(text) == [], text


def template_texts() -> Iterator[tuple[str, str]]:
    folder = settings.BASE_DIR / "templates"
    for path in sorted([*folder.glob("*.html"), *(folder / "initiatives").rglob("*.*")]):
        yield str(path), NO_TEXT.sub(" ", path.read_text(encoding="utf-8"))


def python_texts() -> Iterator[tuple[str, str]]:
    """All that goes through gettext; adjacent literals are one text by then."""
    for wing in WINGS:
        for path in sorted((settings.BASE_DIR / "initiatives" / wing).rglob("*.py")):
            yield from texts_of(path)


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield f"{path}:{argument.lineno}", argument.value


def test_pages_neither_praise_nor_blame() -> None:
    texts = [*template_texts(), *python_texts()]
    assert len(texts) > 700
    assert {place: words for place, text in texts if (words := evaluative_words_in(text))} == {}
