"""What is stored is in English, whatever language the desk is read in; what the desk answers is in that language."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from functools import reduce
from logging.config import DictConfigurator
from operator import or_
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import override

from initiatives.models import (
    Initiative,
    Load,
    LoadConflict,
    Report,
    StatusUpdate,
    Upload,
    UploadState,
)
from initiatives.recording.permissions import NO_ROLE
from tests import make
from tests.admin.test_desk_is_marked import Reading
from tests.admin_forms import address
from tests.html_forms import boxes_of
from tests.loading.conftest import at_once
from tests.people import client_of
from tests.pseudo_language import BEGIN, END, PREFIX, pseudo_language
from tests.report_files import FULL, VOCABULARY, load_texts, report

# Words of that language, and addresses under its prefix; JSON may keep letters by their numbers.
SIGNS = (BEGIN, "\\u27e6", f"{PREFIX}/initiatives/", f"{PREFIX}/meetings/", f"{PREFIX}/reports/")

__all__ = ["at_once"]
pytestmark = pytest.mark.django_db


def columns_of_text() -> Iterator[tuple[Any, str]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                yield model, field.name


def in_the_language_of_the_desk() -> list[str]:
    """Where in the database something of the pseudo-language is."""
    found = []
    for model, name in columns_of_text():
        texts = model._base_manager.annotate(_text=Cast(name, models.TextField()))
        rows = texts.filter(reduce(or_, (models.Q(_text__contains=sign) for sign in SIGNS)))
        found += [
            f"{model._meta.label}.{name}: {text}" for text in rows.values_list("_text", flat=True)
        ]
    return found


class Desk:
    """The desk in the pseudo-language: forms are opened, and sent with some boxes changed; all answers are read."""

    def __init__(self) -> None:
        self.client = client_of(User.objects.create_superuser("chief"))
        self.reading = Reading()

    def get(self, url: str) -> Any:
        page = self.client.get(PREFIX + url)
        assert page.status_code == 200, (url, page.status_code)
        self.reading.look(url, page)
        return page

    def send(self, url: str, query: str = "", *, to: str = "", **changes: Any) -> None:
        page = self.get(url + query)
        self.reading.data |= {str(value) for value in changes.values()}
        target = f"{PREFIX}{to or url}{query}"
        answer = self.client.post(target, boxes_of(page.text) | changes)
        if answer.status_code == 200 and answer.context.get("second_look"):
            self.reading.look(f"a second look at {url}", answer)
            doubts = answer.context["adminform"].form.outlook.doubts
            confirmed = {"_confirm": ",".join(doubt.code for doubt in doubts)}
            answer = self.client.post(target, boxes_of(answer.text) | confirmed)
        self._follow(url, answer)

    def act(self, row: models.Model, action: str) -> None:
        data = {"action": action, "_selected_action": [row.pk]}
        url = address(type(row), "changelist")
        self._follow(url, self.client.post(PREFIX + url, data))

    def upload(self, text: str) -> Upload:
        file = SimpleUploadedFile("file.yaml", text.encode())
        url = address(Upload, "add")
        self._follow(url, self.client.post(PREFIX + url, {"files": [file]}))
        return Upload.objects.latest("pk")

    def _follow(self, url: str, answer: Any) -> None:
        """Go on to where a form that was taken leads, which says so."""
        assert answer.status_code == 302, (url, page_errors(answer))
        self.get(answer.headers["Location"].removeprefix(PREFIX))


def page_errors(answer: Any) -> str:
    """What a form was sent back for."""
    return " ".join(re.findall(f"{BEGIN}[^{END}]*{END}", answer.text.partition("<form")[2]))[:400]


def test_what_is_written_at_a_desk_in_another_language_is_kept_in_english() -> None:
    file = report(body=FULL)
    load_texts(VOCABULARY, file)
    loaded = Initiative.objects.get()
    loaded.title = "Ours"
    loaded.save()
    load_texts(file.replace("Digital university", "Theirs"))
    (document,) = Report.objects.all()
    meeting = make.meeting()
    draft, other = (
        make.initiative(name, publication="draft", dialogue=loaded.dialogue)
        for name in ("draft", "other")
    )
    for row in (draft, other):
        make.mention(initiative=row, report=document, publication="draft")
    desk = Desk()
    with pseudo_language():
        # What is typed, and what comes of it.
        desk.send(address(loaded, "change"), title="New title")
        desk.send(address(meeting, "change"), title="New title")
        desk.send(address(document, "change"), publisher="New publisher")
        desk.send(
            address(loaded, "record_status"),
            status="delivered",
            on="2024-08-09",
            what="Done.",
            report=document.pk,
            locator="2",
            publication="public",
        )
        update = StatusUpdate.objects.latest("pk")
        translations = {"translations-0-field": "what", "translations-0-language": "ja"}
        desk.send(address(update, "translate"), **translations, **{"translations-0-text": "完了"})
        desk.send(address(update, "correct"), what="Done indeed.")
        desk.send(address(StatusUpdate.objects.latest("pk"), "withdraw"), reason="Misread.")
        desk.send(
            address(loaded, "record_mention"), report=document.pk, act="mentioned", locator="3"
        )
        # The way to the public and away from it.
        desk.send(address(draft, "submit"))
        desk.send(address(draft, "return"), reason="Again.")
        desk.send(address(draft, "publish"))
        desk.act(draft, "unpublish_rows")
        desk.act(draft, "publish_rows")
        desk.send(address(draft, "withdraw"), reason="Misread.")
        desk.send(address(draft, "reinstate"), reason="After all.")
        # The record as a whole.
        desk.send(address(other, "publish"))
        desk.send(address(other, "address"), key="another")
        desk.send(address(loaded, "merge"), "?other=another", reason="One and the same.")
        desk.send(address(loaded, "separate"), reason="Two after all.")
        earlier = loaded.history.order_by("history_id").first()
        desk.send(address(loaded, "simple_history", earlier.pk))
        conflict = LoadConflict.objects.get()
        desk.send(address(conflict, "change"), to=address(conflict, "settle"), **{"take-0": "file"})
        desk.send(address(make.theme(publication="draft"), "show"))
        desk.send(address(make.theme(), "delete"), post="yes")
        desk.send(address(StatusUpdate.objects.latest("pk"), "remove"), reason="Law.")
        load = Load.objects.latest("pk")
        desk.send(address(load, "undo"), reason="Misread.")
        histories: tuple[models.Model, ...] = (loaded, draft, document)
        for record in histories:
            desk.get(address(record, "history"))
    assert not in_the_language_of_the_desk()
    assert not desk.reading.found, desk.reading.report()


@pytest.mark.usefixtures("at_once")
def test_what_is_found_in_uploads_is_kept_in_english() -> None:
    file = report(body=FULL)
    desk = Desk()
    with pseudo_language():
        refused = desk.upload(file)
        loaded = desk.upload(VOCABULARY)
        desk.send(address(loaded, "change"), to=address(loaded, "apply"))
        loaded = desk.upload(file)
        desk.send(address(loaded, "change"), to=address(loaded, "apply"))
        Initiative.objects.update(title="Ours")
        conflicting = desk.upload(file.replace("Digital university", "Theirs"))
        desk.send(address(conflicting, "change"), to=address(conflicting, "apply"))
    refused.refresh_from_db()
    assert refused.state == UploadState.REFUSED
    assert LoadConflict.objects.exists()
    assert not in_the_language_of_the_desk()
    assert not desk.reading.found, desk.reading.report()


def test_the_log_says_in_english_why_somebody_may_not() -> None:
    config: Any = settings.LOGGING
    formatter: Any = DictConfigurator(config).configure_formatter(config["formatters"]["line"])
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (NO_ROLE,), None)
    with override("ja"):
        try:
            raise PermissionDenied(NO_ROLE)
        except PermissionDenied:
            record.exc_info = sys.exc_info()
        assert str(NO_ROLE) != "Your roles do not allow this."
        logged = formatter.format(record)
    assert logged.count("Your roles do not allow this.") == 2
