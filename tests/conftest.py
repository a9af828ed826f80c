"""What all tests share."""

import os

import hypothesis
import pytest

from initiatives import facets

# Deadlines measure how busy the machine is. CI tries the same examples each time, so that it fails
# for a change and not by chance; a developer's machine goes on looking for new ones.
hypothesis.settings.register_profile("developer", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Every test starts as a new process does: what is kept in memory came from another database."""
    facets.forget()
