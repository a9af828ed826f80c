"""Lines of the log: in English whatever language the page is read in, and one for each refusal."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils.translation import get_language, override


class InEnglish(logging.Formatter):
    """Says what is translated when it is read, such as why somebody may not, to who runs the site."""

    def format(self, record: logging.LogRecord) -> str:
        """As everywhere; before the apps are there no other language is read, and none can be."""
        if get_language() in (None, settings.LANGUAGE_CODE):
            return super().format(record)
        with override(settings.LANGUAGE_CODE):
            return super().format(record)


class InOneLine(logging.Filter):
    """Says why a request was refused, without the code that led there, which Django would show of each."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through."""
        if record.exc_info and getattr(record, "status_code", 500) < 500:
            record.msg, record.args = "%s: %s", (record.getMessage(), record.exc_info[1])
            record.exc_info = None
        return True
