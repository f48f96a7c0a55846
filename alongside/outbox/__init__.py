"""outbox: letters to people, by the channels that they hold.

Owns letters and, for now, one channel: the app itself, where a letter is there as soon as the transaction that
wrote it commits. Holds people by owner id alone. May import kit.
"""
