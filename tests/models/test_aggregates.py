"""Columns of many rows as texts of the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from initiatives.models import Theme
from initiatives.models.aggregates import AT_ONCE, read_columns
from tests import make

pytestmark = pytest.mark.django_db


def test_a_wide_gap_between_keys_costs_two_queries(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    make.theme("near", pk=1)
    make.theme("far", pk=10_000_000 * AT_ONCE)
    # Where they end; the first of them; where there is nothing, and what comes next; and that.
    with django_assert_num_queries(5):
        read = [*read_columns(Theme.objects.values_list("pk", "slug"))]
    assert read == [([1], ["near"]), ([10_000_000 * AT_ONCE], ["far"])]
