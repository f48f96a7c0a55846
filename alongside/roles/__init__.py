"""roles: kinds of work, roles and their versions, agreements, dated rates, calls for work.

A role is written down with the people who hold it. Terms (what the role is, what it pays) are versions that never
change once proposed; a holder works under the newest version that they agreed to. May import people, outbox, kit.
"""
