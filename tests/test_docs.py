"""What the documentation names is there: files, folders, the names in them, settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHECKED = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
# In backticks: something with a slash inside, or a file by its ending; behind “::” a name in it. An address of the site
# begins with a slash, and a sample file of a reader's own stands in a folder of its own or nowhere.
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.-]+(?:/[\w.*-]*)+(?:::[\w.]+)?|[\w-]+\.(?:md|toml|ya?ml)(?:::[\w.]+)?")
# An interval, or `../2026-02`.
DATE = re.compile(r"[0-9./-]+")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# In lines of code, whatever begins with a folder of ours.
FOLDERS = "initiatives|tracker|templates|tests|docs|bench|deploy|fixtures"
IN_CODE = re.compile(rf"(?<![\w/.'-])(?:{FOLDERS})/[\w./*-]*")

# Of settings: an address, not a folder.
VALUES = ("admin",)


def is_ours(path: str) -> bool:
    """Whether the path is one of git's; what the program makes itself is not there in a fresh clone."""
    lines = (ROOT / ".gitignore").read_text().split()
    made = [line.strip("/") for line in lines if line.startswith("/")]
    outside = [*made, *VALUES]
    return not any(path.rstrip("/") == name or path.startswith(f"{name}/") for name in outside)


def paths_in(file: Path) -> Iterator[str]:
    """The paths that a page names in backticks, in its code and as links, from the root of the project."""
    text = file.read_text()
    for line in text.splitlines():
        if line.startswith("    "):
            yield from IN_CODE.findall(line)
            continue
        for span in SPAN.findall(line):
            if PATH.fullmatch(span) and not DATE.fullmatch(span):
                yield span
        for target in LINK.findall(line):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                yield (file.parent / target.split("#")[0]).resolve().relative_to(ROOT).as_posix()


@cache
def names_in(file: Path) -> frozenset[str]:
    """The functions, classes and variables of a module, those of its classes with the class before a dot."""
    return frozenset(_names(ast.parse(file.read_text()).body))


def _names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from _names(node.body, f"{prefix}{node.name}.")
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (prefix + target.id for target in targets if isinstance(target, ast.Name))


def missing(path: str) -> bool:
    """Whether there is no such file or folder, or no such name in it."""
    place, _, name = path.partition("::")
    if "*" in place:
        return not any(ROOT.glob(place))
    file = ROOT / place
    return not file.exists() or bool(name and name not in names_in(file))


@pytest.mark.parametrize("file", CHECKED, ids=lambda file: file.name)
def test_every_path_that_is_named_exists(file: Path) -> None:
    assert [path for path in paths_in(file) if is_ours(path) and missing(path)] == []


def test_the_map_names_the_parts_of_the_program() -> None:
    """Else nothing would be looked for, and the test above would pass."""
    named = list(paths_in(ROOT / "docs" / "developing.md"))
    assert len([path for path in named if "::" in path]) > 40
    wings = {f"{path.parent.relative_to(ROOT)}/" for path in ROOT.glob("initiatives/*/__init__.py")}
    wings -= {"initiatives/migrations/", "initiatives/templatetags/"}
    assert wings <= set(named)


def test_what_is_not_there_is_missing() -> None:
    assert missing("initiatives/nowhere.py")
    assert missing("tests/test_docs.py::nothing")
    assert missing("docs/*.nothing")
    assert not missing("tests/test_docs.py::missing")
    assert not missing("initiatives/models/vocabulary.py::DeliveryStatus.group")


def test_every_setting_is_listed() -> None:
    code = (ROOT / "tracker" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_switch|_whole)\(\s*"([A-Z_0-9]+)"', code))
    server = (ROOT / "gunicorn.conf.py").read_text()
    read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', server))
    page = (ROOT / "docs" / "settings.md").read_text()
    assert len(read) > 8
    assert sorted(re.findall(r"^\| `([A-Z_0-9]+)` \|", page, re.MULTILINE)) == sorted(read)


def test_the_readme_is_two_screens_and_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 80
    commands = [line.split("#")[0].strip() for line in lines if line.strip()][1:3]
    assert commands == ["make run", "make test"]
