"""The mark that lets what was typed into a form survive the end of a session."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html

from ..admin.account.form_recovery import MARK_FIELD, sign_mark
from ..languages import ENGLISH
from ..pages.alternate_formats import paths_by_language

register = template.Library()


@register.simple_tag(takes_context=True)
def recovery_mark(context: Context) -> Any:
    """A hidden box that says whose form it is, and of which page in any language; nothing for nobody."""
    request = context["request"]
    user = request.user
    if not user.is_authenticated:
        return ""
    return format_html(
        '<input type="hidden" name="{}" value="{}" data-of="{}" data-page="{}">',
        MARK_FIELD,
        sign_mark(user),
        user.pk,
        paths_by_language(request)[ENGLISH],
    )
