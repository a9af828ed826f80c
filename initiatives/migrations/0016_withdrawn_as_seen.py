"""What the public has seen of withdrawn entries is public, struck through; what it has not seen is a draft."""

from itertools import groupby

from django.db import migrations


def was_seen(apps, using, entry, name):
    """Whether the entry and its initiative were public at the same time, before it was withdrawn."""
    rows = [(f"Historical{name}", entry), ("HistoricalInitiative", entry.initiative)]
    events, now = [], ["", ""]
    for place, (model, row) in enumerate(rows):
        versions = apps.get_model("initiatives", model).objects.using(using).filter(id=row.pk)
        before = versions.filter(history_date__lte=entry.withdrawn_at)
        found = before.values_list("history_date", "history_id", "publication")
        events += [(at, number, place, publication) for at, number, publication in found]
        if not found:
            now[place] = row.publication
    for _at, of_one_moment in groupby(sorted(events), key=lambda event: event[0]):
        for _moment, _number, place, publication in of_one_moment:
            now[place] = publication
        if now == ["public", "public"]:
            return True
    return now == ["public", "public"]


def mark(apps, schema_editor):
    using = schema_editor.connection.alias
    for name in ("Mention", "StatusUpdate"):
        rows = apps.get_model("initiatives", name).objects.using(using)
        withdrawn = rows.filter(withdrawn_at__isnull=False).select_related("initiative")
        for entry in withdrawn.exclude(withdrawal_reason__startswith="Replaced by "):
            publication = "public" if was_seen(apps, using, entry, name) else "draft"
            if publication != entry.publication and not entry.corrects_id:
                rows.filter(pk=entry.pk).update(publication=publication)


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0015_reviews_of_newest")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
