"""The names that entries and citations get for good."""

from __future__ import annotations

from ..models import Citation, Entry
from ..models.slugs import as_key

# What stands for the report in the ref of an entry that cites none.
NO_REPORT = "none"


def free_ref(base: str, taken: set[str], *, joined_by: str = "/") -> str:
    """``base``, or ``base/2``, ``base/3`` … if that is taken; the ref is added to ``taken``."""
    ref, number = base, 1
    while ref in taken:
        number += 1
        ref = f"{base}{joined_by}{number}"
    taken.add(ref)
    return ref


def name_citation(citation: Citation) -> None:
    """Give a citation, not yet saved, the name that follows from its report and its subject as they are now."""
    base = citation.make_ref()
    # The name stays as long as it tells the truth: a load finds the citation by it.
    if citation.ref != base and not citation.ref.startswith(f"{base}/"):
        others = Citation.objects.exclude(pk=citation.pk).filter(ref__startswith=base)
        citation.ref = free_ref(base, set(others.values_list("ref", flat=True)))


def base_ref(entry: Entry) -> str:
    """Report id / initiative id / as-of date or act: what a ref says before its number."""
    report = entry.report.slug if entry.report else NO_REPORT  # type: ignore[attr-defined]
    last = as_key(getattr(entry, entry.ref_field) or "undated")
    return f"{report}/{entry.initiative.slug}/{last}"
