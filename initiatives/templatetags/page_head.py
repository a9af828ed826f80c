"""The head of a page, its navigation and its addresses: what it is called and where it is to be found."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.exceptions import DisallowedHost
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..exports.icalendar import span
from ..models import Initiative
from ..models.addresses import page_address
from ..pages.alternate_formats import (
    AlternateFormat,
    alternate_formats,
    canonical,
    site_of,
)
from ..pages.schema_org import as_script, page_data
from ..serving.routing import current_reading

register = template.Library()
# As the tag “url” does for pages of ours, remembered.
register.simple_tag(page_address)


@register.simple_tag(takes_context=True)
def list_address(context: Context, route: str, **filters: Any) -> str:
    """The address of a list filtered by these values: ``{% list_address "initiative_list" theme=theme.slug %}``.

    On a page as of a day, that of the list of initiatives as of the same day.
    """
    view = context.get("view")
    if view and route in ("initiative_list", "compare"):
        filters |= view.parameters
    query = urlencode({name: str(value) for name, value in filters.items() if value != ""})
    return page_address(route) + (f"?{query}" if query else "")


def in_one_line(content: str) -> str:
    """A text in one line, however many it has in the template."""
    return re.sub(r"\s*\n\s*", " ", content)


@register.simple_block_tag
def page_title(content: SafeString) -> SafeString:
    """The title of the page; without the name of the site where it is shown beside that name."""
    title = in_one_line(content).strip()
    short = title.replace('"', "&quot;").removesuffix(f" – {_('Initiative tracker')}")
    return mark_safe(f'<title>{title}</title>\n  <meta property="og:title" content="{short}">')


@register.simple_block_tag
def page_description(content: SafeString) -> SafeString:
    """What the page is about."""
    words = in_one_line(content).replace('"', "&quot;")
    return mark_safe(
        f'<meta name="description" content="{words}">\n'
        f'  <meta property="og:description" content="{words}">'
    )


@register.simple_tag(takes_context=True)
def today_address(context: Context) -> str:
    """The address of this page as of today, from its first page."""
    request = context["request"]
    query = request.GET.copy()
    for name in ("as_of", "page", "mentions", "updates"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def other_parameters(context: Context) -> list[tuple[str, str]]:
    """What the address of this page says besides its day and its page, for a form that asks for another day."""
    left_out = ("as_of", "page", "mentions", "updates")
    lists = context["request"].GET.lists()
    return [(name, value) for name, values in lists if name not in left_out for value in values]


@register.simple_tag(takes_context=True)
def site_address(context: Context) -> str:
    """“https://tracker.example.org”; empty on error pages without a request, or for a host that is not ours."""
    request = context.get("request")
    try:
        return site_of(request) if request else ""
    except DisallowedHost:
        return ""


@register.inclusion_tag("initiatives/_page_links.html", takes_context=True)
def page_links(context: Context) -> dict[str, Any]:
    """Where the page is to be found, its other formats, and what it is about, for the head of the page."""
    request = context.get("request")
    # Error pages may be drawn without a request, and are nobody's to find.
    if request is None or request.resolver_match is None or context.get("problems"):
        return {}
    values: dict[Any, Any] = context.flatten()
    data = page_data(request, values)
    return {
        "request": request,
        "canonical": canonical(request, values),
        "formats": page_formats(context),
        "linked_data": as_script(data) if data else "",
    }


@register.simple_tag(takes_context=True)
def page_formats(context: Context) -> list[AlternateFormat]:
    """The other formats of the page, to be linked where readers look for them."""
    request, filters = context.get("request"), context.get("filters")
    if request is None:
        return []
    meeting = context.get("meeting")
    dated = meeting is None or span(meeting.starts_on, meeting.ends_on) is not None
    return list(alternate_formats(request, filters.whole if filters else "", dated=dated))


@register.simple_tag(takes_context=True)
def embed_code(context: Context, initiative: Initiative) -> dict[str, str]:
    """What another site writes into its page to show the card or the badge of an initiative."""
    request = context["request"]
    site = site_of(request)
    card, badge = (
        reverse(f"initiatives:{name}", args=[initiative.slug])
        for name in ("embed", "initiative_badge")
    )
    page = initiative.get_absolute_url().partition("?")[0]
    title = str(initiative)
    return {
        "card": format_html(
            '<iframe src="{}" title="{}" width="420" height="300" loading="lazy"></iframe>',
            site + card,
            title,
        ),
        "badge": format_html(
            '<a href="{}"><img src="{}" alt="{}" height="22"></a>',
            site + page,
            site + badge,
            _("Delivery of “%(title)s”") % {"title": title},
        ),
    }


# The navigation of the site: routes and what they are called.
SITE = {
    "initiative_list": gettext_lazy("Initiatives"),
    "dialogue_list": gettext_lazy("Dialogues"),
    "meeting_list": gettext_lazy("Meetings"),
    "participant_list": gettext_lazy("Participants"),
    "theme_list": gettext_lazy("Themes"),
    "report_list": gettext_lazy("Reports"),
    "method": gettext_lazy("Method"),
}


@register.simple_tag(takes_context=True)
def site_links(context: Context) -> SafeString:
    """The links of the site's navigation; they say whether the reader is on that page, or below it."""
    # Error pages may be drawn without a request.
    path = getattr(context.get("request"), "path", "")
    links = []
    for route, words in SITE.items():
        address = page_address(route)
        current = "page" if path == address else "true" if path.startswith(address) else ""
        attribute = f' aria-current="{current}"' if current else ""
        links.append(f'<li><a href="{address}"{attribute}>{escape(str(words))}</a></li>\n')
    return mark_safe("".join(links))


@register.simple_tag
def is_read_only() -> bool:
    """Whether this page is read from a replica while the database that takes entries does not answer."""
    reading = current_reading()
    return reading is not None and reading.read_only
