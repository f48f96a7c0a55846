"""How allauth meets our accounts."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alongside.kit.text import Words
from alongside.people.auth import enter
from alongside.people.models import Account


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open sign-up through allauth, no mails, no messages of its own; what can be wrong is said in our words."""

    error_messages: ClassVar[dict[str, Words]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "enter_current_password": _("This is not the passphrase you use now."),
        "incorrect_password": _("This is not the passphrase you use now."),
        "invalid_login": _("This name and passphrase do not go together. Please try again."),
        "username_password_mismatch": _("This name and passphrase do not go together. Please try again."),
        "too_many_login_attempts": _("That was a lot of tries. Please wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made on our own page."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the passphrase comes the second step, for who has one, and nothing else."""
        return ["alongside.people.stages.SecondStep"]

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in as every other door does."""
        enter(request, user)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Handles are kept in lower case."""
        return username.strip().casefold()

    def populate_username(self, request: HttpRequest, user: Account) -> None:
        """A handle is chosen by the person, never made up."""

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Our pages say what happened."""
