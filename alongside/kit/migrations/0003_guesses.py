"""Counts of tries to sign in, shared by every process."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """``kit.Guess``."""

    dependencies = (("kit", "0002_checkpoints_and_ended"),)

    operations = (
        migrations.CreateModel(
            name="Guess",
            fields=[
                ("place", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("value", models.JSONField()),
            ],
            options={"indexes": [models.Index(fields=["until"], name="guess_until")]},
        ),
    )
