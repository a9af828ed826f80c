"""What all tests share."""

import gc
import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from pytest_django import Settings

from initiatives.as_of import past_index
from initiatives.facets import index as facet_index
from initiatives.serving.availability import servers
from tests import extent
from tests.people import PASSWORD

# Deadlines measure how busy the machine is. CI tries the same examples each time, so that it fails
# for a change and not by chance; a developer's machine goes on looking for new ones.
EXAMPLES = 100 * extent.TIMES
hypothesis.settings.register_profile("developer", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=EXAMPLES, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")

# Looking for garbage every 700 objects takes a tenth of the time, beside modules and models that are never garbage.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = extent.left_out(items)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Every test starts as a new process does: what is kept in memory came from another database."""
    facet_index.forget()
    past_index.forget()
    servers.clear()


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
