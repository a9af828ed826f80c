"""How much a request may bring along, decided while it is read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class UploadQuota(FileUploadHandler):
    """Keeps nothing of files that are larger together than an upload may be; ``request.upload_is_too_large`` says so.

    What stands before the files in the form is kept, the token that lets the form through among it.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.left = settings.UPLOAD_MAX_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.left -= len(raw_data)
        if self.left < 0:
            self.request.upload_is_too_large = True  # type: ignore[union-attr]
            raise StopUpload
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
