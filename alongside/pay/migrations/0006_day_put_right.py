"""The day of a claim may be put right, as the day of its work is: the claims' trigger no longer holds that column.

All else of a claim but its dispute stays as it was written, and lines keep the days on which they were written.
"""

from importlib import import_module

from django.db import migrations

written_once = import_module("alongside.pay.migrations.0002_written_once")
TABLE = "pay_claim"
FREE = "day"


def hold(apps, schema_editor):
    """The claims' trigger without the day."""
    postgres = schema_editor.connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    held = [c for c in written_once.FIXED[TABLE] if c != FREE]
    _replace(schema_editor, " OR ".join(f'OLD."{c}" {differs} NEW."{c}"' for c in held))


def lift(apps, schema_editor):
    """The claims' trigger as it was."""
    _replace(schema_editor, written_once._changed(TABLE, schema_editor.connection.vendor == "postgresql"))


def _replace(schema_editor, refused):
    postgres = schema_editor.connection.vendor == "postgresql"
    on = f" ON {TABLE}" if postgres else ""
    schema_editor.execute(f"DROP TRIGGER {TABLE}_change{on}", params=None)
    made = written_once._trigger(TABLE, "change", "UPDATE", refused, written_once.CHANGED, postgres)
    schema_editor.execute(made, params=None)


class Migration(migrations.Migration):
    """``Claim.day`` follows the work."""

    dependencies = (("pay", "0005_month"),)
    operations = (migrations.RunPython(hold, lift, elidable=False),)
