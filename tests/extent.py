"""How much a run tests: what it leaves out and why, and how many examples are tried of what is drawn at random.

TEST_EXTENT in the environment says which run it is; without it every test that is named runs.

- ``quick`` (`make quick`): on SQLite, of each test the first case, of wings above others (``ABOVE``) the first test of
  each file, without what takes long (``SLOW``).
- ``usual`` (`make test`): on SQLite every test that is not ``RARE``, and on PostgreSQL those of them that ask a
  database something, in one case where their cases ask it the same (all but ``EACH_CASE``); of what asks by wings that
  have their own tests (``ABOVE``) the first test of each file, and the files whose own questions are many (``BOTH``).
  What runs on PostgreSQL alone (``ON_POSTGRES``) stands beside these; of tests in many cases a part runs (``FEW``).
- ``long`` (`make test-long`): every test on both databases, with the long counts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import pytest
from django.conf import settings

EXTENT = os.environ.get("TEST_EXTENT", "")

T = TypeVar("T")


# --- How many -------------------------------------------------------------------------------------


def count(name: str, usual: int, long: int) -> int:
    """The variable of that name in the environment, else the count of this run."""
    return int(os.environ.get(name) or (long if EXTENT == "long" else usual))


# Examples of every property: so many times the number that stands at its test, else of fifty.
TIMES = count("TEST_TIMES", 1, 12)
# Stories of a record over many days, each seen again as of every day.
STORIES = count("TEST_STORIES", 2, 25)
# Random writes to each public table, each followed by a look at all pages.
WRITES = count("TEST_WRITES", 1, 12)
# Rounds in which several people save one row at the same time.
SAVING_ROUNDS = count("TEST_SAVING_ROUNDS", 3, 20)
# Initiatives with long texts, of which a brief shows some.
BRIEF_INITIATIVES = count("TEST_BRIEF_INITIATIVES", 300, 10_000)
# Scripts in which a brief full of long texts is printed: the first so many that its test names.
SCRIPTS = count("TEST_SCRIPTS", 1, 6)
# Requests and bodies that no client of good faith sends.
HOSTILE_REQUESTS = count("TEST_HOSTILE_REQUESTS", 120, 3_000)
HOSTILE_BODIES = count("TEST_HOSTILE_BODIES", 25, 800)
# Requests to each address of the OpenAPI description.
API_REQUESTS = count("TEST_API_REQUESTS", 6, 25)
# Loads that are killed, each at another moment.
KILLED_LOADS = count("TEST_KILLED_LOADS", 3, 8)

# Whether tests combine each with each (role with page, body with address, query with page), or take of what does not
# depend on the other one after another, so that each comes up.
COMBINES_ALL = EXTENT not in ("quick", "usual")


def in_turn(number: int, choices: Sequence[T], least: int = 1) -> Sequence[T]:
    """Those of the choices that this run takes where it is the turn of that number: all of them, or so few."""
    if COMBINES_ALL:
        return choices
    return [choices[(number + n) % len(choices)] for n in range(least)]


# --- Which ----------------------------------------------------------------------------------------

# `make test` leaves these out, as `make quick` does, and why that is enough; `make test-long` runs them on both.
RARE = {
    **dict.fromkeys(
        ("tests/test_bench.py", "tests/test_bench_attack.py", "tests/test_bench_open_loop.py"),
        "it measures for a person, who sees that it does; nothing of the site rests on it",
    ),
    "tests/test_postgres.py": "the run on PostgreSQL is made and ended by what it is about",
    "tests/recording/test_merging.py::"
    "test_merging_and_undoing_gives_the_same_public_output_and_files_change_nothing[2]": (
        "other records are merged in the same way by its first case"
    ),
    **{
        f"tests/admin/test_hostile.py::test_a_list_takes_any_query[{model}]": (
            "its list reads addresses as those of initiatives and updates do"
        )
        for model in ("LoadedFact", "Meeting", "Target")
    },
    "tests/pages/test_recount.py": (
        "it counts all of the data by its files; tests/pages/test_matrix.py and tests/facets/ count rows of every kind"
    ),
    "tests/exports/test_brief_pages.py::test_libreoffice_counts_no_more_pages": (
        "an office program takes long to start; its neighbour reckons the height of the same documents"
    ),
    "tests/serving/test_triggers.py::test_migrations_that_are_killed_are_told_and_mended": (
        "its neighbours take triggers away and migrate; here six programs do the same after a signal"
    ),
    "tests/recording/test_renaming.py::"
    "test_all_files_loaded_again_after_every_record_has_a_new_address_change_nothing": (
        "its neighbours rename records of each kind and load what was loaded of them"
    ),
    "tests/serving/test_second_edition.py": (
        "its neighbour of the first edition migrates rows of every kind through the same migrations"
    ),
    "tests/browser/test_brief_on_paper.py::test_a_brief_full_of_long_texts_takes_four_pages": (
        "tests/browser/test_matrix_and_brief.py prints the longest real brief, and one of very many long initiatives"
    ),
    "tests/serving/test_triggers.py::test_going_back_further_leaves_no_trigger_that_cannot_write": (
        "it migrates to releases long past; going back one is asked by its neighbours"
    ),
    "tests/serving/test_triggers_in_use.py::test_two_who_migrate_an_empty_database_go_one_after_the_other": (
        "its neighbours ask what waits for what on tables that are there"
    ),
}
# Of a test that asks a database in more cases than these first ones `make test` runs, by a checksum of their names, an
# eighth of the others on SQLite: they go through the same code. Where each asks the database something else
# (``EACH_CASE``), half of them run on SQLite and the other half on PostgreSQL, so that none is left out. Where a case
# is answered by lines that nothing else reaches, the test has the mark ``every_case``: all of it runs on SQLite.
FEW = 1
# Of a test in a browser `make test` runs the first case, mostly of the narrowest screen, which is the tightest; wide
# ones, other languages, dark colours and pages without scripts come up in other tests.
BROWSER = "tests/browser/"
# `make test` runs these on PostgreSQL only: programs beside one another, of which it lets more than one write.
ON_POSTGRES = {
    "tests/admin/test_deleted_at_once.py": (
        "SQLite lets one write at a time, as tests/serving/test_locked_database.py asks; what a form says once a row is"
        " gone, tests/admin/test_deleted_meanwhile.py asks on both"
    ),
    "tests/admin/test_at_once.py": (
        "SQLite lets one write at a time, as tests/serving/test_locked_database.py asks; what a form says to who comes"
        " second, tests/admin/test_locking.py asks on both"
    ),
    "tests/loading/test_crash.py": "a load is one transaction on both",
    "tests/loading/test_together.py::test_loads_at_the_same_time_wait_for_one_another": (
        "SQLite lets one write at a time, as tests/serving/test_locked_database.py asks"
    ),
    "tests/loading/test_upload_processes.py": (
        "the desk loads by what is stored of an upload; tests/loading/test_uploads.py asks that on both"
    ),
}
# `make test` runs these on SQLite only, as it does all tests that use no database; and why that is enough.
ONCE = {
    BROWSER: "a browser sees no database, and every page is asked for on both without one",
    "tests/test_every_string_is_marked.py": "it reads pages, whatever database they come from",
    "tests/test_record_texts_are_marked.py": "it reads pages, whatever database they come from",
    "tests/admin/test_desk_is_marked.py": "it reads pages, whatever database they come from",
    "tests/admin/test_stored_in_english.py": "what a form says is put into English before it is stored",
    "tests/fields/": "where a field is said is the program’s; what is stored of it, tests/models/ asks on both",
    "tests/exports/test_brief_pages.py": "how high a document is",
    "tests/exports/test_archive.py": "it packs the files that tests/exports/test_exports.py asks for on both",
    "tests/views/test_open_to_others.py": "what headers say to other sites",
    "tests/views/test_parameters.py": "a day is read and refused in Python; tests/as_of/ asks for days on both",
    "tests/test_seed.py": "what pages say of one document; whatever they ask, other tests ask on both",
    **dict.fromkeys(
        ("tests/views/test_drafts_stay_inside.py", "tests/views/test_plans_stay_inside.py"),
        "what hides a draft, tests/models/test_models.py asks on both, and tests/views/test_views.py every page",
    ),
    "tests/views/test_hostile_bodies.py": "it names no field of a form, so that nothing of it reaches a query",
    "tests/views/test_head.py": "HEAD asks what GET asks, which other tests do on both",
    "tests/admin/test_locking.py::test_a_conflict_takes_any_values": (
        "what is compared is what a form says; which version somebody had read, its neighbours ask on both"
    ),
    "tests/pages/test_neutrality.py": "what comes first is said by pages; every list has its order on both",
    "tests/pages/test_alternate_formats.py": "links in the head of pages; what they lead to has own tests",
    "tests/exports/test_openapi.py": (
        "answers against their description; tests/views/test_hostile_requests.py asks as oddly on both"
    ),
    "tests/loading/test_oracle.py": "what is stored is compared with a file by tests/loading/test_merge.py on both",
    "tests/recording/test_merging.py": "tests/recording/test_many_merged.py and test_undone_merges.py merge on both",
    "tests/recording/test_renaming.py": "it loads as tests/loading/test_fixtures.py does on both",
    "tests/loading/test_workbook_garbage.py": "a cell is refused before rows are compared",
}
# These wings ask the database mostly by those below them, whose tests run on both: as_of, facets, query, search,
# serving, models. On PostgreSQL `make test` runs of each file the first test, what commits, and ``BOTH``.
ABOVE = (
    "tests/admin/",
    "tests/exports/",
    "tests/loading/",
    "tests/pages/",
    "tests/recording/",
    "tests/views/",
)
# Of these all tests, and what they ask that no wing below asks.
BOTH = {
    "tests/admin/test_admin.py": "every list of the desk, with each of its filters and its search",
    "tests/admin/test_deleted_meanwhile.py": "what a transaction does after a row is gone",
    "tests/admin/test_inbox.py": "what waits for whom is counted in SQL",
    "tests/admin/test_lists.py": "pages, orders and what pickers find first, in SQL",
    "tests/admin/test_hostile.py": "numbers and characters that one database refuses and the other one takes",
    "tests/admin/test_locking.py": "which version somebody had read",
    "tests/admin/test_permission_matrix.py": "every address of the desk",
    "tests/admin/test_picker_labels.py": "what a list of choices tells apart",
    "tests/admin/test_record_many.py": "all of them or none",
    "tests/admin/test_search.py": "searches of the desk in SQL",
    "tests/exports/test_exports.py": "rows read a few at a time",
    "tests/exports/test_rows.py": "rows read as columns",
    "tests/exports/test_tables.py": "each is another table",
    "tests/loading/test_command.py": "what a database says that will not have a load",
    "tests/loading/test_data_checks.py": "each check is SQL of its own",
    "tests/loading/test_deletions.py": "what goes with a row that goes",
    "tests/loading/test_entries.py": "what is stored is compared with what a file says",
    "tests/loading/test_fixtures.py": "all of the data",
    "tests/loading/test_merge.py": "what is stored is compared with what a file says",
    "tests/loading/test_undo.py": "rows of every kind go and come back",
    "tests/loading/test_uploads.py": "files in the database, and who works at them",
    "tests/pages/test_changes.py": "entries of all kinds in one order, page by page",
    "tests/pages/test_matrix.py": "it is counted in SQL",
    "tests/recording/test_actions.py": "what is locked, and what one action writes",
    "tests/recording/test_bulk_history.py": "versions of many rows in one statement",
    "tests/recording/test_derivation.py": "a rule in SQL and in Python",
    "tests/recording/test_many_merged.py": "many rows that refer to a record follow in few statements",
    "tests/views/test_corrections.py": "a list with filters of its own",
    "tests/views/test_hostile_requests.py": "numbers and characters that one database refuses and the other one takes",
    "tests/views/test_search_page.py": "what searches find in records of every kind",
    "tests/views/test_suggestions.py": "what searches find as one types",
    "tests/views/test_views.py": "every public page",
}
# On PostgreSQL `make test` runs of a test with cases the first one. Of these it runs every case, for each asks the
# database something else: what one database answers to the first case says nothing of the others.
EACH_CASE = {
    "tests/models/": "each is another constraint, date, order or expression in SQL",
    "tests/search/test_index.py": "each is another question to the index, which each database reads its own way",
    "tests/search/test_search.py": "each is another question to the index",
    "tests/search/test_spelling.py": "each is another question to the index",
    "tests/facets/": "each is another filter or order in SQL",
    "tests/query/": "each is another filter in SQL",
    "tests/as_of/": "each is another view of history in SQL",
    "tests/serving/": "each is another trigger, lock or outage",
    "tests/exports/test_tables.py": "each is another table",
    "tests/admin/test_search.py": "each is another search in SQL",
}
# But of these the first one.
FIRST_CASE = {
    "tests/models/test_dumpdata.py::test_everything_comes_back_from_another_database": (
        "the same rows are read and written in either format"
    ),
    "tests/as_of/test_days.py::test_no_day_is_older_than_the_last_write": (
        "what a write is noted as, tests/serving/test_notes.py asks for each table"
    ),
    "tests/serving/test_kept_by_parts.py::test_no_kept_page_is_older_than_the_last_write": (
        "what a write is noted as, tests/serving/test_notes.py asks for each table"
    ),
}
# No fixture tells that these use a database: they make their own, of the kind that the run is for.
OWN_DATABASES = (
    "tests/loading/test_crash.py",
    "tests/loading/test_together.py",
    "tests/loading/test_upload_processes.py",
    "tests/serving/test_first_edition.py",
    "tests/serving/test_replica.py",
    "tests/serving/test_second_edition.py",
)
# These take longest and come first: in the end no worker waits for another one that has just begun them.
LONG = (
    *OWN_DATABASES,
    "tests/test_make_run.py",
)
# `make quick` leaves these out, besides browsers, tests that commit, and examples drawn at random: they take long.
SLOW = (
    *LONG,
    "tests/admin/test_desk_is_marked.py",
    "tests/admin/test_stored_in_english.py",
    "tests/as_of/test_days.py",
    "tests/exports/test_archive.py",
    "tests/exports/test_brief_pages.py",
    "tests/exports/test_openapi.py",
    "tests/fields/",
    "tests/pages/test_neutrality.py",
    "tests/recording/test_merging.py",
    "tests/serving/test_nothing_stale.py",
    "tests/serving/test_triggers.py",
    "tests/test_every_string_is_marked.py",
    "tests/test_record_texts_are_marked.py",
    "tests/test_seed.py",
    "tests/views/test_drafts_stay_inside.py",
    "tests/views/test_head.py",
    "tests/views/test_parameters.py",
    "tests/views/test_plans_stay_inside.py",
)


def left_out(items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """The tests that this run does without, by the name of the rule that leaves them out."""
    found: dict[str, list[pytest.Item]] = {}
    known = set[str]()
    cases = Counter[str]()
    for item in items:
        name = item.nodeid.partition("[")[0]
        file = name.partition("::")[0]
        cases[name] += 1
        rule = _rule_against(item, is_first=name not in known, opens_file=file not in known)
        if not rule and EXTENT == "usual" and _is_of_another_part(item, cases[name] - FEW):
            rule = "FEW"
        if rule:
            found.setdefault(rule, []).append(item)
        else:
            known |= {name, file}
    return found


def _rule_against(item: pytest.Item, *, is_first: bool, opens_file: bool) -> str:
    if EXTENT not in ("quick", "usual"):
        return ""
    if item.nodeid.startswith(tuple(RARE)):
        return "RARE"
    is_further_above = item.nodeid.startswith(ABOVE) and not opens_file
    if EXTENT == "quick":
        if _is_slow(item):
            return "SLOW"
        return "ABOVE" if is_further_above else "" if is_first else "first case"
    if item.nodeid.startswith(BROWSER) and not is_first:
        return "BROWSER"
    if not _on_postgres():
        return "ON_POSTGRES" if item.nodeid.startswith(tuple(ON_POSTGRES)) else ""
    if item.nodeid.startswith(tuple(ONCE)):
        return "ONCE"
    if not _uses_database(item):
        return "no database"
    # What commits is about locks and what others see meanwhile, where databases differ most.
    if "transactional_db" in _fixtures(item) or item.nodeid.startswith(OWN_DATABASES):
        return ""
    if is_further_above and not item.nodeid.startswith(tuple(BOTH)):
        return "ABOVE"
    return "" if is_first or _asks_in_each_case(item) else "first case"


def _is_of_another_part(item: pytest.Item, number: int) -> bool:
    """Whether a case, by its number beyond the ``FEW``, is for another run, or for the run on the other database."""
    if number <= 0 or not _uses_database(item) or item.get_closest_marker("every_case"):
        return False
    # Not by turns, which would meet the same value of a parameter within another one each time.
    checksum = crc32(item.nodeid.encode())
    if _asks_in_each_case(item):
        return checksum % 2 == _on_postgres()
    return not _on_postgres() and checksum % 8 != 0


def _asks_in_each_case(item: pytest.Item) -> bool:
    one_case = item.nodeid.startswith(tuple(FIRST_CASE))
    return item.nodeid.startswith(tuple(EACH_CASE)) and not one_case


def _on_postgres() -> bool:
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


def _uses_database(item: pytest.Item) -> bool:
    used = _fixtures(item) & {"db", "transactional_db"}
    return bool(used) or item.nodeid.startswith(OWN_DATABASES)


def _is_slow(item: pytest.Item) -> bool:
    drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return drawn or "transactional_db" in _fixtures(item) or item.nodeid.startswith(SLOW)


def _fixtures(item: pytest.Item) -> set[str]:
    """The fixtures that the test uses, with what its mark asks of the database."""
    names = set(getattr(item, "fixturenames", ()))
    if mark := item.get_closest_marker("django_db"):
        names.add("transactional_db" if mark.kwargs.get("transaction") else "db")
    if "live_server" in names:
        names.add("transactional_db")
    return names
