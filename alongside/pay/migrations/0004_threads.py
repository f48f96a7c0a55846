"""Disputes with a thread: what each side says is right, since when who waits, and what was written.

The new columns may be empty and have no default: neither database remakes the claims' table, and its triggers stay.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import alongside.kit.fields


class Migration(migrations.Migration):
    """``Claim.sure``, ``Claim.wish``, ``Claim.asked``, ``Claim.waits`` and ``Message``."""

    dependencies = (("pay", "0003_taken_back"),)
    operations = (
        migrations.AddField("claim", "sure", models.BigIntegerField(help_text="what the group says is owed in any case, in minor units", null=True)),
        migrations.AddField("claim", "wish", models.BigIntegerField(help_text="what the worker says is owed instead, in minor units", null=True)),
        migrations.AddField("claim", "asked", models.DateField(help_text="when the dispute was opened", null=True)),
        migrations.AddField("claim", "waits", models.DateField(help_text="since when the worker waits for the group's answer", null=True)),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("by_group", models.BooleanField(help_text="whether the group wrote it; else the worker did")),
                ("content", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
                ("day", models.DateField()),
                ("claim", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="pay.claim")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("claim", "number"), name="one_message_a_place")]},
        ),
    )
