"""Addresses that allauth looks up by its own names."""

from django.urls import path

from alongside.people.views import account, signin

urlpatterns = [
    path("sign-in/", signin.SignIn.as_view(), name="account_login"),
    path("make-account/", signin.make_account, name="account_signup"),
    path("account/passphrase/", account.Passphrase.as_view(), name="account_change_password"),
]
