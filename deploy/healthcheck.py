"""Exits with 1 unless the server beside it is alive; for the container's HEALTHCHECK, since the image has no curl."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask /healthz, which needs no database: a container is not started anew because that is away."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=3)
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
