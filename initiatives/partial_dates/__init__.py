"""A date as precise as its source: its text (``edtf.py``), as typed (``typed.py``), in columns and in forms."""

from .columns import PartialDateField, newest
from .edtf import DAY, PARTS, PATTERN, SHAPE, NoDate, PartialDate, of_column, sort_key
from .forms import PartialDateFormField
from .typed import UnclearDate, read_typed_date

__all__ = [
    "DAY",
    "PARTS",
    "PATTERN",
    "SHAPE",
    "NoDate",
    "PartialDate",
    "PartialDateField",
    "PartialDateFormField",
    "UnclearDate",
    "newest",
    "of_column",
    "read_typed_date",
    "sort_key",
]
