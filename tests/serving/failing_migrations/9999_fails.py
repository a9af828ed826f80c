"""Changes something, and does not come to its end."""

import os
import signal
from typing import Any

from django.db import migrations


def fail(apps: Any, schema_editor: Any) -> None:
    apps.get_model("initiatives", "Theme").objects.update(name="Half done")
    if os.environ.get("KILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    raise ZeroDivisionError


class Migration(migrations.Migration):
    dependencies = [("initiatives", "9998_column")]
    operations = [migrations.RunPython(fail)]
