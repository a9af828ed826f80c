"""Settings of a test run whose last migration kills the process."""

import os

from tests.settings import *  # noqa: F403

os.environ["KILL"] = "yes"
MIGRATION_MODULES = {"initiatives": "tests.serving.failing_migrations"}
