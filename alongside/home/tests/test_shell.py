"""The shell: what every phone keeps of it, so nothing of anybody."""

import pytest
from django.test import Client
from django.urls import reverse

from alongside.people import actions as people
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_what_the_last_page_had_to_say_is_never_kept_with_the_shell(client: Client) -> None:
    robin = account("robin")
    client.force_login(robin)
    people.make_token(account=robin)
    (token,) = robin.tokens.all()
    client.post(reverse("people:remove_token", args=[token.pk]))  # leaves a message for the next page
    assert b"The key is gone." not in client.get(reverse("home:shell")).content
    assert b"The key is gone." in client.get(reverse("people:account")).content
