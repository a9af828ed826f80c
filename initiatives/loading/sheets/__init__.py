"""Workbooks: the data of now as sheets to edit, and edited sheets read back as documents to load.

``layout.py`` says once which sheets and columns there are; ``rows.py`` and ``write.py`` make a workbook, ``grid.py``
and ``values.py`` read one, ``compare.py`` finds what was edited in it. From there on it goes the way of report files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..document import SheetDocument
from .compare import documents
from .grid import is_workbook, read_csv, read_workbook


def is_sheet(name: str, data: bytes) -> bool:
    """Whether a file is a workbook or a sheet, and no report file."""
    return is_workbook(data) or name.casefold().endswith((".csv", ".xlsx", ".xls"))


def read_sheets(name: str, data: bytes) -> Sequence[SheetDocument]:
    """What was edited in a workbook or a CSV file; raises LoadError with every fault in it."""
    is_csv = name.casefold().endswith(".csv") and not is_workbook(data)
    grids = read_csv(name, data) if is_csv else read_workbook(name, data)
    return documents(name, hashlib.sha256(data).hexdigest(), grids)
