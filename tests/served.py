"""The installation's settings, for what tests do to it as a process: without what makes an account dear to make.

Argon2 takes a fifth of a second of a core for each passphrase, on purpose, and an address may make twenty accounts a
minute. Journeys make hundreds of people at one address. A page that wants no opener (Cross-Origin-Opener-Policy) has a
browser start a second process for each phone that opens its first one. The wheel is served with its own settings.
"""

from alongside.config.settings import *  # noqa: F403
from alongside.config.settings import ACCOUNT_RATE_LIMITS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = {**ACCOUNT_RATE_LIMITS, "signup": "1000/m/ip"}
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
