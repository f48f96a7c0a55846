"""Addresses of work."""

from django.urls import path

from alongside.work import claim_views, months_views, paper_views, receipt_views, response_views, stock_views, views

app_name = "work"
urlpatterns = [
    path("new/", views.new, name="new"),
    path("tally/", views.tally, name="tally"),
    path("response/", response_views.response, name="response"),
    path("response/kept/", response_views.kept, name="response_kept"),
    path("responses/", response_views.own, name="responses"),
    path("responses/<uuid:response>/delete/", response_views.delete, name="response_delete"),
    path("told/<uuid:group>/", views.told, name="told"),
    path("<uuid:entry>/", views.entry, name="entry"),
    path("<uuid:entry>/edit/", views.edit, name="edit"),
    path("<uuid:entry>/delete/", views.delete, name="delete"),
    path("<uuid:entry>/share/", views.share, name="share"),
    path("<uuid:entry>/receipts/", receipt_views.add, name="receipt_add"),
    path("<uuid:entry>/receipts/<uuid:receipt>/delete/", receipt_views.remove, name="receipt_remove"),
    path("receipts/<uuid:receipt>.jpg", receipt_views.own, name="receipt"),
    path("claims/<uuid:claim>/", receipt_views.work_of, name="work_of"),
    path("shares/<uuid:share>/keep-or-drop/", views.keep_or_drop, name="keep_or_drop"),
    path("claims/<uuid:claim>/correct/", claim_views.correct, name="correct"),
    path("papers/<uuid:paper>/", paper_views.answer, name="paper"),
    path("papers/<uuid:paper>/change/", paper_views.change, name="paper_change"),
    path("groups/<uuid:group>/papers/", paper_views.waiting, name="papers"),
    path("groups/<uuid:group>/papers/for/<uuid:member_id>/", paper_views.write, name="paper_write"),
    path("groups/<uuid:group>/papers/<uuid:paper>/withdraw/", paper_views.withdraw, name="paper_withdraw"),
    path("groups/<uuid:group>/shared/", views.inbox, name="inbox"),
    path("groups/<uuid:group>/shared/<uuid:share>/", views.shared, name="shared"),
    path(
        "groups/<uuid:group>/shared/<uuid:share>/receipts/<uuid:copy>.jpg", receipt_views.shared, name="receipt_shared"
    ),
    path("groups/<uuid:group>/shared/<uuid:share>/thanks/", views.thank, name="thank"),
    path("groups/<uuid:group>/shared/<uuid:share>/stock/", stock_views.drawn, name="stock_drawn"),
    path("groups/<uuid:group>/months/", months_views.months, name="months"),
    path("groups/<uuid:group>/months/count/", months_views.count, name="months_count"),
    path("groups/<uuid:group>/months.csv", months_views.as_csv, name="months_csv"),
    path("groups/<uuid:group>/stock/", stock_views.levels, name="stock"),
    path("groups/<uuid:group>/stock/things/", stock_views.supplies, name="stock_supplies"),
    path("groups/<uuid:group>/stock/places/", stock_views.places, name="stock_places"),
    path("groups/<uuid:group>/stock/<uuid:supply>/", stock_views.supply, name="stock_supply"),
    path("groups/<uuid:group>/stock/<uuid:supply>/<str:act>/", stock_views.write, name="stock_write"),
]
