"""How values of the tracker are written on a page; no rules here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from html import escape
from typing import Any, ParamSpec, TypeVar

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from langcodes import Language

from .. import languages
from ..languages import language_name, language_tag
from ..models import (
    FLAGS,
    Citation,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Mention,
    Report,
    Standing,
    Target,
)
from ..models.addresses import page_address
from ..models.readings import VALUE_REPORTED
from ..models.translations import ORIGINAL, TextIn, Translated, Translation
from ..pages.last_heard import Source
from ..pages.schema_org import is_web_address
from ..partial_dates import PartialDate
from ..partial_dates.phrases import AS_OF, BY, SINCE, UNTIL, WHEN, phrase
from ..query.list_filter import ListFilter

P = ParamSpec("P")
T = TypeVar("T")

register = template.Library()


def once_a_language(write: Callable[P, T]) -> Callable[P, T]:
    """What is written of these arguments, once for each language: a list says the same few things over and over."""

    @lru_cache(maxsize=10_000)
    def written(_language: str | None, *args: P.args, **kwargs: P.kwargs) -> T:
        return write(*args, **kwargs)

    @wraps(write)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return written(get_language(), *args, **kwargs)  # type: ignore[arg-type]

    return wrapper


_escaped = lru_cache(maxsize=10_000)(escape)


@register.filter
@once_a_language
def partial_date(date: str | None, otherwise: str = "") -> str:
    """A date as precise as it is, for machines too where HTML has such dates; ``otherwise`` where there is none."""
    if not date:
        return otherwise
    known = PartialDate(date)
    if not known.is_plain:
        return known.in_words
    return format_html('<time datetime="{}">{}</time>', known, known.in_words)


@register.filter
def titled(filters: ListFilter, name: str) -> str:
    """What a list is called, with what it is filtered by."""
    return filters.title(name)


@register.filter
def counted(filters: ListFilter, total: int) -> SafeString:
    """How many rows a list has: “<b>1,204</b> initiatives”."""
    words: str = filters.counted % {"n": total, "count": languages.count(total)}
    return SafeString(words)


@register.filter
def narrowed(query: str | None, parameter: str) -> str:
    """A query string, which may be empty, with one more parameter."""
    return f"{query}&{parameter}" if query else parameter


@register.filter
def year_of(date: str) -> str:
    """The year of a date; the whole of it where that lies in several."""
    years = PartialDate(date).years
    return str(years[0]) if len(years) == 1 else PartialDate(date).in_words


@register.filter
def raised_in(initiative: Initiative) -> SafeString:
    """Where it was first raised: “Second Summit, 2023”; its dialogue where no meeting is known."""
    meeting = initiative.raised_at
    if meeting and meeting.starts_on:
        return SafeString(said(meeting, "title") + languages.comma() + year_of(meeting.starts_on))
    return said(meeting, "title") if meeting else said(initiative.dialogue, "name")


PHRASES = {"as_of": AS_OF, "when": WHEN, "by": BY, "since": SINCE, "until": UNTIL}


@once_a_language
def _sentence(name: str, date: PartialDate) -> SafeString:
    return SafeString(phrase(PHRASES[name], date, partial_date(date)))


def _in_sentence(phrases: str, date: str | None) -> str:
    """A phrase with the date, for machines too as ``partial_date`` has it; empty where there is none."""
    return _sentence(phrases, PartialDate(date)) if date else ""


@register.filter
def as_of(date: str | None) -> str:
    """“as of 17 April 2022”, “by March 2025”."""
    return _in_sentence("as_of", date)


@register.filter
def when(date: str | None) -> str:
    """A date after “due” or “last heard of”: “17 April 2022”, “in the third quarter of 2026”."""
    return _in_sentence("when", date)


@register.filter
def by_date(date: str | None) -> str:
    """“by 2027”, “by the 2030s”."""
    return _in_sentence("by", date)


@register.filter
def since(date: str | None) -> str:
    return _in_sentence("since", date)


@register.filter
def until(date: str | None) -> str:
    return _in_sentence("until", date)


@register.filter
def date_range(start: str | None, end: str | None) -> str:
    """“14 April 2022 – 15 April 2022”, or one date where there is only one."""
    if start and end and start != end:
        return format_html("{} – {}", partial_date(start), partial_date(end))
    return partial_date(start or end)


@register.filter
@once_a_language
def status(value: str) -> SafeString:
    """A delivery status as its word, with the shape and the colour of its group; what has none reports a value."""
    if not value:
        return format_html('<span class="status reading">{}</span>', VALUE_REPORTED)
    delivery = DeliveryStatus(value)
    return format_html('<span class="status {}">{}</span>', delivery.group.value, delivery.label)


@register.filter
@once_a_language
def standing(value: str) -> SafeString:
    """A standing as its word, with as many steps as it has taken."""
    return format_html('<span class="standing {}">{}</span>', value, Standing(value).label)


@register.filter
@once_a_language
def grade(value: str) -> str:
    """The word for a kind of evidence; empty for none."""
    return str(EvidenceGrade(value).label) if value else ""


@register.filter
@once_a_language
def flag(value: str) -> SafeString:
    return format_html('<span class="flag {}">{}</span>', value, FLAGS[value])


@register.filter
def language(tag: str) -> str:
    """What a language is called: “Uzbek (Latin)”."""
    return language_name(tag) if tag else _("unknown language")


@register.simple_tag
def lang_of(record: Translated, field: str) -> SafeString:
    """The attribute for a text of a record that is not in the language of the page."""
    tag = record.said(field).language
    return SafeString("") if tag == language_tag() else format_html(' lang="{}"', tag)


@register.filter
def said(record: Translated, field: str) -> SafeString:
    """A text of a record in the language of the page; in its own, and marked so, where it is not said in that."""
    of_page = language_tag()
    text, tag, _is_original = record.translated(field, of_page)
    if tag == of_page:
        return SafeString(escape(text))
    return format_html('<span lang="{}">{}</span>', tag, text)


@register.filter
def named(record: Any) -> SafeString | str:
    """What a record is called, marked where that is in another language than the page; empty for none.

    What is a text already stays as it is, marked where it knows its language.
    """
    if isinstance(record, Translated):
        return said(record, record.TRANSLATED[0])
    if isinstance(record, TextIn):
        return recorded(record, record.language)
    return "" if record is None else str(record)


@register.filter
def naming(sentence: str, texts: Any) -> SafeString:
    """A sentence of the program, with what it names of the record (one or several) marked: ``named``, ``recorded``."""
    if isinstance(texts, Target):
        texts = [texts.metric, texts.unit]
    elif isinstance(texts, Mention):
        texts = [texts.due_note, texts.due_at]
    marks: dict[str, str] = {}
    for of in texts if isinstance(texts, (list, tuple)) else [texts]:
        mark = _mark(of) if of else ""
        # An escaped text begins with none.
        if mark.startswith("<") and (text := str(of)):
            marks[escape(text)] = mark
    if not marks:
        return SafeString(escape(sentence))
    either = "|".join(re.escape(text) for text in sorted(marks, key=len, reverse=True))
    return SafeString(re.sub(either, lambda found: marks[found[0]], escape(sentence)))


def _mark(of: Any) -> str:
    return named(of) if isinstance(of, (Translated, TextIn)) else recorded(of)


@register.filter
def text_of(record: Translated, field: str) -> str:
    """The same without its mark, for where none can stand."""
    return record.said(field).text


@register.filter
def in_languages(record: Translated, field: str) -> list[Translation]:
    """What a field of a record, if it has that, is in the languages that the page does not show it in."""
    if field not in record.TRANSLATED:
        return []
    original = Translation(getattr(record, field), record.language, is_original=True)
    texts = [original, *record.in_other_languages(field)]
    return [of for of in texts if of.text and of.language != record.said(field).language]


@register.filter
def link(record: Any) -> SafeString:
    """What a record is called, as a link to its page."""
    return SafeString(f'<a href="{record.get_absolute_url()}">{named(record)}</a>')


@register.filter
def report_link(report: Report) -> SafeString:
    """A report's title that leads to its page, in the language that the title is in."""
    address, attribute = report.get_absolute_url(), title_lang(report)
    return format_html('<a href="{}"{}>{}</a>', address, attribute, report.title)


@register.filter
def links(records: Iterable[Any] | None, of: str = "") -> SafeString:
    """Links to the pages of records, or of what they have as ``of``, within a sentence: “Japan, Uzbekistan”."""
    subjects = (getattr(record, of) if of else record for record in records or ())
    return SafeString(languages.comma().join(map(link, subjects)))


@register.simple_tag
def title_lang(record: Any) -> SafeString:
    """The attribute for the title of a report, or the name of another record, that is in another language."""
    if not isinstance(record, Report):
        return lang_of(record, record.TRANSLATED[0])
    tag = _possible_language(record.title, record.language)
    # What nobody recorded is not marked; what cannot be as it is recorded is of an unknown language.
    if not record.language or tag == language_tag():
        return SafeString("")
    return format_html(' lang="{}"', tag)


@register.simple_tag
def marks(citations: Iterable[Citation] | None) -> SafeString:
    """The numbers of the documents that state something, each a link to its page; see ``number_sources``."""
    by_number = {citation.number: citation for citation in reversed(list(citations or ()))}  # type: ignore[attr-defined]
    source = _("Source")
    links = format_html_join(
        " ",
        '<a href="{}" title="{}"><span class="visually-hidden">{} </span>{}</a>',
        (
            (
                of.report.get_absolute_url(),
                languages.series(filter(None, (of.report.title, of.locator))),
                source,
                number,
            )
            for number, of in sorted(by_number.items())
        ),
    )
    return format_html('<sup class="marks">{}</sup>', links) if links else links


@register.filter
@once_a_language
def title_language(title: str, tag: str) -> str:
    """The language tag to mark a title with; empty where it is in the language of the page, or in an unknown one."""
    tag = _possible_language(title, tag)
    return "" if tag == language_tag() else tag


# Neither Latin nor a modifier, as in “Oʻzbekiston”.
OTHER_LETTER = re.compile(r"(?![\u02b0-\u02ff\u1e00-\u1eff])[^\W\d_\u0000-\u024f]")


def _possible_language(text: str, tag: str) -> str:
    """The language that is recorded of a text, as far as its letters can be of that; empty for an unknown one.

    Catalogues give many documents an English title. Marked as Japanese, a screen reader could not read it.
    """
    is_latin = text.isascii() or not OTHER_LETTER.search(text)
    if not tag or is_latin == _is_in_latin_script(tag):
        return tag
    return ORIGINAL if is_latin else ""


@register.filter
def recorded(text: Any, language: str = ORIGINAL) -> SafeString:
    """A text that the record has in one language only, in an element that says which, or that nobody knows (“”).

    Locators, notes, places and offices are in ``language`` where their record names that of its own texts, else in that
    of texts of which nobody says another.
    """
    words = str(text) if text else ""
    tag = _possible_language(words, language)
    if not words or tag == language_tag():
        return SafeString(escape(words))
    return format_html('<span lang="{}">{}</span>', tag, words)


@register.filter
def web_address(url: str) -> str:
    """The address if it leads to the web; empty otherwise, ``javascript:`` in particular."""
    return url if is_web_address(url) else ""


@register.filter
def host(url: str) -> str:
    """Whose site an address leads to."""
    return url.split("/", 3)[2].removeprefix("www.") if web_address(url) else ""


@register.filter
@once_a_language
def original_at(url: str) -> str:
    """The words of a link to the original of a document; here and not in a template: some pages have hundreds."""
    return _("Original at %(host)s") % {"host": host(url)}


@register.filter
def publisher_link(source: Source | None) -> SafeString:
    """Who published a document, with a link to its original, or to its page here where it has none on the web.

    Here and not in a template: it stands in every row of lists.
    """
    if source is None:
        return SafeString("")
    name, title = recorded(source.publisher), _escaped(source.title)
    if not web_address(source.url):
        address = page_address("report_detail", source.slug)
        return SafeString(f'<a href="{address}" title="{title}">{name}</a>')
    return SafeString(
        f'<a href="{escape(source.url)}" rel="external" title="{title}">{name}<span class="visually-hidden">'
        f' ({_("original")})</span><span aria-hidden="true"> ↗</span></a>'
    )


@register.filter
def marked(parts: Iterable[tuple[str, bool]]) -> SafeString:
    """A text in segments, each with whether it is a match, with its matches marked."""
    segments = (f"<mark>{escape(part)}</mark>" if hit else escape(part) for part, hit in parts)
    return SafeString("".join(segments))


@lru_cache(maxsize=500)
def _language(tag: str) -> Language:
    return Language.get(tag)


@lru_cache(maxsize=500)
def _is_in_latin_script(tag: str) -> bool:
    return _language(tag).maximize().script == "Latn"
