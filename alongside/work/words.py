"""The words that the scripts of the recording form show: they come with the page, so that scripts hold none."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.people import queries as people
from alongside.people.models import Account


def of_scripts(account: Account) -> dict[str, Any]:
    """What the scripts of a page with a form need: their words, and whose the page is.

    Nothing that is typed on it is ever kept for whoever was here before.
    """
    return {"words": words(), "whose": people.phone_name(account)}


def words() -> dict[str, Any]:
    """Every word that scripts show, in the language in use. A pair is for one and for more; ``%(n)s`` is the number."""
    return {
        **_words_of_saving(),
        **_words_of_waiting(),
        **_words_of_sending(),
        **_words_of_conflicts(),
        **_words_of_entries(),
        **_words_of_the_code(),
        **_words_of_counting(),
        **_words_of_the_short_form(),
        **_words_of_receipts(),
        **_words_of_speech(),
    }


def _words_of_saving() -> dict[str, Any]:
    return {
        "saving": _("Saving..."),
        "saved": _("Saved."),
        "left_as_it_was": _("Not saved. What was shared stays as it was."),
        "saved_here": _("Saved on this phone. It waits to be sent."),
        "saved_locked": _("Saved on this phone. Give your phone code to send it."),
        "too_many_kinds": _("Choose up to 4."),
        "no_kind": _("Choose at least one."),
        "no_day": _("Choose the day."),
        "bad_minutes": _("Write whole minutes, from 0 to 1440."),
        "bad_number": _("Write a whole number, 0 or more."),
        "bad_amount": _("Write an amount like 12.50."),
        "note_too_long": _("The note is too long. Keep it under 4000 letters."),
        "no_group": _("Choose a group to share this with."),
        "tell_first": _("Please tick this first, or keep the entry to yourself."),
        "kept_years": _both(lambda n: ngettext("Pay lines about this are kept for %(n)s year. They hold no names and no words.", "Pay lines about this are kept for %(n)s years. They hold no names and no words.", n)),
        "answer_first": _("This entry was changed in two places. Please choose below which one stays, then save again."),
        "full": _("This phone is full. It could not keep this entry. It is still in the form. Free some space, then save again."),
        "no_storage": _("This browser cannot keep entries on this phone. It may be a private window. You can record here while you have a connection."),
        "no_storage_offline": _("This browser cannot keep entries on this phone. What you typed is still here. Save it when you have a connection."),
        "sign_in_once": _("Sign in once on this phone while you have a connection. After that you can record here without one."),
        "less": _("Less"),
        "more": _("More"),
        "save": _("Save"),
        "save_change": _("Save the change"),
    }  # fmt: skip


def _words_of_waiting() -> dict[str, Any]:
    return {
        "waiting": _("Waiting to be sent"),
        "count": _both(lambda n: ngettext("%(n)s entry waits on this phone, since %(since)s.", "%(n)s entries wait on this phone. The first one since %(since)s.", n)),
        "count_locked": _both(lambda n: ngettext("%(n)s entry waits on this phone.", "%(n)s entries wait on this phone.", n)),
        "show_all": _("Show all %(n)s"),
        "nothing": _("Nothing waits on this phone."),
        "since_morning": _("this morning"),
        "since_afternoon": _("this afternoon"),
        "since_evening": _("this evening"),
        "since_night": _("tonight"),
        "since_yesterday": _("yesterday"),
        "to_delete": _("To be deleted: %(what)s"),
        "since": _("since %(since)s"),
        "edit": _("Change"),
        "delete": _("Delete"),
        "deleted": _("Deleted."),
        "undo": _("Undo"),
        "gone": _("Deleted"),
        "folded": _("Older than 90 days: only what kind, how long, and the month is kept here."),
        "hidden": _("What waits stays hidden until you sign in."),
        "locked": _("It is locked with your phone code. You can still add more."),
    }  # fmt: skip


def _words_of_sending() -> dict[str, Any]:
    return {
        "offline": _("No connection. You can go on recording. It is kept on this phone."),
        "sending": _("Sending %(done)s of %(n)s."),
        "all_sent": _("All sent."),
        "first_page": _("Go to the first page"),
        "signed_out": _("Sign in to send what waits."),
        "sign_in": _("Sign in"),
        "someone_else": _("Somebody else is signed in on this phone. What waits here is sent when you sign in."),
        "cannot_save": _("The server cannot save just now. Nothing was lost. We try again soon."),
        "may_be_thrown": _("This phone may throw away what waits when it is full. Send it soon."),
        "clock": _("The date on this phone looks wrong. It says %(phone)s, but it should be %(server)s. Check the day of each entry."),
        "state_waiting": _("Waiting"),
        "state_sending": _("Being sent"),
        "state_rejected": _("Needs a change"),
        "retry": _("Send now"),
        "mend": _("The server could not take this:"),
        "unreadable": _("It could not be read."),
        "bad_store": _("What waits on this phone cannot be read just now. Please load the page again."),
    }  # fmt: skip


def _words_of_conflicts() -> dict[str, Any]:
    return {
        "state_conflict": _("Changed in two places"),
        "two_places": _("This entry was changed here and somewhere else. Which one should stay?"),
        "mine": _("On this phone"),
        "theirs": _("Somewhere else"),
        "keep_mine": _("Keep this phone's"),
        "keep_theirs": _("Keep the other"),
        "keep_both": _("Keep both, as two entries"),
        "state_conflict_here": _("Changed twice on this phone"),
        "two_places_here": _("This entry was changed on this phone while you had it open. Which one should stay?"),
        "mine_here": _("What you saved last"),
        "theirs_here": _("What was here before"),
        "keep_mine_here": _("Keep the last one"),
        "keep_theirs_here": _("Keep the one before"),
    }  # fmt: skip


def _words_of_entries() -> dict[str, Any]:
    return {
        "minutes": _("%(n)s min"),
        "hours": _both(lambda n: ngettext("%(n)s hour", "%(n)s hours", n)),
        "people": _both(lambda n: ngettext("%(n)s person", "%(n)s people", n)),
        "shared_with": _("Shown to: %(who)s"),
        "not_shared": _("Kept to yourself"),
        "for": _("For: %(who)s"),
        "note": _("Note: %(text)s"),
        "note_shared": _("Note, shown too: %(text)s"),
        "other_money": _("In other money, kept as it is: %(what)s"),
        "hidden_group": _("a group"),
        "role_in": _("%(role)s, %(group)s"),
    }


def _words_of_the_code() -> dict[str, Any]:
    return {
        "code_offer": _("Do you want a phone code? With one, nobody who picks up this phone can read what waits. You give it to read or send what waits."),
        "code_yes": _("Set a phone code"),
        "code_no": _("Not now"),
        "code_label": _("Phone code"),
        "code_hint": _("4 or more letters or numbers. If you forget it, nobody can get back what waits."),
        "code_again": _("The same code again"),
        "code_short": _("Use 4 or more letters or numbers."),
        "code_differs": _("The two codes are not the same."),
        "code_set": _("Your phone code is set."),
        "code_remove": _("Remove the phone code"),
        "code_removed": _("Your phone code is removed."),
        "code_lock": _("Lock now"),
        "code_keep": _("Keep this code"),
        "unlock": _("Unlock"),
        "wrong_code": _("That is not the code. Please try again."),
        "forgot": _("I forgot the code"),
        "throw_warning": _both(lambda n: ngettext("Without the code, %(n)s entry on this phone cannot be read or sent. You can only throw it away. It is then gone for good.", "Without the code, %(n)s entries on this phone cannot be read or sent. You can only throw them away. They are then gone for good.", n)),
        "throw": _("Throw away"),
        "keep": _("Keep them"),
        "cancel": _("Not now"),
    }  # fmt: skip


def _words_of_counting() -> dict[str, Any]:
    return {
        "chip_last": _("As last time:"),
        "chip_filled": _("Filled in. Save it, or change it first."),
        "chip_forget": _("Forget these"),
        "begun": _("You began to write this and did not save it. It is on this phone alone."),
        "begun_go_on": _("Go on with it"),
        "begun_group": _("The group that this was for is not here now. Choose who it is for."),
        "begun_sure": _("Yes, throw it away"),
        "tally_people": _("People"),
        "tally_choose": _("What do you hand out?"),
        "tally_choose_hint": _("Choose what you want a button for. This phone keeps your choice."),
        "tally_start": _("Start to count"),
        "tally_less": _("Take one back: %(what)s"),
        "tally_finish": _("Done. Make the entry"),
        "tally_other": _("Change the buttons"),
        "tally_discard": _("Throw the count away"),
        "tally_sure": _("The count is then gone for good."),
        "tally_back": _("Go on counting"),
        "tally_kept": _("The count stays on this phone until you are done. You can close this page and come back."),
        "tally_filled": _("Your count is in the form below. Say how long it took. Then save."),
        "tally_again": _("Start a new count"),
        "tally_locked": _("Your count is locked with your phone code."),
        "tally_full": _("This phone is full. It could not keep the count. Leave this page open, or write the numbers down."),
        "tally_no_storage": _("This browser cannot keep a count on this phone. It may be a private window. Write the numbers in this form when you are done."),
    }  # fmt: skip


def _words_of_the_short_form() -> dict[str, Any]:
    return {
        "response_kept": _("It is kept on this phone and waits to be sent."),
        "response_sent": _("It is sent. This phone keeps nothing of it."),
        "response_full": _("This phone is full. It could not keep this. It is still here. Free some space, then save again."),
        "response_waits": _both(lambda n: ngettext("%(n)s short form waits on this phone.", "%(n)s short forms wait on this phone.", n)),
        "response_refused": _("The server could not take a short form. It is still on this phone."),
    }  # fmt: skip


def _words_of_receipts() -> dict[str, Any]:
    return {
        "receipt_photo": _("Photo of the receipt: %(what)s"),
        "receipt_hint": _("Only the picture is kept, made small. Not where or when it was taken. Make sure that no name is on it."),
        "receipt_drawing": _("Making it small..."),
        "receipt_ready": _("This photo goes along when you save."),
        "receipt_no_picture": _("This phone cannot read that as a photo. Choose a picture, or take a new one."),
        "receipt_too_large": _("This photo is too large. Take a smaller one."),
        "receipt_full": _("The entry is safe. This phone has no room for its photo. Free some space, and add the photo again."),
        "receipt_waits": _both(lambda n: ngettext("%(n)s photo of a receipt waits on this phone.", "%(n)s photos of receipts wait on this phone.", n)),
        "receipt_refused": _("A photo of a receipt could not be taken. The entry is safe. The photo is still on this phone."),
    }  # fmt: skip


def _words_of_speech() -> dict[str, Any]:
    return {
        "say": _("Say it"),
        "say_stop": _("Stop listening"),
        "say_here": _("Your phone writes down what you say. It sends no sound and keeps none."),
        "say_listens": _("Your phone is listening. Tap again when you are done."),
        "say_last": _("Your phone writes down the last words."),
        "say_read": _("Read the note through. You can change it."),
        "say_nothing": _("Your phone heard no words. Try again, or type."),
        "say_refused": _("Your phone may not listen here. Your browser's settings can allow it. You can also type."),
        "say_failed": _("Your phone could not go on listening. Your note is still here. Try again, or type."),
    }


def _both(words_for: Callable[[int], str]) -> list[str]:
    """The words for one and for more, as the language in use has them."""
    return [words_for(1), words_for(2)]
