"""Numbers as people and programs are told of them, and the codes of currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from initiatives.models import Bound, Target
from initiatives.models.amounts import (
    AmountField,
    AmountFormField,
    grouped,
    money,
    nearest_currency,
    plain_number,
    trimmed,
    validate_currency,
)
from tests import make
from tests.admin_forms import address, saved


@pytest.mark.parametrize(
    ("number", "plain", "in_groups"),
    [
        ("600.0000", "600", "600"),
        ("3000000.5000", "3000000.5", "3,000,000.5"),
        ("0.0000", "0", "0"),
        ("-0", "0", "0"),
        ("1E+19", "10000000000000000000", "10,000,000,000,000,000,000"),
        ("0.0001", "0.0001", "0.0001"),
    ],
)
def test_a_number_has_no_zeros_that_nobody_wrote(number: str, plain: str, in_groups: str) -> None:
    assert plain_number(Decimal(number)) == str(trimmed(Decimal(number))) == plain
    assert grouped(Decimal(number)) == in_groups


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("300000000", "EUR 300 million"),
        ("5500000000", "EUR 5.5 billion"),
        ("3000000000000", "EUR 3 trillion"),
        ("12345678", "EUR 12,345,678"),
        ("1234000", "EUR 1.234 million"),
        ("999999.5", "EUR 999,999.5"),
        ("0", "EUR 0"),
    ],
)
def test_money_is_told_in_words_where_no_digit_is_lost(number: str, words: str) -> None:
    assert money(Decimal(number), "EUR") == words


@pytest.mark.parametrize("typed", ["1e400", "NaN", "Infinity", "-1", "1" * 16, "9" * 30, "0.00001"])
def test_a_column_of_numbers_refuses_what_it_cannot_hold(typed: str) -> None:
    field = AmountField()
    with pytest.raises(ValidationError):
        field.run_validators(field.to_python(typed))


def test_a_currency_is_a_code_and_what_was_meant_is_named_where_it_is_plain() -> None:
    validate_currency("UZS")
    for code in ("XXX", "eur", "Euro", ""):
        with pytest.raises(ValidationError):
            validate_currency(code)
    meant = {word: nearest_currency(word) for word in ("Euro", "yen", "usd", "UDS", "dollar", "")}
    assert meant == {"Euro": "EUR", "yen": "JPY", "usd": "USD", "UDS": "USD", "dollar": "", "": ""}


def test_a_bound_is_told_before_the_number() -> None:
    target = Target(metric="experts", value=Decimal(500), unit="experts")
    words = {}
    for bound in Bound:
        target.bound = bound
        words[bound.value] = target.in_words
    assert words == {
        "exactly": "500 experts",
        "at_least": "at least 500 experts",
        "up_to": "up to 500 experts",
        "about": "about 500 experts",
    }


# --- As people type them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("en-gb", "2.5", "2.5"),
        ("en-gb", "2,5", None),
        ("en-gb", "1 000", None),
        ("ja", "2,5", None),
        ("ru", "2,5", "2.5"),
        ("ru", "2.5", "2.5"),
        ("ru", "1\xa0234 000,5", "1234000.5"),
        ("ru", "1 00", None),
        ("ru", "1,000,5", None),
    ],
)
def test_a_number_is_read_as_the_language_writes_it(
    language: str, typed: str, expected: str | None
) -> None:
    with override(language):
        if expected is None:
            with pytest.raises(ValidationError):
                AmountFormField().clean(typed)
        else:
            assert AmountFormField().clean(typed) == Decimal(expected)


@pytest.mark.django_db
def test_a_comma_is_taken_by_the_boxes_of_the_desk_in_russian(admin_client: Client) -> None:
    target = make.target(value=Decimal("1.5"))
    url = address(target, "change")
    assert 'type="number" name="value" value="1.5"' in admin_client.get(url).text
    assert 'type="text" name="value" value="1.5"' in admin_client.get(f"/ru{url}").text
    saved(admin_client, f"/ru{url}", value="2,5")
    target.refresh_from_db()
    assert target.value == Decimal("2.5")
