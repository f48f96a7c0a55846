import datetime
import uuid

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone


def note(apps, schema_editor):
    """Note the devices that are signed in already: since the day on which their session was last renewed."""
    known = set(apps.get_model("people", "Account").objects.values_list("pk", flat=True))
    found = []
    for row in apps.get_model("sessions", "Session").objects.filter(expire_date__gt=timezone.now()).iterator():
        try:
            owner = uuid.UUID(SessionStore().decode(row.session_data).get("_auth_user_id", ""))
        except ValueError:
            continue
        if owner in known:
            day = (row.expire_date - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)).date()
            found.append({"account_id": owner, "session": row.session_key, "day": day})
    Device = apps.get_model("people", "Device")
    Device.objects.bulk_create([Device(**one) for one in found], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_devices'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
