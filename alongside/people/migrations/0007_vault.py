import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alongside.kit.fields


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_leaving_and_closing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Vault',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='vault', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('revision', models.PositiveIntegerField()),
                ('sealed', alongside.kit.fields.ClosedField(owner='person')),
            ],
        ),
    ]
