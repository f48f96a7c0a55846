"""What a group is shown of a month."""

import alongside.kit.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0001_first"),
        ("work", "0006_receipts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField(help_text="the first day of the month")),
                ("content", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="releases", to="people.group")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "month"), name="one_release_a_month")],
            },
        ),
    ]
