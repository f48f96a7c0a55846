"""Addresses that allauth looks up by its own names."""

from django.urls import path

from alongside.people import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("make-account/", views.make_account, name="account_signup"),
    path("account/passphrase/", views.Passphrase.as_view(), name="account_change_password"),
]
