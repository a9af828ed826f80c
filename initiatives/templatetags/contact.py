"""How readers reach those who run the site."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import gettext as _

from ..models.addresses import page_address
from .page_head import site_address

register = template.Library()


@register.simple_tag(takes_context=True)
def report_error_address(context: Context) -> str:
    """Where an error on this page is reported: a mail or a form that names it, else what the site says of disputes."""
    request = context["request"]
    page = site_address(context) + request.get_full_path()
    if settings.CONTACT_EMAIL:
        subject = _("Error on %(address)s") % {"address": request.path}
        body = _("Page: %(address)s") % {"address": page} + "\n\n"
        # RFC 6068 has spaces as %20.
        query = urlencode({"subject": subject, "body": body}, quote_via=quote)
        return f"mailto:{settings.CONTACT_EMAIL}?{query}"
    if settings.CONTACT_URL:
        return str(settings.CONTACT_URL).replace("{page}", quote(page, safe=""))
    return f"{page_address('method')}#dispute"
