"""Forty texts to search for, from one initiative to all of them, and what each costs, first and again.

Which they are is found out from the database, so that no word is asked for that nobody wrote. Import it where Django is
set up.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from bench.processor import Processor
from bench.ratios import described
from bench.scenarios import Term
from bench.texts import forget_texts
from initiatives.facets.index import index
from initiatives.models import Initiative
from initiatives.search.normalization import parse_terms

COUNT = 40
# One of every way to ask: words that stand in nearly all of a generated database, several at once in two scripts, one
# and two letters, Chinese characters (a part of a word, words of one to six), phrases, without a word, the beginning of
# a number, other spellings than the stored ones, and what nobody wrote.
WAYS = (
    "regional",
    "in",
    "railway border 環境",
    "border 協力",
    "r",
    "и",
    "tr",
    "во",
    "環",
    "協力",
    "アジア",
    "水資源",
    "持続可能社会",
    '"railway border"',
    '"digital university training"',
    "regional -border",
    "-cooperation",
    "99",
    "O'ZBEKISTON",
    "сотрудничество",
    "participant",
    "water",
    "xylophone",
)
# Rounds over all terms.
LEAST, MOST = 3, 30


def terms() -> list[Term]:
    """Forty terms for this database, by how many public initiatives each finds, the fewest first."""
    now, found = index(), []
    for text in _texts():
        hits = len(now.find(text).all & now.all)
        found.append(Term(text, hits, _as_fts(text)))
    forget_texts()
    return sorted(found, key=lambda term: term.hits)


def _texts() -> list[str]:
    """All ways to ask, one whole title and its number, and single words of as many numbers of hits as possible."""
    public = Initiative.objects.public()
    title = public.latest("pk").title
    texts = [*WAYS, f'"{title}"', title.split()[-1]]
    written: Counter[str] = Counter()
    columns = public.order_by().values_list("title", "summary")
    for row in columns.iterator(chunk_size=2000):
        written.update({word for text in row for word in text.lower().split()})
    unused = {word: n for word, n in written.items() if word.isalpha() and word not in texts}
    for wanted in _steps(public.count(), COUNT - len(texts)):
        # By name where several stand equally often: the order of a set is another in each process.
        best = min(unused, key=lambda word: (abs(math.log(unused[word] / wanted)), word))
        del unused[best]
        texts.append(best)
    return texts


def _steps(most: int, count: int) -> Iterator[float]:
    """From 1 to ``most`` in so many steps of one factor."""
    return (most ** (number / (count - 1)) for number in range(count))


def _as_fts(text: str) -> str | None:
    """The same question to SQLite's FTS5: words that begin so. It can only leave out some of what others find."""
    asked = parse_terms(text)
    if not asked.pieces:
        return None
    wanted = " AND ".join(_beginning(piece) for piece in asked.pieces)
    return " NOT ".join([wanted, *map(_beginning, asked.excluded)])


def _beginning(piece: str) -> str:
    return f'"{piece.strip()}"*'


def measure(
    asked: list[Term], ask: Callable[[str], object], *, seconds: float
) -> list[dict[str, Any]]:
    """What each term costs when nobody asked for it before and when somebody did, each round in another order.

    In milliseconds; processor time with that of the database (``Processor``), where that can be known.
    """
    processor, rng = Processor(), random.Random(0)
    timings: dict[Term, dict[str, list[float]]] = {term: defaultdict(list) for term in asked}
    until = time.perf_counter() + seconds
    for number in range(MOST):
        if number >= LEAST and time.perf_counter() > until:
            break
        for term in rng.sample(asked, len(asked)):
            forget_texts()
            for which in ("first", "again"):
                began, computed = time.perf_counter(), processor.seconds()
                ask(term.ours)
                timings[term][f"{which} wall"].append(time.perf_counter() - began)
                after = processor.seconds()
                if computed is not None and after is not None:
                    timings[term][f"{which} cpu"].append(after - computed)
    return [vars(term) | {"ms": described(timings[term])} for term in asked]
