"""Workbooks: the data of now as sheets to edit, and edited sheets read back as documents to load.

``layout.py`` says once which sheets and columns there are; ``rows.py`` and ``write.py`` make a workbook, ``grid.py``
and ``values.py`` read one, ``compare.py`` finds what was edited in it. From there on it goes the way of report files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..document import SheetDocument
from ..file_kinds import refuse_other_kinds
from ..problems import LoadError
from .compare import documents
from .grid import is_workbook, read_csv, read_workbook


def is_sheet(name: str, data: bytes) -> bool:
    """Whether a file is a workbook or a sheet, and no report file."""
    return is_workbook(data) or name.casefold().endswith((".csv", ".xlsx", ".xls"))


def read_sheets(name: str, data: bytes) -> Sequence[SheetDocument]:
    """What was edited in a workbook or a CSV file; raises LoadError with every fault in it."""
    refuse_other_kinds(name, data)
    is_csv = name.casefold().endswith(".csv") and not is_workbook(data)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        grids = read_csv(name, data) if is_csv else read_workbook(name, data)
    except LoadError as error:
        raise _with_further_faults(error, name, sha256) from None
    return documents(name, sha256, grids)


def _with_further_faults(error: LoadError, name: str, sha256: str) -> LoadError:
    """The faults of cells together with those of the rows that can be read."""
    try:
        return LoadError(error.problems, documents(name, sha256, error.readable), error.unread)
    except LoadError as further:
        unread = error.unread + b"\n" + further.unread
        return LoadError([*error.problems, *further.problems], further.readable, unread)
