"""What all tests share."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections, transaction
from django.template import Context, RequestContext, Template
from django.test.signals import template_rendered
from pytest_django import Settings

from initiatives.as_of import days
from initiatives.exports.made_files import make_files
from initiatives.facets import index as facet_index
from initiatives.languages.catalogues import compile_all
from initiatives.serving.availability import servers
from tests import extent, restoring, template
from tests.people import PASSWORD
from tests.world import load_fixtures

# Deadlines measure how busy the machine is. CI tries the same examples each time, so that it fails
# for a change and not by chance; a developer's machine goes on looking for new ones.
EXAMPLES = 50 * extent.TIMES
hypothesis.settings.register_profile("developer", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=EXAMPLES, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")

T = TypeVar("T")

# The server to test on; on SQLite there is none.
POSTGRES = os.environ.get("TEST_DATABASE_URL", "")

# Looking for garbage every 700 objects takes a tenth of the time, beside modules and models that are never garbage.
gc.set_threshold(50_000, 20, 100)


# How many tests each rule of tests/extent.py leaves out of this run.
LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    rules = extent.left_out(items)
    left_out = {item for of_rule in rules.values() for item in of_rule}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: not item.nodeid.startswith(extent.LONG))
    counts = {rule: len(of_rule) for rule, of_rule in rules.items()}
    config.stash[LEFT_OUT] = counts
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = counts


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker left out; each leaves out the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if counts := config.stash.get(LEFT_OUT, {}):
        rules = ", ".join(f"{count} by “{rule}”" for rule, count in counts.items())
        terminalreporter.write_line(f"Left to make test-long (tests/extent.py): {rules}")


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if POSTGRES and not is_worker:
        template.drop_on(POSTGRES)


@pytest.fixture(autouse=True, scope="session")
def _context_of_pages_only(django_test_environment: None) -> Iterator[None]:
    """``response.context`` is that of the page: Django would also copy it for each part, row and widget of it."""

    def render(template: Template, context: Context) -> str:
        if context.template is template and isinstance(context, RequestContext):
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Let Django begin with a copy of a migrated database; it finds nothing to migrate any more."""
    if POSTGRES:
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template.on_server(POSTGRES)
        yield
        return
    with template.in_memory():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What tests commit is taken back by what the database holds now."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(restoring.after_commits())
        yield


@pytest.fixture(autouse=True, scope="session")
def _memory_is_kept() -> Iterator[None]:
    """To give it back after each day that is read takes longer than to read a small record's day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days, "give_back", lambda: None)
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Every test starts as a new process does: what is kept in memory came from another database."""
    facet_index.forget()
    days.forget()
    servers.clear()


@pytest.fixture
def make_all(settings: Settings, tmp_path: Path) -> Callable[[], list[str]]:
    """Makes the files of everything, in a folder of the test's own."""
    settings.ARCHIVE_DIR = tmp_path / "made"
    return partial(make_files, at_once=True)


@pytest.fixture(scope="module")
def for_module(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[Callable[[], T]], T]]:
    """Makes rows once for a module, whose tests each roll back their own.

    For a fixture of all tests of a module (``pytestmark``), so that none finds the rows by the order of the others.
    """
    everything = transaction.atomic()
    with django_db_blocker.unblock():
        everything.__enter__()

    def made(make: Callable[[], T]) -> T:
        with django_db_blocker.unblock():
            return make()

    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        everything.__exit__(None, None, None)


@pytest.fixture(scope="module")
def fixtures(for_module: Callable[[Callable[[], object]], object]) -> None:
    """An empty database with all of fixtures/ loaded, once for a module."""
    for_module(load_fixtures)


@pytest.fixture
def admin_user(db: None) -> User:
    """As pytest-django's, with the password that everybody here confirms with."""
    return User.objects.create_superuser("admin", "admin@example.com", PASSWORD)


@pytest.fixture
def kept_pages(settings: Settings) -> Iterator[None]:
    """Public pages are kept in memory, as in production; elsewhere they are not, since tests roll back."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": "kept-pages"}}
    cache.clear()
    yield
    cache.clear()
