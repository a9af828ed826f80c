"""Recovery codes that are printed already go on working, and are kept as hashes from now on."""

import re
from base64 import b32encode

from django.db import migrations
from django.utils.crypto import salted_hmac

# What was kept until now was looked up in small letters: nothing that looks like a hash ever worked as a code.
HASH = re.compile("[A-Z2-7]{16}")


def hash_codes(apps, schema_editor):
    """Write the hash of each code in its place; one that is a hash already stays, should this run again."""
    tokens = apps.get_model("otp_static", "StaticToken").objects.using(schema_editor.connection.alias)
    for token in tokens.order_by("pk"):
        if not HASH.fullmatch(token.token):
            digest = salted_hmac("initiatives.recovery_code", token.token, algorithm="sha256").digest()
            token.token = b32encode(digest).decode()[:16]
            token.save(update_fields=["token"])


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0013_withdrawn"),
        ("otp_static", "0003_add_timestamps"),
    ]
    # Nobody can turn a hash back into its code: going back leaves the hashes, and new codes have to be made.
    operations = [migrations.RunPython(hash_codes, migrations.RunPython.noop)]
