"""What stands in an audit chain, in plain words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS = {
    "people.made": _("The account was made."),
    "people.token": _("A key for other apps was made."),
    "people.untoken": _("A key for other apps was removed."),
    "people.code": _("A code on paper was made."),
    "people.recovered": _("Someone came back in with the code on paper."),
    "people.passkey": _("A passkey was added."),
    "people.passkey_gone": _("A passkey was removed."),
    "people.code_app": _("A code app was added."),
    "people.code_app_gone": _("A code app was removed."),
    "people.ended": _("A phone or computer was signed out."),
    "people.deleted": _("Someone deleted their account."),
    "group.made": _("The group was made."),
    "group.invited": _("A link to join was made."),
    "group.uninvited": _("A link to join was stopped."),
    "group.joined": _("Someone joined."),
    "group.renamed": _("Someone took another name."),
    "group.left": _("Someone left the group."),
    "group.closed": _("The group was closed."),
    "group.part": _("Someone got another part in the group."),
    "group.changed": _("The group was changed: its name, money or tax years."),
    "roles.drafted": _("A role was begun, or a new version of it."),
    "roles.saved": _("A draft of a role was saved."),
    "roles.proposed": _("A version of a role was shown to its holders."),
    "roles.asked": _("Someone was asked to hold a role."),
    "roles.wished": _("Someone wished for a title."),
    "roles.titled": _("A title was chosen."),
    "roles.agreed": _("Someone agreed to a role."),
    "roles.change": _("Someone asked for a change to a role."),
    "roles.question": _("Someone asked a question about a role."),
    "roles.answered": _("The group answered what was asked about a role."),
    "roles.resolved": _("Someone said that what they asked is settled."),
    "roles.left": _("Someone left a role, or said no to it."),
    "roles.call": _("A call for work was made."),
    "roles.call_yes": _("Someone said yes to a call for work."),
    "roles.call_back": _("Someone took back a yes to a call for work."),
    "roles.call_chosen": _("Someone who said yes to a call was told that they have the work."),
    "roles.call_closed": _("A call for work was closed."),
    "roles.kind": _("A kind of work was added."),
    "home.statement": _("A paper about work was made."),
    "home.statement_gone": _("A paper about work was taken back."),
    "work.sync": _("Work was saved."),
    "work.shared": _("Work was shared."),
    "work.shared_again": _("Shared work was changed."),
    "work.taken_back": _("Shared work was taken back."),
    "work.kept": _("The pay for work that was taken back was kept."),
    "work.dropped": _("The pay for work that was taken back was given up."),
    "work.paper": _("Work was copied from a paper sheet."),
    "work.paper_back": _("A copy from a paper sheet was taken back."),
    "work.receipt": _("A photo of a receipt was added."),
    "work.receipt_gone": _("A photo of a receipt was taken away."),
    "work.thanks": _("Someone said thanks."),
    "work.folded": _("Old work was cut down to its kind, its time and its month."),
    "work.supply": _("The list of things that are counted was changed."),
    "work.place": _("The list of places for supplies was changed."),
    "work.stock": _("What is in stock was changed."),
    "pay.method": _("Someone chose how to be paid."),
    "pay.claimed": _("Pay for work came to be owed."),
    "pay.corrected": _("What is owed was corrected."),
    "pay.dropped": _("A claim was dropped."),
    "pay.disputed": _("Someone asked about a claim."),
    "pay.offered": _("Another sum was offered."),
    "pay.withdrew": _("A question about a claim was taken back."),
    "pay.accepted": _("An offer was taken."),
    "pay.answered": _("Someone wrote about a claim."),
    "pay.wished": _("A worker said which sum is right."),
    "pay.agreed": _("The group said yes to a worker's sum."),
    "pay.declined": _("An offer was not taken."),
    "pay.paid": _("Someone was paid."),
    "pay.reversed": _("A payment was taken back."),
    "pay.taken_off": _("Pay given ahead was taken off what is owed."),
    "pay.received": _("Someone said that pay came."),
    "pay.missing": _("Someone said that pay did not come."),
    "pay.left": _("A question about a claim ended, as its person left."),
}
_OTHER = _("Something else was done.")


def words(act: str) -> str | Promise:
    """The words for an act; general ones for an act of an older or newer version."""
    return _WORDS.get(act, _OTHER)


def known() -> set[str]:
    """The acts that have words."""
    return set(_WORDS)
