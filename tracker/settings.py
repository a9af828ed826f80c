"""The settings, read from the environment and safe by default.

A value comes from the environment, else from the file that ENV_FILE names (`.env` beside
manage.py), else from the default here. docs/settings.md lists the names.
"""

import datetime
import os
import warnings
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything that the program writes, in one folder to back up and to keep out of git.
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
if env_file := os.environ.get("ENV_FILE", str(BASE_DIR / ".env")):
    env.read_env(env_file)


def _switch(name: str, default: bool) -> bool:
    """Return whether a setting is on; raise ImproperlyConfigured for a word that says neither."""
    word = env.str(name, default="on" if default else "off").strip().lower()
    if word not in {"on", "true", "yes", "1", "off", "false", "no", "0"}:
        raise ImproperlyConfigured(f"{name} is “{word}”: write “on” or “off”.")
    return word in {"on", "true", "yes", "1"}


def _whole(name: str, default: int, of: str = "") -> int:
    """Return a setting that is a whole number, 0 or more; raise ImproperlyConfigured for anything else."""
    word = env.str(name, default=str(default)).strip()
    if not (word.isascii() and word.isdecimal()):
        raise ImproperlyConfigured(f"{name} is “{word}”: write a whole number{of and f' of {of}'}.")
    return int(word)


# --- Who may ask, and how -------------------------------------------------------------------------

DEBUG = _switch("DEBUG", default=False)
# In production there is no default: a key that is in a public repository protects nothing.
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging") if DEBUG else env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/").strip("/") + "/"

# Off only where the site is served without TLS, on one's own machine.
HTTPS = _switch("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# Asked over plain http from beside the server, past the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = _whole("HSTS_SECONDS", default=365 * 24 * 3600, of="seconds") if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _switch("HSTS_SUBDOMAINS", default=True)
# Whoever says "preload" lets anyone enter the domain into the browsers' own lists, which takes
# months to undo. That is for the owner of the domain to decide, not for a default. W003 says that
# a library of tags stands in the place of Django's: initiatives/templatetags/i18n.py is meant to.
SILENCED_SYSTEM_CHECKS = ["security.W021", "templates.W003"]
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Whose pages may show the card of an initiative (/embed/…) in a frame, as frame-ancestors has it: “*”, or
# “'self' https://example.org”.
EMBED_ANCESTORS = env.str("EMBED_ANCESTORS", default="*").split()

# An initiative with a long history has more fields in its admin form than Django's 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- How many answer at once ----------------------------------------------------------------------

# Threads of each process, as gunicorn.conf.py has them; expensive answers may hold a part of them
# (initiatives/serving/shares.py).
THREADS = _whole("THREADS", default=4, of="threads")
# How long the database may work for a public page, 0 for as long as it takes.
STATEMENT_SECONDS = _whole("STATEMENT_SECONDS", default=4, of="seconds")

# --- What it is made of ---------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, so that its templates and commands win.
    "initiatives.apps.InitiativesConfig",
    "initiatives.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # For the templates of its XML.
    "django.contrib.sitemaps",
    "axes",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "simple_history",
]
# A reason that a person gives may be longer than the 100 characters of the default column.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Near the top, so that redirects, errors and static files carry the policy too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Above all that looks at the path or writes anything to a reader.
    "tracker.middleware.LanguageMiddleware",
    # Below the two that it makes exceptions from.
    "initiatives.serving.middleware.OwnPolicyMiddleware",
    "tracker.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tracker.middleware.RefuseSentMiddleware",
    "tracker.middleware.RefuseUnreadableMiddleware",
    "tracker.middleware.RefuseNulMiddleware",
    # Above the sessions and all that rests on them: a page that is kept is answered without.
    "initiatives.serving.middleware.PublicPagesMiddleware",
    "initiatives.serving.middleware.StaffPagesMiddleware",
    "initiatives.serving.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Last: it makes an answer of what the sign-in below it refused.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# A form of one's own that was open before one signed in is kept, not thrown away.
CSRF_FAILURE_VIEW = "initiatives.admin.account.form_recovery.csrf_failure_view"

# --- The door of the desk -------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    # First, so that a sign-in that is paused never reaches the password.
    "axes.backends.AxesBackend",
    "initiatives.admin.account.attempts.OneAfterAnother",
]
# Who has named no page to go on to.
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]

# Whether staff sign in with a code of their telephone besides the password: off, optional, required.
STAFF_2FA = env.str("STAFF_2FA", default="optional").strip().lower()
if STAFF_2FA not in {"off", "optional", "required"}:
    raise ImproperlyConfigured(f"STAFF_2FA is “{STAFF_2FA}”: write off, optional or required.")
OTP_TOTP_ISSUER = "Initiative tracker"

SESSION_ENGINE = "initiatives.serving.session_store"
# How long a session lasts at most, and without a request; initiatives/admin/account/sign_in.py ends it.
SESSION_COOKIE_AGE = round(env.float("SESSION_HOURS", default=12) * 3600)
SESSION_IDLE_SECONDS = round(env.float("SESSION_IDLE_HOURS", default=2) * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = _switch("SESSION_ENDS_WITH_BROWSER", default=False)

# Proxies in front of the program that add the address of who asks to X-Forwarded-For; whatever a
# visitor writes there himself is left of what they add.
PROXIES = _whole("PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "initiatives.admin.account.sign_in.address_of"
AXES_USERNAME_CALLABLE = "initiatives.admin.account.sign_in.username_of"
# By both together: nobody can lock others out from afar. Whoever goes on with other names comes to the limit of the
# address, which is far from the mistakes of an office that shares one.
AXES_HANDLER = "initiatives.admin.account.attempts.OfNameOrAddress"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = _whole("LOGIN_ATTEMPTS", default=5)
ADDRESS_FAILURE_LIMIT = _whole("LOGIN_ATTEMPTS_OF_ADDRESS", default=50)
AXES_COOLOFF_TIME = datetime.timedelta(minutes=env.float("LOGIN_PAUSE_MINUTES", default=30))
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "initiatives.admin.account.sign_in.render_paused"
# initiatives/admin/account/people.py shows its records; initiatives/admin/account/sign_in.py writes the log.
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Where the data is ----------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# So that dumps survive what the change history refers to.
SERIALIZATION_MODULES = {
    "json": "initiatives.serializers.json",
    "yaml": "initiatives.serializers.yaml",
    **dict.fromkeys(("jsonl", "xml"), "initiatives.serializers.refused"),
}


def _set_up(config: dict[str, Any]) -> dict[str, Any]:
    """Return a database that a URL names, set up for several people writing at once."""
    options = config.setdefault("OPTIONS", {})
    # Opening a connection takes longer than answering from the cache, on SQLite too.
    config.setdefault("CONN_MAX_AGE", 60)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # A transaction that reads before it writes would otherwise fail at once, without waiting,
        # when another one wrote in between. WAL lets the public read while staff write.
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        options.setdefault(
            "init_command",
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        )
        if config["NAME"] != ":memory:":
            # Only for its owner: it holds sessions and the hashes of passwords.
            Path(config["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    else:
        config.setdefault("CONN_HEALTH_CHECKS", True)
        # A server that is gone is noticed within seconds, before a connection and within one.
        options.setdefault("connect_timeout", 3)
        options.setdefault("tcp_user_timeout", 10_000)
        # What public pages ask again and again is planned once (initiatives/models/compiled.py).
        options.setdefault("prepare_threshold", 2)
    return config


DATABASES = {
    "default": _set_up(
        env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'tracker.sqlite3'}")
    )
}
if env.str("DATABASE_REPLICA_URL", default=""):
    # A standby that streams from the first one; public pages are read from it.
    DATABASES["replica"] = _set_up(env.db_url("DATABASE_REPLICA_URL"))
    # It stays one that is only read, even where it has become the primary.
    DATABASES["replica"]["OPTIONS"].setdefault("options", "-c default_transaction_read_only=on")
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
# How long a server that did not answer is left alone, and how old the knowledge about one may be.
RETRY_SECONDS = 5.0
DATABASE_ROUTERS = ["initiatives.serving.routing.PublicReads"]


def _cache() -> dict[str, Any]:
    """Return where public pages are kept: in each process, or in a Redis for all of them."""
    config: dict[str, Any] = env.cache_url("CACHE_URL", default="locmemcache://")
    options = config.setdefault("OPTIONS", {})
    if config["BACKEND"].endswith("LocMemCache"):
        # About 30 MB of pages in each process, 125 MB at the worst (page_cache.LARGEST_BODY).
        options.setdefault("MAX_ENTRIES", 500)
    if config["BACKEND"].endswith("redis.RedisCache"):
        options.setdefault("socket_connect_timeout", 1)
        options.setdefault("socket_timeout", 1)
    return config


CACHES = {"default": _cache()}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # What a process keeps itself of what all of them keep there.
    CACHES["near"] = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "near",
        "OPTIONS": {"MAX_ENTRIES": 100},
    }

# --- What is taken away ---------------------------------------------------------------------------

# Of the data, not of the code: under which conditions anybody may use it. An identifier (SPDX), words and an address.
DATA_LICENCE = {
    "name": env.str("DATA_LICENCE_NAME", default="CC-BY-4.0"),
    "title": env.str(
        "DATA_LICENCE_TITLE", default="Creative Commons Attribution 4.0 International"
    ),
    "path": env.str("DATA_LICENCE_ADDRESS", default="https://creativecommons.org/licenses/by/4.0/"),
}
# Scheme and host of the addresses in files that are made beside requests, which cannot look at who asks.
SITE_ADDRESS = env.str(
    "SITE_ADDRESS",
    default=f"{'https' if HTTPS else 'http'}://{(ALLOWED_HOSTS or ['localhost'])[0].lstrip('.')}",
).rstrip("/")
# Of short selections, which take two seconds; so many are made at once in one process.
MOST_WORKBOOKS = _whole("MOST_WORKBOOKS", default=2)
# Where files of everything are kept while nothing is written: initiatives/exports/made_files.py.
ARCHIVE_DIR = Path(env.str("ARCHIVE_DIR", default=str(VAR_DIR / "archive")))
# Where earlier days are kept that somebody has asked for, a file each, for all processes of the machine; empty, each
# process keeps its own.
DAYS_DIR = Path(days) if (days := env.str("DAYS_DIR", default=str(VAR_DIR / "days"))) else None

# --- What is brought in ---------------------------------------------------------------------------

# Of all files that are uploaded at once to be loaded; they are kept in the database for a while. A whole number:
# deploy/Caddyfile reads it too.
UPLOAD_MAX_BYTES = _whole("UPLOAD_MAX_MB", default=25, of="megabytes") * 1024**2
# Of one sheet of a workbook.
UPLOAD_MAX_ROWS = _whole("UPLOAD_MAX_ROWS", default=20_000, of="rows")
# How long what was uploaded stays, loaded or not; that it was loaded, by whom and what, stays for good.
UPLOAD_KEEP_DAYS = _whole("UPLOAD_KEEP_DAYS", default=30, of="days")
# Report files are many and small.
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_HANDLERS = [
    # First: it stops what the others would else keep.
    "initiatives.admin.upload_quota.UploadQuota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Languages and dates --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "tracker.formats"
# What only the desk says; what the public reads is beside it, in the app (initiatives/languages/catalogues.py).
LOCALE_PATHS = [BASE_DIR / "initiatives" / "admin" / "locale"]
# Each as its own readers call it. English is at the root, the others under their codes (docs/translating.md).
LANGUAGES = [
    (LANGUAGE_CODE, "English"),
    ("ja", "日本語"),
    ("ru", "Русский"),
    ("uz", "Oʻzbekcha"),
    ("kk", "Қазақша"),
    ("ky", "Кыргызча"),
    ("tg", "Тоҷикӣ"),
    ("tk", "Türkmençe"),
]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# An address typed without its scheme is taken as https, as Django 6 does; the switch that says so
# warns about itself.
warnings.filterwarnings("ignore", "The FORMS_URLFIELD_ASSUME_HTTPS transitional setting")
FORMS_URLFIELD_ASSUME_HTTPS = True

# --- What pages say -------------------------------------------------------------------------------

# Who runs the site, and where readers report errors and dispute what is written; pages say so where that is not set.
OPERATOR_NAME = env.str("OPERATOR_NAME", default="")
OPERATOR_URL = env.str("OPERATOR_URL", default="")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")
CONTACT_URL = env.str("CONTACT_URL", default="")
# What they say themselves of personal data: logs, hosting, whom to complain to.
PRIVACY_URL = env.str("PRIVACY_URL", default="")

# --- Static files and logs ------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "tracker.static_files.StaticFiles",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "tracker.logs.InEnglish",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "filters": {"in_one_line": {"()": "tracker.logs.InOneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers would mail the errors and say some of them twice.
    "loggers": {
        # Else Django's own level would hide the queries that DEBUG=on with LOG_LEVEL=DEBUG is to show.
        "django.db.backends": {"level": env.str("LOG_LEVEL", default="INFO")},
        "django": {"handlers": [], "propagate": True},
        "django.request": {"filters": ["in_one_line"]},
        # initiatives/admin/account/sign_in.py says the same in one line each.
        "axes": {"level": "ERROR"},
    },
}
