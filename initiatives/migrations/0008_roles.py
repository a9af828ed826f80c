"""The roles of the desk, as groups: editors write drafts, publishers show them, administrators let people in."""

from django.db import migrations

SEEN = (
    "attendance", "citation", "dialogue", "discrepancy", "initiative", "lineage", "loadedfact", "meeting",
    "membership", "mention", "participant", "report", "review", "role", "statusupdate", "target", "theme",
)
DRAFTED = ("citation", "initiative", "lineage", "role", "target")
SHARED = ("attendance", "dialogue", "discrepancy", "meeting", "membership", "participant", "theme")


def codes(app, models, *doing):
    return {(app, model, f"{do}_{model}") for model in models for do in doing}


EDITOR = (
    codes("initiatives", SEEN, "view")
    | codes("initiatives", DRAFTED, "add", "change", "delete")
    | codes("initiatives", ("mention", "statusupdate", "report"), "add", "change")
)
PUBLISHER = (
    EDITOR
    | codes("initiatives", SHARED, "add", "change", "delete")
    | codes("initiatives", ("report",), "delete")
    | {("initiatives", "review", "publish")}
)
ADMINISTRATOR = (
    PUBLISHER
    | {("initiatives", "review", "load")}
    | codes("initiatives", ("assignment",), "view", "add", "change", "delete")
    | codes("auth", ("user",), "view", "add", "change")
    | codes("auth", ("group",), "view")
    | codes("axes", ("accessattempt",), "view", "delete")
    | codes("axes", ("accesslog",), "view")
)
ROLES = {"Editor": EDITOR, "Publisher": PUBLISHER, "Administrator": ADMINISTRATOR}
NAMES = {"publish": "Can publish, return and withdraw", "load": "Can load report files"}


def make_roles(apps, schema_editor):
    """Make each group with its rights; a group of that name that is there keeps what it has besides."""
    using = schema_editor.connection.alias
    groups, kinds, rights = (
        apps.get_model(app, model).objects.using(using)
        for app, model in (("auth", "Group"), ("contenttypes", "ContentType"), ("auth", "Permission"))
    )
    for name, wanted in ROLES.items():
        group, _made = groups.get_or_create(name=name)
        for app, model, codename in sorted(wanted):
            # Django makes these after the last migration only, and leaves what it finds.
            kind, _made = kinds.get_or_create(app_label=app, model=model)
            named = {"name": NAMES.get(codename, "Can " + codename.replace("_", " "))}
            right, _made = rights.get_or_create(content_type=kind, codename=codename, defaults=named)
            group.permissions.add(right)


def drop_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    apps.get_model("auth", "Group").objects.using(using).filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0007_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles)]
