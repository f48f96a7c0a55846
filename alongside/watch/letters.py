"""The letters of watch. What a lock screen shows of them is neutral: no name, no place, no word of what it is about."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register("watch.ask", _("It is time for your check."), _("It is time. {link}"))
rules.register("watch.call", _("Someone who chose you needs you to look now."), _("Please look now: {link}"))
rules.register("watch.coming", _("Someone is on the way."), _("Someone is on the way. {link}"))
rules.register("watch.there", _("Someone is there now."), _("Someone is there now. {link}"))
rules.register("watch.answered", _("They answered. You need not come."), _("It is over: they answered. Thank you."))
rules.register("watch.over", _("It has ended. Thank you for being there."), _("It has ended. Thank you."))
rules.register(
    "watch.loud", _("Everyone was called and no one has said that they come."), _("No one has answered yet. {link}")
)
