"""What the actions write, what they refuse, and what the change history says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models

from initiatives.models import Initiative, Mention, Publication, StatusUpdate
from initiatives.recording import actions
from initiatives.recording.publication import publish, unpublish
from tests import make
from tests.every_model import every_record

pytestmark = pytest.mark.django_db

Maker = Callable[..., Any]
either = pytest.mark.parametrize("maker", [make.mention, make.update])


@pytest.fixture
def clerk() -> User:
    return User.objects.create_superuser("clerk")


def derived(initiative: Initiative) -> tuple[str, str, str | None]:
    initiative.refresh_from_db()
    return initiative.standing, initiative.delivery_status, initiative.latest_update_on


def everything() -> dict[str, list[Any]]:
    """All rows and all versions, to show that nothing was written."""
    record_models: list[type[models.Model]] = [*every_record()]
    record_models += [m.history.model for m in every_record() if hasattr(m, "history")]
    record_models += [Mention.by.through, Initiative.themes.through]
    return {m._meta.label: list(m._base_manager.order_by("pk").values()) for m in record_models}


def test_a_status_update_is_kept_as_it_was_given(clerk: User) -> None:
    initiative, report, uz = make.initiative(), make.report(), make.participant()
    update = actions.record_status(
        by=clerk,
        initiative=initiative,
        status="under_way",
        what="  Work has begun.\n",
        on="2022-04",
        report=report,
        locator=" para 7 ",
        participant=uz,
        note=" As we read it. ",
    )
    kept = StatusUpdate.objects.get()
    assert kept == update
    assert (kept.initiative, kept.report, kept.participant) == (initiative, report, uz)
    assert (kept.status, kept.on, kept.what) == ("under_way", "2022-04", "Work has begun.")
    assert (kept.locator, kept.note) == ("para 7", "As we read it.")
    assert (kept.recorded_by, kept.publication) == (clerk, "public")
    assert kept.ref == f"{report.slug}/{initiative.slug}/2022-04"


def test_a_mention_is_kept_as_it_was_given(clerk: User) -> None:
    initiative, report, uz, jp = (
        make.initiative(),
        make.report(),
        make.participant(),
        make.participant(),
    )
    mention = actions.record_mention(
        by=clerk,
        initiative=initiative,
        report=report,
        act="supported",
        participants=[uz, jp, uz],
        locator=" para 6 ",
        quote=" 大学 ",
        quote_language="ja",
    )
    kept = Mention.objects.get()
    assert kept == mention
    assert set(kept.by.all()) == {uz, jp}
    assert (kept.act, kept.quote, kept.quote_language) == ("supported", "大学", "ja")
    assert (kept.locator, kept.recorded_by) == ("para 6", clerk)
    assert kept.ref == f"{report.slug}/{initiative.slug}/supported"


def test_the_initiative_that_was_given_shows_the_new_columns_at_once() -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, act="adopted")
    update = make.update(initiative=initiative, status="delivered", on="2022")
    assert (initiative.standing, initiative.delivery_status) == ("adopted", "delivered")
    assert initiative.latest_update_report == update.report


def test_entries_of_one_kind_and_day_are_numbered() -> None:
    initiative, report = make.initiative("one"), make.report("r")
    refs = [make.update(initiative=initiative, report=report, on="2022").ref for _ in range(3)]
    assert refs == ["r/one/2022", "r/one/2022/2", "r/one/2022/3"]
    refs = [make.mention(initiative=initiative, report=report).ref for _ in range(2)]
    assert refs == ["r/one/proposed", "r/one/proposed/2"]
    bare = make.update(initiative=initiative, status="not_reviewed", on=None)
    assert bare.ref == "none/one/undated"


def test_a_ref_is_no_prefix_of_what_is_taken() -> None:
    """“2022” is free where only “2022-04” is taken, and an initiative’s name may begin with another’s."""
    report, one, two = make.report("r"), make.initiative("one"), make.initiative("one-2")
    for initiative in (one, two):
        make.update(initiative=initiative, report=report, on="2022-04")
        assert make.update(initiative=initiative, report=report, on="2022").ref.endswith("/2022")


@either
def test_a_draft_changes_nothing_until_it_is_published(maker: Maker) -> None:
    initiative = make.initiative()
    make.earlier_mention(initiative)
    before = derived(initiative)
    entry = maker(initiative=initiative, publication="draft")
    assert derived(initiative) == before
    publish(by=None, row=entry)
    after = derived(initiative)
    assert after != before


@either
def test_a_withdrawn_entry_stays_in_the_record_and_counts_no_more(
    maker: Maker, clerk: User
) -> None:
    initiative = make.initiative()
    make.earlier_mention(initiative)
    before = derived(initiative)
    entry = maker(initiative=initiative)
    actions.withdraw(by=clerk, entry=entry, reason=" Of another university. ")
    assert derived(initiative) == before
    kept = type(entry).objects.get(pk=entry.pk)
    assert kept.is_withdrawn
    assert (kept.withdrawn_by, kept.withdrawal_reason) == (clerk, "Of another university.")
    assert entry not in type(entry).objects.current()
    assert entry in type(entry).objects.public()


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    initiative = make.initiative()
    first = make.update(initiative=initiative, status="delivered", on="2023")
    second = make.update(initiative=initiative, status="under_way", on="2021", corrects=first)
    assert derived(initiative) == ("mentioned", "under_way", "2021")
    third = make.update(initiative=initiative, status="stalled", on="2020", corrects=second)
    assert derived(initiative) == ("mentioned", "stalled", "2020")
    assert list(StatusUpdate.objects.current()) == [third]
    assert StatusUpdate.objects.count() == 3


def test_a_correction_brings_its_own_participants() -> None:
    uz, jp = make.participant(), make.participant()
    first = make.mention(participants=[uz])
    second = make.mention(initiative=first.initiative, participants=[jp], corrects=first)
    assert (first.by.get(), second.by.get()) == (uz, jp)


@either
def test_a_draft_correction_does_not_replace(maker: Maker) -> None:
    first = maker()
    draft = maker(initiative=first.initiative, corrects=first, publication="draft")
    assert list(type(first).objects.current().public()) == [first]
    publish(by=None, row=draft)
    assert list(type(first).objects.current().public()) == [draft]


@either
def test_to_withdraw_a_correction_does_not_bring_back_what_it_corrected(maker: Maker) -> None:
    first = maker()
    other = make.earlier_mention(first.initiative)
    second = maker(initiative=first.initiative, corrects=first)
    actions.withdraw(by=None, entry=second, reason="Not there either.")
    assert [one for one in type(first).objects.current() if one != other] == []


@either
def test_a_withdrawn_draft_correction_leaves_its_place_to_another(maker: Maker) -> None:
    first = maker()
    draft = maker(initiative=first.initiative, corrects=first, publication="draft")
    actions.withdraw(by=None, entry=draft, reason="Misread.")
    assert list(type(first).objects.current()) == [first]
    assert draft.history.earliest().corrects_id == first.pk
    again = maker(initiative=first.initiative, corrects=first)
    assert list(type(first).objects.current()) == [again]


@either
def test_who_corrects_a_draft_correction_corrects_what_it_was_to_correct(maker: Maker) -> None:
    first = maker()
    draft = maker(initiative=first.initiative, corrects=first, publication="draft")
    again = maker(initiative=first.initiative, corrects=draft)
    assert list(type(first).objects.current()) == [again]
    draft.refresh_from_db()
    assert draft.withdrawal_reason == f"Replaced by {again.ref}"
    assert type(first).objects.get(pk=again.pk).corrects == first


def refused_status(initiative: Initiative, **values: Any) -> Callable[[], Any]:
    given: dict[str, Any] = {
        "status": "under_way",
        "what": "Work.",
        "report": make.report(),
        "locator": "p. 1",
    }
    return lambda: actions.record_status(by=None, initiative=initiative, **(given | values))


def refused_mention(initiative: Initiative, **values: Any) -> Callable[[], Any]:
    given: dict[str, Any] = {"report": make.report(), **values}
    return lambda: actions.record_mention(by=None, initiative=initiative, **given)


STATUS_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown status": ({"status": "nearly_done"}, "status"),
    "no evidence": ({"report": None}, "report"),
    "no place in the report": ({"locator": "  "}, "locator"),
    "nothing said": ({"what": " \n"}, "what"),
    "no such day": ({"on": "2022-02-30"}, "on"),
    "no date at all": ({"on": "spring"}, "on"),
    "a place too long": ({"locator": "x" * 201}, "locator"),
    "an unknown publication": ({"publication": "secret"}, "publication"),
}
MENTION_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown act": ({"act": "applauded"}, "act"),
    "a quote without its language": ({"quote": "A university"}, "quote_language"),
    "a language that is none": ({"quote": "A", "quote_language": "x y"}, "quote_language"),
}


@pytest.mark.parametrize("case", STATUS_REFUSED)
def test_a_refused_status_update_leaves_nothing_behind(case: str) -> None:
    values, field = STATUS_REFUSED[case]
    refuses(refused_status(make.initiative(), **values), field)


@pytest.mark.parametrize("case", MENTION_REFUSED)
def test_a_refused_mention_leaves_nothing_behind(case: str) -> None:
    values, field = MENTION_REFUSED[case]
    uz = make.participant()
    refuses(refused_mention(make.initiative(), participants=[uz], **values), field)


def refuses(action: Callable[[], Any], field: str = "") -> list[str]:
    """What an action says that refuses and writes nothing."""
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        action()
    assert not field or list(refusal.value.message_dict) == [field]
    assert all(refusal.value.messages)
    assert everything() == before
    return refusal.value.messages


@either
def test_a_correction_speaks_of_the_same_initiative(maker: Maker) -> None:
    first, other = maker(), make.initiative()
    refused = refused_status if maker is make.update else refused_mention
    refuses(refused(other, corrects=first))


@either
def test_an_entry_is_corrected_once(maker: Maker) -> None:
    first = maker()
    maker(initiative=first.initiative, corrects=first)
    refused = refused_status if maker is make.update else refused_mention
    told = refuses(refused(first.initiative, corrects=first))
    assert told == ["Somebody has corrected this entry already; correct the latest one."]


@either
def test_what_cannot_be_withdrawn_is_refused(maker: Maker) -> None:
    first = maker()
    make.earlier_mention(first.initiative)
    refuses(lambda: actions.withdraw(by=None, entry=first, reason="  "), "reason")
    second = maker(initiative=first.initiative, corrects=first)
    refuses(lambda: actions.withdraw(by=None, entry=first, reason="Misread."))
    actions.withdraw(by=None, entry=second, reason="Misread.")
    refuses(lambda: actions.withdraw(by=None, entry=second, reason="Misread."))


@either
def test_a_withdrawn_entry_is_neither_published_nor_taken_back(maker: Maker) -> None:
    public, draft = maker(), maker(publication="draft")
    make.earlier_mention(public.initiative)
    for entry in (public, draft):
        actions.withdraw(by=None, entry=entry, reason="Misread.")
    refuses(lambda: unpublish(by=None, row=public))
    refuses(lambda: publish(by=None, row=draft))


@either
def test_the_middle_of_a_chain_is_not_taken_back(maker: Maker) -> None:
    first = maker()
    second = maker(initiative=first.initiative, corrects=first)
    maker(initiative=first.initiative, corrects=second)
    refuses(lambda: unpublish(by=None, row=second))


def test_an_initiative_is_published_and_no_draft_again(clerk: User) -> None:
    initiative = make.initiative(publication="draft")
    make.earlier_mention(initiative)
    initiative.refresh_from_db()
    versions = initiative.history.count()
    publish(by=clerk, row=initiative)
    assert initiative.is_public
    assert Initiative.objects.public().get() == initiative
    refuses(lambda: unpublish(by=clerk, row=initiative))
    version = initiative.history.first()
    assert (version.publication, version.history_user) == ("public", clerk)
    assert version.history_change_reason == "Published"
    assert initiative.history.count() == versions + 1


@pytest.mark.parametrize("action", [publish, unpublish])
def test_what_is_so_already_leaves_no_version(action: Callable[..., None]) -> None:
    state = Publication.PUBLIC if action is publish else Publication.DRAFT
    row = make.initiative(publication=state)
    entry = make.update(initiative=row, publication=state)
    before = everything()
    action(by=None, row=row)
    action(by=None, row=entry)
    assert everything() == before
