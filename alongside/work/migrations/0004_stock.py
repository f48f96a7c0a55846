"""A group's supplies, the places where it keeps them, lots, and the stock as a ledger whose lines never change.

The database itself refuses to change a line, whatever wrote to it. Lines go only with their group, or when old ones
become one line of their sum. On SQLite a later migration that alters ``work_stockline`` remakes it and loses its
trigger: it must run ``lift`` before and ``hold`` after.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import alongside.kit.fields

TABLE = "work_stockline"
FIXED = ("id", "supply_id", "at_id", "lot_id", "what", "amount", "day")
CHANGED = "a line of the stock is written once"


def hold(apps, schema_editor):
    """Make the trigger."""
    postgres = schema_editor.connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    when = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in FIXED)
    made = f"CREATE TRIGGER {TABLE}_change BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({when})"
    if postgres:
        schema_editor.execute(
            "CREATE FUNCTION work_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{CHANGED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            params=None,
        )
        schema_editor.execute(f"{made} EXECUTE FUNCTION work_refuse_change()", params=None)
    else:
        schema_editor.execute(f"{made} BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END", params=None)


def lift(apps, schema_editor):
    """Take the trigger away."""
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(f"DROP TRIGGER {TABLE}_change{f' ON {TABLE}' if postgres else ''}", params=None)
    if postgres:
        schema_editor.execute("DROP FUNCTION work_refuse_change()", params=None)


class Migration(migrations.Migration):
    """New tables alone, and the trigger."""

    dependencies = (
        ("people", "0006_leaving_and_closing"),
        ("work", "0003_papers"),
    )

    operations = (
        migrations.CreateModel(
            name="Drawn",
            fields=[
                (
                    "share",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="drawn",
                        serialize=False,
                        to="work.share",
                    ),
                ),
                ("content", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
                ("first", models.BooleanField(default=False)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="places", to="people.group"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("first", True)), fields=("group",), name="one_first_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Supply",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=40)),
                ("unit", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
                ("by_lot", models.BooleanField(default=False)),
                ("since", models.DateField()),
                ("ended", models.BooleanField(default=False)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="supplies", to="people.group"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "code"), name="one_supply_a_thing")],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", alongside.kit.fields.ClosedField(blank=True, default=b"", owner="group")),
                ("expires", models.DateField()),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lots", to="work.supply"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("in", "In"),
                            ("out", "Out"),
                            ("moved", "Moved"),
                            ("lost", "Lost"),
                            ("expired", "Expired"),
                            ("counted", "Counted"),
                            ("before", "Before"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount", models.IntegerField()),
                ("day", models.DateField(help_text="when it was written")),
                (
                    "at",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="work.place"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="work.lot"
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="work.supply"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["supply", "-day", "id"], name="stock_line_newest")],
            },
        ),
        migrations.CreateModel(
            name="HandedOut",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("amount", models.IntegerField()),
                ("day", models.DateField()),
                (
                    "at",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handed_out", to="work.place"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="handed_out", to="work.lot"
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handed_out", to="work.supply"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="handed_out_day")],
            },
        ),
        migrations.RunPython(hold, lift, elidable=False),
    )
