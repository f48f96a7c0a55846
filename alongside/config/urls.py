"""Every address of the installation; each room names its own."""

from django.urls import include, path

from alongside.config.api import api
from alongside.outbox.sms_views import come_in

handler400 = "alongside.home.views.bad_request"
handler403 = "alongside.home.views.forbidden"
handler404 = "alongside.home.views.not_found"
handler500 = "alongside.home.views.broken"

urlpatterns = [
    path("api/v1/", api.urls),
    path("people/", include("alongside.people.account_urls")),
    path("people/", include("alongside.people.urls")),
    path("letters/", include("alongside.outbox.urls")),
    path("sms/in/", come_in, name="sms_in"),
    path("roles/", include("alongside.roles.urls")),
    path("pay/", include("alongside.pay.urls")),
    path("work/", include("alongside.work.urls")),
    path("watch/", include("alongside.watch.urls")),
    path("", include("alongside.home.urls")),
]
