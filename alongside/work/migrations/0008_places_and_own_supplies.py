"""Places can be closed; a group may keep count of things of its own; coordinators are told once that something runs out."""

from django.db import migrations, models

import alongside.kit.fields


class Migration(migrations.Migration):
    """``Place.closed``, ``Supply.name`` and ``Supply.told``."""

    dependencies = (("work", "0007_months"),)

    operations = (
        migrations.AddField(
            model_name="place", name="closed", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name="supply",
            name="name",
            field=alongside.kit.fields.ClosedField(blank=True, default=b"", editable=False, owner="group"),
        ),
        migrations.AddField(
            model_name="supply", name="told", field=models.BooleanField(db_default=False, default=False)
        ),
    )
