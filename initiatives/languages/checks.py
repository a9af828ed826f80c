"""Whether what Django reads of the translations is there: without it a page says that it is in Japanese, in English."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning

from .catalogues import uncompiled


@register(Tags.translation)
def catalogues_are_compiled(**_options: Any) -> list[CheckMessage]:
    if not (codes := uncompiled()):
        return []
    what = f"Translations are not compiled, or were before they changed: {', '.join(codes)}."
    hint = "Run: manage.py translations --compile"
    return [CheckWarning(what, hint=hint, id="initiatives.W001")]
