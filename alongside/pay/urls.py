"""Addresses of pay."""

from django.urls import path

from alongside.pay import claim_views, paper_views, views

app_name = "pay"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("payments/<uuid:payment>/", views.payment, name="payment"),
    path("payments/<uuid:payment>/receipt.pdf", paper_views.receipt_pdf, name="receipt-pdf"),
    path("payments/<uuid:payment>/reverse/", views.reverse, name="reverse"),
    path("payments/<uuid:payment>/received/", views.received, name="received"),
    path("payments/<uuid:payment>/missing/", views.missing, name="missing"),
    path("claims/<uuid:claim>/", claim_views.claim, name="claim"),
    path("claims/<uuid:claim>/dispute/", claim_views.dispute, name="dispute"),
    path("claims/<uuid:claim>/offer/", claim_views.offer, name="offer"),
    path("claims/<uuid:claim>/answer/", claim_views.answer, name="answer"),
    path("claims/<uuid:claim>/agree/", claim_views.agree, name="agree"),
    path("claims/<uuid:claim>/withdraw/", claim_views.withdraw, name="withdraw"),
    path("claims/<uuid:claim>/accept/", claim_views.accept, name="accept"),
    path("claims/<uuid:claim>/decline/", claim_views.decline, name="decline"),
    path("groups/<uuid:group>/", views.group, name="group"),
    path("groups/<uuid:group>/method/", views.method, name="method"),
    path("groups/<uuid:group>/wait/", paper_views.wait, name="wait"),
    path("groups/<uuid:group>/payroll/", paper_views.payroll, name="payroll"),
    path("groups/<uuid:group>/payroll/<str:month>.csv", paper_views.payroll_csv, name="payroll-csv"),
    path("groups/<uuid:group>/statements/<str:month>/", paper_views.statement, name="statement"),
    path("groups/<uuid:group>/statements/<str:month>.pdf", paper_views.statement_pdf, name="statement-pdf"),
    path("groups/<uuid:group>/ahead/", views.ahead_whom, name="ahead-whom"),
    path("groups/<uuid:group>/ahead/<uuid:member_id>/<str:currency>/", views.ahead, name="ahead"),
    path("groups/<uuid:group>/to/<uuid:payee>/<str:currency>/off/", views.take_off, name="take-off"),
    path("groups/<uuid:group>/to/<uuid:payee>/<str:currency>/", views.pay, name="pay"),
]
