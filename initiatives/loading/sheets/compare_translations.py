"""What was edited in the sheet of translations: each row is one text in one language, of a record or an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError

from ...exports.tables.translations import TRANSLATED
from ...languages.invisible import code_point
from ...models import ENTRY_OF
from ...models.translations import canonical, validate_language, validate_translation
from ...recording.record_ids import AddressBook
from ..kinds import Kind
from ..said import of_error, phrased
from ..scalars import VOCABULARY
from ..suggestions import closest, did_you_mean
from ..yaml_text import FORBIDDEN
from . import versions
from .comparison import Comparison, differs
from .grid import Grid, SheetRow
from .layout import TRANSLATION, VERSION

# Those of which the history has the versions, by the word for them in the sheet.
KINDS_TRANSLATED = {word: Kind(model) for word, model in TRANSLATED.items()}  # type: ignore[arg-type]
# What the sheet was made with, by word and number of the version.
Thens = Mapping[tuple[str, int], versions.Then]
MOST_DIGITS = 15


def versions_named(
    grids: Iterable[Grid], book: AddressBook
) -> dict[tuple[str, int], versions.Then]:
    """The versions that rows name."""
    numbers: dict[str, set[int]] = {}
    for grid in grids:
        for row in grid.rows:
            kind = row.cells.get("kind", "")
            if number := number_of(row):
                numbers.setdefault(kind, set()).add(number)
    return {
        (word, number): then
        for word, of_word in numbers.items()
        if word in KINDS_TRANSLATED
        for number, then in versions.at(KINDS_TRANSLATED[word], of_word, book).items()
    }


def number_of(row: SheetRow) -> int | None:
    """The version that a row was made with; 0 for none, None for what is no number."""
    text = row.cells.get(VERSION, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None if text else 0


class TranslationComparison:
    """The comparison of the sheet of translations with the versions that its rows name."""

    def __init__(self, to: Comparison, then: Thens) -> None:
        self.to, self.then = to, then

    def compare(self, grid: Grid) -> None:
        seen: dict[tuple[str, str, str], int] = {}
        for row in grid.rows:
            name = self.name_of(grid, row)
            if not name:
                continue
            key = (row.cells["kind"], row.cells["id"], name)
            first = seen.setdefault(key, row.number)
            if first != row.number:
                self.to.repeated(grid, row, first)
            else:
                self.text(grid, row, name)

    def name_of(self, grid: Grid, row: SheetRow) -> str:
        """What the row speaks of, “title.ja”; “” where it does not say so rightly."""
        for column in grid.sheet.key:
            if not row.cells.get(column):
                place = grid.cell(row.number, column)
                hint = phrased("fill it in: kind, id, field and language tell which text it is")
                self.to.fault(place, phrased("“%(key)s” is empty", key=column), hint)
                return ""
        word, field, tag = (row.cells[column] for column in ("kind", "field", "language"))
        if not self.is_one_of(grid, row, "kind", word, list(TRANSLATED)):
            return ""
        if not self.is_one_of(grid, row, "field", field, list(TRANSLATED[word].TRANSLATED)):
            return ""
        try:
            validate_language(tag)
        except ValidationError as error:
            self.to.fault(grid.cell(row.number, "language"), of_error(error))
            return ""
        return f"{field}.{canonical(tag)}"

    def is_one_of(
        self, grid: Grid, row: SheetRow, column: str, text: str, words: list[str]
    ) -> bool:
        if text in words:
            return True
        hint = did_you_mean(closest(text, words)) or phrased("one of: %(words)s", words=words)
        self.to.fault(
            grid.cell(row.number, column),
            phrased("“%(key)s” cannot be “%(text)s”", key=column, text=text[:60]),
            hint,
        )
        return False

    def text(self, grid: Grid, row: SheetRow, name: str) -> None:
        """Take in one row whose name is right."""
        word, key, number = row.cells["kind"], row.cells["id"], number_of(row)
        then = self.then.get((word, number or 0))
        if number is None or (number and (then is None or then[0] != (key,))):
            place = grid.cell(row.number, VERSION)
            hint = phrased("leave it as it was; empty it to add a new row")
            self.to.fault(
                place,
                phrased("this is no version of %(kind)s “%(key)s”", kind=word, key=key[:100]),
                hint,
            )
            return
        base = then[1].get(name) if then else None
        text = row.cells.get("text", base or "").strip()
        if not differs(text, base or ""):
            if not base:
                hint = phrased("say it, or take the row out")
                self.to.fault(
                    grid.cell(row.number, "text"), phrased("“%(key)s” is empty", key="text"), hint
                )
            return
        if not text or self.is_right(grid, row, word, name, text):
            self.state(grid, row, name, text, base)

    def is_right(self, grid: Grid, row: SheetRow, word: str, name: str, text: str) -> bool:
        field, _dot, tag = name.partition(".")
        place = grid.cell(row.number, "text")
        if bad := FORBIDDEN.search(text):
            self.to.fault(
                place,
                phrased("control character %(character)s", character=code_point(bad[0])),
                phrased("remove it"),
            )
            return False
        try:
            # Of the language of the original the plan knows.
            validate_translation(TRANSLATED[word], field, tag, text, "und")
        except ValidationError as error:
            self.to.fault(place, of_error(error))
            return False
        return True

    def state(self, grid: Grid, row: SheetRow, name: str, text: str, base: str | None) -> None:
        """Put what the row says into the document of what cites no report."""
        kind, key = KINDS_TRANSLATED[row.cells["kind"]].name, row.cells["id"]
        draft = self.to.drafts[VOCABULARY]
        field, _dot, tag = name.partition(".")
        part = {"kind": kind, "id": key, "field": field, "language": tag, "text": text or None}
        cells = {column: grid.cell(row.number, column) for column in grid.sheet.names}
        path = draft.add("translations", part, cells, grid.cell(row.number))
        if base is not None:
            base_of = (TRANSLATION if kind in ENTRY_OF else kind, key)
            draft.bases[base_of] = {**draft.bases.get(base_of, {}), name: base}
        if not text:
            draft.empty[kind, path] = {name: None}
