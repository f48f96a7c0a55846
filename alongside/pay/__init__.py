"""pay: the ledger. Claims, lines, payments, receipts; knows no kind of work and no person.

A line is written once and never changed: a correction is a new line, and the sum of lines is what is owed. Lines
hold a random payee id; one row, the payee, leads from it to a member, and goes when the account goes. May import
roles (for dated rates), people, outbox, kit.
"""
