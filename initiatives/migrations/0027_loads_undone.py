"""What each load wrote, so that it can be undone; a line of the register may be about a load."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0026_upload_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Load",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("files", models.JSONField(default=list)),
                ("is_edit", models.BooleanField(default=False)),
                ("new", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("undone_at", models.DateTimeField(db_index=True, null=True)),
                ("undo_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="LoadedVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("row", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ReplacedFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(db_index=True, max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=500)),
                ("values", models.JSONField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_subject_known",
        ),
        migrations.AlterField(
            model_name="correction",
            name="dialogue",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="initiatives.dialogue",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="subject",
            field=models.CharField(
                choices=[
                    ("initiative", "Initiative"),
                    ("mention", "Mention"),
                    ("status_update", "Status update"),
                    ("load", "Load of documents"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("subject__in", ["initiative", "mention", "status_update", "load"])
                ),
                name="correction_subject_known",
                violation_error_message="Choose one of the listed values.",
            ),
        ),
        migrations.AddField(
            model_name="load",
            name="loaded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="load",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="load",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upload",
                to="initiatives.load",
            ),
        ),
        migrations.AddField(
            model_name="loadedversion",
            name="load",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="initiatives.load",
            ),
        ),
        migrations.AddField(
            model_name="replacedfact",
            name="load",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replaced_facts",
                to="initiatives.load",
            ),
        ),
    ]
