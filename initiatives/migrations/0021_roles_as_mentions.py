"""Who proposed or supported is what a document says: roles of these kinds become mentions of the documents that say so.

A role goes to the documents cited for it and to those whose load stated it, with its history, its place and what was
loaded; where a mention says the same already, nothing is doubled. A role of which no document is known stays as it is.
Then the table of who is in which initiative is filled, and standings follow from the new mentions.
"""

from collections import defaultdict

from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

ACTS = {"proposer": "proposed", "supporter": "supported"}
CAPACITIES = {
    "proposed": "proposer",
    "supported": "supporter",
    "undertaken": "party",
    "adopted": "party",
}
STRENGTH = ["proposed", "supported", "undertaken", "adopted"]
REASON = "Stood as a role until now"
DELETED = "It was a role, which somebody deleted."
BATCH = 1000


class Rows:
    """The models as of this migration, on its database."""

    def __init__(self, apps, schema_editor):
        self.apps, self.using = apps, schema_editor.connection.alias

    def of(self, model):
        return self.apps.get_model("initiatives", model)._base_manager.using(self.using)

    def new(self, model, **values):
        return self.apps.get_model("initiatives", model)(**values)


class Further:
    """A mention to be: a document says of an initiative who acts; ``roles`` are the rows that become it."""

    def __init__(self):
        self.codes, self.roles = set(), []


def move_roles(apps, schema_editor):
    rows = Rows(apps, schema_editor)
    facts = loaded_roles(rows)
    roles = list(
        rows.of("Role").filter(role__in=ACTS).select_related("initiative", "participant")
    )
    if not roles and not facts:
        return
    citations = defaultdict(list)
    for citation in rows.of("Citation").filter(role__role__in=ACTS).select_related("report"):
        citations[citation.role_id].append(citation)
    standing, ever = mentions_by(rows)
    said = {place[1:] for place in standing}
    reports = set(rows.of("Report").values_list("slug", flat=True))
    stating = defaultdict(set)
    for source, key in facts:
        stating[key].add(source)
    further, moved = defaultdict(Further), []
    for role in sorted(roles, key=lambda role: role.pk):
        act, code, slug = ACTS[role.role], role.participant.code, role.initiative.slug
        key = f"{slug}/{role.role}/{code}"
        cited = {citation.report.slug for citation in citations[role.pk]}
        loaded = sorted((stating[key] & reports) - cited)
        places = [
            (citation.report.slug, citation.locator, citation.says)
            for citation in citations[role.pk]
            if (citation.report.slug, slug, act, code) not in standing
        ]
        places += [
            (source, "", "") for source in loaded if (source, slug, act, code) not in ever
        ]
        if not (cited or loaded or (slug, act, code) in said):
            continue
        moved.append(role)
        for source, locator, says in places:
            mention = further[source, slug, act, locator, says]
            mention.codes.add(code)
            mention.roles.append(role)
    written = write_mentions(rows, further)
    move_facts(rows, facts, written)
    delete_roles(rows, moved, citations)
    derive(rows, {role.initiative_id for role in moved})


def loaded_roles(rows):
    """What files state of such roles: by source and key of the role, the place in the document."""
    wanted = Q(key__contains="/proposer/") | Q(key__contains="/supporter/")
    loaded = rows.of("LoadedFact").filter(wanted)
    places = {
        (fact.source, fact.key.removeprefix(f"{fact.source}/role/")): fact.values
        for fact in loaded.filter(kind="citation", key__startswith=F("source"))
        if fact.key.startswith(f"{fact.source}/role/")
    }
    stated = loaded.filter(kind="role").values_list("source", "key")
    return {place: places.get(place) for place in stated}


def mentions_by(rows):
    """Document, initiative, act and participant of all mentions: of those that stand, and of all that ever were."""
    mentions = rows.of("Mention").filter(by__isnull=False)
    columns = ("report__slug", "initiative__slug", "act", "by__code")
    corrections = rows.of("Mention").filter(corrects=OuterRef("pk"))
    stand = mentions.filter(~Exists(corrections), withdrawn_at__isnull=True)
    return set(stand.values_list(*columns)), set(mentions.values_list(*columns))


def first_versions(rows, roles):
    """When each role was recorded, and by whom."""
    versions = rows.of("HistoricalRole").filter(id__in=[role.pk for role in roles])
    first = {}
    for version in versions.order_by("-history_date", "-history_id"):
        first[version.id] = (version.history_date, version.history_user_id)
    return first


def write_mentions(rows, further):
    """Write the mentions to be; by document, initiative and act, the refs written with the codes of each."""
    reports = dict(rows.of("Report").values_list("slug", "pk"))
    participants = dict(rows.of("Participant").values_list("code", "pk"))
    taken = set(rows.of("Mention").values_list("ref", flat=True))
    first = first_versions(rows, [role for mention in further.values() for role in mention.roles])
    mentioned = rows.of("Mention").filter(initiative=OuterRef("pk"), publication="public")
    seen = Q(publication="public") | Q(Exists(mentioned))
    public = set(rows.of("Initiative").filter(seen).values_list("pk", flat=True))
    written = defaultdict(list)
    for (source, slug, act, locator, says), mention in further.items():
        initiative = mention.roles[0].initiative
        recorded = min(
            (first[role.pk] for role in mention.roles if role.pk in first),
            key=lambda moment: moment[0],
            default=(timezone.now(), None),
        )
        ref = write_mention(
            rows,
            taken,
            [participants[code] for code in sorted(mention.codes)],
            recorded,
            report_id=reports[source],
            initiative_id=initiative.pk,
            act=act,
            ref=f"{source}/{slug}/{act}",
            locator=locator,
            note=says,
            publication="public" if initiative.pk in public else "draft",
        )
        written[source, slug, act].append((ref, mention.codes))
    return written


def write_mention(rows, taken, participants, recorded, **values):
    """Write one with its history, under a ref that is free; returns that."""
    base, number = values["ref"], 1
    while values["ref"] in taken:
        number += 1
        values["ref"] = f"{base}/{number}"
    taken.add(values["ref"])
    moment, person = recorded
    values |= {"recorded_at": moment, "recorded_by_id": person}
    mention = rows.of("Mention").create(**values)
    links = mention.by.through._base_manager.using(rows.using)
    version = rows.of("HistoricalMention").create(
        id=mention.pk,
        history_date=moment,
        history_type="+",
        history_change_reason=REASON,
        history_user_id=person,
        **values,
    )
    for participant in participants:
        link = links.create(mention_id=mention.pk, participant_id=participant)
        rows.of("HistoricalMention_by").create(
            id=link.pk, history_id=version.pk, mention_id=mention.pk, participant_id=participant
        )
    return values["ref"]


def move_facts(rows, facts, written):
    """Let what was loaded as roles be loaded as mentions: with the words that the same file says now."""
    stated = defaultdict(lambda: defaultdict(set))
    acting = defaultdict(set)
    for fact in rows.of("LoadedFact").filter(kind="mention"):
        slug = fact.key.split("/")[1]
        acting[fact.source, slug, fact.values.get("act")].update(fact.values.get("by") or ())
    for (source, key), place in facts.items():
        slug, role, code = key.split("/")
        act = ACTS[role]
        if place is not None and code not in acting[source, slug, act]:
            stated[source, slug, act][place.get("locator")].add(code)
    for place, by_locator in stated.items():
        for locator, codes in by_locator.items():
            ref = ref_of(rows, place, codes, written) or write_deleted(rows, place, codes, locator)
            if ref:
                values = {"act": place[2], "by": sorted(codes)}
                values |= {"locator": locator} if locator else {}
                rows.of("LoadedFact").update_or_create(
                    source=place[0], kind="mention", key=ref, defaults={"values": values}
                )
    for kind, prefix in (("role", "{key}"), ("citation", "{source}/role/{key}")):
        for source, key in facts:
            gone = {"kind": kind, "key": prefix.format(source=source, key=key), "source": source}
            rows.of("LoadedFact").filter(**gone).delete()
            rows.of("LoadConflict").filter(**gone).delete()


def ref_of(rows, place, codes, written):
    """The mention that says so: one that was written now, or that somebody had recorded."""
    ours = sorted(written[place], key=lambda row: -len(row[1] & codes))
    if ours and ours[0][1] & codes:
        return ours[0][0]
    source, slug, act = place
    mentions = rows.of("Mention").filter(
        report__slug=source, initiative__slug=slug, act=act, by__code__in=codes
    )
    return mentions.order_by("pk").values_list("ref", flat=True).first()


def write_deleted(rows, place, codes, locator):
    """A role that was loaded, and that somebody deleted, stays deleted: as a mention withdrawn unseen."""
    source, slug, act = place
    report = rows.of("Report").filter(slug=source).first()
    initiative = rows.of("Initiative").filter(slug=slug).first()
    if not report or not initiative:
        return None
    participants = rows.of("Participant").filter(code__in=codes).order_by("code")
    taken = set(rows.of("Mention").filter(initiative=initiative).values_list("ref", flat=True))
    now = timezone.now()
    return write_mention(
        rows,
        taken,
        list(participants.values_list("pk", flat=True)),
        (now, None),
        report_id=report.pk,
        initiative_id=initiative.pk,
        act=act,
        ref=f"{source}/{slug}/{act}",
        locator=locator or "",
        publication="draft",
        withdrawn_at=now,
        withdrawal_reason=DELETED,
    )


def delete_roles(rows, roles, citations):
    """Take away the rows, and keep of each and of its citations a last version."""
    now = timezone.now()
    versions = {"history_date": now, "history_type": "-", "history_change_reason": REASON}
    gone = [citation for role in roles for citation in citations[role.pk]]
    for model, of_model in (("Citation", gone), ("Role", roles)):
        columns = [field.attname for field in rows.of(model).model._meta.concrete_fields]
        rows.of(f"Historical{model}").bulk_create(
            (
                rows.new(
                    f"Historical{model}", **{name: getattr(row, name) for name in columns}, **versions
                )
                for row in of_model
            ),
            batch_size=BATCH,
        )
        keys = [row.pk for row in of_model]
        for start in range(0, len(keys), 500):
            rows.of(model).filter(pk__in=keys[start : start + 500]).delete()


def uncorrected(rows, model):
    """Public entries that stand."""
    corrections = rows.of(model).filter(corrects=OuterRef("pk"), publication="public")
    return rows.of(model).filter(
        ~Exists(corrections), publication="public", withdrawn_at__isnull=True
    )


def derive(rows, keys):
    """Bring standing and the last sign of life of initiatives up to date, as recording/derivation.py does."""
    mentions = defaultdict(list)
    columns = ("initiative", "act", "report__published_on", "report")
    standing = uncorrected(rows, "Mention").order_by("recorded_at", "pk")
    for initiative, act, on, report in standing.values_list(*columns):
        if initiative in keys:
            mentions[initiative].append((str(on or ""), act, report))
    # A key by which rows sort is in no version.
    versioned = {field.attname for field in rows.of("HistoricalInitiative").model._meta.concrete_fields}
    names = [field.attname for field in rows.of("Initiative").model._meta.concrete_fields]
    names = [name for name in names if name in versioned]
    for initiative in rows.of("Initiative").filter(pk__in=mentions):
        of_initiative = sorted(mentions[initiative.pk], key=lambda mention: mention[0])
        word, report = standing_of(of_initiative)
        heard = max(str(initiative.last_heard_on or ""), of_initiative[-1][0]) or None
        before = (initiative.standing, initiative.standing_report_id, initiative.last_heard_on)
        if before == (word, report, heard):
            continue
        initiative.standing, initiative.standing_report_id = word, report
        initiative.last_heard_on = heard
        initiative.save(update_fields=["standing", "standing_report", "last_heard_on"])
        version = rows.of("HistoricalInitiative").create(
            **{name: getattr(initiative, name) for name in names},
            history_date=timezone.now(),
            history_type="~",
            history_change_reason="Roles became mentions",
        )
        links = rows.of("HistoricalInitiative_themes")
        through = initiative.themes.through._base_manager.using(rows.using)
        for link in through.filter(initiative_id=initiative.pk):
            links.create(
                id=link.pk,
                history_id=version.pk,
                initiative_id=initiative.pk,
                theme_id=link.theme_id,
            )


def standing_of(mentions):
    last_no = max((i for i, m in enumerate(mentions) if m[1] == "not_taken_up"), default=-1)
    best, rests_on = -1, None
    for _on, act, report in mentions[last_no + 1 :]:
        strength = STRENGTH.index(act) if act in STRENGTH else -1
        if strength > best:
            best, rests_on = strength, report
    if best >= 0:
        return STRENGTH[best], rests_on
    if last_no >= 0:
        return "not_taken_up", mentions[last_no][2]
    return "mentioned", mentions[0][2]


def fill_involvement(apps, schema_editor):
    """Write who is in which initiative, as recording/involvement.py does."""
    rows = Rows(apps, schema_editor)
    involved = defaultdict(set)
    speakers = uncorrected(rows, "Mention").filter(by__isnull=False).order_by()
    for initiative, act, participant in speakers.values_list("initiative", "act", "by"):
        involved[initiative, participant].add(CAPACITIES.get(act, "mentioned"))
    own = uncorrected(rows, "StatusUpdate").filter(participant__isnull=False).order_by()
    for place in own.values_list("initiative", "participant"):
        involved[place].add("mentioned")
    roles = rows.of("Role").order_by().values_list("initiative", "participant", "role")
    for initiative, participant, role in roles:
        involved[initiative, participant].add(role)
    rows.of("Involvement").bulk_create(
        (
            rows.new(
                "Involvement",
                initiative_id=initiative,
                participant_id=participant,
                capacity=capacity,
            )
            for (initiative, participant), capacities in sorted(involved.items())
            for capacity in sorted(capacities - {"mentioned"} or {"mentioned"})
        ),
        batch_size=BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0020_involvement")]
    operations = [
        migrations.RunPython(move_roles, migrations.RunPython.noop),
        migrations.RunPython(fill_involvement, migrations.RunPython.noop),
    ]
