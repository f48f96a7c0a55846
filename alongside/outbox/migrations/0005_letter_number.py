"""Letters of one day come in the order in which they were written. One column with a default: PostgreSQL rewrites
no table, SQLite copies this small one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0004_came'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='number',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
