"""people: accounts, the private vault, groups, memberships, invitations, API tokens, consent.

A person signs in with a handle and goes by a name of choice in each group; nothing that one group sees leads to
another. May import outbox and kit.
"""
