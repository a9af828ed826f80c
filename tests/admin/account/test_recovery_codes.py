"""Recovery codes: long enough that nobody guesses one, and kept so that a copy of the database opens nothing."""

from __future__ import annotations

import importlib
import io
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from initiatives.admin.account import two_factor
from initiatives.recording.permissions import EDITOR
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

migration = importlib.import_module("initiatives.migrations.0014_recovery_codes_hashed")


@pytest.fixture
def person() -> User:
    person = make_person(EDITOR)
    TOTPDevice.objects.create(user=person)
    return person


def test_a_code_has_80_bits_in_groups_of_four(person: User) -> None:
    codes = two_factor.replace_recovery_codes(person)
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert all(re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)


@pytest.mark.parametrize(
    "written",
    [
        str,
        str.upper,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')}\n",
        lambda code: code.replace("-", " - ").title(),
    ],
)
def test_it_is_taken_as_people_write_it(person: User, written: object) -> None:
    code = two_factor.replace_recovery_codes(person)[3]
    typed = written(code)  # type: ignore[operator]
    answer = client_of(person).post(reverse("admin:two_factor_code"), {"code": typed})
    assert answer.status_code == 302
    assert two_factor.use_code(person, code) is None


def test_what_is_kept_is_no_code(person: User) -> None:
    codes = two_factor.replace_recovery_codes(person)
    for token in StaticToken.objects.values_list("token", flat=True):
        assert re.fullmatch("[A-Z2-7]{16}", token)
        assert two_factor.use_code(person, token) is None
        StaticDevice.objects.update(throttling_failure_count=0)
    assert two_factor.use_code(person, codes[0])


def test_without_the_key_of_the_installation_nobody_can_try_codes_out(
    person: User, settings: Settings
) -> None:
    codes = two_factor.replace_recovery_codes(person)
    settings.SECRET_KEY = "another"
    assert two_factor.use_code(person, codes[0]) is None


def test_a_dump_holds_no_code(person: User) -> None:
    codes = two_factor.replace_recovery_codes(person)
    dump = io.StringIO()
    call_command("dumpdata", "otp_static", stdout=dump)
    text = dump.getvalue().lower()
    assert two_factor.recovery_hash(codes[0]).lower() in text
    assert not [code for code in codes if code in text or code.replace("-", "") in text]


# --- Codes from before they were hashed -----------------------------------------------------------


def migrate() -> None:
    # All that it asks of a schema editor.
    migration.hash_codes(apps, SimpleNamespace(connection=connection))


def test_codes_that_are_printed_already_go_on_working() -> None:
    person = User.objects.create_user("clerk", is_staff=True)
    TOTPDevice.objects.create(user=person)
    device = StaticDevice.objects.create(user=person, name="Recovery codes")
    printed = ["abcdefgh", "ijklmnop", "qrstuvwx", "yz234567"]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in printed)
    migrate()
    hashed = set(StaticToken.objects.values_list("token", flat=True))
    assert hashed == {two_factor.recovery_hash(code) for code in printed}
    # Once more, and hashes stay what they are.
    migrate()
    assert set(StaticToken.objects.values_list("token", flat=True)) == hashed
    client = Client()
    client.force_login(person)
    answer = client.post(reverse("admin:two_factor_code"), {"code": "ABCD-EFGH"})
    assert answer.status_code == 302
    assert StaticToken.objects.count() == 3
