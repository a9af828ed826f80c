"""Search texts that are missing, wrong, or not as the index of words has them: of all after an upgrade of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import router, transaction

from ..models import Initiative, SearchPosting, SearchText
from ..search import postings
from ..search.documents import outdated_texts, write_search_texts
from ..search.postings import EVERYWHERE
from ..search.terms import Texts
from ..serving.installed_triggers import APP, is_pending
from .actions import lock_initiatives
from .bulk_history import BATCH


def after_migrations(*, using: str, plan: Sequence[Any] | None = None, **kwargs: Any) -> None:
    """Write what is missing, where the database is one of this code: all after an upgrade, or what that left out.

    `flush` gives no plan.
    """
    is_ours = router.allow_migrate(using, APP) and using == router.db_for_write(SearchText)
    if plan is not None and is_ours and not is_pending(using):
        write_missing()


def write_missing() -> int:
    """Write the texts of initiatives that the index does not know, and index them; return how many there were."""
    known = postings.read([EVERYWHERE], "default")[EVERYWHERE].matches.all
    keys = [
        key
        for key in Initiative.objects.order_by("pk").values_list("pk", flat=True)
        if key not in known
    ]
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            locked = lock_initiatives(keys[start : start + BATCH])
            texts = SearchText.objects.filter(initiative__in=[row.pk for row in locked])
            # The index has nothing of them to forget.
            texts.update(title="", body="")
            write_search_texts(locked)
    return len(keys)


def outdated() -> list[int]:
    """Initiatives (by primary key) whose texts are not what is said of them, or of which the index says otherwise."""
    keys = list(Initiative.objects.order_by("pk").values_list("pk", flat=True))
    wrong = set[int]()
    for start in range(0, len(keys), BATCH):
        wrong |= outdated_texts(
            Initiative.objects.filter(pk__in=keys[start : start + BATCH])
        ).keys()
    columns = SearchText.objects.order_by().values_list("initiative", "title", "body")
    texts = ((key, Texts(title, body)) for key, title, body in columns.iterator(chunk_size=BATCH))
    return sorted(wrong | set(postings.initiatives_told_otherwise(texts)))


@transaction.atomic
def write_all() -> None:
    """Make the texts and the index of words anew from nothing."""
    postings.wait_until_alone()
    SearchPosting.objects.all().delete()
    write_missing()
