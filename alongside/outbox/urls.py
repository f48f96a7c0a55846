"""Addresses of the outbox."""

from django.urls import path

from alongside.outbox import views, way_views

app_name = "outbox"
urlpatterns = [
    path("", views.letters, name="letters"),
    path("read/", views.read, name="read"),
    path("ways/", way_views.ways, name="ways"),
    path("ways/renew/", way_views.renew, name="renew"),
    path("ways/add/push/", way_views.add_push, name="add_push"),
    path("ways/add/<str:kind>/", way_views.add, name="add"),
    path("ways/<uuid:channel>/", way_views.way, name="way"),
    path("ways/<uuid:channel>/again/", way_views.again, name="again"),
    path("ways/<uuid:channel>/move/", way_views.move, name="move"),
    path("ways/<uuid:channel>/remove/", way_views.remove, name="remove"),
    path("ways/<uuid:channel>/<str:code>/", way_views.tapped, name="tapped"),
]
