"""What the kinds of channel, and how they stand, are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {"push": _("A phone or computer"), "sms": _("Text message"), "mail": _("E-mail")}
STATES = {
    "new": _("Not tested yet"),
    "works": _("Works"),
    "dead": _("Does not work any more"),
    "off": _("Not sent by this place"),
}
TONES = {"new": "mind", "works": "good", "dead": "bad", "off": "bad"}
"""How a state is coloured."""
