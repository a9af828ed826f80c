"""Search texts that the index of words does not know: of all initiatives after an upgrade from another index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import router, transaction

from ..models import Initiative, SearchPosting, SearchText
from ..search import postings
from ..search.documents import write_search_texts
from ..search.postings import EVERYWHERE
from ..serving.installed_triggers import APP, is_pending
from .actions import lock_initiatives
from .bulk_history import BATCH


def after_migrations(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Write what is missing, where migrations have made the database one of this code."""
    is_ours = router.allow_migrate(using, APP) and using == router.db_for_write(SearchText)
    if plan and is_ours and not is_pending(using):
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
            # Not deleted one by one: the index has nothing of them to forget.
            texts._raw_delete(texts.db)
            write_search_texts(locked)
    return len(keys)


@transaction.atomic
def write_all() -> None:
    """Make the texts and the index of words anew from nothing."""
    postings.wait_until_alone()
    SearchPosting.objects.all().delete()
    write_missing()
