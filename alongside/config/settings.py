"""Django's settings, all of them from the environment; `docs/operate.md` names each one, and a test holds that."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from alongside.config.secrets import secret_key

INSECURE_WORD = "i-know-others-can-read-this"
NO_SECOND_STEP_WORD = "i-know-a-stolen-passphrase-opens-the-group"


def _env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def _number(name: str, least: int, most: int, *, default: int, of: str = "") -> int:
    """The whole number that a setting gives; ``of`` says of what."""
    given = _env(name, str(default))
    if not (given.isdecimal() and least <= int(given[:9]) <= most):
        raise ImproperlyConfigured(f"{name}: give a number {of}from {least} to {most}")
    return int(given)


DATA = Path(_env("ALONGSIDE_DATA", "var")).resolve()
try:
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    _own_secret = _env("ALONGSIDE_SECRET_KEY") or secret_key(DATA)
except OSError as _wrong:
    raise ImproperlyConfigured(
        f"the data folder {DATA} cannot be used ({_wrong.strerror}): name another one with --data or ALONGSIDE_DATA"
    ) from _wrong
ORIGIN = _env("ALONGSIDE_ORIGIN", "http://localhost:8000").rstrip("/")
DEMO = _env("ALONGSIDE_DEMO") == "1"
HOST_NAME = _env("ALONGSIDE_HOST_NAME")
HOST_CONTACT = _env("ALONGSIDE_HOST_CONTACT")
EXIT_URL = _env("ALONGSIDE_EXIT_URL", "https://www.wikipedia.org/")

try:
    _origin = urlsplit(ORIGIN)
except ValueError as _wrong:
    raise ImproperlyConfigured(
        "ALONGSIDE_ORIGIN: give the address that people open, such as https://alongside.example.org"
    ) from _wrong
_HTTPS = _origin.scheme == "https"
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_near = (_origin.hostname or "") in {"localhost", "127.0.0.1", "::1"}
if not (_HTTPS or _near or _env("ALONGSIDE_INSECURE") == INSECURE_WORD):
    raise ImproperlyConfigured(
        f"ALONGSIDE_ORIGIN is {ORIGIN}: without https, others on the network can read everything. "
        f"Use https, or set ALONGSIDE_INSECURE={INSECURE_WORD}."
    )

_second_step = _env("ALONGSIDE_REQUIRE_SECOND_STEP", "1")
if _second_step not in {"1", NO_SECOND_STEP_WORD}:
    raise ImproperlyConfigured(
        f"ALONGSIDE_REQUIRE_SECOND_STEP is {_second_step}: leave it out, so that coordinators and stewards need a passkey "
        f"or a code app. Without, a stolen passphrase opens a group's work and pay; to want that, set it to "
        f"{NO_SECOND_STEP_WORD}."
    )
REQUIRE_SECOND_STEP = _second_step == "1" and not DEMO

SECRET_KEY = _own_secret
DEBUG = False
ALLOWED_HOSTS = sorted({_origin.hostname or "localhost", *_LOOPBACK})
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widgets, drawn by kit.forms.Renderer
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "alongside.kit",
    "alongside.outbox",
    "alongside.people",
    "alongside.roles",
    "alongside.pay",
    "alongside.work",
    "alongside.watch",
    "alongside.home",
    "alongside.config",
]

MIDDLEWARE = [
    "alongside.kit.short.short_way",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "alongside.kit.middleware.plain_errors",
    "alongside.kit.middleware.private_pages",
    "alongside.kit.middleware.Policy",
    "alongside.kit.middleware.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alongside.kit.middleware.typed_forms",
    "alongside.people.access.same_person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# What a call of the API with a bearer token and no cookie passes instead; what SHORT_HEADERS say of every answer there is
# written once.
SHORT_WAY = [
    "alongside.kit.short.headers",
    "django.middleware.gzip.GZipMiddleware",
    "alongside.kit.middleware.plain_errors",
    "alongside.kit.short.language",
    "django.middleware.common.CommonMiddleware",
]
SHORT_HEADERS = [
    "django.middleware.security.SecurityMiddleware",
    "alongside.kit.middleware.private_pages",
    "alongside.kit.middleware.Policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "alongside.config.urls"
WSGI_APPLICATION = "alongside.config.wsgi.application"
FORM_RENDERER = "alongside.kit.forms.Renderer"

# What the API's own page runs is ninja's. As an app it would load pydantic in every process: a third of the time and memory of
# a command or a job process, which serve no API.
_NINJA = Path(find_spec("ninja").origin).parent  # type: ignore[union-attr,arg-type]
STATICFILES_DIRS = [_NINJA / "static"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "alongside.kit.context.page",
            ],
            "builtins": ["alongside.kit.templatetags.kit", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# The databases. SQLite waits for its one writer, begins each transaction as a writer, and is on disk before it
# answers (synchronous=FULL): a phone forgets what was answered. Its own 2 MB of pages are less than what one batch of the
# watch touches, and it wrote them twice; a connection takes up to 16 MB (cache_size, in KiB) when it needs them.
_SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-16000;",
}


_DATABASES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


def _database(setting: str, name: str) -> dict[str, object]:
    url = _env(setting)
    if not url:
        return {
            "ENGINE": "alongside.kit.sqlite",
            "NAME": DATA / name,
            "OPTIONS": dict(_SQLITE),
            "CONN_MAX_AGE": None,
        }
    try:
        config: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError:
        config = {"ENGINE": None}
    if config["ENGINE"] not in _DATABASES:
        # Nothing of what was given is repeated: a password may be in it.
        raise ImproperlyConfigured(
            f"{setting} names no database: give postgresql://USER:PASSWORD@HOST/NAME, with special letters written as "
            "%-codes, or leave it out, for SQLite in the data folder"
        )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["ENGINE"] = "alongside.kit.sqlite"
        config["OPTIONS"] = dict(_SQLITE)
    else:
        # Statements that are always the same (kit/lean.py) are prepared on the server, once a connection.
        config.setdefault("OPTIONS", {}).setdefault("prepare_threshold", 5)  # type: ignore[attr-defined]
    return config


DATABASES = {
    "default": _database("DATABASE_URL", "alongside.sqlite3"),
    "keys": _database("KEYS_URL", "keys.sqlite3"),
}
DATABASE_ROUTERS = ["alongside.kit.routers.KeysRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in: a handle and a passphrase, no e-mail.
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "alongside.people.passphrases.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "alongside.people.passphrases.NotCommon"},
]
LOGIN_URL = "/people/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "alongside.people.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "alongside.people.forms.SignInForm",
    "change_password": "alongside.people.forms.PassphraseForm",
}
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip",
    "login": "60/m/ip",
    "login_failed": "10/m/ip,10/5m/key",
    "change_password": "10/m/user",
    "confirm": "10/m/user",
    "recover": "10/m/ip,10/5m/key",
    "second_step": "20/m/ip,5/5m/key",
    "passkey": "20/m/ip",
    "check": "30/m/ip",
}
# Behind a proxy the last address that it was told of is the visitor's: without this, one visitor's wrong guesses would
# use up everybody's tries.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _env("ALONGSIDE_BEHIND_PROXY") == "1" else 0

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alongside.home.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = _HTTPS and _env("ALONGSIDE_BEHIND_PROXY") != "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _env("ALONGSIDE_BEHIND_PROXY") == "1" else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler"
]  # never a photo on the disk as it came
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600

# Words.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = _env("ALONGSIDE_TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError) as _wrong:
    raise ImproperlyConfigured(
        f"ALONGSIDE_TIME_ZONE: {TIME_ZONE} is not known here; give a name such as America/Vancouver"
    ) from _wrong

# Files for browsers, compressed once, named by their content.
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alongside.kit.storage.Storage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "gz", "br", "woff2", "map")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# No addresses and no bodies in logs: errors only, to standard error.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_request": {"()": "alongside.kit.logs.NoRequest"}},
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_request"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "alongside": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "apprise": {"handlers": [], "level": "CRITICAL", "propagate": False},  # it names whom it wrote to
    },
}
# What limits guessing is counted in the database, for all processes together. Nothing else is cached.
CACHES = {"default": {"BACKEND": "alongside.kit.guesses.Guesses"}}

# Counts of work or people below this are in no figure. Some who fund ask for 10.
FIGURES_LEAST = _number("ALONGSIDE_FIGURES_LEAST", 5, 100, default=5)

# The shortest time of a check-in, in seconds: drills and tests may need a shorter one than people do.
WATCH_MIN_SECONDS = _number("ALONGSIDE_WATCH_MIN_SECONDS", 5, 60, default=60, of="of seconds ")

# Gateways for letters that leave: Apprise URLs, checked by alongside.outbox.checks.
SMS_URL = _env("ALONGSIDE_SMS_URL")
MAIL_URL = _env("ALONGSIDE_MAIL_URL")
# Push services beside those of the known browsers, each host:port; they may be on a private network, and without https.
PUSH_HOSTS = _env("ALONGSIDE_PUSH_HOSTS").split()
# What the gateway signs messages with that come in; without it there is no such address.
SMS_SECRET = _env("ALONGSIDE_SMS_SECRET")
if 0 < len(SMS_SECRET) < 16:
    raise ImproperlyConfigured("ALONGSIDE_SMS_SECRET: give 16 characters or more, or none")
