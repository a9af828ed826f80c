"""The first administrator is made once, and the password shown once."""

import io

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def create(**options: str) -> str:
    out = io.StringIO()
    call_command("create_first_admin", stdout=out, **options)
    return out.getvalue()


def test_the_password_shown_lets_the_administrator_in() -> None:
    password = create().splitlines()[-1].split()[-1]
    user = authenticate(username="admin", password=password)
    assert user is not None
    assert user.is_superuser


def test_it_says_where_to_sign_in(settings: Settings) -> None:
    assert "Sign in" not in create()
    get_user_model().objects.all().delete()
    lines = create(site="http://127.0.0.1:8001/").splitlines()
    assert lines[-3].split()[-1] == f"http://127.0.0.1:8001/{settings.ADMIN_PATH}"


def test_a_second_run_changes_and_shows_nothing() -> None:
    create()
    before = get_user_model().objects.get().password
    assert create() == ""
    assert get_user_model().objects.get().password == before


def test_an_administrator_of_another_name_is_enough() -> None:
    get_user_model().objects.create_superuser("chief", password="x")
    assert create() == ""


def test_a_retired_administrator_is_not_enough() -> None:
    get_user_model().objects.create_superuser("chief", password="x", is_active=False)
    assert "admin" in create()


def test_somebody_elses_name_is_not_taken_over() -> None:
    get_user_model().objects.create_user("admin", password="x")
    with pytest.raises(CommandError, match="--username"):
        create()
    assert "second" in create(username="second")


def test_two_passwords_differ() -> None:
    first = create()
    get_user_model().objects.all().delete()
    assert create() != first
