import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("roles", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="asks",
            field=models.CharField(default="change", help_text="change or question", max_length=8),
        ),
        migrations.AddField(
            model_name="change",
            name="resolved",
            field=models.DateField(help_text="when who asked said that it is settled", null=True),
        ),
        migrations.AddField(
            model_name="change",
            name="follows",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="followed", to="roles.change"
            ),
        ),
    ]
