"""A test that commits leaves nothing to the next one, and takes nothing from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import TransactionTestCase

from initiatives.models import DataVersion
from tests import make, restoring


def everything() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
    }


@pytest.mark.django_db(transaction=True)
def test_all_is_as_it_was() -> None:
    before = everything()
    assert before["auth.Group"]
    assert before["initiatives.DataVersion"]
    with restoring.after_commits():
        make.update(initiative=make.initiative())
        Group.objects.all().delete()
        Permission.objects.update(name="Another")
        DataVersion.objects.update(mark=7)
        assert everything() != before
        TransactionTestCase()._fixture_teardown()  # type: ignore[attr-defined]
        assert everything() == before
