"""Letters that people sends."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register(
    "people.token",
    _(
        "Whoever hosts this made a key that can read and write your record. If you did not ask for it, remove it on your account page."
    ),
)
rules.register(
    "people.recovered",
    _("Your printed code was used to set a new passphrase. If it was not you, ask whoever hosts this for help."),
)
rules.register(
    "people.way_added",
    _("You have a new way to sign in. If you did not add it, remove it and change your passphrase."),
)
rules.register(
    "people.way_gone",
    _("A way to sign in was removed. If it was not you, change your passphrase."),
)
rules.register("people.joined", _("{name} joined {group}."))
rules.register("people.left", _("{name} left {group}. What the group owes them stays owed."))
rules.register(
    "people.closed",
    _("{group} is closed now. Your record stays yours. What it owes you stays owed."),
)
rules.register("people.part", _("Your part in {group} changed."))
