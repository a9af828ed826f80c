"""What the lists and pickers of the desk look for, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Model, Q
from django.utils.text import smart_split, unescape_string_literal

from ...models import Participant, Translated
from .changelist import MOST_KEYS

# What is looked for by a lookup of its own.
OTHERWISE = {"translations__say": "translations__say", "code__named": "code__named__icontains"}


def in_other_languages(model: type[Any], column: str) -> list[str]:
    """What is searched besides a column, of the model or of one that it leads to: what it says in other languages."""
    column = column.lstrip("=")
    field: Any = get_fields_from_path(model, column)[-1]
    if not issubclass(field.model, Translated) or field.name not in field.model.TRANSLATED:
        return []
    path = column.removesuffix(field.name)
    by_code = [f"{path}code__named"] if (field.model, field.name) == (Participant, "name") else []
    return [f"{path}translations__say", *by_code]


def words_of(text: str) -> Iterator[str]:
    """The words that are looked for: each by itself, but for what stands in quotes."""
    for word in smart_split(text):
        is_quoted = word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word


def says(model: type[Model], columns: Iterable[str], word: str) -> Q:
    """The rows that have a word in one of the columns, each found once; “=” before a column asks for all of it.

    A row that many others refer to (``initiative__title``) is looked at once and not with each of them.
    """
    found, further = Q(), defaultdict[str, list[str]](list)
    for column in columns:
        name, _sep, rest = column.partition("__")
        if column.startswith("="):
            found |= Q(**{f"{column[1:]}__iexact": word})
        elif column in OTHERWISE:
            found |= Q(**{OTHERWISE[column]: word})
        elif rest:
            further[name].append(rest)
        else:
            found |= Q(**{f"{column}__icontains": word})
    for name, of_others in further.items():
        field: Any = model._meta.get_field(name)
        others: Any = field.related_model._base_manager
        others = others.filter(says(field.related_model, of_others, word)).order_by()
        # Of few PostgreSQL knows that they are; of a subquery it thinks half of all, and starts no parallel workers.
        keys = list(others.values_list("pk", flat=True)[: MOST_KEYS + 1])
        referring = Q(**{f"{name}__in": keys if len(keys) <= MOST_KEYS else others})
        if field.one_to_many or field.many_to_many:
            referring = Q(pk__in=model._base_manager.filter(referring).values("pk"))
        found |= referring
    return found
