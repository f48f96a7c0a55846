"""Addresses of home."""

from django.urls import path

from alongside.home import account, experience_views, leaving, offline, private, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("groups/<uuid:group>/leave/", leaving.leave_group, name="leave_group"),
    path("watched/", views.after_watch, name="after_watch"),
    path("record/", views.record, name="record"),
    path("record/record.csv", views.record_csv, name="record_csv"),
    path("record/record.json", views.record_json, name="record_json"),
    path("private/", private.private, name="private"),
    path("record/experience/", experience_views.statement, name="statement"),
    path("record/experience/<uuid:statement>/take-back/", experience_views.take_back, name="statement_back"),
    path("check/", experience_views.check, name="check"),
    path("check/key.txt", experience_views.key, name="check_key"),
    path("account/alongside.zip", account.take, name="take"),
    path("account/owed/", account.owed, name="owed"),
    path("account/history/", account.history, name="history"),
    path("account/delete/", account.delete, name="delete"),
    path("account/delete/sure/", account.sure, name="sure"),
    path("groups/<uuid:group>/history/", account.group_history, name="group_history"),
    path("about/", views.about, name="about"),
    path("healthz", views.healthz, name="healthz"),
    path("demo/in/<str:signed>/", views.demo_in, name="demo_in"),
    path("exit/", offline.leave, name="exit"),
    path("shell/", offline.shell, name="shell"),
    path("sw.js", offline.service_worker, name="sw"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("phone.json", offline.phone, name="phone"),
]
