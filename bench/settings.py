"""Production's settings with the addresses of the benchmark added; nothing else differs."""

from tracker.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
