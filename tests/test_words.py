"""One word for one thing, and plain English, in all that the public reads (docs/decisions.md)."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What is not said, as a pattern, and what is said for it.
INSTEAD = {
    r"telephone": "phone",
    r"log(ged|ging)? in\b": "sign in",
    r"e-mail": "email or mail",
    r"web ?page": "page",
    r"take[ns]? away": "download",
    r"words to look for": "search",
    r"silent too long|gone silent": "no recent news",
    r"dates disagree": "inconsistent dates",
    r"would be left": "Remove “X” to see 3",
    r"drop “": "remove",
    r"stands? in (the|somebody’s) way": "No single filter causes this",
    r"all the same\b": "anyway",
    r"from then on": "immediately",
    r"what became known": "new since",
    r"address is not understood": "We cannot read this link",
    r"nothing is wrong with": "your link is fine",
    r"ask again": "try again",
    r"press statement|source document": "report or document",
    r"delegates? list": "delegation",
    r"is drawn from it": "facts taken from it",
    r"\bmade anew\b": "prepared again",
    r"nobody outside": "the public",
    r"of before\b": "earlier",
    r"that we know|no document we know": "recorded",
    r"\b(we|is|are) on record\b": "recorded",
    r"removed for good|names the \w+ for good": "permanently",
    r"comes? up again": "appears again",
    r"goes? on showing": "still shows",
    r"spoken of it|speaks for it|spoke for it": "mentioned, or supports",
    r"has looked what|has looked yet whether": "has checked",
    r"no more precise than theirs|nothing is known of": "only as precise as in the document",
    r"stands? (for|with) the(se)? (documents|method)": "refers to, is on",
    r"if you like": "optional",
    r"the picture as a table": "chart as a table",
    r"came for it": "its delegations",
    r"have been made at this moment|takes a while to make": "prepare",
}
PUBLIC = ("exports", "facets", "models", "pages", "query", "views", "templatetags")
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "N_",
    "ngettext",
    "npgettext",
    "pgettext",
    "pgettext_lazy",
}
# Words that a tag of a template hands to translators.
MARKED = re.compile(r'(?:\{% translate |_\()"(.*?)"')


def templates() -> Iterator[tuple[str, str]]:
    """The words of each public template, without tags and attributes that nobody reads."""
    folder = ROOT / "templates"
    for path in [*folder.glob("*.html"), *folder.glob("initiatives/**/*.*")]:
        text = re.sub(r"(?s)\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", _message_of, path.read_text())
        text = re.sub(r"(?s)<!--.*?-->|</?[a-z][^>]*>", " ", text)
        yield str(path.relative_to(ROOT)), re.sub(r"\s+", " ", text)


def _message_of(tag: re.Match[str]) -> str:
    return " ".join(MARKED.findall(tag[0])) or " "


def messages() -> Iterator[tuple[str, str]]:
    """The words that code of public pages and files hands to gettext."""
    for wing in PUBLIC:
        for path in (ROOT / "initiatives" / wing).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
                    for argument in node.args:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", argument.value


@functools.cache
def texts() -> list[tuple[str, str]]:
    return [*templates(), *messages()]


@pytest.mark.parametrize("pattern", INSTEAD)
def test_one_word_is_said_for_one_thing(pattern: str) -> None:
    assert len(texts()) > 500
    found = [
        f"{where}: …{text[max(0, match.start() - 30) : match.end() + 30]}…"
        for where, text in texts()
        if (match := re.search(pattern, text, re.IGNORECASE))
    ]
    assert not found, f"Say “{INSTEAD[pattern]}”: " + "\n".join(found)
