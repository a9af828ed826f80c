"""The site as gunicorn serves it, on the settings of the benchmark."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

application = get_wsgi_application()

if os.environ.get("FORGET_TEXTS"):
    from bench.texts import ask_each_text_anew

    ask_each_text_anew()
