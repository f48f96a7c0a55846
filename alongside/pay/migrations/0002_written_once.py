"""The database itself refuses to change the ledger: whatever wrote to it, a line stays as it was written.

Lines never change. Of a claim only its dispute changes; of a payment only what the payee says about it, once. None
of them is deleted before its ``keep_until`` has passed (days of UTC). On SQLite a later migration that alters one
of these tables remakes it and loses its triggers: it must run ``lift`` before and ``hold`` after.
"""

from django.db import migrations

FIXED = {
    "pay_line": ("id", "claim_id", "payment_id", "payee", "part", "amount", "day", "keep_until"),
    "pay_claim": ("id", "group", "payee", "currency", "day", "opened", "keep_until"),
    "pay_payment": ("id", "group", "payee", "amount", "currency", "method", "day", "keep_until"),
}
ONCE = {"pay_payment": ("received", "missing")}
CHANGED = "the ledger is written once"
KEPT = "the ledger is kept for its term"


def hold(apps, schema_editor):
    """Make the triggers."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        for name, text in (("pay_refuse_change", CHANGED), ("pay_refuse_delete", KEPT)):
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
                params=None,
            )
    for table in FIXED:
        changed, kept = _changed(table, postgres), _kept(postgres)
        schema_editor.execute(_trigger(table, "change", "UPDATE", changed, CHANGED, postgres), params=None)
        schema_editor.execute(_trigger(table, "delete", "DELETE", kept, KEPT, postgres), params=None)


def lift(apps, schema_editor):
    """Take the triggers away."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in FIXED:
        for what in ("change", "delete"):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER {table}_{what}{on}", params=None)
    if postgres:
        schema_editor.execute("DROP FUNCTION pay_refuse_change()", params=None)
        schema_editor.execute("DROP FUNCTION pay_refuse_delete()", params=None)


def _changed(table, postgres):
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    fixed = [f'OLD."{column}" {differs} NEW."{column}"' for column in FIXED[table]]
    once = [f'(OLD."{c}" IS NOT NULL AND OLD."{c}" {differs} NEW."{c}")' for c in ONCE.get(table, ())]
    return " OR ".join(fixed + once)


def _kept(postgres):
    today = "(now() AT TIME ZONE 'utc')::date" if postgres else "date('now')"
    return f'OLD."keep_until" >= {today}'


def _trigger(table, what, event, when, text, postgres):
    head = f"CREATE TRIGGER {table}_{what} BEFORE {event} ON {table} FOR EACH ROW WHEN ({when})"
    if postgres:
        return f"{head} EXECUTE FUNCTION pay_refuse_{what}()"
    return f"{head} BEGIN SELECT RAISE(ABORT, '{text}'); END"


class Migration(migrations.Migration):
    """Triggers that keep the ledger as it was written."""

    dependencies = (("pay", "0001_first"),)
    operations = (migrations.RunPython(hold, lift, elidable=False),)
