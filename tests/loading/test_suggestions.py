"""What was likely meant: near in meaning, else in letters; and nothing that is unlikely."""

from __future__ import annotations

import pytest

from initiatives.loading.suggestions import closest, closest_value, nearest
from initiatives.models import Act, DeliveryStatus, ParticipantKind

PARTICIPANTS = {
    "us": ["United States", "United States of America"],
    "uz": ["Uzbekistan", "Republic of Uzbekistan"],
    "kz": ["Kazakhstan"],
    "kg": ["Kyrgyzstan", "Kyrgyz Republic"],
    "adb": ["Asian Development Bank"],
    "aiib": ["Asian Infrastructure Investment Bank"],
    "un": ["United Nations"],
    "energy-uz": ["Ministry of Energy of Uzbekistan"],
    "energy-kz": ["Ministry of Energy of Kazakhstan"],
    "niger": ["Niger"],
}
DIALOGUES = {
    "us-kenya": ["United States – Kenya Strategic Dialogue"],
    "central-asia-japan": ["Central Asia + Japan", "CA+J", "「中央アジア＋日本」対話"],
    "fm-8": ["8th Foreign Ministers’ Meeting"],
}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("United States", "us"),
        ("united-states", "us"),
        ("USA", "us"),
        ("UNITED NATIONS", "un"),
        ("asian-development-bank", "adb"),
        ("The Asian Development Bank", "adb"),
        ("Development Bank Asian", "adb"),
        ("asian-bank", "adb"),
        ("Kyrgyz Republic", "kg"),
        ("uzb", "uz"),
        ("uzbekstan", "uz"),
        ("kazahkstan", "kz"),
        # Two are as near, or too little is the same.
        ("ministry-of-energy", ""),
        ("ministry-of-water", ""),
        ("kr", ""),
        ("ky", ""),
        ("ja", ""),
        ("universal-studios", ""),
        ("nigeria", ""),
        ("world-bank", ""),
        ("", ""),
        ("–", ""),
    ],
)
def test_participants(word: str, meant: str) -> None:
    assert nearest(word, PARTICIPANTS) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("us", ""),
        ("United States", ""),
        ("us-kenia", "us-kenya"),
        ("ca+j", "central-asia-japan"),
        ("central-asia-and-japan", "central-asia-japan"),
        ("central-asia-jaban", "central-asia-japan"),
        ("中央アジア＋日本", "central-asia-japan"),
        ("日本", ""),
        ("「中央アジア＋日本」対話", "central-asia-japan"),
        ("fm-9", ""),
        ("fm8", "fm-8"),
    ],
)
def test_dialogues_and_meetings(word: str, meant: str) -> None:
    assert nearest(word, DIALOGUES) == meant


def test_words_of_our_lists_are_known_by_what_others_call_them() -> None:
    for word, status in {
        "underway": "under_way",
        "Ongoing": "under_way",
        "Complete": "delivered",
        "implemented": "delivered",
        "cancelled": "dropped",
        "Not Started": "not_started",
        "No Evidence Available": "no_information",
        "Limited": "",
        "blue": "",
    }.items():
        assert closest_value(word, DeliveryStatus.values) == status, word
    assert closest_value("endorsed", Act.values) == "supported"
    assert closest_value("Country", ParticipantKind.values) == "state"
    assert closest("sumary", ["title", "summary"]) == "summary"
    assert closest("capital", ["code", "name"]) == ""
