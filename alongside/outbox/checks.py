"""Whether the operator's settings for letters that leave can be used: asked by ``alongside check`` and at a start."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from alongside.outbox import gateways

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?")


def faults() -> list[str]:
    """What is wrong with these settings, in words; loads nothing that takes long."""
    found = []
    for name, url in (("ALONGSIDE_SMS_URL", settings.SMS_URL), ("ALONGSIDE_MAIL_URL", settings.MAIL_URL)):
        if url and (wrong := gateways.fault(url)):
            found.append(f"{name} {wrong}")
    wrong_hosts = [host for host in settings.PUSH_HOSTS if not _HOST.fullmatch(host)]
    return found + [f"ALONGSIDE_PUSH_HOSTS: {host} is not a host or host:port" for host in wrong_hosts]


@register("alongside")
def usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The same, and whether Apprise knows each gateway: never what stands in its URL, which holds a secret."""
    del app_configs, kwargs
    found = [Error(text, id="outbox.E001") for text in faults()]
    for name, url in (("ALONGSIDE_SMS_URL", settings.SMS_URL), ("ALONGSIDE_MAIL_URL", settings.MAIL_URL)):
        if url and not gateways.fault(url) and not gateways.understood(url):
            found.append(Error(f"{name}: Apprise does not understand this URL", id="outbox.E002"))
    return list(found)
