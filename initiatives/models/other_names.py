"""Further names of a thing and its acronyms, in any language."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Letters of one name, as in a report file.
LONGEST_NAME = 200


def validate_names(text: str) -> None:
    """Raise ValidationError for a name that no report file could give."""
    if any(len(name) > LONGEST_NAME for name in text.splitlines()):
        raise ValidationError(_("A name has at most 200 characters. Write one a line."))


class OtherNamesField(models.TextField[str, str]):
    """One name or acronym a line; what is typed is brought into the form in which a load writes it."""

    default_validators = [validate_names]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"blank": True, "default": ""}
        # In the database too: while a release is replaced, the one of before inserts rows without the column.
        kwargs |= {"db_default": "", "help_text": _("Acronyms too: one a line, in any language.")}
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        return as_lines(str(super().to_python(value) or "").splitlines())


def as_lines(names: list[str]) -> str:
    """Names one a line, each once and without blanks around it."""
    return "\n".join(dict.fromkeys(filter(None, (" ".join(name.split()) for name in names))))
