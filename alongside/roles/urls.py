"""Addresses of roles."""

from django.urls import path

from alongside.roles import call_views, views

app_name = "roles"
urlpatterns = [
    path("groups/<uuid:group>/", views.group, name="group"),
    path("groups/<uuid:group>/write/", views.write, name="write"),
    path("calls/", call_views.mine, name="calls"),
    path("calls/<uuid:call>/", call_views.call, name="call"),
    path("calls/<uuid:call>/yes/", call_views.say_yes, name="say_yes"),
    path("calls/<uuid:call>/take-back/", call_views.take_back, name="take_back"),
    path("calls/<uuid:call>/choose/", call_views.choose, name="choose"),
    path("calls/<uuid:call>/close/", call_views.close, name="close_call"),
    path("groups/<uuid:group>/calls/", call_views.group, name="group_calls"),
    path("groups/<uuid:group>/calls/write/", call_views.write, name="call_write"),
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
