"""Addresses of watch."""

from django.urls import path

from alongside.watch import call_views, contact_views, crew_views, look_views, rota_views, views

app_name = "watch"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("alone/", views.alone, name="alone"),
    path("look/", look_views.look, name="look"),
    path("look/<uuid:look>/nudge/", look_views.nudge, name="nudge"),
    path("crew/", crew_views.own_crew, name="crew"),
    path("crew/ask/", crew_views.ask, name="ask"),
    path("crew/rotas/<uuid:rota>/", crew_views.choose_rota, name="choose_rota"),
    path("crew/steps/<int:step>/", crew_views.wait, name="wait"),
    path("crew/<uuid:watcher>/", crew_views.mate, name="mate"),
    path("crew/<uuid:watcher>/move/", crew_views.move, name="move"),
    path("crew/<uuid:watcher>/remove/", crew_views.remove, name="remove"),
    path("mine/", crew_views.mine, name="mine"),
    path("mine/<uuid:watcher>/stop/", crew_views.stop, name="stop"),
    path("mine/lists/<uuid:turn>/", crew_views.turn, name="turn"),
    path("w/<str:secret>/", contact_views.invited, name="invited"),
    path("w/<str:secret>/add/<str:kind>/", contact_views.add_way, name="contact_add"),
    path("w/<str:secret>/<uuid:channel>/", contact_views.way, name="contact_way"),
    path("w/<str:secret>/<uuid:channel>/again/", contact_views.again, name="contact_again"),
    path("w/<str:secret>/<uuid:channel>/remove/", contact_views.remove_way, name="contact_remove"),
    path("groups/<uuid:group>/rotas/", rota_views.group_rotas, name="rotas"),
    path("groups/<uuid:group>/rotas/<uuid:rota>/", rota_views.rota, name="rota"),
    path("groups/<uuid:group>/rotas/<uuid:rota>/ask/", rota_views.ask_member, name="ask_member"),
    path("groups/<uuid:group>/rotas/<uuid:rota>/<uuid:turn>/off/", rota_views.take_off, name="take_off"),
    path("groups/<uuid:group>/rotas/<uuid:rota>/end/", rota_views.end_rota, name="end_rota"),
    path("c/<str:token>/", call_views.call, name="call"),
    path("c/<str:token>/state/", call_views.call_state, name="call_state"),
    path("c/<str:token>/<str:act>/", call_views.call_act, name="call_act"),
    path("calls/<uuid:call>/", call_views.own_call, name="own_call"),
    path("calls/<uuid:call>/state/", call_views.own_call_state, name="own_call_state"),
    path("calls/<uuid:call>/<str:act>/", call_views.own_call_act, name="own_call_act"),
    path("<uuid:check_in>/", views.watching, name="watching"),
    path("<uuid:check_in>/state/", views.state, name="state"),
    path("<uuid:check_in>/ok/", views.ok, name="ok"),
    path("<uuid:check_in>/more/", views.more, name="more"),
    path("<uuid:check_in>/help/", views.help_now, name="help"),
    path("<uuid:check_in>/end/", views.end, name="end"),
    path("<uuid:check_in>/after/", views.after, name="after"),
]
