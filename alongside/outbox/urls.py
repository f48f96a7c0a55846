"""Addresses of the outbox."""

from django.urls import path

from alongside.outbox import views

app_name = "outbox"
urlpatterns = [path("", views.letters, name="letters"), path("read/", views.read, name="read")]
