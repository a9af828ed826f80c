"""Who writes while the database or the disk does not let them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from initiatives.recording.permissions import ADMINISTRATOR
from tests.people import make_person
from tests.serving.hindrances import PASSWORD


@pytest.fixture
def clerk(settings: Settings) -> User:
    settings.AXES_ENABLED = True
    return make_person(ADMINISTRATOR, username="clerk", password=PASSWORD)
