"""Letters that pay sends."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register("pay.paid", _("{group} paid you {sum}. Did it come?"))
rules.register("pay.ahead", _("{group} paid you {sum}, some of it before it was owed. Did it come?"))
rules.register("pay.disputed", _("{group} has a question about one of your claims."))
rules.register("pay.offered", _("{group} made you an offer for one of your claims."))
rules.register("pay.withdrawn", _("{group} took its question back. Your claim stands as it was."))
rules.register("pay.accepted", _("{name} said yes to your offer."))
rules.register("pay.declined", _("{name} would like to talk about your offer first."))
rules.register("pay.answered", _("{group} wrote to you about one of your claims."))
rules.register("pay.said", _("{name} wrote about a claim that you asked about."))
rules.register("pay.wished", _("{name} says what sum is right."))
rules.register("pay.agreed", _("{group} said yes to your sum."))
rules.register(
    "pay.reversed",
    _("{group} took back a note that it paid you {sum}. What of it was for work is owed to you again."),
)
rules.register(
    "pay.nobody",
    _("Nobody is left in {group} who could pay you here. What it owes you stays owed. Print it and keep it."),
)
rules.register(
    "pay.back", _("A note that {sum} was paid to {name} was taken back. Before you pay it again, ask if it came.")
)
rules.register("pay.missing", _("{name} says that {sum} has not come yet."))
