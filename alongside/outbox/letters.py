"""The outbox's own letters: those that prove a channel, and those that say that one failed."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register("outbox.code", _("A code was sent."), _("Your code is {code}. Type it where you asked for it."))
rules.register("outbox.tap", _("A test message was sent."), _("Tap here: then messages reach you. {link}"))
rules.register(
    "outbox.dead",
    _("A way to reach you does not work any more. Please test it or add another one."),
)
rules.register("outbox.failed", _("A message did not reach you. Please look at how you can be reached."))
