"""What an initiative takes to write in a report file: characters, and how many of them are ids.

    python -m bench.short_forms            # the files of fixtures/, as they stand and in the short forms
    python -m bench.short_forms FILE…      # these files, as they stand

The short forms are made by rule: no ids where titles are and nothing refers to them, the commonest values as defaults.
They say the same (tests/loading/test_format_page.py). An entry is counted with indents, line ends and its part of
``defaults``; ids are those of initiatives, dialogues and meetings, with their keys.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from initiatives.loading import yaml_text
from initiatives.loading.defaults import DESCRIBING, NONE, OF_ENTRY

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "reports"
SECTION = re.compile(r"^(?:defaults|initiatives):.*?(?=^\w|\Z)", re.M | re.S)
KEYS = "id|same_as|dialogue|raised_at|builds_on|continues|splits_from|merged_into|superseded_by"
ID = re.compile(rf"\b(?:{KEYS}): (?:\[.*?\]|[\w-]+)")


def measured(texts: Iterable[str]) -> str:
    """How many entries the files have, and what one of them takes."""
    entries = characters = ids = 0
    for text in texts:
        sections = "".join(SECTION.findall(text))
        entries += len(yaml_text.read(text).get("initiatives", ()))
        characters += len(sections)
        ids += sum(map(len, ID.findall(sections)))
    return f"{entries} entries, {characters / entries:.0f} characters each, {ids / characters:.0%} of them ids"


def shortened(text: str) -> str:
    """A report file in the short forms, with the same meaning."""
    tree = yaml_text.read(text)
    entries = tree.get("initiatives", [])
    defaults: dict[str, Any] = {}
    # What is by somebody is seen by its act, which comes last.
    for key in sorted(OF_ENTRY.keys() - {"quote_language"}, reverse=True):
        where = [entry for entry in entries if _takes(entry, key)]
        values = Counter(str(entry[key]) for entry in where if key in entry)
        if not values or max(values.values()) < 2:
            continue
        default = values.most_common(1)[0][0]
        for entry in where:
            value = entry.pop(key, NONE)
            if str(value) == default:
                defaults[key] = value
            else:
                entry[key] = value
    for part in (tree.get("report", {}), *entries):
        if "title" in part and len(re.findall(rf"(?<![\w-]){part['id']}(?![\w-])", text)) == 1:
            part.pop("id", None)
    if defaults:
        tree |= {"defaults": defaults, "initiatives": tree.pop("initiatives")}
    return yaml.dump(
        tree,
        Dumper=_Indented,
        allow_unicode=True,
        sort_keys=False,
        width=10**6,
        default_flow_style=None,
    )


def _takes(entry: dict[str, Any], key: str) -> bool:
    """Whether a default would hold for an entry."""
    return "act" in entry if key == "by" else key not in DESCRIBING or "title" in entry


class _Indented(yaml.SafeDumper):
    """Indents lists, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def main(paths: list[str]) -> None:
    """Measure these files, or those of fixtures/ in both forms."""
    if paths:
        print(measured(Path(path).read_text() for path in paths))
        return
    texts = [path.read_text() for path in sorted(FIXTURES.iterdir())]
    longest = [text for text in texts if len(yaml_text.read(text).get("initiatives", ())) >= 5]
    for name, some in (("all", texts), ("of five entries and more", longest)):
        print(f"{len(some)} files, {name}: {measured(some)}")
        print(f"  in the short forms: {measured(map(shortened, some))}")


if __name__ == "__main__":
    main(sys.argv[1:])
