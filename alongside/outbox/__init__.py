"""outbox: letters to people, by the channels that they hold.

Owns letters and how they reach people: the app itself, where a letter is there as soon as the transaction that wrote it
commits; and web push, SMS and e-mail, to channels that their owners added and proved. Takes in text messages, and hands
them to the room that knows their word. Holds people by owner id alone. May import kit.
"""
