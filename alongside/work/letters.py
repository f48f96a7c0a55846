"""Letters that work sends."""

from django.utils.translation import gettext_noop as _

from alongside.outbox import rules

rules.register("work.thanks", _("{name} in {group} says thank you for your work on {day}."))
rules.register(
    "work.keep_or_drop", _("You took back work that you shared with {group}. Do you still want to be paid for it?")
)
rules.register("work.paper", _("{name} in {group} wrote down work of yours from paper. It counts only if you say yes."))
rules.register("work.paper_answered", _("{name} in {group} answered what you wrote down from paper."))
rules.register("work.low", _("Something that {group} hands out is about to run out."))
