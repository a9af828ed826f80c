"""Made triggers; serving/installed_triggers.py makes all of them now, after migrations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0008_roles")]
    operations = []
