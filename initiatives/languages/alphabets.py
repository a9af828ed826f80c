"""In which order each language has its letters: that of CLDR, but for Tajik, for which CLDR has none.

What is written in the alphabet of the reader comes first, after digits; other letters keep the order of Unicode’s
collation (``models/sort_keys.py``). CLDR: common/collation in https://github.com/unicode-org/cldr.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

# Of Uzbek and Turkmen, those letters too that only foreign names have. Russian takes ё for е.
ALPHABETS: Mapping[str, str] = {
    "ru": "а б в г д е ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
    "uz": "a b c d e f g h i j k l m n o p q r s t u v w x y z oʻ gʻ sh ch",
    "kk": "а ә б в г ғ д е ё ж з и й к қ л м н ң о ө п р с т у ұ ү ф х һ ц ч ш щ ъ ы і ь э ю я",
    "ky": "а б в г д е ё ж з и й к л м н ң о ө п р с т у ү ф х ц ч ш щ ъ ы ь э ю я",
    "tg": "а б в г ғ д е ё ж з и ӣ й к қ л м н о п р с т у ӯ ф х ҳ ц ч ҷ ш щ ъ ы ь э ю я",
    "tk": "a b c ç d e ä f g h i j ž k l m n ň o ö p q r s ş t u ü v w x y ý z",
}
# As keyboards have the letters oʻ and gʻ.
_APOSTROPHES = re.compile("(?<=[og])[‘'’`ʼ]")
# Kana that differ in size or kind only are one letter, the long vowel mark is the vowel before it.
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_LONG = re.compile("(.)ー")
_VOWELS = dict(zip("AIUEO", "あいうえお", strict=True))
_KANA = range(0x3041, 0x3100)
_BEHIND_LATIN = 0x370
# Of planes that hold no letters: places behind kana.
_KANJI, _OTHER_KANJI, _OTHER = 0xF0000, "\U000ffffc", "\U000ffffd"


def has_order(code: str | None) -> bool:
    """Whether a language has an order of its own: English has that of Unicode."""
    return code in ALPHABETS or code == "ja"


def put_letters(text: str, code: str) -> str:
    """A text, folded, with the letters of an alphabet as what sorts before all others, and as they do.

    Capitals: no other is left in what is folded, and they stand between digits and small letters.
    """
    if code not in ALPHABETS:
        return text
    if code == "uz":
        text = _APOSTROPHES.sub("ʻ", text)
    letters, places = _places(code)
    return letters.sub(lambda found: places[found[0]], text)


@cache
def _places(code: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    alphabet = ALPHABETS[code].split()
    places = {
        letter: chr(ord("A") + number // 26) + chr(ord("A") + number % 26)
        for number, letter in enumerate(alphabet)
    }
    return re.compile("|".join(sorted(alphabet, key=len, reverse=True))), places


def put_japanese(text: str) -> str:
    """A text, folded and without marks: Latin, kana, kanji as JIS X 0208 has them, then all else."""
    folded = "".join(
        chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in text
    )
    long = _LONG.sub(lambda found: found[1] + _vowel(found[1]), folded.translate(_LARGE))
    return "".join(map(_placed, long))


def _vowel(kana: str) -> str:
    return _VOWELS.get(unicodedata.name(kana, "")[-1:], "")


@cache
def _placed(letter: str) -> str:
    number = ord(letter)
    if number < _BEHIND_LATIN or number in _KANA:
        return letter
    if not unicodedata.name(letter, "").startswith("CJK"):
        return _OTHER + letter
    try:
        row, cell = letter.encode("euc_jp")
    except ValueError:
        # Of other standards: two bytes are those of this one.
        return _OTHER_KANJI + letter
    return chr(_KANJI + row * 0x100 + cell)
