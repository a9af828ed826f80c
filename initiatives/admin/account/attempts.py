"""How often passwords may be tried from an address, and how many are checked at once."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Sum
from django.http import HttpRequest

from ...serving.shares import Share

# Checking one takes a processor half a second; a second person waits for the first, a third may have to come again.
CHECKS = Share(lambda: 1, patience=2)


class OneAfterAnother(ModelBackend):
    """Django's, which checks one password at a time in each process; raises Busy where others are waiting already."""

    def authenticate(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> Any:
        with CHECKS.place():
            return super().authenticate(request, *args, **kwargs)


class OfNameOrAddress(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts the failures of a name from an address, and those of the address whatever the name."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Those of the name from the address; AXES_FAILURE_LIMIT at least where the address has reached its own."""
        of_both: int = super().get_failures(request, credentials)
        recent = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
            attempt_time__gte=get_cool_off_threshold(request),
        )
        of_address = recent.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
        beyond = of_address - settings.ADDRESS_FAILURE_LIMIT
        return max(of_both, settings.AXES_FAILURE_LIMIT + beyond)
