"""The mark that lets what was typed into a form survive the end of a session."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html

from ..admin.account.form_recovery import MARK_FIELD, sign_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def recovery_mark(context: Context) -> Any:
    """A hidden box that says whose form it is; nothing for nobody."""
    user = context["request"].user
    if not user.is_authenticated:
        return ""
    return format_html(
        '<input type="hidden" name="{}" value="{}" data-of="{}">',
        MARK_FIELD,
        sign_mark(user),
        user.pk,
    )
