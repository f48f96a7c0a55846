"""The second step of signing in, between the passphrase and the door, as allauth puts steps in a row."""

from typing import Any

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from alongside.people import queries


class SecondStep(LoginStage):  # type: ignore[misc]
    """Whoever has a passkey or a code app shows it after the passphrase."""

    key = "second_step"
    urlname = "people:second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send on to the second step, or go on without."""
        if queries.has_second_step(self.login.user):
            return redirect(self.urlname), True
        return None, True


def waiting(request: HttpRequest) -> Any:
    """The second step that this browser stands at, or ``None``: its ``login.user``, and ``exit()`` to go on."""
    return LoginStageController.enter(request, SecondStep.key)
