"""A payment can be taken back: the day on which it was, set once, and never beside the day on which it came.

Adding the column remakes no table, so the other triggers stay; the payment's own is made anew to hold the new column.
The second rule is in the trigger too, not in a constraint: on SQLite that would remake the table.
"""

from importlib import import_module

from django.db import migrations, models

written_once = import_module("alongside.pay.migrations.0002_written_once")
TABLE = "pay_payment"


def hold(apps, schema_editor):
    """The payment's trigger with the new column."""
    postgres = schema_editor.connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    reversed_once = f'(OLD."reversed" IS NOT NULL AND OLD."reversed" {differs} NEW."reversed")'
    both = '(NEW."received" IS NOT NULL AND NEW."reversed" IS NOT NULL)'
    _replace(schema_editor, [written_once._changed(TABLE, postgres), reversed_once, both])


def lift(apps, schema_editor):
    """The payment's trigger as it was."""
    _replace(schema_editor, [written_once._changed(TABLE, schema_editor.connection.vendor == "postgresql")])


def _replace(schema_editor, refused):
    postgres = schema_editor.connection.vendor == "postgresql"
    on = f" ON {TABLE}" if postgres else ""
    schema_editor.execute(f"DROP TRIGGER {TABLE}_change{on}", params=None)
    made = written_once._trigger(TABLE, "change", "UPDATE", " OR ".join(refused), written_once.CHANGED, postgres)
    schema_editor.execute(made, params=None)


class Migration(migrations.Migration):
    """``Payment.reversed``, and the trigger that holds it."""

    dependencies = (("pay", "0002_written_once"),)
    operations = (
        migrations.AddField(
            "payment",
            "reversed",
            models.DateField(help_text="when a coordinator took it back: it did not come", null=True),
        ),
        migrations.RunPython(hold, lift, elidable=False),
    )
