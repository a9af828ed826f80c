"""Every address of the desk × every role × own and other dialogues, against a table that must name every address."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from initiatives.loading.plan_summary import plan_summary
from initiatives.loading.plan_types import Plan
from initiatives.models import (
    Dialogue,
    FollowUpPlan,
    Initiative,
    Load,
    LoadConflict,
    Publication,
    Report,
    Review,
    Upload,
    UploadState,
)
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR, PUBLISHER
from tests import make
from tests.every_model import MAKERS
from tests.extent import COMBINES_ALL, in_turn
from tests.people import client_of, make_person
from tests.report_files import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]

# N: staff without a role. E, P, A: editor, publisher, administrator of one dialogue. C: administrator of all dialogues.
# S: superuser. In no column: a visitor, and a user who is not staff; both are sent to sign in, always.
ALL, ROLES, PUBLISHING, UNLIMITED = "NEPACS", "EPACS", "PACS", "CS"
DRAFT, PUBLIC, OTHER = "own draft", "own public row", "row of another dialogue"
STATES = (DRAFT, PUBLIC, OTHER)
OUTSIDE = ("visitor", "user")

# Who gets further, for GET and for POST: everywhere, or by the state of the row.
Who = str | tuple[str, str, str]
Rule = tuple[Who, Who]

SEEN: Rule = (ROLES, ROLES)
NOBODY: Rule = ("", "")
BY_DRAFT = (ROLES, PUBLISHING, UNLIMITED)
OWN = (ROLES, ROLES, UNLIMITED)
OWN_PUBLISHING = (PUBLISHING, PUBLISHING, UNLIMITED)
OWN_ADMINISTRATING = ("ACS", "ACS", UNLIMITED)

READ_ONLY = {
    "changelist": SEEN,
    "add": NOBODY,
    "change": (ROLES, ""),
    "delete": NOBODY,
    "history": SEEN,
}
DRAFTED = {
    "changelist": SEEN,
    "add": SEEN,
    "change": (ROLES, BY_DRAFT),
    "delete": (BY_DRAFT, BY_DRAFT),
    "history": SEEN,
    "simple_history": (ROLES, BY_DRAFT),
}
STEPS = {
    "review": (OWN_PUBLISHING, OWN_PUBLISHING),
    "submit": (OWN, OWN),
    "publish": (OWN_PUBLISHING, OWN_PUBLISHING),
    "return": (OWN_PUBLISHING, OWN_PUBLISHING),
    "reinstate": (OWN_PUBLISHING, OWN_PUBLISHING),
    "remove": (OWN_ADMINISTRATING, OWN_ADMINISTRATING),
}
ENTRY = {
    **STEPS,
    "changelist": SEEN,
    "add": SEEN,
    "change": (ROLES, ""),
    "delete": NOBODY,
    "history": SEEN,
    # What comes back of an entry is whether it is public.
    "simple_history": (ROLES, OWN_PUBLISHING),
    "correct": (OWN, OWN),
    "withdraw": (BY_DRAFT, BY_DRAFT),
}
OF_A_DIALOGUE = {
    "changelist": SEEN,
    "add": (PUBLISHING, PUBLISHING),
    "change": (ROLES, OWN_PUBLISHING),
    "delete": (OWN_PUBLISHING, OWN_PUBLISHING),
    "history": SEEN,
    "simple_history": (ROLES, OWN_PUBLISHING),
}
SHOWN: dict[str, Rule] = {"show": (OWN_PUBLISHING, OWN_PUBLISHING), "preview": (ROLES, "")}
RECORD_STEPS = ("address", "merge", "separate")
FREE: Rule = (UNLIMITED, UNLIMITED)
SHARED = {
    "changelist": SEEN,
    "add": (UNLIMITED, UNLIMITED),
    "change": (ROLES, UNLIMITED),
    "delete": (UNLIMITED, UNLIMITED),
    "history": SEEN,
    "simple_history": (ROLES, UNLIMITED),
}
LOOKED_AT = {
    "changelist": ("ACS", "ACS"),
    "add": NOBODY,
    "change": ("ACS", ""),
    "delete": NOBODY,
    "history": ("ACS", "ACS"),
}
TABLE: dict[str, dict[str, Rule]] = {
    "initiatives_initiative": {
        **DRAFTED,
        **STEPS,
        "preview": (ROLES, ""),
        **dict.fromkeys(RECORD_STEPS, (BY_DRAFT, BY_DRAFT)),
        "withdraw": (BY_DRAFT, BY_DRAFT),
        "translate": (BY_DRAFT, BY_DRAFT),
        "record_status": (OWN, OWN),
        "record_mention": (OWN, OWN),
        "record_criterion": (OWN, OWN),
        # Rows of other dialogues are refused in the form, one by one: see test_rights.py.
        "record_statuses": SEEN,
    },
    "initiatives_role": DRAFTED,
    "initiatives_target": DRAFTED,
    "initiatives_lineage": DRAFTED,
    "initiatives_citation": DRAFTED,
    # Of the desk alone, whatever it is about; what is chosen for many is refused in the form, one by one.
    "initiatives_followupplan": {
        **DRAFTED,
        "change": (ROLES, OWN),
        "delete": (OWN, OWN),
        "simple_history": (ROLES, OWN),
        "of": (ROLES, ROLES),
        "many": SEEN,
    },
    "initiatives_mention": ENTRY,
    "initiatives_criterion": {**ENTRY, "translate": (BY_DRAFT, BY_DRAFT)},
    "initiatives_statusupdate": {**ENTRY, "translate": (BY_DRAFT, BY_DRAFT)},
    "initiatives_report": {
        **DRAFTED,
        **SHOWN,
        **dict.fromkeys(RECORD_STEPS, (BY_DRAFT, BY_DRAFT)),
        "delete": (OWN_PUBLISHING, OWN_PUBLISHING),
    },
    "initiatives_meeting": {
        **OF_A_DIALOGUE,
        **SHOWN,
        **dict.fromkeys((*RECORD_STEPS, "translate"), (OWN_PUBLISHING, OWN_PUBLISHING)),
    },
    "initiatives_attendance": OF_A_DIALOGUE,
    "initiatives_delegate": OF_A_DIALOGUE,
    "initiatives_line": OF_A_DIALOGUE,
    "initiatives_membership": OF_A_DIALOGUE,
    "initiatives_discrepancy": OF_A_DIALOGUE,
    "initiatives_dialogue": {
        **OF_A_DIALOGUE,
        "add": (UNLIMITED, UNLIMITED),
        **dict.fromkeys(("address", "translate"), (OWN_PUBLISHING, OWN_PUBLISHING)),
    },
    "initiatives_participant": {
        **SHARED,
        **SHOWN,
        **dict.fromkeys(("show", "translate", *RECORD_STEPS), FREE),
    },
    "initiatives_theme": {
        **SHARED,
        **SHOWN,
        **dict.fromkeys(("show", "translate", "address"), FREE),
    },
    "initiatives_loadedfact": READ_ONLY,
    # Of a record that is there, who may change it; of one that is gone, who may load.
    "initiatives_loadconflict": {**READ_ONLY, "settle": (UNLIMITED, UNLIMITED)},
    "initiatives_review": READ_ONLY,
    # Of all dialogues; one that is loaded already, so that nothing begins to work.
    "initiatives_upload": {
        "changelist": (UNLIMITED, UNLIMITED),
        "add": (UNLIMITED, UNLIMITED),
        "change": (UNLIMITED, UNLIMITED),
        "delete": NOBODY,
        "history": (UNLIMITED, UNLIMITED),
        "apply": (UNLIMITED, UNLIMITED),
        "compare": (UNLIMITED, UNLIMITED),
        "workbook": (UNLIMITED, UNLIMITED),
        "with_ids": (UNLIMITED, UNLIMITED),
    },
    "initiatives_load": {
        "changelist": (UNLIMITED, UNLIMITED),
        "add": NOBODY,
        "change": (UNLIMITED, UNLIMITED),
        "delete": NOBODY,
        "history": (UNLIMITED, UNLIMITED),
        "undo": (UNLIMITED, UNLIMITED),
    },
    "auth_user": {
        **LOOKED_AT,
        "add": (UNLIMITED, UNLIMITED),
        "change": ("ACS", UNLIMITED),
        "password_change": (UNLIMITED, UNLIMITED),
        "two_factor": (UNLIMITED, UNLIMITED),
    },
    "auth_group": {**LOOKED_AT, "add": ("S", "S"), "change": ("ACS", "S"), "delete": ("S", "S")},
    "axes_accessattempt": {**LOOKED_AT, "delete": ("ACS", "ACS")},
    "axes_accesslog": {**LOOKED_AT, "delete": ("S", "S")},
}
SITE: dict[str, Rule] = {
    "index": (ALL, ALL),
    "password_change": (ALL, ALL),
    "password_change_done": (ALL, ""),
    "jsi18n": (ALL, ""),
    "app_list": SEEN,
    "autocomplete": (ROLES, ""),
    "view_on_site": SEEN,
    "translations": (ROLES, ""),
    # One's own filters, of a list that one may see; without a choice of these nothing is there.
    "saved_filters": ("", ""),
    # One's own forms only; it leads on where nothing is kept.
    "typed": (ALL, ALL),
    "two_factor": (ALL, ALL),
    "two_factor_code": (ALL, ALL),
    "two_factor_set_up": (ALL, ALL),
    "two_factor_codes": (ALL, ALL),
    "two_factor_off": (ALL, ALL),
}
# For those who are not in; see test_door.py.
OPEN = {"login", "logout"}


# --- Every address there is -----------------------------------------------------------------------


def named(patterns: Any) -> Iterator[tuple[str | None, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name, str(pattern.pattern)
        else:
            yield from named(pattern.url_patterns)


def test_every_address_has_a_rule() -> None:
    names = {name for name, _route in named(site.get_urls()) if name}
    ruled = {f"{model}_{page}" for model, pages in TABLE.items() for page in pages}
    assert names - ruled - set(SITE) - OPEN == set(), "add these to the table"
    assert ruled | set(SITE) | OPEN == names | (ruled - names), "these are gone"
    assert ruled - names == set()


def test_addresses_without_a_name_only_lead_on() -> None:
    """Django's own: an old form of the address of a row, and whatever nothing else answers."""
    routes = {route for name, route in named(site.get_urls()) if name is None}
    assert routes <= {"<path:object_id>/", "(?P<url>.*)$"}


@pytest.fixture(autouse=True)
def _nothing_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is let in is known before the page is rendered, which takes most of the time."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")


# --- The world ------------------------------------------------------------------------------------


def row_of(key: str, state: str, dialogue: Dialogue) -> Model:
    """A row in that state: of a draft of the own dialogue, of a public initiative, of another dialogue."""
    publication = Publication.PUBLIC if state == PUBLIC else Publication.DRAFT
    about = make.initiative(dialogue=dialogue, publication=publication)
    makers: dict[str, Callable[[], Model]] = {
        "initiatives_initiative": lambda: about,
        "initiatives_role": lambda: make.role(initiative=about),
        "initiatives_target": lambda: make.target(initiative=about),
        "initiatives_lineage": lambda: make.lineage(
            later=about, earlier=make.initiative(publication=publication)
        ),
        "initiatives_followupplan": lambda: FollowUpPlan.objects.create(initiative=about),
        "initiatives_citation": lambda: make.citation(role=make.role(initiative=about)),
        "initiatives_mention": lambda: make.mention(initiative=about, publication=publication),
        "initiatives_criterion": lambda: make.criterion(initiative=about, publication=publication),
        "initiatives_statusupdate": lambda: make.update(initiative=about, publication=publication),
        "initiatives_report": lambda: report_of(about),
        "initiatives_meeting": lambda: make.meeting(dialogue=dialogue),
        "initiatives_attendance": lambda: make.attendance(meeting=make.meeting(dialogue=dialogue)),
        "initiatives_delegate": lambda: make.delegate(
            attendance=make.attendance(meeting=make.meeting(dialogue=dialogue))
        ),
        "initiatives_line": lambda: make.line(meeting=make.meeting(dialogue=dialogue)),
        "initiatives_membership": lambda: dialogue.memberships.create(
            participant=make.participant()
        ),
        "initiatives_discrepancy": lambda: make.discrepancy(dialogue=dialogue),
        "initiatives_dialogue": lambda: dialogue,
        "initiatives_loadconflict": lambda: LoadConflict.objects.create(
            source="r", kind="theme", key=about.slug
        ),
        "initiatives_review": lambda: Review.objects.create(ref=about.slug, initiative=about),
        "initiatives_upload": loaded_upload,
        "initiatives_load": lambda: Load.objects.create(),
        "auth_user": lambda: make_person(EDITOR, dialogues=[dialogue]),
        "auth_group": lambda: Group.objects.get(name=EDITOR),
        "axes_accessattempt": lambda: AccessAttempt.objects.create(
            username=state, ip_address="192.0.2.1", failures_since_start=1
        ),
        "axes_accesslog": lambda: AccessLog.objects.create(username=state),
    }
    every = {f"initiatives_{model._meta.model_name}": maker for model, maker in MAKERS.items()}
    return makers.get(key, every.get(key, lambda: about))()


def loaded_upload() -> Upload:
    """An upload of one file that left its id out."""
    plan = plan_summary(Plan([], made_ids=[{("report",): "made"}]))
    upload = Upload.objects.create(state=UploadState.LOADED, loaded_at=timezone.now(), plan=plan)
    content = report().replace("  id: statement\n", "").encode()
    upload.files.create(number=1, name="statement.yaml", size=len(content), content=content)
    return upload


def report_of(initiative: Initiative) -> Report:
    report = make.report(publication=initiative.publication)
    make.mention(initiative=initiative, report=report, publication=initiative.publication)
    return report


class Desk(NamedTuple):
    """A dialogue, and who is in: all roles that are for one dialogue are for this one."""

    own: Dialogue
    clients: dict[str, Client]


@pytest.fixture(scope="module")
def desk(for_module: Callable[[Callable[[], Desk]], Desk]) -> Desk:
    return for_module(make_desk)


def make_desk() -> Desk:
    dialogue = make.dialogue()
    own = [dialogue]
    found = {
        "N": make_person(),
        "E": make_person(EDITOR, dialogues=own),
        "P": make_person(PUBLISHER, dialogues=own),
        "A": make_person(ADMINISTRATOR, dialogues=own),
        "C": make_person(ADMINISTRATOR),
        "S": User.objects.create_superuser("chief"),
    }
    clients = {letter: client_of(person) for letter, person in found.items()}
    outside = {"visitor": Client(), "user": client_of(make_person(is_staff=False))}
    return Desk(dialogue, {**outside, **clients})


def outcome(client: Client, method: str, url: str, data: dict[str, Any]) -> str:
    """“in”, “refused” or “door”; whatever it wrote is undone."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(url, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.status_code == 302 and "/login/" in response.headers["Location"]:
        return "door"
    if response.status_code in (403, 404, 405):
        return "refused"
    assert response.status_code in (200, 302), (method, url, response.status_code)
    return "in"


def beside_the_line(url: str, may: str) -> list[str]:
    """Who comes before the first role that is let in, and that role: each role may what those before it may.

    Before them, one of those who are sent to sign in: one function opens every door.
    """
    line = [*OUTSIDE, *ALL]
    assert "".join(line).endswith(may)
    first = len(line) - len(may)
    return [*in_turn(len(url), OUTSIDE), *line[max(first - 1, len(OUTSIDE)) : first + 1]]


def check(clients: dict[str, Client], url: str, rule: Rule, column: int, data: Any = None) -> None:
    wrong = []
    for method, who in zip(("get", "post"), rule, strict=True):
        if isinstance(who, str) and column:
            # It does not look at the row, and was tried with another.
            continue
        may = who if isinstance(who, str) else who[column]
        for letter in clients if COMBINES_ALL else beside_the_line(url, may):
            client = clients[letter]
            sent = {"post": "yes"} if method == "post" else data or {}
            found = outcome(client, method, url, sent)
            expected = "door" if len(letter) > 1 else "in" if letter in may else "refused"
            if found != expected:
                wrong.append(f"{method} {url}: {letter} is {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


# --- The matrix -----------------------------------------------------------------------------------


# Of what is never a draft, the second column would say the same as the first.
WITH_DRAFTS = [
    key for key, pages in TABLE.items() if pages["change"][1] == BY_DRAFT or "submit" in pages
]
CASES = [(key, n) for key in TABLE for n in range(len(STATES)) if n != 1 or key in WITH_DRAFTS]


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("key", "column"), CASES, ids=[f"{key}-{STATES[column]}" for key, column in CASES]
)
def test_every_page_of_a_row_lets_in_who_may(desk: Desk, key: str, column: int) -> None:
    row = row_of(key, STATES[column], make.dialogue() if STATES[column] == OTHER else desk.own)
    for page, rule in TABLE[key].items():
        name = f"admin:{key}_{page}"
        if page in ("changelist", "add", "record_statuses", "many", "workbook"):
            if column == 0:
                chosen = {"initiative": row.pk} if page == "record_statuses" else None
                check(desk.clients, reverse(name), rule, column, chosen)
            continue
        args = [row.initiative.pk if page == "of" else row.pk]  # type: ignore[attr-defined]
        if page == "with_ids":
            args.append(1)
        if page == "simple_history":
            args.append(row.history.latest().pk)  # type: ignore[attr-defined]
        check(desk.clients, reverse(name, args=args), rule, column)


@pytest.mark.every_case
@pytest.mark.parametrize("name", SITE)
def test_every_page_of_the_desk_lets_in_who_may(desk: Desk, name: str) -> None:
    initiative = make.initiative()
    kind = ContentType.objects.get_for_model(Initiative)
    args: dict[str, list[Any]] = {
        "app_list": ["initiatives"],
        "view_on_site": [kind.pk, initiative.pk],
    }
    url = reverse(f"admin:{name}", args=args.get(name, []))
    data = {}
    if name == "autocomplete":
        data = {"app_label": "initiatives", "model_name": "role", "field_name": "participant"}
    check(desk.clients, url, SITE[name], 0, data)


def test_the_table_names_every_model_of_the_desk() -> None:
    keys = {f"{model._meta.app_label}_{model._meta.model_name}" for model in site._registry}
    assert keys == set(TABLE)
