"""An entry can fold: a mark on it, ``false`` by the database's own default for who writes without knowing of it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """``Entry.folded``, and an index of the entries that are still whole."""

    dependencies = (
        ("work", "0004_stock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.AddField(
            model_name="entry",
            name="folded",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("folded", False), ("gone__isnull", True)),
                fields=["account", "changed"],
                name="entry_whole",
            ),
        ),
    )
