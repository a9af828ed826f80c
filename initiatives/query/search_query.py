"""What the search of the whole site understands of its query string."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from ..search.normalization import SearchTerms, parse_terms
from ..search.records import KINDS, PERSON
from .parameters import SOUGHT, bad_parameters, expected_text, page_field

# What is searched beside initiatives, which have a list with filters of their own; in the order of the page.
KINDS_OF_RECORDS = ("participant", "dialogue", "meeting", "report", PERSON, "theme")
assert {*KINDS_OF_RECORDS} == {*KINDS, PERSON}


class _Form(forms.Form):
    q = forms.CharField(**SOUGHT, required=False)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS_OF_RECORDS], required=False)
    page = page_field()


class SearchQuery:
    """A text, the kind of records that alone is asked for (empty for all of them), and the page of its list."""

    def __init__(self, text: str = "", kind: str = "", page: int = 1) -> None:
        self.text, self.kind, self.page = text, kind, page

    @classmethod
    def parameters(cls) -> list[str]:
        return list(_Form.base_fields)

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """What a query string asks for; raises BadParameters."""
        form = _Form(data)
        wrong = [*form.errors]
        if len({*data.getlist("kind")} - {""}) > 1:
            wrong.append("kind")
        if wrong:
            raise bad_parameters(data, {name: cls.expects(name) for name in wrong})
        asked = form.cleaned_data
        return cls(asked["q"], asked["kind"], asked["page"] or 1)

    @classmethod
    def expects(cls, name: str) -> str:
        """What a value of that parameter has to be, in words."""
        return {
            "q": expected_text(),
            "kind": _("one of %(words)s") % {"words": ", ".join(KINDS_OF_RECORDS)},
            "page": _("a page number, 1 or more"),
        }[name]

    @property
    def terms(self) -> SearchTerms:
        return parse_terms(self.text)

    def query(self, *, text: str | None = None, kind: str | None = None, page: int = 1) -> str:
        """The query string with another text, kind or page; may be empty."""
        text = self.text if text is None else text
        kind = self.kind if kind is None else kind
        asked = {"q": text, "kind": kind, "page": str(page) if page > 1 else ""}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def whole(self) -> str:
        """The same without pages."""
        return self.query()
