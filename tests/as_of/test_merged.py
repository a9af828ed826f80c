"""What was merged since, on the days before."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.recording.merging import merge
from initiatives.recording.separation import separate
from tests import make
from tests.clock import Clock

pytestmark = pytest.mark.django_db

WHY = "One and the same."


def test_on_a_day_before_they_were_merged_two_are_one_with_what_was_known_of_both(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    gone = make.initiative("gone")
    make.update(initiative=gone, status="under_way", what="Digging began.", on="2024-02")
    clock.turn(2)
    kept = make.initiative("kept")
    clock.turn(2)
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    clock.turn(2)
    # The one that was kept was not there on the first of these days, the other was.
    for day in ("2024-03-02", "2024-03-04"):
        response = client.get(f"/initiatives/gone/?as_of={day}")
        assert response.headers["Location"] == f"/initiatives/kept/?as_of={day}"
        response = client.get(response.headers["Location"])
        page = response.content.decode()
        assert response.status_code == 200
        assert "Digging began." in page
        assert "Under way" in page
        data = client.get(f"/initiatives/kept.json?as_of={day}")
        assert "under_way" in data.content.decode()


def test_a_meeting_has_on_earlier_days_what_was_known_of_both(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    # With it begins what was shown.
    make.initiative()
    gone, japan = make.meeting("gone", city="Osaka"), make.participant(name="Japan")
    make.line(meeting=gone, text="Water was discussed.")
    make.delegate(attendance=make.attendance(meeting=gone, participant=japan), name="A. Guest")
    make.delegate(attendance=make.attendance(meeting=gone), name="B. Guest")
    clock.turn(2)
    kept = make.meeting("kept", dialogue=gone.dialogue, city="Tokyo")
    for text in ("Water was discussed.", "Rail was discussed."):
        make.line(meeting=kept, text=text)
    make.delegate(attendance=make.attendance(meeting=kept, participant=japan), name="C. Guest")
    clock.turn(2)
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    clock.turn(2)

    def told(slug: str, day: str = "") -> dict[str, int]:
        page = client.get(f"/meetings/{slug}/?as_of={day}" if day else f"/meetings/{slug}/")
        assert page.status_code == 200
        once = ("Water was", "Rail was", "A. Guest", "B. Guest", "C. Guest")
        found = {word: page.text.count(word) for word in once}
        found |= {city: int(city in page.text) for city in ("Osaka", "Tokyo")}
        return {word: count for word, count in found.items() if count}

    both = ("Water was", "Rail was", "A. Guest", "B. Guest", "C. Guest", "Tokyo")
    assert told("kept") == dict.fromkeys(both, 1)
    assert told("kept", "2024-03-03") == told("kept")
    # Before the one that stayed was there, what was known is what was known of the other.
    first = told("kept", "2024-03-01")
    assert set(first) == {"Water was", "A. Guest", "B. Guest", "Osaka"}
    response = client.get("/meetings/gone/?as_of=2024-03-01")
    assert response.headers["Location"] == "/meetings/kept/?as_of=2024-03-01"
    separate(by=None, merge=merged, reason="Two.")
    clock.turn(2)
    two = {"gone": {"Water was", "A. Guest", "B. Guest", "Osaka"}}
    two["kept"] = {"Water was", "Rail was", "C. Guest", "Tokyo"}
    for slug, words in two.items():
        assert set(told(slug)) == words
        assert set(told(slug, clock.day.isoformat())) == words
        # Yesterday they were two again as well.
        clock.turn(1)
        assert set(told(slug, "2024-03-08")) == words
