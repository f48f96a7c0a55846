"""work: entries, sync, shares and thanks.

An entry belongs to the person: all of it is closed by their key, in one blob. What a group sees is a copy, closed
by the group's key, of what was shared with it and no more. May import pay, roles, people, outbox, kit.
"""
