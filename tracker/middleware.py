"""What every request passes before it reaches a view."""

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from inspect import unwrap
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.http import escape_leading_slashes
from django.views import defaults

from initiatives.languages import ENGLISH, OF_THE_DESK, prefix_of
from initiatives.models.addresses import DATA
from initiatives.serving.middleware import STAFF, hindered, let_others_read, unavailable
from initiatives.serving.shares import BUSY, Busy, Share

from .health import ALIVE, READY

READING = ("GET", "HEAD")
NOTHING_IS_TAKEN = "This page of the Initiative tracker can only be read.\n"
# deploy/Caddyfile waits for so much of a body before it passes anything on.
AT_ONCE = 3 * 1024**2
LONG_BODIES = Share(lambda: settings.THREADS // 2)

# Without the check of a token, for which it would read the body: that may be what cannot be read.
bad_request: Callable[[HttpRequest, Exception], HttpResponse] = unwrap(defaults.bad_request)
# What is no page, under the prefix of a language.
ONE_ADDRESS = (settings.STATIC_URL, ALIVE, READY)
# Where somebody goes on to after signing in is never looked up; from a bad one they come to the desk
# (admin/account/sign_in.py).
ONWARD = re.compile(r"(?:^|&)next=[^&]*")


class ForeignCharset(BadRequest):
    """A body in another encoding than UTF-8."""


# Why a form cannot be read, as the page has it; anything else broke off or is no form.
UNREADABLE: dict[type[Exception], str] = {
    ForeignCharset: "charset",
    RequestDataTooBig: "large",
    TooManyFieldsSent: "many",
    TooManyFilesSent: "many",
}


def unreadable(error: Exception) -> HttpResponse:
    """The page, status 400 or 413, that says why a form cannot be read; without a request, which it might look into."""
    why = next((why for kind, why in UNREADABLE.items() if isinstance(error, kind)), "broken")
    context = {
        "why": why,
        "bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        "files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
    }
    page = render_to_string("400_form.html", context)
    return HttpResponse(page, status=413 if why in ("large", "many") else 400)


class LanguageMiddleware:
    """Reads what is asked for under “/ja/” in Japanese, and so on; all else in English, whatever a browser prefers.

    What is the same in all languages, such as data, has one address, as the desk has in those that it is not in: the
    answer leads there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on without its prefix, or answer 301."""
        code = prefix_of(request.path_info)
        translation.activate(ENGLISH)
        if not code:
            return self.get_response(request)
        root, path = get_script_prefix(), request.path_info.removeprefix(f"/{code}")
        if not path:
            return _moved_to(request, f"{request.path}/")
        is_of_staff = path.startswith(STAFF)
        if path.startswith(ONE_ADDRESS) or (is_of_staff and code not in OF_THE_DESK):
            return _moved_to(request, root + path[1:])
        # What is sent there, or asked beforehand (CORS), is answered as at their one address.
        if DATA.fullmatch(path) and request.method in READING and not is_of_staff:
            moved = _moved_to(request, root + path[1:])
            let_others_read(moved)
            return moved
        request.path_info, prefix = path, f"{root}{code}/"
        with _read_in(code, prefix):
            response = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse):
            assert isinstance(response, StreamingHttpResponse)
            response.streaming_content = _stream(response.streaming_content, code, prefix)  # type: ignore[arg-type]
        return response


@contextmanager
def _read_in(code: str, prefix: str) -> Iterator[None]:
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        with translation.override(code):
            yield
    finally:
        set_script_prefix(before)


def _stream(content: Iterator[bytes], code: str, prefix: str) -> Iterator[bytes]:
    """The parts of an answer, each made in the language and with the addresses of its request."""
    while True:
        with _read_in(code, prefix):
            part = next(content, None)
        if part is None:
            return
        yield part


def _moved_to(request: HttpRequest, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    address = escape_leading_slashes(quote(path, safe="/:@!$&'()*+,;=-._~"))
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


class RefuseSentMiddleware:
    """Answers 405, before a body is read, to whatever is sent to a public page: only the desk takes anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 405."""
        if request.method in READING or request.path_info.startswith(STAFF):
            return self.get_response(request)
        return HttpResponseNotAllowed(READING, NOTHING_IS_TAKEN, content_type="text/plain")


class RefuseUnreadableMiddleware:
    """Answers 400 to a form that cannot be read as what it says it is, and 413 to one that is too large.

    The body is read here once, below what sets the headers of every answer and above all that looks into it; nothing
    behind has to reckon with one that breaks off or lies about its encoding. Of those that the proxy does not wait for
    few are read at once: each holds a thread for as long as it takes to arrive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 400 or 413."""
        if request.method != "POST":
            return self.get_response(request)
        try:
            if not _is_utf8((request.content_params or {}).get("charset", "utf-8")):
                raise ForeignCharset
            with LONG_BODIES.place() if _length(request) > AT_ONCE else nullcontext():
                request.POST  # noqa: B018
        except Busy:
            return unavailable(request, why=BUSY)
        except (
            BadRequest,
            SuspiciousOperation,
            MultiPartParserError,
            UnreadablePostError,
            # Of a length that is no number, among others.
            ValueError,
        ) as error:
            # Not raised: each would leave a traceback in the log.
            return unreadable(error)
        except OSError as error:
            # Files that are uploaded go to the disk while they are read.
            if answer := hindered(request, error):
                return answer
            raise
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    """How long the body is said to be; 0 where that is no number, which `request.POST` refuses."""
    length = request.META.get("CONTENT_LENGTH", "")
    return int(length) if length.isdecimal() else 0


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


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
        if "\0" in request.path_info or "\0" in query or "%00" in ONWARD.sub("", query):
            # Not raised: robots that probe would fill the log with tracebacks.
            return bad_request(request, BadRequest("The address holds a NUL character."))
        return self.get_response(request)
