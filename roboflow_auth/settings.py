"""The one settings module, read top to bottom. Everything a deployment may change comes from the environment.

The names and defaults stand in .env.example. The environment's DEBUG changes only cookies, HTTPS checks and e-mail, and
lets the loopback spelling that the user typed stand in for PUBLIC_URL (protocol.md P-I3). Django's own DEBUG stays off
everywhere, so that what a newcomer sees is what production shows: our error pages, no tracebacks, no query log.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from roboflow_auth.accounts.sign_in_settings import sign_in_settings
from roboflow_auth.core.caches import cache_config
from roboflow_auth.core.databases import database_config
from roboflow_auth.core.logs import logging_config
from roboflow_auth.core.rate_limits import limits_config
from roboflow_auth.oauth.toolkit_settings import toolkit_settings

# Lets Django's generic classes be subscripted at run time, as their type stubs have it.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

env = environ.Env()
env.read_env(BASE_DIR / ".env", overwrite=False)

# --- What a deployment decides -----------------------------------------------------------------------------------

DEBUG = False
DEVELOPMENT = env.bool("DEBUG", default=False)
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000" if DEVELOPMENT else "").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", default="insecure-development-key-never-used-in-production" if DEVELOPMENT else "")
if not (PUBLIC_URL and SECRET_KEY):
    raise ImproperlyConfigured("Set PUBLIC_URL and SECRET_KEY, or DEBUG=1 for development.")
if not DEVELOPMENT and urlsplit(PUBLIC_URL).scheme != "https" and not env.bool("ALLOW_PLAIN_HTTP", default=False):
    raise ImproperlyConfigured("PUBLIC_URL must be https:// (RFC 8414 §2, RFC 9728 §1.2), or set ALLOW_PLAIN_HTTP=1.")

# Behind these addresses X-Forwarded-* is believed; from anywhere else it is ignored (P-I3).
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

ACCOUNT_SIGNUP = env.bool("ACCOUNT_SIGNUP", default=True)
OAUTH_ADVERTISE_ISS = env.bool("OAUTH_ADVERTISE_ISS", default=True)
CIMD_ENABLED = env.bool("CIMD_ENABLED", default=True)
CIMD_EGRESS_PROXY = env.str("CIMD_EGRESS_PROXY", default="")
# For tests, and under DEBUG only (P-C5): one more certificate authority, and fetches that may reach this machine.
CIMD_EXTRA_CA_FILE = env.str("CIMD_EXTRA_CA_FILE", default="") if DEVELOPMENT else ""
CIMD_ALLOW_LOOPBACK = env.bool("CIMD_ALLOW_LOOPBACK", default=False) if DEVELOPMENT else False
UNKNOWN_CLIENT_POLICY = env.str("UNKNOWN_CLIENT_POLICY", default="open", choices=("open", "ask", "known_only"))
MCP_ALLOWED_ORIGINS = env.list("MCP_ALLOWED_ORIGINS", default=[])
MCP_TOOL_VISIBILITY = env.str("MCP_TOOL_VISIBILITY", default="step_up")

# Seconds; settable per client in the admin (P-T5). A connection's own expiry always wins.
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", default=3600)
REFRESH_TOKEN_SECONDS = env.int("REFRESH_TOKEN_SECONDS", default=30 * 24 * 3600)
# How long a refresh token that was used gets the same answer again (P-T3).
REFRESH_REPLAY_SECONDS = env.int("REFRESH_REPLAY_SECONDS", default=120)
# Whether DPoP proofs need a nonce that this server gave a moment ago (RFC 9449 §8, §9).
DPOP_NONCE_REQUIRED = env.bool("DPOP_NONCE_REQUIRED", default=False)
AUTHORIZATION_CODE_SECONDS = 60
# The life of a code that a person carries over to another machine by hand (oauth/authorization/outcome.py).
PASTED_CODE_SECONDS = 300
CONSENT_HANDLE_SECONDS = 600

# P-L1; for sign-in see ACCOUNT_RATE_LIMITS.
RATE_LIMITS = limits_config(env.dict("RATE_LIMITS", default={}))
MAX_PENDING_CLIENTS = env.int("MAX_PENDING_CLIENTS", default=10_000)

# --- Django ------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "", *(["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])]

INSTALLED_APPS = [
    "roboflow_auth.accounts",
    "roboflow_auth.audit",
    "roboflow_auth.workspaces",
    "roboflow_auth.projects",
    "roboflow_auth.images",
    "roboflow_auth.labeling",
    "roboflow_auth.api_keys",
    "roboflow_auth.oauth",
    "roboflow_auth.api",
    "roboflow_auth.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "corsheaders",
    "csp",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "roboflow_auth.core.middleware.RequestContextMiddleware",
    "roboflow_auth.core.middleware.OwnHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "roboflow_auth.core.machine_endpoints.MachineEndpointMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "roboflow_auth.core.middleware.PageHeadersMiddleware",
    "roboflow_auth.core.middleware.SessionMiddleware",
    "roboflow_auth.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "roboflow_auth.web.middleware.WaitingClientMiddleware",
    "roboflow_auth.web.middleware.GoneMiddleware",
]

ROOT_URLCONF = "roboflow_auth.urls"
ASGI_APPLICATION = "roboflow_auth.asgi.application"
WSGI_APPLICATION = "roboflow_auth.wsgi.application"
# Clients call /mcp and /oauth/token without a slash, and a redirect of a POST would lose its body.
APPEND_SLASH = False

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
                "roboflow_auth.web.context_processors.site",
            ],
        },
    },
]

# --- Stores ------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": database_config(
        env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"),
        pool_size=env.int("DATABASE_POOL_SIZE", default=16),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": cache_config(env.cache("CACHE_URL", default="locmemcache://"))}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))

# --- People ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # P-I5: people's passwords use Argon2id.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"

ACCOUNT_ADAPTER = "roboflow_auth.workspaces.signup.WorkspaceAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", default="mandatory")
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Roboflow] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Whoever's password or address was changed by somebody else learns of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# P-L1: sign-in per address («ip») and per account («key»). For what is not named allauth's defaults hold.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,10/5m/key"}
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
vars().update(sign_in_settings(env.json("OIDC_PROVIDERS", default=[]), is_development=DEVELOPMENT))

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Roboflow <no-reply@localhost>")

# --- The authorization server ------------------------------------------------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth.Client"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth.AccessToken"  # noqa: S105
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth.RefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth.IDToken"  # noqa: S105
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth.DeviceCode"
OAUTH2_PROVIDER = toolkit_settings(ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS)

# --- REST --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["roboflow_auth.api.authentication.CredentialAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["roboflow_auth.api.permissions.DeclaredActions"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "roboflow_auth.api.exceptions.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Roboflow API",
    "DESCRIPTION": "Workspaces, projects and images, with the same permissions as the MCP tools.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    **dict.fromkeys(("SERVE_INCLUDE_SCHEMA", "SORT_OPERATIONS", "SORT_OPERATION_PARAMETERS"), False),
}

# --- Browsers: cookies, HTTPS, CSP, CORS -------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = urlsplit(PUBLIC_URL).scheme == "https"
SESSION_COOKIE_NAME = "__Host-sessionid" if SESSION_COOKIE_SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if CSRF_COOKIE_SECURE else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Lax and not Strict: the person arrives at /oauth/authorize from the client's page and is already signed in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "roboflow_auth.web.views.errors.csrf_failure"
# No other site ever learns where a person came from. Not «no-referrer»: under it browsers send `Origin: null` with our
# own forms, and the CSRF check would have to trust that.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SESSION_COOKIE_SECURE else 0

# P-A9: no inline script, no inline style, no exceptions.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# P-X1: any origin, without credentials, and only where clients that live in a browser need it.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = (
    r"^/(\.well-known/|mcp/\.well-known/|oauth/(register|device_authorization|token|revoke|userinfo|jwks)(/|$))"
)
CORS_ALLOW_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = ["authorization", "dpop", "content-type", "accept", "mcp-protocol-version"]
CORS_EXPOSE_HEADERS = ["WWW-Authenticate", "Retry-After", "DPoP-Nonce"]
CORS_PREFLIGHT_MAX_AGE = 86400

# --- Language, static files, logs --------------------------------------------------------------------------------

LANGUAGE_CODE, TIME_ZONE = "en", "UTC"
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LOCALE_PATHS = [BASE_DIR / "roboflow_auth" / "locale"]
LANGUAGE_COOKIE_AGE = 31536000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
# In development files are served from where they lie, and whitenoise warns of a directory that nobody collected.
STATIC_ROOT = None if DEVELOPMENT else BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Bodies of OAuth endpoints are bounded tighter, in core.http (P-L2).
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LOGGING = logging_config(env.str("LOG_LEVEL", default="INFO"), is_for_people=DEVELOPMENT)
