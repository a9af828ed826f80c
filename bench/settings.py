"""Production's settings with the addresses of the benchmark added, and Django's own templates for its admin."""

from tracker.settings import *  # noqa: F403
from tracker.settings import TEMPLATES as OURS

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
TEMPLATES = [
    {**OURS[0], "NAME": "django"},
    {
        "BACKEND": OURS[0]["BACKEND"],
        "NAME": "stock",
        "APP_DIRS": True,
        "OPTIONS": OURS[0]["OPTIONS"],
    },
]
