"""When an initiative is due, and under which condition, is what its mentions say.

A due date that the file of a document stated goes to the mention of that document, with its words and with what was
loaded, so that the same files still change nothing. One that no mention states, typed or loaded without an act, stays
with its initiative as a due date without a document, in its versions too.
"""

from collections import defaultdict
from itertools import pairwise

from django.db import migrations
from django.db.models import Exists, OuterRef
from django.utils import timezone

# As files called the values of an initiative, and those of one that no mention states.
UNSOURCED = {"due_on": "unsourced_due_on", "due_note": "unsourced_due_note"}
CHUNK = 500


class Rows:
    """The models as of this migration, on its database."""

    def __init__(self, apps, schema_editor):
        self.apps, self.using = apps, schema_editor.connection.alias

    def of(self, model):
        return self.apps.get_model("initiatives", model)._base_manager.using(self.using)


def move_due_dates(apps, schema_editor):
    rows = Rows(apps, schema_editor)
    facts = list(rows.of("LoadedFact").filter(kind="initiative").order_by("pk"))
    facts = [fact for fact in facts if not UNSOURCED.keys().isdisjoint(fact.values)]
    replaced = list(
        rows.of("ReplacedFact")
        .filter(kind="initiative", values__isnull=False, load__undone_at=None)
        .select_related("load")
        .order_by("-load_id", "pk")
    )
    mentions = mentions_of(rows, {fact.source for fact in (*facts, *replaced)})
    last_said = {}
    stated = defaultdict(list)
    unsourced = defaultdict(list)
    for fact in facts:
        due = {name: fact.values.pop(name) for name in UNSOURCED if name in fact.values}
        if of_mention := mentions.get((fact.source, fact.key)):
            stated[fact.key].append((of_mention, due))
            last_said[fact.source, fact.key] = due
            of_mention.values |= due
            of_mention.save(update_fields=["values"])
        else:
            unsourced[fact.key].append(due)
            fact.values |= {UNSOURCED[name]: value for name, value in due.items()}
        fact.save(update_fields=["values"])
    move_conflicts(rows, mentions)
    due = rows.of("Initiative").exclude(due_on=None, due_note="")
    slugs = sorted({*stated, *unsourced, *due.values_list("slug", flat=True)})
    for start in range(0, len(slugs), CHUNK):
        initiatives = rows.of("Initiative").filter(slug__in=slugs[start : start + CHUNK])
        for initiative in initiatives.order_by("pk"):
            slug = initiative.slug
            is_said = say_in_mentions(rows, initiative, stated.get(slug, []))
            if unsourced.get(slug) or not is_said:
                keep_unsourced(rows, initiative, unsourced.get(slug, []), is_said)
            if is_said:
                derive(rows, initiative)
    move_replaced_facts(rows, replaced, mentions, last_said)


def mentions_of(rows, sources):
    """By source and initiative, what was loaded of the mention that is the entry itself.

    A mention that only says who proposed or supported was a role beside it.
    """
    best = {}
    names = sorted(sources)
    for start in range(0, len(names), CHUNK):
        loaded = rows.of("LoadedFact").filter(
            kind="mention", source__in=names[start : start + CHUNK]
        )
        for fact in loaded.order_by("pk"):
            place = (fact.source, fact.key.split("/")[1])
            of_role = fact.values.get("act") in ("proposed", "supported") and not (
                fact.values.keys() - {"act", "by", "locator", "by_all"}
            )
            if place not in best or (best[place][0] and not of_role):
                best[place] = (of_role, fact)
    return {place: fact for place, (_of_role, fact) in best.items()}


def say_in_mentions(rows, initiative, stated):
    """Let the mentions of these facts say when it is due; whether one of them counts now."""
    own = {
        "due_on": str(initiative.due_on) if initiative.due_on else None,
        "due_note": initiative.due_note,
    }
    chains = [(chain_of(rows, fact.key), due) for fact, due in stated]
    for chain, due in chains:
        say(rows, chain[:-1], due)
    heads = [(chain[-1], due) for chain, due in chains if chain]
    current = [(head, due) for head, due in heads if head.withdrawn_at is None]
    current.sort(key=lambda pair: (str(pair[0].report.published_on or ""), pair[0].recorded_at))
    for head, due in heads:
        said = dict(due)
        is_last = bool(current) and head == current[-1][0]
        # What a person put right or emptied since stands, unless another document says just that.
        for name in UNSOURCED if is_last else ():
            others = [other.get(name) for _head, other in heads if other is not due]
            if not own[name] or own[name] not in others:
                said[name] = own[name]
        say(rows, [head], said)
    return any(
        head.publication == "public" or initiative.publication == "draft" for head, _due in current
    )


def say(rows, mentions, due):
    """Let mentions say a due date and its words, and their versions too."""
    said = {"due_on": due.get("due_on"), "due_note": due.get("due_note") or ""}
    keys = [mention.pk for mention in mentions]
    rows.of("Mention").filter(pk__in=keys).update(**said)
    rows.of("HistoricalMention").filter(id__in=keys).update(**said)


def chain_of(rows, ref):
    """An entry and what followed it; the last stands in its place. Empty where there is none."""
    mentions = rows.of("Mention").select_related("report")
    chain, mention = [], mentions.filter(ref=ref).first()
    while mention is not None:
        chain.append(mention)
        mention = (
            mentions.filter(corrects=mention.pk).first()
            or mentions.filter(reinstates=mention.pk).first()
        )
    return chain


def keep_unsourced(rows, initiative, stated, is_said):
    """Keep with the initiative what no mention says of it; where one does, what files state without an act."""
    due = {"due_on": initiative.due_on, "due_note": initiative.due_note}
    if is_said:
        due = {"due_on": None, "due_note": ""}
        for values in stated:
            due |= values
    kept = {UNSOURCED[name]: value for name, value in due.items()}
    rows.of("Initiative").filter(pk=initiative.pk).update(**kept)
    versions = rows.of("HistoricalInitiative").filter(id=initiative.pk)
    for version in versions if not is_said else ():
        of_version = {UNSOURCED[name]: getattr(version, name) for name in UNSOURCED}
        rows.of("HistoricalInitiative").filter(pk=version.pk).update(**of_version)


def derive(rows, initiative):
    """Set what the last of its mentions says, as recording/derivation.py does; it differs where several documents do."""
    corrections = rows.of("Mention").filter(corrects=OuterRef("pk"), publication="public")
    mentions = rows.of("Mention").filter(
        ~Exists(corrections), initiative=initiative, publication="public", withdrawn_at=None
    )
    said = [
        (str(on or ""), due_on, due_note)
        for on, due_on, due_note in mentions.order_by("recorded_at", "pk").values_list(
            "report__published_on", "due_on", "due_note"
        )
        if due_on or due_note
    ]
    said.sort(key=lambda statement: statement[0])
    dates = [str(due_on) for _on, due_on, _note in said if due_on]
    moves = sum(not (a.startswith(b) or b.startswith(a)) for a, b in pairwise(dates))
    due_on, due_note = said[-1][1:] if said else (None, "")
    before = (initiative.due_on, initiative.due_note, initiative.due_moves)
    if before == (due_on, due_note, moves):
        return
    initiative.due_on, initiative.due_note, initiative.due_moves = due_on, due_note, moves
    initiative.save(update_fields=["due_on", "due_note", "due_moves"])
    names = {field.attname for field in rows.of("HistoricalInitiative").model._meta.concrete_fields}
    fields = [field.attname for field in rows.of("Initiative").model._meta.concrete_fields]
    version = rows.of("HistoricalInitiative").create(
        **{name: getattr(initiative, name) for name in fields if name in names},
        history_date=timezone.now(),
        history_type="~",
        history_change_reason="Due dates follow from mentions",
    )
    links = rows.of("HistoricalInitiative_themes")
    for link in initiative.themes.through._base_manager.using(rows.using).filter(
        initiative_id=initiative.pk
    ):
        links.create(
            id=link.pk,
            history_id=version.pk,
            initiative_id=initiative.pk,
            theme_id=link.theme_id,
        )


def move_replaced_facts(rows, replaced, mentions, last_said):
    """What undoing a load would bring back as the base of the next one; of mentions also what they said before it.

    A load that moved a due date alone replaced nothing of a mention; undoing it sets the mention back.
    """
    mentions, last_values = dict(mentions), {}
    for fact in replaced:
        place = (fact.source, fact.key)
        due = {name: fact.values.pop(name) for name in UNSOURCED if name in fact.values}
        of_mention = mentions.get(place)
        of_load = {"load": fact.load, "source": fact.source, "kind": "mention"}
        before = of_mention and (
            rows.of("ReplacedFact").filter(**of_load, key=of_mention.key).first()
        )
        if of_mention is None or (before and before.values is None):
            # No mention stated it then.
            mentions.pop(place, None)
            fact.values |= {UNSOURCED[name]: value for name, value in due.items()}
        elif before or due != last_said.get(place, {}):
            values = before.values if before else last_values.get(place, of_mention.values)
            values = {name: value for name, value in values.items() if name not in UNSOURCED} | due
            before = before or rows.of("ReplacedFact").model(**of_load, key=of_mention.key)
            before.values = values
            before.save(using=rows.using)
            last_values[place] = values
            earlier = chain_of(rows, of_mention.key)[:-1]
            say(rows, [m for m in earlier if m.recorded_at < fact.load.loaded_at], due)
        last_said[place] = due
        fact.save(update_fields=["values"])


def move_conflicts(rows, mentions):
    """What loads left open of a due date is open of the mention now."""
    for conflict in rows.of("LoadConflict").filter(kind="initiative").order_by("pk"):
        due = [change for change in conflict.fields if change["field"] in UNSOURCED]
        if not due:
            continue
        rest = [change for change in conflict.fields if change not in due]
        if of_mention := mentions.get((conflict.source, conflict.key)):
            conflict.fields = rest
            of_entry, _is_new = rows.of("LoadConflict").get_or_create(
                source=conflict.source,
                kind="mention",
                key=of_mention.key,
                defaults={"file": conflict.file},
            )
            of_entry.fields = [*of_entry.fields, *due]
            of_entry.save(update_fields=["fields"])
        else:
            renamed = [change | {"field": UNSOURCED[change["field"]]} for change in due]
            conflict.fields = [*rest, *renamed]
        if conflict.fields:
            conflict.save(update_fields=["fields"])
        else:
            conflict.delete()


class Migration(migrations.Migration):
    # Data after schema: PostgreSQL changes no table on which something is still to be checked.
    dependencies = [("initiatives", "0035_terms_of_mentions")]
    operations = [migrations.RunPython(move_due_dates, migrations.RunPython.noop)]
