"""The bytes of a file as text, for report files and sheets alike; what cannot be known for certain is refused.

Excel and editors of offices write UTF-16 and the code pages of Windows. A wrong guess would put garbled words into the
record, so a code page is taken only where no other one makes words of the same bytes.
"""

from __future__ import annotations

import codecs
import re

from .said import phrased

LINE_END = re.compile("\r\n|\r|\n")
SAVE = phrased(
    "save it as UTF-8: in Excel choose “CSV UTF-8”, in an editor “Save as” with the encoding UTF-8"
)
# The longer marks first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BYTE_ORDER_MARK = "\ufeff"

WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = set("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў")
CYRILLIC_VOWELS = set("аеиоуыэюяёіїє")
# Signs between words that every code page of Europe has in the same place.
SIGNS = set("‘’“”„‚–—…«»§°±·№€™©®\xa0\xad")
JAPANESE = re.compile("[\u2010-\u2312\u2500-\u25ff\u3000-\u30ff\u4e00-\u9fff\uff01-\uff60\uffe5]")
KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
# Other code pages that write Latin letters; where they read a byte otherwise, nobody knows which was meant.
LATIN = ("cp1250", "cp1254", "cp1257")
# Letters of the code pages of DOS look like these signs, and then stand within words.
WITHIN_A_WORD = re.compile(r"[^\W\d_][‚„†‡ˆ‰‹“”•›™][^\W\d_]")


class TextError(Exception):
    """A file is no text, or not the text that it should be; ``line`` counts from 1."""

    def __init__(self, line: int, what: str, expected: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.expected = line, what, expected


def decode(data: bytes) -> str:
    """The text of a file, byte order marks taken away wherever they stand; raises TextError.

    UTF-8, UTF-16 and UTF-32, with a mark or plainly without, else Windows-1251, -1252 or -932 where that is certain.
    """
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "")
    encoding = encoding or _utf16_without_mark(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            name = encoding.upper().removesuffix("-SIG")
            what = phrased("this begins as %(name)s text and goes on as something else", name=name)
            raise TextError(1, what, SAVE) from None
        text = _of_code_page(data) or ""
        if not text:
            line = count_lines(data[: error.start].decode("utf-8", "ignore"))
            raise TextError(line, phrased("this is not UTF-8 text"), SAVE) from None
    return text.replace(BYTE_ORDER_MARK, "")


def count_lines(before: str) -> int:
    """The number of the line that begins or goes on after this text."""
    return len(LINE_END.findall(before)) + 1


def _utf16_without_mark(data: bytes) -> str:
    """UTF-16 has a zero in every second byte of what is ASCII: keys, spaces, line ends."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if (
        max(even, odd) < 4
        or max(even, odd) * 10 < len(data)
        or min(even, odd) * 10 > max(even, odd)
    ):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _of_code_page(data: bytes) -> str | None:
    """The text in the one code page that makes words of it, if that is certain."""
    for page, is_certain in (
        ("cp1251", _is_cyrillic),
        ("cp932", _is_japanese),
        ("cp1252", _is_western),
    ):
        try:
            text = data.decode(page)
        except UnicodeDecodeError:
            continue
        if is_certain(text):
            return text
    return None


def _is_cyrillic(text: str) -> bool:
    """Whole words of letters that Russian and its neighbours have, in their ordinary case and with their vowels."""
    if not all(c in SIGNS or c.casefold() in CYRILLIC for c in text if not c.isascii()):
        return False
    words = [word for word in WORD.findall(text) if not word.isascii()]
    letters = "".join(words).casefold()
    if len(letters) < 10 or not set(letters) <= CYRILLIC:
        return False
    # Another Cyrillic code page read as this one has capitals in the middle, or other vowels.
    in_case = sum(word[1:].islower() or word.isupper() or len(word) == 1 for word in words)
    capitals = sum(word.isupper() and len(word) > 1 for word in words)
    vowels = sum(letter in CYRILLIC_VOWELS for letter in letters) / len(letters)
    return in_case == len(words) and capitals * 2 <= len(words) and 0.3 <= vowels <= 0.55


def _is_japanese(text: str) -> bool:
    """Kanji among kana; other code pages read as this one have half-width kana, which nobody writes any more."""
    foreign = [c for c in text if not c.isascii()]
    kana = len(KANA.findall(text))
    return kana >= 6 and kana * 5 >= len(foreign) and all(map(JAPANESE.match, foreign))


def _is_western(text: str) -> bool:
    """Letters that all Latin code pages have in the same place, within words of ASCII letters."""
    foreign = "".join({c for c in text if not c.isascii()})
    raw = foreign.encode("cp1252")
    if WITHIN_A_WORD.search(text) or any(_decoded(raw, page) != foreign for page in LATIN):
        return False
    words = (word for word in WORD.findall(text) if not word.isascii())
    return all(any(map(str.isascii, word)) for word in words)


def _decoded(data: bytes, page: str) -> str:
    return data.decode(page, "replace")
