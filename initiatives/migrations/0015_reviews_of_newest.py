"""What waits for review is the newest draft: a correction takes over the review of the draft that it corrects."""

from django.db import migrations
from django.utils import timezone

MODELS = {"mention": "Mention", "status_update": "StatusUpdate"}


def lead_to_the_newest(apps, schema_editor):
    using = schema_editor.connection.alias
    reviews = apps.get_model("initiatives", "Review").objects.using(using)
    for name, model in MODELS.items():
        entries = apps.get_model("initiatives", model).objects.using(using)
        waiting = reviews.filter(decision="waiting")
        for review in waiting.filter(**{f"{name}__correction__isnull": False}):
            newest = getattr(review, name)
            while newest.publication == "draft":
                later = entries.filter(corrects=newest.pk).first()
                if later is None:
                    break
                newest = later
            if newest.publication == "public":
                decision, reason = "published", ""
            elif newest.withdrawn_at or waiting.filter(**{name: newest.pk}).exists():
                decision, reason = "dropped", f"Superseded by {newest.ref}"
            else:
                decision, reason = "waiting", ""
            values = {"decision": decision, "reason": reason, name: newest}
            if decision != "waiting":
                values["decided_at"] = timezone.now()
            reviews.filter(pk=review.pk).update(**values)


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0014_recovery_codes_hashed")]
    operations = [migrations.RunPython(lead_to_the_newest, migrations.RunPython.noop)]
