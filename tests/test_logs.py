"""What the log says of a request that was refused, and of one that broke."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.log import log_response


def test_a_refusal_is_one_line_that_says_why(caplog: pytest.LogCaptureFixture) -> None:
    for status, error in ((403, PermissionDenied("No role.")), (500, ValueError("No number."))):
        answer = HttpResponse(status=status)
        log_response("Answered: %s", "/admin/", response=answer, exception=error)
    refused, broken = caplog.records
    assert (refused.getMessage(), refused.exc_info) == ("Answered: /admin/: No role.", None)
    assert broken.getMessage() == "Answered: /admin/"
    assert broken.exc_info
