"""The entry point of the application server."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")


class WholeBody:
    """A body that breaks off is an error, and not a shorter one: half a form would be saved as if it were all."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.readline = body.readline

    def read(self, size: int) -> bytes:
        """As many bytes, which are never more than the length that is claimed; raises OSError where there are fewer."""
        data: bytes = self._body.read(size)
        if len(data) < size:
            raise OSError("The body breaks off.")
        return data


class Request(WSGIRequest):
    """A request that is read as UTF-8, whatever charset its Content-Type claims and whether that can be parsed.

    Django would read addresses by that charset, so that one address would be several, and would fail on some before
    there is anybody to answer. RefuseUnreadableMiddleware refuses bodies by what is noted here.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ | {"wsgi.input": WholeBody(environ["wsgi.input"])})

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            parsed = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):
            parsed = "", {"charset": "unknown"}
        self.content_type, self.content_params = parsed


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Handler()
