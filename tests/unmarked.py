"""Words that no translator is handed: in a page that was rendered, and in the text of a template or a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

from initiatives.models import DeliveryStatus
from tests.pseudo_language import BEGIN, END

WORD = re.compile("[A-Za-z]")
# Addresses, formats, codes and the words of the standard of OGP are the same in every language.
SAME = re.compile(
    r"https?://\S+|[\w.-]+\.(?:example|org)\b|\?\w+=|\b(?:SHA-256|CC-BY-4\.0|BibTeX|CSL-JSON|JSON|CSV|XLSX|KZT|\d+\.[a-z]|Asia/\w+|en|ja)\b"
    + "".join(rf"|\b{status.ogp}\b" for status in DeliveryStatus if status.ogp)
)
# What people neither read nor hear, or what is written alike in every language.
SILENT = ("script", "style", "code", "kbd", "samp", "pre")
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
READ_ALOUD = ("title", "aria-label", "aria-description", "alt", "placeholder", "label")
# The content of these <meta> is shown where the page is linked from.
SHOWN_ELSEWHERE = ("description", "og:title", "og:description", "og:site_name", "og:image:alt")


class _Texts(HTMLParser):
    """Text and attributes that are read, in their order; what stands in a message is at a depth."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        # What is open, and whether it is silent.
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        # What names its language is in that one, whatever the page is in.
        is_foreign = tag != "html" and _is_language(values.get("lang", ""))
        is_silent = self._is_silent or tag in SILENT or is_foreign
        if tag not in VOID:
            self._open.append((tag, is_silent))
        if is_silent:
            return
        read = [values[name] for name in READ_ALOUD if name in values]
        read += [
            value for name, value in values.items() if name.startswith("data-") and " " in value
        ]
        if (values.get("name") or values.get("property")) in SHOWN_ELSEWHERE:
            read.append(values.get("content", ""))
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            read.append(values.get("value", ""))
        self.found += [text for value in read for text in outside(value)]

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _is_silent in self._open) and self._open.pop()[0] != tag:
            pass

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_data(self, data: str) -> None:
        if self._is_silent:
            return
        for part in re.split(f"([{BEGIN}{END}])", data):
            if part in (BEGIN, END):
                self._depth += 1 if part == BEGIN else -1
            elif self._depth == 0 and has_words(part):
                self.found.append(" ".join(part.split()))

    def close(self) -> None:
        super().close()
        if self._depth:
            self.found.append(f"a message is cut ({self._depth:+})")


def _is_language(tag: str) -> bool:
    """Whether a language is named: of a template the value may be a tag of its own."""
    return bool(re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", tag))


def has_words(text: str) -> bool:
    return bool(WORD.search(SAME.sub("", text)))


def outside(text: str) -> Iterator[str]:
    """The parts of a text with letters of ours that stand in no message."""
    depth = 0
    for part in re.split(f"([{BEGIN}{END}])", text):
        if part in (BEGIN, END):
            depth += 1 if part == BEGIN else -1
        elif depth == 0 and has_words(part):
            yield " ".join(part.split())
    if depth:
        yield f"a message is cut ({depth:+}): {text}"


def unmarked_of_page(html: str) -> list[str]:
    """What the pseudo-language did not mark in HTML, SVG or XML."""
    texts = _Texts()
    texts.feed(html)
    texts.close()
    return texts.found


# --- Templates ------------------------------------------------------------------------------------

VALUE = "\ue000"
TRANSLATES = ("translate", "trans")
# Their strings are names of templates, routes, blocks and formats.
NAMES_THINGS = (
    "load",
    "extends",
    "url",
    "page_address",
    "static",
    "block",
    "endblock",
    "if",
    "elif",
    "now",
)
# Blocks of Django's desk that hold names of classes.
OF_CLASSES = ("bodyclass", "coltype")
# An attribute that holds names for programs, up to where something is printed into it.
OF_PROGRAMS = re.compile(r"""\s(?:class|aria-sort)=["'][^"'<>]*$""")
LITERAL = re.compile(r"""(?<![\w_(])(?:"([^"]*)"|'([^']*)')""")
MARKED = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")
# Filters whose argument is printed.
PRINTED = re.compile(
    r"""\|(?:default|default_if_none|yesno|join|add|pluralize):(?:"([^"]*)"|'([^']*)')"""
)
# A format of Django's with the name of a month.
ENGLISH_DAY = re.compile(r"""\|date:["'][^"']*[FMN]""")
LOOKS_LIKE_TEXT = re.compile(r"[a-z]{2} [a-z]|^[A-Z][a-z ]")


def unmarked_of_template(source: str) -> list[str]:
    """The words of a template that are in no tag of a translation."""
    html: list[str] = []
    found: list[str] = []
    in_message = in_comment = in_classes = False
    for token in Lexer(source).tokenize():
        content = token.contents
        name, *names = content.split() if token.token_type == TokenType.BLOCK else [""]
        if name in ("comment", "endcomment"):
            in_comment = name == "comment"
        elif name in ("block", "endblock"):
            in_classes = name == "block" and names[0] in OF_CLASSES
            html.append(" ")
        elif name in ("blocktranslate", "blocktrans", "endblocktranslate", "endblocktrans"):
            in_message = not name.startswith("end")
            found += _printed(content)
        elif in_message or in_comment or in_classes or token.token_type == TokenType.COMMENT:
            continue
        elif token.token_type == TokenType.TEXT:
            html.append(content)
        else:
            is_for_programs = OF_PROGRAMS.search("".join(html))
            html.append(VALUE if token.token_type == TokenType.VAR else " ")
            if is_for_programs:
                continue
            found += _printed(content)
            if name and name not in (*TRANSLATES, *NAMES_THINGS):
                arguments = content.split(" with ", 1)[-1] if name == "include" else content
                found += filter(LOOKS_LIKE_TEXT.search, _literals(LITERAL, arguments))
    return [*found, *unmarked_of_page("".join(html))]


def _literals(pattern: re.Pattern[str], content: str) -> list[str]:
    return [one or other for one, other in pattern.findall(MARKED.sub("", content))]


def _printed(content: str) -> list[str]:
    found = _literals(PRINTED, content)
    found += ["a plural by hand"] if "|pluralize" in content else []
    found += ["a day as English has it"] if ENGLISH_DAY.search(content) else []
    return [text for text in found if has_words(text)]


# --- Python ---------------------------------------------------------------------------------------

MARKS = {
    *("_", "N_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy", "phrased", "nphrased"),
}
# Their texts are read by machines, or in logs.
FOR_PROGRAMS = {"compile", "exception", "info", "warning", "execute", "sub", "fullmatch"}
# Regular expressions.
PATTERN = re.compile(r"\\[bdsw]|\(\?")
SEVERAL_WORDS = re.compile("[A-Za-z]{2}.* [a-z]|[a-z] .*[A-Za-z]{2}", re.DOTALL)


def unmarked_of_python(source: str) -> list[str]:
    """The words of a module, several at a time, that stand in no call that marks them."""
    return list(_unmarked_below(ast.parse(source)))


def _unmarked_below(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in MARKS or name in FOR_PROGRAMS:
            return
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    # What an assertion or a lookup of ours says, nobody reads.
    if is_docstring or isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if SEVERAL_WORDS.search(node.value) and not PATTERN.search(node.value):
            yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(p.value) if isinstance(p, ast.Constant) else VALUE for p in node.values)
        if SEVERAL_WORDS.search(text):
            yield text.replace(VALUE, "…")
        return
    for child in ast.iter_child_nodes(node):
        yield from _unmarked_below(child)


# --- Scripts --------------------------------------------------------------------------------------

REMARK = re.compile(r"(?m)(?:^|\s)//.*$|/\*(?s:.*?)\*/")
STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.)*)\1""")
COMPUTED = re.compile(r"\$\{[^`]*?\}+")
# Two words. A selector has its attributes in brackets, and names of keys and errors are one word.
SPOKEN = re.compile(r"^(?!use strict$)[^\[]*[A-Za-z]{2} [A-Za-z][^\[]*$")


def unmarked_of_script(source: str) -> list[str]:
    """The texts that a script has of its own, where a template could have handed them to it (``data-*``)."""
    texts = [text for _mark, text in STRING.findall(REMARK.sub("", source))]
    return [text for text in texts if SPOKEN.search(COMPUTED.sub("", text))]
