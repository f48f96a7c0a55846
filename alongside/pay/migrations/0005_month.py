"""The lines of a payee by day: a month is found without reading the lines of all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index on ``Line``, in place of a shorter one."""

    dependencies = (("pay", "0004_threads"),)

    operations = (
        migrations.AddIndex(model_name="line", index=models.Index(fields=["payee", "day"], name="line_month")),
        migrations.RemoveIndex(model_name="line", name="line_payee"),
    )
