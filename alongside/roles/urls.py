"""Addresses of roles."""

from django.urls import path

from alongside.roles import views

app_name = "roles"
urlpatterns = [
    path("groups/<uuid:group>/", views.group, name="group"),
    path("groups/<uuid:group>/write/", views.write, name="write"),
    path("groups/<uuid:group>/kinds/", views.kinds, name="kinds"),
    path("<uuid:role>/", views.role, name="role"),
    path("<uuid:role>/draft/", views.draft, name="draft"),
    path("<uuid:role>/draft/start/", views.new_draft, name="new_draft"),
    path("<uuid:role>/draft/propose/", views.propose, name="propose"),
    path("<uuid:role>/versions/<int:number>/", views.version, name="version"),
    path("<uuid:role>/compare/", views.compare, name="compare"),
    path("<uuid:role>/agreed/", views.agreed, name="agreed"),
    path("<uuid:role>/title/", views.wish, name="wish"),
    path("<uuid:role>/agree/", views.agree, name="agree"),
    path("<uuid:role>/change/", views.change, name="change"),
    path("<uuid:role>/changes/<uuid:change>/", views.answer, name="answer"),
    path("<uuid:role>/changes/<uuid:change>/again/", views.again, name="again"),
    path("<uuid:role>/changes/<uuid:change>/settle/", views.settle, name="settle"),
    path("<uuid:role>/ask/", views.ask, name="ask"),
    path("<uuid:role>/leave/", views.leave, name="leave"),
    path("<uuid:role>/widen/", views.widen, name="widen"),
    path("<uuid:role>/name-it/", views.name_it, name="name_it"),
]
