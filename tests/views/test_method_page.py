"""The method page explains every word that the site uses, and says how to dispute a fact."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import FLAGS, Act, DeliveryStatus, EvidenceGrade, Standing, StatusGroup
from initiatives.pages.glossary import IATI_NAME

pytestmark = pytest.mark.django_db


def method(client: Client) -> str:
    return client.get("/about/method/").content.decode()


def test_every_word_is_explained(client: Client) -> None:
    html = method(client)
    for words in (DeliveryStatus, StatusGroup, Standing, EvidenceGrade, Act):
        for label in words.labels:
            assert str(label) in html, label
    for label in FLAGS.values():
        assert str(label) in html


def test_every_status_is_mapped_to_iati_by_code_and_name(client: Client) -> None:
    html = method(client)
    assert "4 Closed" in html
    assert {status.iati for status in DeliveryStatus if status.iati} == set(IATI_NAME)


def test_who_has_set_no_address_says_so(client: Client) -> None:
    assert "has not set up a contact address" in method(client)


def test_a_fact_is_disputed_at_the_address_of_the_settings(client: Client, settings: Any) -> None:
    settings.CONTACT_EMAIL = "record@example.org"
    settings.CONTACT_URL = "https://example.org/dispute"
    html = method(client)
    assert 'href="mailto:record@example.org"' in html
    assert 'href="https://example.org/dispute"' in html
    assert "has not set up" not in html
