"""kit: what every room stands on, and nothing of any room.

Owns the clock, money, closed text and its keys, the audit chain, the job runner, base templates and the design
system. May import Django and libraries; imports no other room and knows no word of the domain.
"""
