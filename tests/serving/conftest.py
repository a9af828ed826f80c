"""Who writes while the database or the disk does not let them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template.backends.django import Template
from pytest_django import Settings

from initiatives.recording.permissions import ADMINISTRATOR
from tests.people import make_person
from tests.serving.hindrances import PASSWORD


@pytest.fixture
def clerk(settings: Settings) -> User:
    settings.AXES_ENABLED = True
    return make_person(ADMINISTRATOR, username="clerk", password=PASSWORD)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates rendered since."""
    names: list[str] = []
    render = Template.render

    def noted(self: Template, *args: Any, **kwargs: Any) -> Any:
        names.append(str(self.template.name))
        return render(self, *args, **kwargs)

    monkeypatch.setattr(Template, "render", noted)
    return names
