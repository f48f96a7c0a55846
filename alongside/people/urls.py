"""Addresses of people."""

from django.urls import path

from alongside.people import views

app_name = "people"
urlpatterns = [
    path("sign-out/", views.sign_out, name="sign_out"),
    path("language/", views.language, name="language"),
    path("account/", views.account, name="account"),
    path("account/keys/make/", views.make_token, name="make_token"),
    path("account/keys/<uuid:token>/remove/", views.remove_token, name="remove_token"),
    path("groups/", views.groups, name="groups"),
    path("groups/make/", views.make_group, name="make_group"),
    path("groups/<uuid:group>/", views.group, name="group"),
    path("groups/<uuid:group>/name/", views.rename, name="rename"),
    path("groups/<uuid:group>/change/", views.change_group, name="change_group"),
    path("groups/<uuid:group>/invite/", views.invite, name="invite"),
    path("groups/<uuid:group>/invitations/<uuid:invitation>/withdraw/", views.withdraw, name="withdraw"),
    path("groups/<uuid:group>/members/<uuid:member_id>/part/", views.set_part, name="set_part"),
    path("join/<str:secret>/", views.join, name="join"),
]
