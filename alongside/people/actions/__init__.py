"""Writes of people: one's own account, ways to sign in, groups."""

from alongside.people.actions.accounts import make_account, make_token, remove_token, set_language
from alongside.people.actions.devices import end_device, end_other_devices, note_device
from alongside.people.actions.groups import (
    change_group,
    close_group,
    consent,
    invite,
    join,
    leave,
    make_group,
    rename,
    set_part,
    take_back_consent,
    withdraw_invitation,
)
from alongside.people.actions.recovery import make_code, recover
from alongside.people.actions.refused import Refused
from alongside.people.actions.steps import add_code_app, add_passkey, remove_code_app, remove_passkey, use_code
from alongside.people.actions.vault import keep_vault

__all__ = [
    "Refused",
    "add_code_app",
    "add_passkey",
    "change_group",
    "close_group",
    "consent",
    "end_device",
    "end_other_devices",
    "invite",
    "join",
    "keep_vault",
    "leave",
    "make_account",
    "make_code",
    "make_group",
    "make_token",
    "note_device",
    "recover",
    "remove_code_app",
    "remove_passkey",
    "remove_token",
    "rename",
    "set_language",
    "set_part",
    "take_back_consent",
    "use_code",
    "withdraw_invitation",
]
