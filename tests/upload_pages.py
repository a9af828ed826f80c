"""The pages of an upload, as a person goes through them: upload, look, decide."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from initiatives.models import Upload, UploadState

ADD = "admin:initiatives_upload_add"


def send(client: Client, **files: str | bytes) -> Any:
    """Upload files by name, and return the answer."""
    sent = [
        SimpleUploadedFile(
            name.replace("__", "."), text.encode() if isinstance(text, str) else text
        )
        for name, text in files.items()
    ]
    return client.post(reverse(ADD), {"files": sent})


def uploaded(client: Client, **files: str | bytes) -> Upload:
    answer = send(client, **files)
    assert answer.status_code == 302, answer.content.decode()
    return Upload.objects.latest("pk")


def page(client: Client, upload: Upload) -> str:
    answer = client.get(reverse("admin:initiatives_upload_change", args=[upload.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def decide(client: Client, upload: Upload, **data: str) -> Upload:
    """Press “Load”, with what was decided about conflicts."""
    upload.refresh_from_db()
    url = reverse("admin:initiatives_upload_apply", args=[upload.pk])
    answer = client.post(url, {"digest": upload.digest} | data)
    assert answer.status_code == 302
    upload.refresh_from_db()
    return upload


def faults(upload: Upload) -> list[tuple[str, str, str]]:
    assert upload.state == UploadState.REFUSED
    return [(problem["file"], problem["place"], problem["what"]) for problem in upload.problems]
