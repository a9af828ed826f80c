"""The kinds of entries: what walks all of them asks here, and what is asked of one of them is said in its class."""

from __future__ import annotations

from .criteria import Criterion
from .follow_up import StatusUpdate
from .mentions import Mention

AnyEntry = Mention | Criterion | StatusUpdate
# Those whose texts may be said in other languages.
AnyTranslatedEntry = Criterion | StatusUpdate
# In the order in which they are written: what would count before what became of it.
ENTRIES: tuple[type[AnyEntry], ...] = (Mention, Criterion, StatusUpdate)
# By the names that loads have for them.
ENTRY_OF: dict[str, type[AnyEntry]] = {str(model._meta.model_name): model for model in ENTRIES}
