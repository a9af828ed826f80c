"""What a load balancer or a supervisor asks: is the process alive, can it answer visitors?"""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from initiatives.serving.availability import PRIMARY, REPLICA, has_replica, servers
from initiatives.serving.installed_triggers import missing

from . import warm_up

ALIVE, READY = "/healthz", "/readyz"
_migrated: set[str] = set()


class HealthMiddleware:
    """Answers /healthz and /readyz whatever the Host header says: who probes knows addresses, not names.

    Below what sets security headers, which redirects to https only what is not exempt (SECURE_REDIRECT_EXEMPT).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the two addresses, pass on the rest."""
        if request.path_info == ALIVE:
            response: HttpResponse = HttpResponse("alive\n", content_type="text/plain")
        elif request.path_info == READY:
            response = _readiness()
        else:
            return self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def _readiness() -> JsonResponse:
    """200 where public pages can be answered at once, from whichever database, 503 otherwise.

    Not for want of the primary alone: where a replica answers, taking this machine out of service would help nobody.
    """
    states = {alias: _state(alias) for alias in (PRIMARY, *([REPLICA] if has_replica() else []))}
    ready = "ready" in states.values() and warm_up.is_ready()
    return JsonResponse({"ready": ready, "databases": states}, status=200 if ready else 503)


def _state(alias: str) -> str:
    try:
        if servers[alias].version() is None:
            return "unreachable"
        if not _is_migrated(alias):
            return "migrations missing"
        return "triggers missing" if missing(alias) else "ready"
    except DatabaseError:
        # The table that holds the version is one of those that are missing.
        return "migrations missing"


def _is_migrated(alias: str) -> bool:
    """Whether every migration of this code is applied; looked up until it is so, since it costs a tenth of a second."""
    if alias not in _migrated:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(alias)
    return True
