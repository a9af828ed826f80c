"""A mark that no two histories share; serving/triggers.py says what for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0005_orders")]
    operations = [migrations.AddField("dataversion", "mark", models.BigIntegerField(default=0))]
