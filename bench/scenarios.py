"""What is asked of the tracker, of Datasette and of the stock admin: the same question in three addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

PAGE = 25
COMMON = "water"
LIST = "/initiatives/"
DETAIL = "/initiatives/initiative-7/"
CONSTANT = "/bench/constant/"
CONSTANT_LARGE = "/bench/constant-large/"

# The columns of a row of our list, and our facets.
COLUMNS = (
    "title",
    "status",
    "standing",
    "flags",
    "participants",
    "meeting_title",
    "due_on",
    "latest_update_on",
)
FACETS = ("status_group", "status", "standing", "dialogue", "year", "meeting")
ARRAY_FACETS = ("flags", "participants", "themes")


@dataclass(frozen=True)
class Keys:
    """What a generated database calls the values that the scenarios filter by; the admin goes by primary keys."""

    participant: int
    theme: int
    rare: str


@dataclass(frozen=True)
class Scenario:
    """One list, asked for in three places."""

    name: str
    ours: str
    datasette: str
    admin: str


@dataclass(frozen=True)
class Term:
    """What is searched for, how many public initiatives it finds, and how Datasette's full-text search (FTS5) is asked
    for the same; None where it cannot be.
    """

    text: str
    hits: int
    fts: str | None

    @property
    def ours(self) -> str:
        return _address(LIST, {"q": self.text})

    @property
    def datasette(self) -> str | None:
        return _datasette(_searching(self.fts)) if self.fts else None


def scenarios(keys: Keys, admin: str = "/admin/bench/initiatives/initiative/") -> list[Scenario]:
    """The lists that are measured; ``admin`` is where the stock changelist stands."""
    participant = {"participant": "p07"}, {"participants__arraycontains": "p07"}
    participant_admin = {"involvements__participant__id__exact": str(keys.participant)}
    status = {"status": "under_way"}, {"status": "under_way"}
    status_admin = {"delivery_status__exact": "under_way"}
    theme = {"theme": "theme-3"}, {"themes__arraycontains": "theme-3"}
    theme_admin = {"themes__id__exact": str(keys.theme)}

    def text(words: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        return {"q": words}, _searching(f'"{words}"*'), {"q": words}

    common, rare = text(COMMON), text(keys.rare)
    asked = [
        ("unfiltered", {}, {}, {}),
        ("one filter", *participant, participant_admin),
        (
            "two filters",
            participant[0] | status[0],
            participant[1] | status[1],
            participant_admin | status_admin,
        ),
        ("common text", *common),
        ("rare text", *rare),
        (
            "text and filters",
            common[0] | status[0] | theme[0],
            common[1] | status[1] | theme[1],
            common[2] | status_admin | theme_admin,
        ),
    ]
    return [
        Scenario(name, _address(LIST, ours), _datasette(theirs), _address(admin, stock))
        for name, ours, theirs, stock in asked
    ]


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _searching(expression: str) -> dict[str, str]:
    return {"_search": expression, "_searchmode": "raw"}


def _datasette(query: dict[str, str]) -> str:
    pairs = list(query.items()) + [("_col", name) for name in COLUMNS]
    pairs += [("_facet", name) for name in FACETS]
    pairs += [("_facet_array", name) for name in ARRAY_FACETS]
    pairs += [("_sort_desc", "latest_update_on"), ("_size", str(PAGE))]
    return f"/initiatives/initiative?{urlencode(pairs)}"
