"""The lines of a claim by day: a group's month is found without reading the lines of its other months."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pay", "0004_threads")]
    operations = [
        migrations.AddIndex(model_name="line", index=models.Index(fields=["claim", "day"], name="line_month")),
    ]
