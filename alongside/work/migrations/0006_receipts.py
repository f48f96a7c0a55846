"""Photos of receipts, and groups' copies of them."""

import alongside.kit.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("work", "0005_folded"),
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('content', alongside.kit.fields.ClosedField(blank=True, default=b'', owner='person')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='work.entry')),
            ],
        ),
        migrations.CreateModel(
            name='ReceiptCopy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('content', alongside.kit.fields.ClosedField(blank=True, default=b'', owner='group')),
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='copy', to='work.receipt')),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='work.share')),
            ],
        ),
    ]
