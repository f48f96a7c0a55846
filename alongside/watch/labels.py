"""Words for what watch keeps as codes."""

from django.utils.translation import gettext_lazy as _

from alongside.kit.text import Words

OUTCOMES: dict[str, Words] = {
    "ok": _("They are OK"),
    "helped": _("They were helped on the spot"),
    "care": _("They went to get care"),
    "unsaid": _("It is over. I say no more"),
}
"""How somebody who was called says that it ended."""
OWN_OUTCOMES: dict[str, Words] = {
    "safe": _("I was fine"),
    "helped": _("Someone helped me"),
    "care": _("I went to get care"),
    "unsaid": _("I do not want to say"),
}
"""How the person says that it ended."""
SHUT: dict[str, Words] = {
    "where": _("Where"),
    "know": _("What to know"),
    "want": _("What they want done, and not done"),
    "contact": _("Who to phone"),
}
"""What the person let who is called see, in this order."""
