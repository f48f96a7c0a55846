"""Letters that roles sends."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register(
    "roles.asked", _("{group} asks if you want to hold a role: {title}. You can say yes, no, or ask for a change.")
)
rules.register(
    "roles.proposed", _("There is a new version of your role {title} in {group}. It counts for you if you agree.")
)
rules.register("roles.answered", _("{group} answered what you asked about {title}."))
rules.register("roles.titled", _("The people who hold a role in {group} chose its title: {title}."))
rules.register("roles.agreed", _("{name} agreed to the role {title} in {group}."))
rules.register("roles.change", _("{name} asks for a change in the role {title} in {group}."))
rules.register("roles.question", _("{name} has a question about the role {title} in {group}."))
rules.register("roles.resolved", _("{name} says it is settled: what they asked about {title} in {group}."))
rules.register("roles.call", _("{group} is looking for people for some work. Have a look at the calls for work."))
rules.register("roles.call_yes", _("{name} says yes to a call for work in {group}."))
rules.register("roles.call_back", _("{name} takes back a yes to a call for work in {group}."))
rules.register("roles.call_chosen", _("You have the work that you said yes to in {group}."))
rules.register("roles.call_filled", _("A call for work in {group} is over. Thank you for saying yes."))
rules.register("roles.call_closed", _("A call for work in {group} is over. You still have that work."))
rules.register("roles.left", _("{name} does not hold the role {title} in {group}."))
