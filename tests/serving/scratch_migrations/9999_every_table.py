"""A column more in every public table, another type of it, and rows that are written though they stay as they are."""

from pathlib import Path
from typing import Any

from django.db import migrations, models

from initiatives import migrations as app_migrations
from initiatives.serving.triggers import PUBLIC
from tests.serving.scratch_migrations import COLUMN

NEWEST = max(path.stem for path in Path(app_migrations.__path__[0]).glob("[0-9]*.py"))


def public_models(apps: Any) -> list[Any]:
    found = apps.get_app_config("initiatives").get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in PUBLIC}
    return [model for model in found if model._meta.db_table in tables]


def column(model: Any, field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    field.set_attributes_from_name(COLUMN)
    field.model = model
    return field


def change(apps: Any, schema_editor: Any) -> None:
    for model in public_models(apps):
        short = column(model, models.CharField(max_length=5, default="short"))
        schema_editor.add_field(model, short)
        model._meta.add_field(short)
        schema_editor.alter_field(model, short, column(model, models.TextField(default="long")))
    apps.get_model("initiatives", "SearchText").objects.update(body=models.F("body"))


def change_back(apps: Any, schema_editor: Any) -> None:
    for model in public_models(apps):
        text = column(model, models.TextField(default="long"))
        model._meta.add_field(text)
        schema_editor.remove_field(model, text)
    apps.get_model("initiatives", "SearchText").objects.update(body=models.F("body"))


class Migration(migrations.Migration):
    dependencies = [("initiatives", NEWEST)]
    operations = [migrations.RunPython(change, change_back)]
