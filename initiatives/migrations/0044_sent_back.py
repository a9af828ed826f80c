"""A draft that is not published is sent back, as buttons and pages say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0043_inbox"),
    ]

    operations = [
        migrations.AlterField(
            model_name="review",
            name="decision",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting for review"),
                    ("published", "Published"),
                    ("returned", "Sent back"),
                    ("dropped", "Withdrawn before it was decided"),
                ],
                db_index=True,
                default="waiting",
                max_length=10,
            ),
        ),
    ]
