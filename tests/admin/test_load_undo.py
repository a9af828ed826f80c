"""Loads at the desk and on the command line: listed, their undoing shown, and done as shown."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from initiatives.models import Initiative, Load, UploadState
from tests import make
from tests.loading.conftest import at_once, client, person
from tests.loading.test_undo import FIRST, MORE, RICH, WHY
from tests.report_files import VOCABULARY, load_texts
from tests.upload_pages import decide, page, uploaded
from tests.views.test_withdrawal import words

__all__ = ["at_once", "client", "person"]
pytestmark = pytest.mark.django_db


def url(load: Load, name: str) -> str:
    return reverse(f"admin:initiatives_load_{name}", args=[load.pk])


@pytest.mark.usefixtures("at_once")
def test_an_upload_leads_to_its_load_and_the_load_is_undone_as_shown(client: Client) -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE)
    upload = decide(client, uploaded(client, rich__yaml=RICH))
    assert upload.state == UploadState.LOADED
    load = Load.objects.latest("pk")
    assert upload.load == load
    assert url(load, "undo") in page(client, upload)
    assert "rich.yaml" in words(client.get(reverse("admin:initiatives_load_changelist")))
    assert "rich.yaml" in words(client.get(url(load, "change")))
    answer = client.get(url(load, "undo"))
    shown = words(answer)
    for text in ("Stays as it is 3", "Withdrawn 4", "Digital university", "which is withdrawn and"):
        assert text in shown, (text, shown)
    digest = answer.context["plan"].digest
    # Without a reason, after a change, and as shown.
    assert "Say why" in words(client.post(url(load, "undo"), {"digest": digest, "reason": " "}))
    make.update(initiative=Initiative.objects.get(), what="Meanwhile.")
    sent = {"digest": digest, "reason": WHY}
    moved = client.post(url(load, "undo"), sent)
    assert "The data has changed" in words(moved)
    assert not Load.objects.filter(undone_at__isnull=False).exists()
    sent["digest"] = moved.context["plan"].digest
    assert client.post(url(load, "undo"), sent).status_code == 302
    assert WHY in words(client.get(url(load, "change")))
    assert "undone" in page(client, upload)
    again = client.post(url(load, "undo"), sent, follow=True)
    assert "is undone already" in words(again)
    assert client.get(url(load, "undo"), follow=True).status_code == 200


def test_the_command_lists_shows_and_undoes() -> None:
    def run(*arguments: object, **options: object) -> str:
        out = io.StringIO()
        call_command("undo_load", *arguments, stdout=out, **options)
        return out.getvalue()

    assert "cannot be undone" in run()
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    load = Load.objects.latest("pk")
    assert f"Load {load.pk}: file-1.yaml + 1: 2" in run()
    shown = run(load.pk, dry_run=True)
    assert "Withdrawn: initiative university\n" in shown
    assert "Nothing was written." in shown
    with pytest.raises(CommandError, match="--reason"):
        run(load.pk)
    assert "The load is undone." in run(load.pk, reason=WHY)
    assert Initiative.objects.get().withdrawal_reason == WHY
    assert ", undone" in run()
    with pytest.raises(CommandError, match="is undone already"):
        run(load.pk, reason=WHY)
