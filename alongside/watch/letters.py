"""The letters of watch. What a lock screen shows of them is neutral: no name, no place, no word of what it is about."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register("watch.ask", _("It is time for your check."), _("It is time. {link}"), loud=True)
rules.register("watch.call", _("Someone who chose you needs you to look now."), _("Please look now: {link}"), loud=True)
rules.register("watch.coming", _("Someone is on the way."), _("Someone is on the way. {link}"))
rules.register("watch.there", _("Someone is there now."), _("Someone is there now. {link}"))
rules.register("watch.answered", _("They answered. You need not come."), _("It is over: they answered. Thank you."))
rules.register("watch.over", _("It has ended. Thank you for being there."), _("It has ended. Thank you."))
rules.register(
    "watch.loud",
    _("Everyone was called and no one has said that they come."),
    _("No one has answered yet. {link}"),
    loud=True,
)

rules.register(
    "watch.agreed", _("{name} said yes to being called for you. Keep an eye on me says if they can be reached.")
)
rules.register("watch.declined", _("{name} cannot be your watcher now."))
rules.register("watch.stopped", _("{name} does not want to be called for you now."))
rules.register("watch.removed", _("You are no longer called for {name}."))
rules.register("watch.rota_asked", _("{group} asks if you can be called. The list is {name}."))
rules.register("watch.rota_gone", _("You are not on the list {name} of {group} now."))
rules.register("watch.look", _("Someone would like you to look in on them."), _("Please look in. {link}"))
rules.register("watch.nudge", _("Someone looked in on you."), _("Someone looked in. {link}"))
rules.register("watch.fine", _("They answered you."), _("They answered you. {link}"))
