"""What is saved in the admin: forms, their errors, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from initiatives.models import (
    Act,
    Attendance,
    Citation,
    DeliveryStatus,
    Dialogue,
    Discrepancy,
    EvidenceGrade,
    Initiative,
    Lineage,
    Meeting,
    Membership,
    Participant,
    Publication,
    Record,
    Report,
    Role,
    Standing,
    Target,
    Theme,
)
from tests import make
from tests.admin_forms import address, delete, errors, filled, saved, send

pytestmark = pytest.mark.django_db


def inline(prefix: str, number: int = 0, **fields: Any) -> dict[str, Any]:
    """Fields of one new row of an inline, the first by default."""
    row = {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return {f"{prefix}-TOTAL_FORMS": number + 1, **row}


def test_a_participant_a_theme_and_a_dialogue_are_added(admin_client: Client) -> None:
    saved(admin_client, address(Participant, "add"), name="Japan", code="jp", kind="state")
    japan = Participant.objects.get(code="jp")
    saved(admin_client, address(Theme, "add"), name="Water", slug="water", sdgs=["6", "13"])
    assert Theme.objects.get(slug="water").sdgs == [6, 13]
    members = inline("memberships", participant=japan.pk, capacity="member", since="2004-08")
    saved(admin_client, address(Dialogue, "add"), name="CA + JAD", slug="ca-jad", **members)
    membership = Membership.objects.get(dialogue__slug="ca-jad")
    assert (membership.participant, membership.since) == (japan, "2004-08")


def test_a_meeting_is_added_with_who_came_and_its_source(admin_client: Client) -> None:
    dialogue, japan, report = make.dialogue(), make.participant("jp"), make.report("mofa")
    saved(
        admin_client,
        address(Meeting, "add"),
        title="Eighth meeting",
        slug="fm-8",
        dialogue=dialogue.pk,
        kind="foreign_ministers",
        number=8,
        starts_on="2022-04-15",
        **inline("attendances", participant=japan.pk, capacity="member"),
        **inline("citations", report=report.pk, locator="para 1"),
    )
    meeting = Meeting.objects.get(slug="fm-8")
    assert Attendance.objects.get().participant == japan
    assert Citation.objects.get().ref == "mofa/meeting/fm-8"
    assert meeting.history.get().history_user.username == "admin"


def test_a_report_and_an_initiative_are_added(admin_client: Client) -> None:
    meeting, earlier, japan = make.meeting(), make.initiative(), make.participant("jp")
    saved(
        admin_client,
        address(Report, "add"),
        title="Joint statement",
        slug="js",
        publisher="MOFA",
        kind="joint",
        language="ja",
        published_on="2022",
        issued_by=[japan.pk],
    )
    assert list(Report.objects.get(slug="js").issued_by.all()) == [japan]
    saved(
        admin_client,
        address(Initiative, "add"),
        title="Digital University",
        slug="digital-university",
        dialogue=meeting.dialogue.pk,
        raised_at=meeting.pk,
        themes=[make.theme().pk],
        **inline("roles", role="lead", participant=japan.pk),
        **inline("targets", metric="students", bound="exactly", value="600"),
        **inline("earlier_links", relation="continues", earlier=earlier.pk),
    )
    initiative = Initiative.objects.get(slug="digital-university")
    assert initiative.publication == Publication.DRAFT
    assert initiative.last_heard_on == meeting.starts_on
    assert initiative.roles.get().participant == japan
    assert initiative.earlier_links.get().earlier == earlier
    assert "Digital University" in admin_client.get(address(earlier, "change")).text


@pytest.mark.parametrize("model", [Role, Lineage, Target, Membership, Attendance])
def test_a_row_of_an_inline_is_edited_on_its_own_page_too(
    admin_client: Client, model: type[Any]
) -> None:
    make.role(), make.target(), make.lineage()
    make.dialogue(members=[make.participant()])
    make.meeting(attended_by=[make.participant()])
    row = model.objects.get()
    report = make.report()
    prefix = inline("citations", report=report.pk, locator="p. 2")
    saved(admin_client, address(row, "change"), **prefix)
    assert row.citations.get().report == report


def test_a_discrepancy_cites_each_document_with_its_reading(admin_client: Client) -> None:
    saved(
        admin_client,
        address(Discrepancy, "add"),
        topic="Date of the meeting",
        slug="date",
        **inline("citations", report=make.report("uz").pk, says="15 April"),
    )
    assert Citation.objects.get().ref == "uz/discrepancy/date"


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"starts_on": "mid-2022"}, "Write 2022, 2022-04 or 2022-04-15"),
        ({"starts_on": "2022-02-30"}, "is not a date"),
        ({"starts_on": "2022-04-15", "ends_on": "2022-03"}, "The end lies before the start"),
        ({"number": "8"}, "a meeting of this kind and number already"),
        ({"number": "0"}, "numbered from 1"),
        ({"number": "99999999999999999999"}, "less than or equal"),
        ({"slug": "Fm 9"}, "valid"),
        ({"slug": "fm-8"}, "already exists"),
        ({"title": "a\0b"}, "Null characters"),
        ({"kind": "party"}, "valid choice"),
        ({"dialogue": "abc"}, "valid choice"),
        ({"dialogue": "99999999999999999999"}, "valid choice"),
        ({"host": "\0"}, "Null characters"),
    ],
)
def test_a_wrong_meeting_is_sent_back_with_what_was_typed(
    admin_client: Client, changes: dict[str, str], complaint: str
) -> None:
    other = make.meeting("fm-8", number=8)
    good = {
        "title": "Ninth",
        "slug": "fm-9",
        "dialogue": other.dialogue.pk,
        "kind": "foreign_ministers",
    }
    page = send(admin_client, address(Meeting, "add"), **good | changes)
    assert complaint in errors(page)
    assert Meeting.objects.count() == 1
    if "title" not in changes:
        assert 'value="Ninth"' in page.text


def test_a_key_that_is_left_empty_is_made_from_the_title(admin_client: Client) -> None:
    other = make.meeting("tsifrovoy-alyans")
    fields = {"title": "Цифровой альянс", "slug": "", "kind": "expert"}
    fields["dialogue"] = str(other.dialogue.pk)
    saved(admin_client, address(Meeting, "add"), **fields)
    assert Meeting.objects.exclude(pk=other.pk).get().slug == "tsifrovoy-alyans-2"
    page = send(admin_client, address(Meeting, "add"), **fields | {"title": "…"})
    assert "nothing can be made from the title or name" in errors(page)
    report = {"title": "Заявление", "publisher": "A", "kind": "press", "language": "ru"}
    saved(admin_client, address(Report, "add"), **report | {"slug": "", "published_on": "2022-04"})
    assert Report.objects.get().slug == "zayavlenie-2022-04"


def test_the_same_participant_twice_is_an_error_of_the_form(admin_client: Client) -> None:
    japan, dialogue = make.participant("jp"), make.dialogue()
    twice = inline("memberships", 0, participant=japan.pk, capacity="member")
    twice |= inline("memberships", 1, participant=japan.pk, capacity="member")
    assert "duplicate" in errors(send(admin_client, address(dialogue, "change"), **twice))
    add = {"name": "New", "slug": "new"}
    assert "duplicate" in errors(send(admin_client, address(Dialogue, "add"), **add, **twice))
    once = inline("memberships", participant=japan.pk, capacity="member")
    saved(admin_client, address(dialogue, "change"), **once)
    again = inline("memberships", 1, participant=japan.pk, capacity="member")
    assert errors(send(admin_client, address(dialogue, "change"), **again))


@pytest.mark.parametrize("field", ["themes", "issued_by"])
@pytest.mark.parametrize("value", ["abc", "\0", "99999999999999999999", "-1"])
def test_a_choice_that_cannot_be_is_an_error_of_the_form(
    admin_client: Client, field: str, value: str
) -> None:
    row = make.initiative() if field == "themes" else make.report()
    assert errors(send(admin_client, address(row, "change"), **{field: [value]}))


@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        ("meeting", "part_of", "A meeting is not part of itself."),
        ("participant", "part_of", "A participant is not part of itself."),
        ("report", "translation_of", "itself"),
    ],
)
def test_a_row_that_refers_to_itself_is_an_error_of_the_form(
    admin_client: Client, model: str, field: str, words: str
) -> None:
    rows: dict[str, Callable[[], Record]] = {
        "meeting": make.meeting,
        "participant": lambda: make.participant(kind="ministry"),
        "report": make.report,
    }
    row = rows[model]()
    page = send(admin_client, address(row, "change"), **{field: row.pk})
    assert words in errors(page)


def test_a_text_longer_than_files_carry_is_an_error_of_the_form(admin_client: Client) -> None:
    meeting = make.meeting()
    saved(admin_client, address(meeting, "change"), note="x" * 20_000)
    page = send(admin_client, address(meeting, "change"), note="x" * 20_001)
    assert "At most 20,000 characters." in errors(page)


def test_a_circle_in_the_lineage_is_an_error_of_the_form(admin_client: Client) -> None:
    link = make.lineage()
    back = inline("earlier_links", relation="builds_on", earlier=link.later.pk)
    page = send(admin_client, address(link.earlier, "change"), **back)
    assert "close a circle" in errors(page)
    own = inline("earlier_links", relation="builds_on", earlier=link.earlier.pk)
    page = send(admin_client, address(link.earlier, "change"), **own)
    assert "does not come from itself" in errors(page)
    page = send(
        admin_client,
        address(Lineage, "add"),
        later=link.earlier.pk,
        earlier=link.later.pk,
        relation="continues",
    )
    assert "close a circle" in errors(page)


def test_a_second_whole_is_an_error_of_the_form(admin_client: Client) -> None:
    part, whole, other = make.initiative(), make.initiative(), make.initiative()
    page = address(part, "change")
    first = inline("earlier_links", relation="part_of", earlier=whole.pk)
    both = first | inline("earlier_links", 1, relation="part_of", earlier=other.pk)
    assert "is part of one other at most" in errors(send(admin_client, page, **both))
    saved(admin_client, page, **first)
    second = inline("earlier_links", 1, relation="part_of", earlier=other.pk)
    assert "is part of one other at most" in errors(send(admin_client, page, **second))
    add = {"later": part.pk, "earlier": other.pk, "relation": "part_of"}
    refused = errors(send(admin_client, address(Lineage, "add"), **add))
    assert "part of another one already" in refused
    # The relation that is there may name another whole.
    saved(admin_client, page, **{"earlier_links-0-earlier": other.pk})
    assert Lineage.objects.get().earlier == other


def test_a_circle_that_somebody_closes_meanwhile_is_an_error_of_the_form(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check does not see the other's link, as if it were committed a moment later."""
    link = make.lineage()
    check, calls = Lineage.clean, []

    def late(self: Lineage) -> None:
        calls.append(self)
        if len(calls) > 1:
            check(self)

    monkeypatch.setattr(Lineage, "clean", late)
    back = inline("earlier_links", relation="builds_on", earlier=link.later.pk)
    page = send(admin_client, address(link.earlier, "change"), **back)
    assert "close a circle" in errors(page)
    assert Lineage.objects.count() == 1


def test_a_role_that_somebody_deleted_meanwhile_is_no_error_of_the_program(
    admin_client: Client,
) -> None:
    role = make.role()
    form = filled(admin_client.get(address(role.initiative, "change")))
    role.delete()
    assert admin_client.post(address(role.initiative, "change"), form).status_code == 200


def test_the_key_is_fixed_once_the_row_is_there(admin_client: Client) -> None:
    theme = make.theme("water")
    saved(admin_client, address(theme, "change"), name="Water and ice", slug="ice")
    theme.refresh_from_db()
    assert (theme.slug, theme.name) == ("water", "Water and ice")


def test_what_entries_decide_is_shown_and_cannot_be_typed(admin_client: Client) -> None:
    initiative = make.initiative(publication=Publication.DRAFT)
    make.mention(initiative=initiative, act=Act.ADOPTED)
    assert "Adopted" in admin_client.get(address(initiative, "change")).text
    saved(
        admin_client,
        address(initiative, "change"),
        publication="public",
        standing="mentioned",
        delivery_status="delivered",
    )
    initiative.refresh_from_db()
    assert initiative.publication == Publication.DRAFT
    assert initiative.standing == Standing.ADOPTED
    assert initiative.delivery_status == DeliveryStatus.NOT_REVIEWED


def test_an_initiative_is_saved_and_published_at_once(admin_client: Client) -> None:
    draft = make.initiative(publication=Publication.DRAFT)
    make.earlier_mention(draft)
    assert 'name="_publish"' in admin_client.get(address(draft, "change")).text
    page = saved(admin_client, address(draft, "change"), title="Ready", _publish="1")
    draft.refresh_from_db()
    assert (draft.title, draft.publication) == ("Ready", Publication.PUBLIC)
    assert "The initiative is public now" in page.text
    assert 'name="_publish"' not in admin_client.get(address(draft, "change")).text


def test_drafts_are_published_from_the_list(admin_client: Client) -> None:
    drafts = [make.initiative(publication=Publication.DRAFT) for _ in range(2)]
    for draft in drafts:
        make.earlier_mention(draft)
    rows = {"_selected_action": [row.pk for row in [*drafts, make.initiative()]]}
    url = address(Initiative, "changelist")
    page = admin_client.post(url, {"action": "publish_rows", **rows}, follow=True)
    assert "2 rows are public now" in page.text
    assert not Initiative.objects.exclude(publication=Publication.PUBLIC).exists()
    version = drafts[0].history.latest()
    assert (version.history_change_reason, version.history_user.username) == ("Published", "admin")


@pytest.mark.parametrize("page", ["change", "changelist"])
def test_who_may_only_look_cannot_publish(client: Client, page: str) -> None:
    draft = make.initiative(publication=Publication.DRAFT)
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    url = address(draft, "change") if page == "change" else address(Initiative, "changelist")
    data = {"action": "publish_rows", "_selected_action": draft.pk, "_publish": "1"}
    assert client.post(url, data).status_code in (200, 302, 403)
    draft.refresh_from_db()
    assert draft.publication == Publication.DRAFT
    assert "_publish" not in client.get(address(draft, "change")).text


def test_a_changed_report_brings_its_initiatives_up_to_date(admin_client: Client) -> None:
    report = make.report(kind=EvidenceGrade.STATEMENT)
    update = make.update(report=report)
    saved(admin_client, address(report, "change"), kind="joint", published_on="2022-05")
    update.initiative.refresh_from_db()
    assert update.initiative.status_grade == EvidenceGrade.JOINT


def test_a_changed_meeting_brings_its_initiatives_up_to_date(admin_client: Client) -> None:
    meeting = make.meeting(starts_on="2022")
    initiative = make.initiative(raised_at=meeting)
    saved(admin_client, address(meeting, "change"), starts_on="2022-04-15")
    initiative.refresh_from_db()
    assert initiative.last_heard_on == "2022-04-15"


def test_an_initiative_raised_elsewhere_is_brought_up_to_date(admin_client: Client) -> None:
    initiative = make.initiative()
    meeting = make.meeting(dialogue=initiative.dialogue, starts_on="2024-08")
    saved(admin_client, address(initiative, "change"), raised_at=meeting.pk)
    initiative.refresh_from_db()
    assert initiative.last_heard_on == "2024-08"


def test_a_citation_of_an_update_raises_its_grade_until_it_is_deleted(
    admin_client: Client,
) -> None:
    update = make.update(report=make.report(kind=EvidenceGrade.STATEMENT))
    study = make.report("study", kind=EvidenceGrade.STUDY)
    saved(admin_client, address(Citation, "add"), report=study.pk, status_update=update.pk)
    initiative = Initiative.objects.get()
    assert initiative.status_grade == EvidenceGrade.STUDY
    dropped = {"citations-0-DELETE": "on"}
    saved(admin_client, address(study, "change"), **dropped)
    initiative.refresh_from_db()
    assert initiative.status_grade == EvidenceGrade.STATEMENT
    again = make.citation(report=study, status_update=update)
    initiative.refresh_from_db()
    assert initiative.status_grade == EvidenceGrade.STUDY
    delete(admin_client, again)
    initiative.refresh_from_db()
    assert initiative.status_grade == EvidenceGrade.STATEMENT


def test_a_citation_moved_to_another_update_changes_both(admin_client: Client) -> None:
    weak = make.report(kind=EvidenceGrade.STATEMENT)
    first, second = make.update(report=weak), make.update(report=weak)
    citation = make.citation(report=make.report(), status_update=first)
    saved(admin_client, address(citation, "change"), status_update=second.pk)
    grades = [Initiative.objects.get(pk=u.initiative.pk).status_grade for u in (first, second)]
    assert grades == [EvidenceGrade.STATEMENT, EvidenceGrade.JOINT]


def test_a_citation_is_for_exactly_one_thing(admin_client: Client) -> None:
    report, meeting = make.report("r"), make.meeting("m")
    url = address(Citation, "add")
    assert "exactly one" in errors(send(admin_client, url, report=report.pk))
    both = {"meeting": meeting.pk, "dialogue": meeting.dialogue.pk}
    assert "exactly one" in errors(send(admin_client, url, report=report.pk, **both))
    for _ in range(2):
        saved(admin_client, url, report=report.pk, meeting=meeting.pk)
    assert {c.ref for c in Citation.objects.all()} == {"r/meeting/m", "r/meeting/m/2"}
    second = Citation.objects.get(ref="r/meeting/m/2")
    saved(admin_client, address(second, "change"), locator="p. 9")
    second.refresh_from_db()
    assert (second.ref, second.locator) == ("r/meeting/m/2", "p. 9")
