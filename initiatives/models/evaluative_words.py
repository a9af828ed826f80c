"""Words that praise or blame, which our own texts do without: the record tells what is the case, and readers judge.

All sides of a dialogue stand in the record and are to trust it; one word that judges a participant makes it a party's.
Titles, names and what stands in quotation marks are the words of others.
"""

from __future__ import annotations

import re

# Few on purpose: words that hardly ever state a fact. “Only” and “finally” do, and are left to whoever reads a text.
EVALUATIVE_WORDS = (
    r"fail(?:s|ed|ing|ures?)?",
    r"success(?:es)?",
    r"(?:un)?successful(?:ly)?",
    r"(?:un)?fortunately",
    r"regrettabl[ey]",
    r"disappoint(?:s|ed|ing|ingly|ments?)?",
    r"(?:broken|empty)\s+promises?",
    r"merely",
    r"ambitious(?:ly)?",
    r"impressive(?:ly)?",
    r"landmark",
    r"groundbreaking",
    r"unprecedented",
)
# Terms in which such a word judges nobody, and what says of a status that it is no judgement.
_TERMS = (
    r"(?:failed|failing)\s+states?",
    r"(?:crop|engine|heart|market|power)\s+failures?",
    r"success\s+rates?",
    r"neither\s+(?:counts\s+)?(?:as\s+)?success\s+n?or\s+(?:as\s+)?failure",
)
_QUOTES = ("“[^”]*”", "«[^»]*»", "„[^“”]*[“”]", '"[^"]*"')
_LEFT_OUT = re.compile("|".join((*_QUOTES, *(rf"\b{term}\b" for term in _TERMS))), re.IGNORECASE)
_WORD = re.compile(rf"\b(?:{'|'.join(EVALUATIVE_WORDS)})\b", re.IGNORECASE)


def evaluative_words_in(text: str) -> list[str]:
    """The words of an English text that judge, as they stand there, each once, in their order."""
    if not _WORD.search(text):
        return []
    return list(dict.fromkeys(_WORD.findall(_LEFT_OUT.sub(" – ", text))))
