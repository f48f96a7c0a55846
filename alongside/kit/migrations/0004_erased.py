"""Ids of single rows that were deleted, beside the keys: a restored backup deletes them again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """``kit.Erased``, in the keys database."""

    dependencies = (("kit", "0003_guesses"),)

    operations = (
        migrations.CreateModel(
            name="Erased",
            fields=[("row", models.UUIDField(editable=False, primary_key=True, serialize=False))],
        ),
    )
