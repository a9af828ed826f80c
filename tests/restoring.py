"""Takes back what a test committed: everything is as it was, many times faster than to empty and fill every table.

Django flushes all tables after such a test and makes content types and permissions anew. So it does where the user of
PostgreSQL is no superuser: only one may write past triggers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import connections, transaction
from django.test import TransactionTestCase

# Of the test database on PostgreSQL: what its tables held before the first test.
SCHEMA = "kept"
KEEP = f"""
DO $$ DECLARE name text; held bool; BEGIN
  DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;
  CREATE SCHEMA {SCHEMA};
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO held;
    IF held THEN EXECUTE format('CREATE TABLE {SCHEMA}.%1$I AS TABLE public.%1$I', name); END IF;
  END LOOP;
END $$
"""
# Without triggers, neither ours nor those of foreign keys; only tables that a test wrote to are touched.
RESTORE = f"""
SET LOCAL session_replication_role = replica;
DO $$ DECLARE name text; wrote bool; was_held bool; BEGIN
  FOR name, was_held IN
    SELECT tablename, to_regclass(format('{SCHEMA}.%I', tablename)) IS NOT NULL
    FROM pg_tables WHERE schemaname = 'public'
  LOOP
    IF was_held THEN
      EXECUTE format('SELECT EXISTS ((TABLE public.%1$I EXCEPT TABLE {SCHEMA}.%1$I)'
        ' UNION ALL (TABLE {SCHEMA}.%1$I EXCEPT TABLE public.%1$I))', name) INTO wrote;
    ELSE
      EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO wrote;
    END IF;
    IF wrote THEN
      EXECUTE format('DELETE FROM public.%I', name);
      IF was_held THEN
        EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE {SCHEMA}.%1$I', name);
      END IF;
    END IF;
  END LOOP;
END $$
"""


@contextmanager
def after_commits() -> Iterator[None]:
    """As long as it lasts, tests that commit leave the database as it is now."""
    connection = connections["default"]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(":memory:")) as kept:
            connection.connection.backup(kept)
            with _instead_of_flush(lambda: _copy(kept)):
                yield
    elif _may_write_past_triggers():
        _execute(KEEP)
        with _instead_of_flush(lambda: _execute(RESTORE)):
            yield
    else:
        yield


@contextmanager
def _instead_of_flush(restore: Callable[[], None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test_case: restore())
        yield


def _copy(kept: sqlite3.Connection) -> None:
    connection = connections["default"]
    connection.ensure_connection()
    kept.backup(connection.connection)


def _execute(statements: str) -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statements)


def _may_write_past_triggers() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return bool(cursor.fetchone()[0])
