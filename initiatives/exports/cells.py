"""What a value looks like in a cell of a sheet, CSV or XLSX."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from ..models.amounts import plain_number
from .export_column import Value

# No code and no id holds it.
BETWEEN = "; "
# More characters than a cell of XLSX may have.
LONGEST = 32_767

# What XML 1.0 cannot hold, and with it XLSX; half a pair of surrogates cannot be written at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
# What a spreadsheet may take for the beginning of a formula; U+2212 is the minus of Japanese keyboards.
_FORMULA = frozenset("=+-@\N{MINUS SIGN}")


def cell(value: Value) -> str:
    """What an export reads in one cell: several are joined, line ends are LF, formulas are neutral; may be empty."""
    # First what most are: there are millions of cells.
    if isinstance(value, str):
        text = value
    elif value is None:
        return ""
    elif isinstance(value, (int, Decimal)):
        return plain_number(value)
    else:
        text = BETWEEN.join(map(str, value))
    if not text or (text[0].isalnum() and text.isprintable()):
        return text
    return _LINE_END.sub("\n", neutral(writable(text)))


def writable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def neutral(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet might take it for a formula (OWASP “CSV Injection”).

    That is when it begins with ``= + - @``, a tab or a line end, also behind blanks and what cannot be seen, and in any
    form that Unicode holds for the same character (NFKC), full width in particular.
    """
    first = next((c for c in text if not c.isspace() and unicodedata.category(c) != "Cf"), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in _FORMULA if first else False
    return f"'{text}" if is_formula or text[:1] in ("\t", "\r", "\n") else text


def cut(text: str) -> str:
    """The text as far as it fits into a cell of XLSX; an ellipsis says where it goes on."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
