"""Two records of one thing made one, and two again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from initiatives.exports.tables import TABLES
from initiatives.loading.apply import load
from initiatives.loading.data_checks import dangling_references, derived_columns
from initiatives.loading.document import Document, find_files, read_file
from initiatives.models import (
    Attendance,
    Citation,
    Correction,
    CorrectionKind,
    FormerAddress,
    Initiative,
    Line,
    Merge,
    Publication,
    Report,
    Review,
    Role,
    StatusUpdate,
    Target,
)
from initiatives.models.sort_keys import sort_key
from initiatives.recording import merging
from initiatives.recording.merging import MERGEABLE, field_choices, foresee, merge, state_of
from initiatives.recording.moving import Moves
from initiatives.recording.permissions import EDITOR, PUBLISHER
from initiatives.recording.removal import remove
from initiatives.recording.renaming import rename
from initiatives.recording.reviews import submit
from initiatives.recording.separation import separate
from tests import make
from tests.people import make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

WHY = "One and the same."


@pytest.fixture(scope="module")
def fixtures() -> list[Document]:
    return [read_file(path) for path in find_files(["fixtures"])]


def public_output(client: Client) -> dict[str, Any]:
    """Every table that the public can take away, but for the register."""
    tables = {name: client.get(f"/data/json/{name}.json") for name in TABLES}
    del tables["corrections"]
    return {
        name: sorted(json.dumps(row, sort_keys=True) for row in _rows(response))
        for name, response in tables.items()
    }


def _rows(response: Any) -> list[Any]:
    content = json.loads(b"".join(response) if response.streaming else response.content)
    return (
        content
        if isinstance(content, list)
        else next(v for v in content.values() if isinstance(v, list))
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_merging_and_undoing_gives_the_same_public_output_and_files_change_nothing(
    fixtures: list[Document], client: Client, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    told: list[Moves] = []

    def noted(*args: Any, **kwargs: Any) -> Moves:
        told.append(Moves(*args, **kwargs))
        return told[-1]

    monkeypatch.setattr(merging, "Moves", noted)
    load(fixtures)
    before, chance = public_output(client), random.Random(seed)
    merges: list[Merge] = []
    for model in MERGEABLE:
        rows = list(model.objects.order_by("pk"))
        for _try in range(40):
            kept, gone = chance.sample(rows, 2)
            refused: list[list[str]] = []
            for act in (foresee, partial(merge, reason=WHY)):
                try:
                    merged: Any = act(by=None, kept=kept, gone=gone)
                except ValidationError as error:
                    refused.append(error.messages)
            if refused:
                assert refused == [refused[0]] * 2
                continue
            merges.append(merged)
            assert _in_words(told[-2]) == _in_words(told[-1])
            assert not model.objects.filter(pk=gone.pk).exists()
            break
    assert len(merges) == 4
    assert public_output(client) != before
    assert [*derived_columns(), *dangling_references()] == []
    plan = load(fixtures)
    assert [
        (i.kind, i.name, i.action) for i in plan.items if i.action not in ("same", "kept")
    ] == []
    assert (plan.new, plan.changed) == (0, 0)
    for merged in reversed(merges):
        separate(by=None, merge=merged, reason="They are two.")
    after = public_output(client)
    assert {name for name in before if before[name] != after[name]} == set()
    plan = load(fixtures)
    assert (plan.new, plan.changed) == (0, 0)
    assert not FormerAddress.objects.exists()
    assert [*derived_columns(), *dangling_references()] == []


def _in_words(moves: Moves) -> tuple[Any, ...]:
    differing = [(each.what, each.stays, each.goes) for each in moves.differing]
    return moves.moved, moves.folded, moves.dropped, differing


# --- One kind at a time ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_hangs_on_an_initiative_follows_and_what_both_have_is_there_once(
    client: Client,
) -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    japan, document = make.participant("jp"), make.report("doc")
    for initiative in (kept, gone):
        role = make.role(initiative=initiative, participant=japan, role="lead")
        make.citation(role=role, report=document, locator=f"para {initiative.slug}")
        make.target(initiative=initiative, metric="people")
    update = make.update(initiative=gone, report=document)
    make.lineage(later=gone, earlier=kept)
    ref = update.ref
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    update.refresh_from_db()
    assert (update.initiative_id, update.ref) == (kept.pk, ref)
    assert Role.objects.filter(initiative=kept).count() == 1
    assert Target.objects.filter(initiative=kept).count() == 1
    assert {c.locator for c in Citation.objects.filter(role__initiative=kept)} == {
        "para kept",
        "para gone",
    }
    assert not kept.later_links.exists()
    kept.refresh_from_db()
    assert kept.delivery_status == update.status
    assert client.get("/initiatives/gone/").headers["Location"] == "/initiatives/kept/"
    assert client.get("/initiatives/gone.json").headers["Location"] == "/initiatives/kept.json"
    line = Correction.objects.get(kind=CorrectionKind.MERGED)
    assert (line.key, line.key_before, line.reason) == ("kept", "gone", WHY)


@pytest.mark.django_db
def test_meetings_with_the_same_people_lines_and_number_become_one_and_two_again() -> None:
    dialogue, japan = make.dialogue(), make.participant("jp")
    kept = make.meeting("kept", dialogue=dialogue, number=None, attended_by=[japan])
    gone = make.meeting("gone", dialogue=dialogue, number=8, city="Tokyo", attended_by=[japan])
    for meeting in (kept, gone):
        make.line(meeting=meeting, text="Water")
        make.delegate(attendance=meeting.attendances.get(), name="A Person")
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    kept.refresh_from_db()
    assert (kept.number, kept.city) == (8, "Tokyo")
    assert Attendance.objects.count() == Line.objects.count() == 1
    assert kept.attendances.get().delegates.count() == 1
    back = separate(by=None, merge=merged, reason="Two days, two meetings.")
    kept.refresh_from_db()
    assert (kept.number, kept.city) == (None, "")
    assert (back.slug, back.number, back.city) == ("gone", 8, "Tokyo")
    assert Attendance.objects.count() == Line.objects.count() == 2
    assert back.attendances.get().delegates.get().ref.startswith("gone/jp/")
    assert [line.kind for line in Correction.objects.all()] == ["separated", "merged"]


@pytest.mark.django_db
def test_a_participant_takes_over_what_the_other_says_and_does() -> None:
    kept, gone = make.participant("kz"), make.participant("kazakhstan")
    document = make.report("doc", issued_by=[kept, gone])
    both = make.mention(participants=[kept, gone], act="proposed")
    alone = make.mention(participants=[gone], act="supported")
    part = make.participant("kz-ministry", kind="ministry", part_of=gone)
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    assert [*document.issued_by.all()] == [*both.by.all()] == [*alone.by.all()] == [kept]
    part.refresh_from_db()
    assert part.part_of == kept
    capacities = alone.initiative.involvements.values_list("participant__code", "capacity")
    assert [*capacities] == [("kz", "supporter")]


@pytest.mark.django_db
def test_a_part_of_the_one_that_goes_is_not_part_of_itself() -> None:
    whole = make.participant("whole", kind="ministry")
    part = make.participant("part", kind="ministry", part_of=whole)
    merge(by=None, kept=part, gone=whole, reason=WHY)
    part.refresh_from_db()
    assert part.part_of is None


@pytest.mark.django_db
@pytest.mark.django_db
@pytest.mark.parametrize("is_kept_the_version", [True, False])
def test_language_versions_of_both_point_to_one_report(is_kept_the_version: bool) -> None:
    head = make.report("head", language="ja")
    version, other = make.report("version", translation_of=head), make.report("other")
    russian = make.report("russian", language="ru", translation_of=other)
    kept, gone = (version, other) if is_kept_the_version else (other, version)
    moves = foresee(by=None, kept=kept, gone=gone)
    assert moves.is_foreseen
    merged = merge(by=None, kept=kept, gone=gone, reason="One document.")
    heads = dict(Report.objects.values_list("slug", "translation_of__slug"))
    assert heads == {"head": None, kept.slug: "head", "russian": "head"}
    separate(by=None, merge=merged, reason="They are two.")
    russian.refresh_from_db()
    assert russian.translation_of == other
    assert Report.objects.get(slug="version").translation_of == head
    assert Report.objects.get(slug="other").translation_of is None


@pytest.mark.django_db
def test_fields_are_chosen_and_other_names_add_up() -> None:
    kept = make.initiative("kept", title="One", summary="", other_names="First")
    gone = make.initiative("gone", title="Other", summary="What it is.", other_names="Second")
    assert next(name for name, _change in field_choices(kept, gone)) == "title"
    merged = merge(by=None, kept=kept, gone=gone, take=["title"], reason=WHY)
    kept.refresh_from_db()
    assert (kept.title, kept.summary) == ("Other", "What it is.")
    assert kept.other_names == "First\nSecond"
    separate(by=None, merge=merged, reason="No.")
    kept.refresh_from_db()
    assert (kept.title, kept.summary, kept.other_names) == ("One", "", "First")


SAID = ("language", "title", "summary", "translations")


def said_by(row: Initiative) -> tuple[Any, ...]:
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in SAID)


@pytest.mark.django_db
@pytest.mark.parametrize("take", [(), ("language",), ("title",)])
def test_texts_of_two_languages_go_together_and_the_others_translate_them(
    take: tuple[str, ...], client: Client
) -> None:
    kept = make.initiative(
        "kept",
        language="ru",
        title="Мост",
        translations={"title": {"ja": "橋"}, "summary": {"en": "Its own."}},
    )
    gone = make.initiative(
        "gone",
        title="Bridge",
        summary="A road over water.",
        translations={"title": {"ru": "Мосты", "ja": "鉄橋", "ky": "Көпүрө"}},
    )
    ((name, choice),) = [each for each in field_choices(kept, gone) if each[0] in SAID]
    assert (name, choice.old, choice.new) == (
        "language",
        "ru; Мост",
        "en; Bridge; A road over water.",
    )
    before, outside = said_by(kept), public_output(client)
    merged = merge(by=None, kept=kept, gone=gone, take=take, reason=WHY)
    if take:
        titles = {"ru": "Мосты", "ja": "鉄橋", "ky": "Көпүрө"}
        expected = ("en", "Bridge", "A road over water.", {"title": titles})
    else:
        titles = {"en": "Bridge", "ja": "橋", "ky": "Көпүрө"}
        expected = ("ru", "Мост", "", {"title": titles, "summary": {"en": "Its own."}})
    assert said_by(kept) == expected
    separate(by=None, merge=merged, reason="No.")
    assert said_by(kept) == before
    assert public_output(client) == outside


@pytest.mark.django_db
def test_texts_in_the_language_of_the_other_stay_together_if_one_was_changed_since() -> None:
    kept, gone = make.initiative(language="ru", title="Мост"), make.initiative(title="Bridge")
    merged = merge(by=None, kept=kept, gone=gone, take=["language"], reason=WHY)
    kept.refresh_from_db()
    kept.title = "The bridge"
    kept.save()
    separate(by=None, merge=merged, reason="No.")
    assert said_by(kept) == ("en", "The bridge", "", {"title": {"ru": "Мост"}})


@pytest.mark.django_db
@pytest.mark.parametrize("is_loaded_kept", [True, False])
@pytest.mark.parametrize("take", [(), ("language",)])
def test_a_file_changes_nothing_of_texts_of_two_languages(
    take: tuple[str, ...], is_loaded_kept: bool
) -> None:
    load_texts(VOCABULARY, report(body=FULL))
    loaded = Initiative.objects.get()
    typed = make.initiative(
        language="ru",
        title="Университет",
        dialogue=loaded.dialogue,
        translations={"title": {"en": "University", "ja": "大学"}},
    )
    kept, gone = (loaded, typed) if is_loaded_kept else (typed, loaded)
    merge(by=None, kept=kept, gone=gone, take=take, reason=WHY)
    assert said_by(kept)[0] == ("en" if is_loaded_kept != bool(take) else "ru")
    plan = load_texts(VOCABULARY, report(body=FULL))
    assert (plan.new, plan.changed) == (0, 0)


@pytest.mark.django_db
def test_a_record_without_texts_takes_those_of_the_other_in_their_language() -> None:
    kept, gone = make.meeting(language="ru", title=""), make.meeting(title="Summit")
    assert "language" not in dict(field_choices(kept, gone))
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    kept.refresh_from_db()
    assert (kept.language, kept.title, kept.translations) == ("en", "Summit", {})


# --- What stands in the way -----------------------------------------------------------------------


@pytest.mark.django_db
def test_what_cannot_be_one_is_told_before_and_leaves_everything_as_it_was() -> None:
    kept, gone, third = (make.initiative(slug) for slug in ("kept", "gone", "third"))
    make.lineage(later=kept, earlier=third)
    make.lineage(later=third, earlier=gone)
    with pytest.raises(ValidationError, match="circle"):
        foresee(by=None, kept=kept, gone=gone)
    wholes = [make.initiative(), make.initiative()]
    one, other = make.initiative(), make.initiative()
    for part, whole in zip((one, other), wholes, strict=True):
        make.lineage(later=part, earlier=whole, relation="part_of")
    with pytest.raises(ValidationError, match="parts of different initiatives"):
        merge(by=None, kept=one, gone=other, reason=WHY)
    draft = make.initiative(publication=Publication.DRAFT)
    with pytest.raises(ValidationError, match="draft"):
        merge(by=None, kept=one, gone=draft, reason=WHY)
    with pytest.raises(ValidationError, match="not one twice"):
        merge(by=None, kept=one, gone=one, reason=WHY)
    with pytest.raises(ValidationError, match="Say why"):
        merge(by=None, kept=one, gone=third, reason=" ")
    assert not Merge.objects.exists()
    assert not FormerAddress.objects.exists()


@pytest.mark.django_db
def test_two_that_wait_for_review_are_not_made_one() -> None:
    drafts = [make.initiative(publication=Publication.DRAFT) for _number in range(2)]
    for draft in drafts:
        submit(by=None, row=draft)
    kept, gone = drafts
    with pytest.raises(ValidationError, match="Both wait for review"):
        foresee(by=None, kept=kept, gone=gone)
    Review.objects.filter(initiative=kept).delete()
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    assert Review.objects.get().initiative == kept


@pytest.mark.django_db
def test_foreseeing_tells_what_follows_and_writes_nothing() -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    make.update(initiative=gone)
    for initiative in (kept, gone):
        make.target(initiative=initiative, metric="km", note=f"Of {initiative.slug}")
    before = {name: list(rows.values()) for name, rows in _all_rows()}
    moves = foresee(by=None, kept=kept, gone=gone)
    assert moves.moved["Status updates"] == moves.folded["Targets"] == 1
    [differing] = moves.differing
    assert (differing.stays, differing.goes) == ("Of kept", "Of gone")
    assert {name: list(rows.values()) for name, rows in _all_rows()} == before


def _all_rows() -> Iterator[tuple[str, Any]]:
    for model in apps.get_app_config("initiatives").get_models():
        yield model.__name__, model._base_manager.order_by("pk")


@pytest.mark.django_db
def test_a_title_that_is_taken_over_sorts_as_it_reads() -> None:
    kept, gone = make.initiative(title="Zebra"), make.initiative(title="Apple")
    merge(by=None, kept=kept, gone=gone, take=["title"], reason=WHY)
    assert bytes(Initiative.objects.get().sort_key) == sort_key("Apple")


@pytest.mark.django_db
def test_who_looked_at_something_else_is_told() -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    seen = state_of(kept, gone)
    rename(by=None, row=gone, key="other")
    with pytest.raises(ValidationError, match="meanwhile"):
        merge(by=None, kept=kept, gone=gone, reason=WHY, expected=seen)


@pytest.mark.django_db
def test_merging_needs_the_right_to_change_both() -> None:
    own, other = make.dialogue(), make.dialogue()
    kept, gone = make.initiative(dialogue=own), make.initiative(dialogue=other)
    for role, dialogues in ((EDITOR, []), (PUBLISHER, [own])):
        person = make_person(role, dialogues=dialogues)
        with pytest.raises(PermissionDenied):
            merge(by=person, kept=kept, gone=gone, reason=WHY)
    merge(by=make_person(PUBLISHER), kept=kept, gone=gone, reason=WHY)


@pytest.mark.django_db
def test_what_was_done_since_stays_with_the_one_that_was_kept() -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    own = make.update(initiative=gone)
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    since = make.update(initiative=kept)
    separate(by=None, merge=merged, reason="Two.")
    assert {e.pk: e.initiative.slug for e in StatusUpdate.objects.all()} == {
        own.pk: "gone",
        since.pk: "kept",
    }
    with pytest.raises(ValidationError, match="undone already"):
        separate(by=None, merge=merged, reason="Again.")


@pytest.mark.django_db
def test_a_chain_of_merges_is_undone_from_its_end(client: Client) -> None:
    first, second, third = (make.initiative(slug) for slug in ("first", "second", "third"))
    one = merge(by=None, kept=second, gone=first, reason=WHY)
    two = merge(by=None, kept=third, gone=second, reason=WHY)
    for slug in ("first", "second"):
        assert client.get(f"/initiatives/{slug}/").headers["Location"] == "/initiatives/third/"
    with pytest.raises(ValidationError, match="is gone"):
        separate(by=None, merge=one, reason="Two.")
    separate(by=None, merge=two, reason="Two.")
    assert client.get("/initiatives/first/").headers["Location"] == "/initiatives/second/"
    separate(by=None, merge=one, reason="Two.")
    assert client.get("/initiatives/first/").status_code == 200
    assert not FormerAddress.objects.exists()


@pytest.mark.django_db
def test_the_id_of_what_was_merged_is_given_to_nobody_not_even_to_the_one_that_was_kept() -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    merged = merge(by=None, kept=kept, gone=gone, reason=WHY)
    with pytest.raises(ValidationError, match="leads there for good"):
        rename(by=None, row=kept, key="gone")
    rename(by=None, row=kept, key="kept-2")
    assert separate(by=None, merge=merged, reason="Two.").slug == "gone"


@pytest.mark.django_db
def test_removal_covers_every_id_and_what_was_merged(client: Client) -> None:
    kept = make.initiative("kept", title="Kept")
    gone = make.initiative("gone", title="Secret")
    rename(by=None, row=gone, key="gone-2")
    merge(by=None, kept=kept, gone=gone, reason=WHY)
    remove(by=None, row=kept, reason="A rule.")
    for slug in ("kept", "gone", "gone-2"):
        assert client.get(f"/initiatives/{slug}/").status_code == 410
    assert not Initiative.history.filter(title="Secret").exists()
    assert not FormerAddress.objects.exists()
    assert not Merge.objects.exists()


# --- What the database holds ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [
        [FormerAddress(kind="theme", key="a", leads_to="a")],
        [FormerAddress(kind="theme", key="a", leads_to=to) for to in "bc"],
        [Merge(kind="theme", kept=1, gone=1, key="a")],
        [Merge(kind="theme", kept=kept, gone=3, key="a") for kept in (1, 2)],
    ],
)
def test_the_database_refuses_an_id_that_leads_two_ways_and_a_record_that_went_twice(
    rows: list[Any],
) -> None:
    *others, last = rows
    for row in others:
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save()
