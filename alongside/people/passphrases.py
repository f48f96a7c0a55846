"""What a passphrase must be, in our words."""

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least ten characters, unless settings say otherwise."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` for a passphrase that is too short."""
        del user
        if len(password) < self.min_length:
            raise ValidationError(_("This passphrase is too short. Use ten letters or more."))


class NotCommon(CommonPasswordValidator):
    """None of the 20,000 that are tried first."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` for a passphrase that others try first."""
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError(_("This passphrase is easy to guess. Add a few odd words.")) from None
