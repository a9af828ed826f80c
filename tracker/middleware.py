"""What every request passes before it reaches a view."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.views.defaults import bad_request


class RefuseNulMiddleware:
    """Answers 400 to a NUL in the path or the query string.

    PostgreSQL cannot store or compare NUL, so each view that looks such a value up would answer
    500. No word that a person searches for holds one. NULs in posted forms are refused by the form
    fields themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 400."""
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or "\0" in query or "%00" in query:
            # Not raised: robots that probe would fill the log with tracebacks.
            return bad_request(request, BadRequest("The address holds a NUL character."))
        return self.get_response(request)
