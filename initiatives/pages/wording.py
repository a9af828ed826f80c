"""The wording of a document beside that of the earlier one that it rewords, with the differences marked."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..models import Act, Mention, Report

# Scripts that put no spaces between words are compared character by character: Han, kana, Thai, Lao, Khmer, Burmese.
UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|[\U00020000-\U0003ffff]"
)
TOKEN = re.compile(rf"({UNSPACED}|(?:(?!{UNSPACED})\w)+|[^\w\s])(\s*)")
SENTENCE = re.compile(r"([^.!?。！？\n]+[.!?。！？]*|[.!?。！？]+)(\s*)")
# Beyond these, texts are compared sentence by sentence, and sentences not at all: comparing takes up to the product of
# tokens, and up to their number times the pairs that are equal. At these limits it takes at most 0.3 s.
COMPARED = 2_000_000
EQUAL = 40_000

# A run of text, and whether it is in this wording alone.
Run = tuple[str, bool]


@dataclass(frozen=True)
class Wordings:
    """What an earlier mention quotes and a later one, as runs; ``is_marked`` where these could be compared."""

    earlier: Mention
    old: Sequence[Run]
    new: Sequence[Run]
    is_marked: bool


def attach_wordings(mentions: Iterable[Mention], quoted: Iterable[Mention]) -> None:
    """Set ``wordings`` on those that reword an earlier one; ``quoted`` are all that quote, in the order of the story.

    What is reworded is the last earlier quote, in the language of the later one where that document has it.
    """
    quoted = list(quoted)
    places = {mention.pk: place for place, mention in enumerate(quoted)}
    for mention in mentions:
        earlier = quoted[: places.get(mention.pk, 0)] if is_rewording(mention) else []
        # The same words in another language are no earlier wording.
        earlier = [row for row in earlier if not _is_version(row.report, mention.report)]
        if earlier:
            same_document = [
                row for row in earlier if row.report.head_id == earlier[-1].report.head_id
            ]
            same = [row for row in same_document if row.quote_language == mention.quote_language]
            mention.wordings = compare((same or earlier)[-1], mention)


def _is_version(report: Report, other: Report) -> bool:
    return report.pk != other.pk and report.head_id == other.head_id


def is_rewording(mention: Mention) -> bool:
    return mention.act == Act.REWORDED and bool(mention.quote) and not mention.is_withdrawn


def compare(earlier: Mention, later: Mention) -> Wordings:
    runs = None
    if earlier.quote_language == later.quote_language:
        runs = marked(earlier.quote, later.quote)
    old, new = runs or ([(earlier.quote, False)], [(later.quote, False)])
    return Wordings(earlier, old, new, runs is not None)


def marked(old: str, new: str) -> tuple[list[Run], list[Run]] | None:
    """Both texts as runs of words, of many words as runs of sentences; None where nothing is the same in them.

    None as well where they are too long to be compared.
    """
    for pattern in (TOKEN, SENTENCE):
        before, after = pattern.findall(old), pattern.findall(new)
        if not _is_too_long(before, after):
            runs = _compared(before, after)
            return runs if any(not is_other for _text, is_other in runs[0]) else None
    return None


def _is_too_long(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> bool:
    if len(before) * len(after) > COMPARED:
        return True
    old, new = Counter(word for word, _space in before), Counter(word for word, _space in after)
    return sum(count * new[word] for word, count in old.items()) > EQUAL


def _compared(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> tuple[list[Run], list[Run]]:
    old: list[Run] = []
    new: list[Run] = []
    words = [word for word, _space in before], [word for word, _space in after]
    matcher = difflib.SequenceMatcher(None, *words, autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        is_other = operation != "equal"
        if i < j:
            old.append(("".join(map("".join, before[i:j])), is_other))
        if k < m:
            new.append(("".join(map("".join, after[k:m])), is_other))
    return old, new
